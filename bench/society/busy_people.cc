#include "bench/society/busy_people.h"

#include <algorithm>
#include <utility>

namespace moyeo::bench {
namespace {

constexpr std::size_t kPeople = 1'000;
constexpr std::size_t kHosted = 55;
constexpr std::size_t kJoined = 5;
constexpr std::size_t kInvitations = 60;
constexpr std::size_t kFriends = 100;
constexpr std::size_t kRequests = 100;
constexpr std::size_t kMessages = 60;

}  // namespace

BusyPeople::BusyPeople(society::Society& society, Town& town, std::size_t users, std::uint64_t seed)
    : society_(society), town_(town), random_(seed) {
  for (std::size_t i = std::min(kPeople, users / 10); i > 0; --i) MakeHost(town_.AnyUser());
  for (const Person& person : people_) Fill(person);
  for (const Person& person : people_) MakeKnown(person.user);
}

std::optional<MeetupId> BusyPeople::Apply(UserId actor, CommandBody body) {
  events_.clear();
  const Outcome outcome =
      society_.Apply({.time = town_.now(), .actor = actor, .body = std::move(body)}, events_);
  for (const Event& event : events_) texts_.Take(event);
  return outcome.meetup;
}

void BusyPeople::MakeHost(UserId user) {
  for (std::size_t i = 0; i < kHosted; ++i) {
    CreateMeetup meetup = town_.AnyNewMeetup();
    if (i == 0) meetup.capacity = Limits::kMostCapacity;
    const std::optional<MeetupId> made = Apply(user, std::move(meetup));
    if (!made) return;
    if (i == 0) people_.push_back({user, *made});
    hosted_.push_back({user, *made});
  }
}

void BusyPeople::Fill(const Person& person) {
  std::vector<UserId> members = {person.user};
  for (std::size_t i = 1; i < Limits::kMostCapacity; ++i) {
    members.push_back(town_.AnyUser());
    Apply(members.back(), JoinMeetup{person.meetup});
  }
  for (std::size_t i = 0; i < kMessages; ++i) {
    Apply(members[random_.Below(members.size())],
          PostMessage{person.meetup, "I am on my way, see you at the fountain"});
  }
}

void BusyPeople::MakeKnown(UserId user) {
  for (std::size_t i = 0; i < kJoined; ++i) {
    Apply(user, JoinMeetup{hosted_[random_.Below(hosted_.size())].meetup});
  }
  for (std::size_t i = 0; i < kInvitations; ++i) {
    const Hosted& to = hosted_[random_.Below(hosted_.size())];
    Apply(to.host, Invite{to.meetup, user});
  }
  for (std::size_t i = 0; i < kFriends; ++i) {
    const UserId other = town_.AnyUser();
    Apply(user, RequestFriend{other});
    Apply(other, RequestFriend{user});
  }
  for (std::size_t i = 0; i < kRequests; ++i) Apply(town_.AnyUser(), RequestFriend{user});
}

}  // namespace moyeo::bench
