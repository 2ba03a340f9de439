// The latest events, as many as there is room for.

#ifndef MOYEO_ENGINE_LATEST_EVENTS_H_
#define MOYEO_ENGINE_LATEST_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "moyeo/event.h"

namespace moyeo::engine {

// What an event takes in memory, about.
std::size_t BytesOf(const Event& event);

class LatestEvents {
 public:
  // At most `most` of them, of `most_bytes` together; but always the latest one.
  LatestEvents(std::size_t most, std::size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}

  void Push(Event event);

  std::size_t size() const { return events_.size(); }

  // Some of them from number `begin` on, 0 being the oldest: `count`, or all that there are. They
  // stay although they leave here.
  std::vector<std::shared_ptr<const Event>> From(std::size_t begin, std::size_t count) const;

 private:
  std::size_t most_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::deque<std::shared_ptr<const Event>> events_;
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_LATEST_EVENTS_H_
