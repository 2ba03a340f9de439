// The latest events, for clients who come back.

#ifndef MOYEO_EXAMPLES_SERVER_EVENT_LOG_H_
#define MOYEO_EXAMPLES_SERVER_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "event_router.h"
#include "moyeo/meetup.h"
#include "moyeo/types.h"

namespace moyeo::server {

// Whether `place` is in the box, as MapBox has it.
bool Contains(const MapBox& box, LatLng place);

// Whether somebody who watches `box` is to be told of it as one of everybody. An event without a
// place is for all who watch anything.
bool ConcernsWatcher(const RoutedEvent& event, UserId user, const std::optional<MapBox>& box);

// Keeps the latest events, and finds those of one user without looking at the others'.
//
// For one thread at a time.
class EventLog {
 public:
  struct Options {
    std::size_t events = 65'536;                // at most, at least 1
    std::size_t recipients = 2'000'000;         // of all of them together, at most
    std::size_t bytes = std::size_t{64} << 20;  // of their frames
  };
  // The latest event is kept in any case.
  explicit EventLog(const Options& options);

  // The next event: sequences rise by one.
  void Add(RoutedEvent event);

  // Events up to `sequence` are not there, whatever was.
  void Begin(std::uint64_t sequence);

  // The sequence of the latest.
  std::uint64_t last() const { return last_; }

  // All events after `after` that concern `user`, who watches `box`, by sequence; nullopt if some
  // are not kept any more, or if there has been no such event. Valid until the next Add.
  std::optional<std::vector<const RoutedEvent*>> After(std::uint64_t after, UserId user,
                                                       const std::optional<MapBox>& box) const;

  std::size_t size() const { return events_.size(); }

 private:
  const RoutedEvent& At(std::uint64_t sequence) const;
  void DropFirst();

  Options options_;
  std::uint64_t last_ = 0;
  std::size_t recipients_ = 0;
  std::size_t bytes_ = 0;
  std::deque<RoutedEvent> events_;
  absl::flat_hash_map<UserId, std::deque<std::uint64_t>> of_user_;
  std::deque<std::uint64_t> of_everybody_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_EVENT_LOG_H_
