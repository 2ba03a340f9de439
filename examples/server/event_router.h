// Who is told of an event.

#ifndef MOYEO_EXAMPLES_SERVER_EVENT_ROUTER_H_
#define MOYEO_EXAMPLES_SERVER_EVENT_ROUTER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "moyeo/event.h"
#include "moyeo/types.h"

namespace moyeo::server {

// An event, and whom it goes to.
struct RoutedEvent {
  std::uint64_t sequence = 0;
  EventKind kind{};
  std::shared_ptr<const std::string> frame;  // as it goes to clients; null if to nobody

  std::vector<UserId> users;  // ascending

  // Also to everybody but these who watches where it happens: anywhere, where there is no place.
  bool everybody = false;
  std::vector<UserId> except;  // ascending
  std::optional<LatLng> place;

  // What the server itself has to do with it.
  std::optional<UserId> erased;  // this user is no more
  std::optional<UserId> viewer;  // sees exactly others than before
};

// Turns the audience of events into users. An event for a room is for those who were its members
// right after the event, while the engine can only say who is a member by now: so the members of a
// room are asked for once, what has happened up to the answer is taken back, and from then on joins
// and leaves are followed.
//
// For one thread at a time.
class EventRouter {
 public:
  // `members` says who is in a room by now, ascending, and nobody if there is none; `latest` the
  // sequence of the latest event that there has been.
  EventRouter(std::function<std::vector<UserId>(MeetupId)> members,
              std::function<std::uint64_t()> latest);

  // Takes the next event, and appends to `routed` what can be said now: it may be nothing, until
  // the events have come that a room's members depend on.
  void Add(const Event& event, std::vector<RoutedEvent>& routed);

  // Events are missing: what is known of rooms is worth nothing any more.
  void Reset();

  std::size_t rooms() const { return rooms_.size(); }

 private:
  using Room = std::set<UserId>;

  void Follow(const Event& event);
  Room AsBeforeFirstHeld(MeetupId meetup, const std::vector<UserId>& members) const;
  RoutedEvent Route(const Event& event) const;

  std::function<std::vector<UserId>(MeetupId)> members_;
  std::function<std::uint64_t()> latest_;
  std::map<MeetupId, Room> rooms_;
  std::deque<Event> held_;
  std::uint64_t held_until_ = 0;
  std::optional<std::vector<UserId>> asked_;  // the members of the room of the first one held
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_EVENT_ROUTER_H_
