// Who is to see whom exactly, and who never: what the presence plane is told.

#include <algorithm>
#include <iterator>

#include "society/machine.h"

namespace moyeo::society {
namespace {

bool Share(const std::vector<MeetupId>& a, const std::vector<MeetupId>& b) {
  const std::vector<MeetupId>& fewer = a.size() < b.size() ? a : b;
  const std::vector<MeetupId>& more = a.size() < b.size() ? b : a;
  return std::ranges::any_of(fewer, [&](MeetupId meetup) { return Contains(more, meetup); });
}

}  // namespace

bool Machine::AreBlocked(const User& user, UserId other) {
  return Contains(user.blocks, other) || Contains(user.blocked_by, other);
}

bool Machine::SeeEachOther(const User& a, const User& b) const {
  return !AreBlocked(a, b.id) && (Contains(a.friends, b.id) || Share(a.seen_in, b.seen_in));
}

std::vector<UserId> Machine::SeesExactly(const User& viewer) const {
  std::vector<UserId> seen = viewer.friends;
  for (const MeetupId meetup : viewer.seen_in) {
    for (const Member& member : Find(meetup)->members) {
      if (member.user != viewer.id && !AreBlocked(viewer, member.user)) seen.push_back(member.user);
    }
  }
  std::ranges::sort(seen);
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  return seen;
}

std::vector<UserId> Machine::NeverSees(const User& viewer) {
  std::vector<UserId> unseen;
  std::ranges::set_union(viewer.blocks, viewer.blocked_by, std::back_inserter(unseen));
  return unseen;
}

void Machine::TellSight(const User& a, const User& b, bool did_see) {
  const bool do_see = SeeEachOther(a, b);
  if (do_see == did_see) return;
  const auto tell = [&](UserId viewer, UserId other) {
    SeesExactlyChanged change{.viewer = viewer, .added = {}, .removed = {}};
    (do_see ? change.added : change.removed).push_back(other);
    Emit({}, std::move(change));
  };
  tell(a.id, b.id);
  tell(b.id, a.id);
}

void Machine::TellNeverSees(const User& a, const User& b, bool did_not_see) {
  const bool do_not_see = AreBlocked(a, b.id);
  if (do_not_see == did_not_see) return;
  const auto tell = [&](UserId viewer, UserId other) {
    NeverSeesChanged change{.viewer = viewer, .added = {}, .removed = {}};
    (do_not_see ? change.added : change.removed).push_back(other);
    Emit({}, std::move(change));
  };
  tell(a.id, b.id);
  tell(b.id, a.id);
}

void Machine::BeginSeeing(Meetup& meetup) {
  seen_from_.erase({meetup.start - kSeenBefore, meetup.id});
  meetup.seen = true;
  std::vector<SeesExactlyChanged> changes;
  for (const Member& viewer : meetup.members) {
    const User& user = Get(viewer.user);
    SeesExactlyChanged change{.viewer = viewer.user, .added = {}, .removed = {}};
    for (const Member& other : meetup.members) {
      if (other.user == viewer.user || AreBlocked(user, other.user)) continue;
      if (!SeeEachOther(user, Get(other.user))) change.added.push_back(other.user);
    }
    std::ranges::sort(change.added);
    if (!change.added.empty()) changes.push_back(std::move(change));
  }
  for (const Member& member : meetup.members) Insert(Get(member.user).seen_in, meetup.id);
  for (SeesExactlyChanged& change : changes) Emit({}, std::move(change));
}

void Machine::EndSeeing(Meetup& meetup) {
  seen_from_.erase({meetup.start - kSeenBefore, meetup.id});
  if (!meetup.seen) return;
  meetup.seen = false;
  for (const Member& member : meetup.members) Remove(Get(member.user).seen_in, meetup.id);
  for (const Member& viewer : meetup.members) {
    const User& user = Get(viewer.user);
    SeesExactlyChanged change{.viewer = viewer.user, .added = {}, .removed = {}};
    for (const Member& other : meetup.members) {
      if (other.user == viewer.user || AreBlocked(user, other.user)) continue;
      if (!SeeEachOther(user, Get(other.user))) change.removed.push_back(other.user);
    }
    std::ranges::sort(change.removed);
    if (!change.removed.empty()) Emit({}, std::move(change));
  }
}

void Machine::StopSeeing(Meetup& meetup, User& leaver) {
  if (!meetup.seen) return;
  std::vector<const User*> others;
  for (const Member& member : meetup.members) {
    const User& other = Get(member.user);
    if (other.id != leaver.id && SeeEachOther(leaver, other)) others.push_back(&other);
  }
  Remove(leaver.seen_in, meetup.id);
  for (const User* const other : others) TellSight(leaver, *other, true);
}

}  // namespace moyeo::society
