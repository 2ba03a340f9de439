// People: profiles, friends, blocks, and how all of that is erased.

#include <algorithm>
#include <memory>
#include <utility>

#include "society/checks.h"
#include "society/machine.h"
#include "society/text.h"

namespace moyeo::society {
namespace {

bool IsVisibility(Visibility visibility) {
  return visibility == Visibility::kExact || visibility == Visibility::kCloaked ||
         visibility == Visibility::kHidden;
}

}  // namespace

// ---- Profiles

Reject Machine::CheckProfile(const ProfileFields& fields, UserId user) const {
  for (const std::string* const text : {fields.nickname, fields.status, fields.image_url}) {
    if (text != nullptr && !IsUtf8(*text)) return Reject::kInvalidText;
  }
  if (fields.interests != nullptr && !AreUtf8(*fields.interests)) return Reject::kInvalidText;

  std::string folded;
  if (fields.nickname != nullptr) {
    if (!HasLength(*fields.nickname, 1, Limits::kNicknameLength)) return Reject::kNicknameLength;
    folded = Fold(*fields.nickname);
    if (folded.empty()) return Reject::kNicknameLength;
  }
  if (fields.status != nullptr && !HasLength(*fields.status, 0, Limits::kStatusLength)) {
    return Reject::kStatusLength;
  }
  if (fields.interests != nullptr) {
    if (const Reject reject = CheckTags(*fields.interests); reject != Reject::kNone) return reject;
  }
  if (fields.image_url != nullptr && !HasLength(*fields.image_url, 0, Limits::kUrlLength)) {
    return Reject::kUrlLength;
  }
  if (fields.nickname != nullptr) {
    const auto holder = nicknames_.find(folded);
    if (holder != nicknames_.end() && holder->second != user) return Reject::kNicknameTaken;
  }
  return Reject::kNone;
}

void Machine::ChangeProfile(const ProfileFields& fields, User& user) {
  if (fields.nickname != nullptr) {
    if (!user.nickname.empty()) UnindexNickname(user);
    user.nickname = Nfc(*fields.nickname);
    IndexNickname(user);
  }
  if (fields.status != nullptr) user.status = Nfc(*fields.status);
  if (fields.interests != nullptr) user.interests = NfcOf(*fields.interests);
  if (fields.image_url != nullptr) user.image_url = Nfc(*fields.image_url);
}

void Machine::IndexNickname(const User& user) {
  const std::string folded = Fold(user.nickname);
  nickname_texts_.Add(ToNumber(user.id), {&folded, 1});
  nicknames_.emplace(folded, user.id);
}

void Machine::UnindexNickname(const User& user) {
  const std::string folded = Fold(user.nickname);
  nickname_texts_.Remove(ToNumber(user.id), {&folded, 1});
  nicknames_.erase(folded);
}

Reject Machine::Check(const Register& c, UserId user) const {
  if (state_.users.contains(user)) return Reject::kUserExists;
  if (!IsVisibility(c.visibility)) return Reject::kInvalidVisibility;
  return CheckProfile({.nickname = &c.nickname,
                       .status = &c.status,
                       .interests = &c.interests,
                       .image_url = &c.image_url},
                      user);
}

void Machine::Change(const Register& c, UserId id) {
  auto made = std::make_unique<User>();
  User& user = *made;
  state_.users.emplace(id, std::move(made));
  user.id = id;
  user.registered = state_.time;
  user.last_active = state_.time;
  user.visibility = c.visibility;
  ChangeProfile({.nickname = &c.nickname,
                 .status = &c.status,
                 .interests = &c.interests,
                 .image_url = &c.image_url},
                user);
  Emit({.users = {id}}, UserRegistered{.user = id, .visibility = c.visibility});
}

Reject Machine::Check(const EditProfile& c, const User& actor, Timestamp) const {
  return CheckProfile({.nickname = Pointer(c.nickname),
                       .status = Pointer(c.status),
                       .interests = Pointer(c.interests),
                       .image_url = Pointer(c.image_url)},
                      actor.id);
}

void Machine::Change(const EditProfile& c, User& actor, Outcome&) {
  ChangeProfile({.nickname = Pointer(c.nickname),
                 .status = Pointer(c.status),
                 .interests = Pointer(c.interests),
                 .image_url = Pointer(c.image_url)},
                actor);
  Emit({.users = {actor.id}}, ProfileChanged{.user = actor.id});
}

Reject Machine::Check(const SetVisibility& c, const User&, Timestamp) const {
  return IsVisibility(c.visibility) ? Reject::kNone : Reject::kInvalidVisibility;
}

void Machine::Change(const SetVisibility& c, User& actor, Outcome&) {
  if (actor.visibility == c.visibility) return;
  actor.visibility = c.visibility;
  Emit({.users = {actor.id}}, VisibilityChanged{.user = actor.id, .visibility = c.visibility});
}

// ---- Friends

Reject Machine::Check(const RequestFriend& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  const User* const user = Find(c.user);
  if (user == nullptr) return Reject::kUnknownUser;
  if (AreBlocked(actor, c.user)) return Reject::kBlocked;
  if (Contains(actor.friends, c.user)) return Reject::kAlreadyFriends;
  if (Contains(actor.requests_sent, c.user)) return Reject::kAlreadyRequested;
  if (Contains(actor.requests_received, c.user)) {
    if (actor.friends.size() >= Limits::kFriends) return Reject::kTooManyFriends;
    if (user->friends.size() >= Limits::kFriends) return Reject::kTheyHaveTooManyFriends;
    return Reject::kNone;
  }
  if (actor.requests_sent.size() >= Limits::kRequestsSent) return Reject::kTooManyRequestsSent;
  if (user->requests_received.size() >= Limits::kRequestsReceived) {
    return Reject::kTooManyRequestsReceived;
  }
  return Reject::kNone;
}

void Machine::Change(const RequestFriend& c, User& actor, Outcome&) {
  User& user = Get(c.user);
  if (!Remove(actor.requests_received, user.id)) {
    Insert(actor.requests_sent, user.id);
    Insert(user.requests_received, actor.id);
    Emit({.users = {actor.id, user.id}}, FriendRequested{.from = actor.id, .to = user.id});
    return;
  }
  Remove(user.requests_sent, actor.id);
  const bool did_see = SeeEachOther(actor, user);
  Insert(actor.friends, user.id);
  Insert(user.friends, actor.id);
  Emit({.users = {user.id, actor.id}}, FriendshipBegan{.first = user.id, .second = actor.id});
  TellSight(actor, user, did_see);
}

Reject Machine::Check(const WithdrawFriendRequest& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  if (Find(c.user) == nullptr) return Reject::kUnknownUser;
  if (!Contains(actor.requests_sent, c.user)) return Reject::kNotRequested;
  return Reject::kNone;
}

void Machine::Change(const WithdrawFriendRequest& c, User& actor, Outcome&) {
  EndRequest(actor, Get(c.user));
}

void Machine::EndRequest(User& from, User& to) {
  if (!Remove(from.requests_sent, to.id)) return;
  Remove(to.requests_received, from.id);
  Emit({.users = {from.id, to.id}}, FriendRequestWithdrawn{.from = from.id, .to = to.id});
}

Reject Machine::Check(const DeclineFriendRequest& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  if (Find(c.user) == nullptr) return Reject::kUnknownUser;
  if (!Contains(actor.requests_received, c.user)) return Reject::kNotRequested;
  return Reject::kNone;
}

void Machine::Change(const DeclineFriendRequest& c, User& actor, Outcome&) {
  User& from = Get(c.user);
  Remove(actor.requests_received, from.id);
  Remove(from.requests_sent, actor.id);
  Emit({.users = {from.id, actor.id}}, FriendRequestDeclined{.from = from.id, .to = actor.id});
}

Reject Machine::Check(const EndFriendship& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  if (Find(c.user) == nullptr) return Reject::kUnknownUser;
  if (!Contains(actor.friends, c.user)) return Reject::kNotFriends;
  return Reject::kNone;
}

void Machine::Change(const EndFriendship& c, User& actor, Outcome&) {
  User& user = Get(c.user);
  const bool did_see = SeeEachOther(actor, user);
  EndFriendshipOf(actor, user);
  TellSight(actor, user, did_see);
}

void Machine::EndFriendshipOf(User& first, User& second) {
  if (!Remove(first.friends, second.id)) return;
  Remove(second.friends, first.id);
  Emit({.users = {first.id, second.id}}, FriendshipEnded{.first = first.id, .second = second.id});
}

// ---- Blocks

Reject Machine::Check(const Block& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  const User* const user = Find(c.user);
  if (user == nullptr) return Reject::kUnknownUser;
  if (Contains(actor.blocks, c.user)) return Reject::kAlreadyBlocked;
  if (actor.blocks.size() >= Limits::kBlocks) return Reject::kTooManyBlocks;
  if (user->blocked_by.size() >= Limits::kBlockedBy) return Reject::kBlockedByTooMany;
  return Reject::kNone;
}

void Machine::Change(const Block& c, User& actor, Outcome&) {
  User& user = Get(c.user);
  const bool did_see = SeeEachOther(actor, user);
  const bool did_not_see = AreBlocked(actor, user.id);
  Insert(actor.blocks, user.id);
  Insert(user.blocked_by, actor.id);
  Emit({.users = {actor.id}}, UserBlocked{.by = actor.id, .user = user.id});
  EndRequest(actor, user);
  EndRequest(user, actor);
  EndFriendshipOf(actor, user);
  EndInvitationsBetween(actor, user);
  EndInvitationsBetween(user, actor);
  TellSight(actor, user, did_see);
  TellNeverSees(actor, user, did_not_see);
  if (!did_not_see) TellListedBetween(actor, user);
  LookAgainAtTicketsOf(actor);
  LookAgainAtTicketsOf(user);
}

void Machine::EndInvitationsBetween(User& host, User& user) {
  const std::vector<MeetupId> invitations = user.invitations;
  for (const MeetupId id : invitations) {
    Meetup& meetup = Get(id);
    if (meetup.host == host.id) WithdrawInvitationOf(meetup, user);
  }
}

Reject Machine::Check(const Unblock& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  if (Find(c.user) == nullptr) return Reject::kUnknownUser;
  if (!Contains(actor.blocks, c.user)) return Reject::kNotBlocked;
  return Reject::kNone;
}

void Machine::Change(const Unblock& c, User& actor, Outcome&) {
  User& user = Get(c.user);
  Remove(actor.blocks, user.id);
  Remove(user.blocked_by, actor.id);
  Emit({.users = {actor.id}}, UserUnblocked{.by = actor.id, .user = user.id});
  TellNeverSees(actor, user, true);
  TellSight(actor, user, false);
  if (AreBlocked(actor, user.id)) return;
  TellListedBetween(actor, user);
  LookAgainAtTicketsOf(actor);
  LookAgainAtTicketsOf(user);
  if (!actor.tickets.empty() && !user.tickets.empty()) WantMatching();
}

Reject Machine::Check(const ReportUser& c, const User& actor, Timestamp) const {
  if (c.user == actor.id) return Reject::kOneself;
  if (Find(c.user) == nullptr) return Reject::kUnknownUser;
  return CheckReason(c.reason);
}

void Machine::Change(const ReportUser& c, User& actor, Outcome&) {
  Emit({.moderators = true}, UserReported{.by = actor.id, .user = c.user, .reason = Nfc(c.reason)});
}

// ---- Erasing

Reject Machine::Check(const Erase&, const User&, Timestamp) const { return Reject::kNone; }

void Machine::Change(const Erase&, User& actor, Outcome&) {
  EraseTickets(actor);
  EraseMeetups(actor);
  ErasePeople(actor);
  UnindexNickname(actor);
  const UserId id = actor.id;
  requests_.Forget(id);
  state_.users.erase(id);
  state_.erased.insert(id);
  Emit({.users = {id}, .moderators = true}, UserErased{.user = id});
}

void Machine::EraseMeetups(User& user) {
  const std::vector<MeetupId> invitations = user.invitations;
  for (const MeetupId id : invitations) WithdrawInvitationOf(Get(id), user);

  const std::vector<Tie> ties = user.ties;
  for (const Tie& tie : ties) {
    Meetup& meetup = Get(tie.meetup);
    if (meetup.host == user.id) {
      if (!meetup.cancelled && !meetup.ended) Cancel(meetup);
      EraseTexts(meetup);
    }
    if (tie.posted) EmptyMessages(meetup, user);
    if (tie.member) {
      StopSeeing(meetup, user);
      TakeOut(meetup, user);
      Emit(RoomAudience(meetup, user),
           MemberLeft{.meetup = meetup.id, .user = user.id, .members = meetup.member_count()});
      Relist(meetup);
    }
    Remove(meetup.kicked, user.id);
    DropTie(user, meetup.id);
  }
}

// Takes whole lists from the user: one by one from the front of so many would be quadratic.
void Machine::ErasePeople(User& user) {
  for (const UserId to : std::exchange(user.requests_sent, {})) {
    Remove(Get(to).requests_received, user.id);
    Emit({.users = {user.id, to}}, FriendRequestWithdrawn{.from = user.id, .to = to});
  }
  for (const UserId from : std::exchange(user.requests_received, {})) {
    Remove(Get(from).requests_sent, user.id);
    Emit({.users = {from, user.id}}, FriendRequestWithdrawn{.from = from, .to = user.id});
  }

  // The meetups are left: only friends are still seen.
  SeesExactlyChanged seen{.viewer = user.id, .added = {}, .removed = {}};
  seen.removed = std::exchange(user.friends, {});
  for (const UserId other : seen.removed) {
    Remove(Get(other).friends, user.id);
    Emit({.users = {user.id, other}}, FriendshipEnded{.first = user.id, .second = other});
    Emit({}, SeesExactlyChanged{.viewer = other, .added = {}, .removed = {user.id}});
  }
  if (!seen.removed.empty()) Emit({}, std::move(seen));

  NeverSeesChanged unseen{.viewer = user.id, .added = {}, .removed = NeverSees(user)};
  user.blocks.clear();
  user.blocked_by.clear();
  for (const UserId other : unseen.removed) {
    Remove(Get(other).blocks, user.id);
    Remove(Get(other).blocked_by, user.id);
    Emit({}, NeverSeesChanged{.viewer = other, .added = {}, .removed = {user.id}});
  }
  if (!unseen.removed.empty()) Emit({}, std::move(unseen));
}

}  // namespace moyeo::society
