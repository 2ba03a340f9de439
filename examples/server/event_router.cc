#include "event_router.h"

#include <algorithm>
#include <set>
#include <utility>

#include "moyeo/json.h"
#include "stream_messages.h"

namespace moyeo::server {
namespace {

// Who comes into which room by this event, or goes.
struct Change {
  MeetupId meetup;
  UserId user;
  bool comes;
};

std::optional<Change> ChangeOf(const Event& event) {
  if (const auto* created = std::get_if<MeetupCreated>(&event.body)) {
    return Change{created->meetup, created->host, true};
  }
  if (const auto* joined = std::get_if<MemberJoined>(&event.body)) {
    return Change{joined->meetup, joined->user, true};
  }
  if (const auto* left = std::get_if<MemberLeft>(&event.body)) {
    return Change{left->meetup, left->user, false};
  }
  if (const auto* kicked = std::get_if<MemberKicked>(&event.body)) {
    return Change{kicked->meetup, kicked->user, false};
  }
  return std::nullopt;
}

}  // namespace

EventRouter::EventRouter(std::function<std::vector<UserId>(MeetupId)> members,
                         std::function<std::uint64_t()> latest)
    : members_(std::move(members)), latest_(std::move(latest)) {}

void EventRouter::Reset() {
  rooms_.clear();
  held_.clear();
  held_until_ = 0;
  asked_.reset();
}

void EventRouter::Add(const Event& event, std::vector<RoutedEvent>& routed) {
  held_.push_back(event);
  if (event.sequence < held_until_) return;

  while (!held_.empty()) {
    const Event& first = held_.front();
    const std::optional<MeetupId> room = first.audience.room;
    const bool is_new = std::holds_alternative<MeetupCreated>(first.body);
    if (room.has_value() && !is_new && !rooms_.contains(*room)) {
      if (!asked_.has_value()) {
        asked_ = members_(*room);
        held_until_ = latest_();
        if (held_until_ > held_.back().sequence) return;
      }
      rooms_[*room] = AsBeforeFirstHeld(*room, *asked_);
      asked_.reset();
    }
    Follow(first);
    routed.push_back(Route(first));
    held_.pop_front();
  }
}

EventRouter::Room EventRouter::AsBeforeFirstHeld(MeetupId meetup,
                                                 const std::vector<UserId>& members) const {
  Room room(members.begin(), members.end());
  Room seen;
  for (const Event& event : held_) {
    const auto change = ChangeOf(event);
    if (!change.has_value() || change->meetup != meetup) continue;
    if (!seen.insert(change->user).second) continue;
    if (change->comes) {
      room.erase(change->user);
    } else {
      room.insert(change->user);
    }
  }
  return room;
}

void EventRouter::Follow(const Event& event) {
  if (const auto change = ChangeOf(event)) {
    if (std::holds_alternative<MeetupCreated>(event.body)) {
      rooms_[change->meetup] = {change->user};
    } else if (const auto room = rooms_.find(change->meetup); room != rooms_.end()) {
      if (change->comes) {
        room->second.insert(change->user);
      } else {
        room->second.erase(change->user);
      }
    }
  }
  if (const auto* forgotten = std::get_if<MeetupForgotten>(&event.body)) {
    rooms_.erase(forgotten->meetup);
  }
}

RoutedEvent EventRouter::Route(const Event& event) const {
  const Audience& audience = event.audience;
  RoutedEvent routed;
  routed.sequence = event.sequence;
  routed.kind = KindOf(event.body);
  Room users;
  if (audience.room.has_value()) {
    if (const auto room = rooms_.find(*audience.room); room != rooms_.end()) users = room->second;
    for (const UserId user : audience.except) users.erase(user);
  }
  users.insert(audience.users.begin(), audience.users.end());
  routed.users.assign(users.begin(), users.end());
  if (audience.everybody) {
    routed.everybody = true;
    routed.except = audience.except;
  }
  if (const auto* listed = std::get_if<MeetupListed>(&event.body)) routed.place = listed->location;
  if (const auto* unlisted = std::get_if<MeetupUnlisted>(&event.body)) {
    routed.place = unlisted->location;
  }
  if (const auto* erased = std::get_if<UserErased>(&event.body)) routed.erased = erased->user;
  if (const auto* sight = std::get_if<SeesExactlyChanged>(&event.body)) {
    routed.viewer = sight->viewer;
  }
  if (routed.everybody || !routed.users.empty()) {
    routed.frame = std::make_shared<const std::string>(EventFrame(ToJsonWithoutAudience(event)));
  }
  return routed;
}

}  // namespace moyeo::server
