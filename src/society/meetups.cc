// Meetups: from creation to the end, who may join and how they are listed.

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "society/checks.h"
#include "society/machine.h"
#include "society/text.h"

namespace moyeo::society {
namespace {

using std::chrono::milliseconds;

}  // namespace

// ---- As of a time that may be ahead of the society's

const Meetup* Machine::Kept(MeetupId id, Timestamp now) const {
  const Meetup* const meetup = Find(id);
  if (meetup == nullptr) return nullptr;
  const bool is_kept = now < meetup->closed() + milliseconds(state_.settings.retention_ms);
  return is_kept ? meetup : nullptr;
}

bool Machine::IsInvited(const Meetup& meetup, UserId user, Timestamp now) {
  return !HasStarted(meetup, now) && Contains(meetup.invitations, user);
}

bool Machine::HasTooManyCurrentMeetups(const User& user, Timestamp now) const {
  if (user.current_meetups + user.tickets.size() < Limits::kCurrentMeetups) return false;
  const auto current = std::ranges::count_if(user.ties, [&](const Tie& tie) {
    const Meetup& meetup = *Find(tie.meetup);
    return tie.member && !meetup.cancelled && !HasEnded(meetup, now);
  });
  return static_cast<std::size_t>(current) + OpenTickets(user, now) >= Limits::kCurrentMeetups;
}

bool Machine::HasTooManyKeptMeetups(const User& user, MeetupId next, Timestamp now) const {
  const bool has_room = user.ties.size() + user.tickets.size() < Limits::kKeptMeetups;
  if (has_room || FindTie(user, next) != nullptr) return false;
  const auto kept = std::ranges::count_if(
      user.ties, [&](const Tie& tie) { return Kept(tie.meetup, now) != nullptr; });
  return static_cast<std::size_t>(kept) + OpenTickets(user, now) >= Limits::kKeptMeetups;
}

bool Machine::HasTooManyInvitations(const User& user, Timestamp now) const {
  if (user.invitations.size() < Limits::kOpenInvitations) return false;
  const auto open = std::ranges::count_if(
      user.invitations, [&](MeetupId meetup) { return !HasStarted(*Find(meetup), now); });
  return static_cast<std::size_t>(open) >= Limits::kOpenInvitations;
}

// ---- What is written about a meetup

Reject Machine::CheckFields(const MeetupFields& f, Timestamp now) const {
  for (const std::string* const text : {f.title, f.content, f.image_url, f.place_name, f.bring}) {
    if (text != nullptr && !IsUtf8(*text)) return Reject::kInvalidText;
  }
  if (f.tags != nullptr && !AreUtf8(*f.tags)) return Reject::kInvalidText;

  const auto is_long = [](const std::string* text, std::size_t least, std::size_t most) {
    return text != nullptr && !HasLength(*text, least, most);
  };
  if (is_long(f.title, 1, Limits::kTitleLength)) return Reject::kTitleLength;
  if (is_long(f.content, 0, Limits::kContentLength)) return Reject::kContentLength;
  if (is_long(f.image_url, 0, Limits::kUrlLength)) return Reject::kUrlLength;
  if (is_long(f.place_name, 0, Limits::kPlaceNameLength)) return Reject::kPlaceNameLength;
  if (f.tags != nullptr) {
    if (const Reject reject = CheckTags(*f.tags); reject != Reject::kNone) return reject;
  }
  if (is_long(f.bring, 0, Limits::kBringLength)) return Reject::kBringLength;
  if (f.location && !spatial::ToPosition(*f.location)) return Reject::kInvalidLocation;

  const Settings& settings = state_.settings;
  if (!IsTime(f.start) || !IsTime(f.end)) return Reject::kInvalidTime;
  if (f.new_start) {
    if (f.has_started) return Reject::kStarted;
    if (f.start < now + milliseconds(settings.start_from_ms)) return Reject::kStartTooEarly;
    if (f.start >= now + milliseconds(settings.start_before_ms)) return Reject::kStartTooLate;
  }
  if (f.new_start || f.new_end) {
    if (f.end < f.start + milliseconds(settings.length_from_ms)) return Reject::kEndTooEarly;
    if (f.end <= now) return Reject::kEndTooEarly;
  }
  if (f.new_end && f.end >= now + milliseconds(settings.end_before_ms)) return Reject::kEndTooLate;

  if (f.capacity < Limits::kLeastCapacity || f.capacity > Limits::kMostCapacity) {
    return Reject::kCapacityOutOfRange;
  }
  if (f.capacity < f.members) return Reject::kCapacityBelowMembers;
  return Reject::kNone;
}

Reject Machine::Check(const CreateMeetup& c, const User& actor, Timestamp now) const {
  const MeetupFields fields{.title = &c.title,
                            .content = &c.content,
                            .image_url = &c.image_url,
                            .place_name = &c.place_name,
                            .tags = &c.tags,
                            .bring = &c.bring,
                            .location = c.location,
                            .new_start = true,
                            .new_end = true,
                            .start = c.start,
                            .end = c.end,
                            .capacity = c.capacity};
  if (const Reject reject = CheckFields(fields, now); reject != Reject::kNone) return reject;
  if (HasTooManyCurrentMeetups(actor, now)) return Reject::kTooManyCurrentMeetups;
  if (HasTooManyKeptMeetups(actor, MeetupId{}, now)) return Reject::kTooManyKeptMeetups;
  return Reject::kNone;
}

void Machine::Change(const CreateMeetup& c, User& actor, Outcome& outcome) {
  Meetup& meetup = AddMeetup();
  meetup.host = actor.id;
  meetup.title = Nfc(c.title);
  meetup.content = Nfc(c.content);
  meetup.image_url = Nfc(c.image_url);
  meetup.place_name = Nfc(c.place_name);
  if (c.location) meetup.location = spatial::ToPosition(*c.location);
  meetup.start = c.start;
  meetup.end = c.end;
  meetup.capacity = c.capacity;
  meetup.tags = NfcOf(c.tags);
  meetup.bring = Nfc(c.bring);
  BeginMeetup(meetup);
  Relist(meetup);
  outcome.meetup = meetup.id;
}

Meetup& Machine::AddMeetup() {
  const MeetupId id{++state_.last_meetup};
  auto made = std::make_unique<Meetup>();
  Meetup& meetup = *made;
  state_.meetups.emplace(id, std::move(made));
  meetup.id = id;
  meetup.created = state_.time;
  return meetup;
}

void Machine::BeginMeetup(Meetup& meetup) {
  starts_.insert({meetup.start, meetup.id});
  ends_.insert({meetup.end, meetup.id});
  listing_.PutTexts(meetup);
  User& host = Get(meetup.host);
  meetup.members.push_back({.user = host.id, .joined = state_.time});
  TieTo(host, meetup.id).member = true;
  ++host.current_meetups;
  Emit({.users = {host.id}}, MeetupCreated{.meetup = meetup.id, .host = host.id});
}

Reject Machine::CheckHost(const Meetup* meetup, const User& actor) {
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->host != actor.id) return Reject::kNotHost;
  return Reject::kNone;
}

Reject Machine::Check(const EditMeetup& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (const Reject reject = CheckHost(meetup, actor); reject != Reject::kNone) return reject;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  const Timestamp start = c.start.value_or(meetup->start);
  const Timestamp end = c.end.value_or(meetup->end);
  return CheckFields({.title = Pointer(c.title),
                      .content = Pointer(c.content),
                      .image_url = Pointer(c.image_url),
                      .place_name = Pointer(c.place_name),
                      .tags = Pointer(c.tags),
                      .bring = Pointer(c.bring),
                      .location = c.location.value_or(std::nullopt),
                      .new_start = start != meetup->start,
                      .new_end = end != meetup->end,
                      .start = start,
                      .end = end,
                      .capacity = c.capacity.value_or(meetup->capacity),
                      .has_started = HasStarted(*meetup, now),
                      .members = meetup->members.size()},
                     now);
}

void Machine::Change(const EditMeetup& c, User&, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  const bool was_listed = meetup.listed;
  const bool has_new_texts =
      (c.title && Nfc(*c.title) != meetup.title) || (c.tags && NfcOf(*c.tags) != meetup.tags);
  const bool puts_texts = has_new_texts && IsOpen(meetup);
  if (was_listed) listing_.TakeOut(meetup);
  if (puts_texts) listing_.TakeOutTexts(meetup);

  if (c.title) meetup.title = Nfc(*c.title);
  if (c.content) meetup.content = Nfc(*c.content);
  if (c.image_url) meetup.image_url = Nfc(*c.image_url);
  if (c.place_name) meetup.place_name = Nfc(*c.place_name);
  if (c.location) {
    meetup.location = *c.location ? spatial::ToPosition(**c.location) : std::nullopt;
  }
  if (c.start && *c.start != meetup.start) {
    starts_.erase({meetup.start, meetup.id});
    meetup.start = *c.start;
    starts_.insert({meetup.start, meetup.id});
  }
  if (c.end) {
    ends_.erase({meetup.end, meetup.id});
    meetup.end = *c.end;
    ends_.insert({meetup.end, meetup.id});
  }
  if (c.capacity) meetup.capacity = *c.capacity;
  if (c.tags) meetup.tags = NfcOf(*c.tags);
  if (c.bring) meetup.bring = Nfc(*c.bring);

  if (puts_texts) listing_.PutTexts(meetup);
  if (was_listed) listing_.Put(meetup);
  Audience audience = RoomAudience(meetup);
  if (was_listed) {
    audience.everybody = true;
    std::vector<UserId> members;
    for (const Member& member : meetup.members) members.push_back(member.user);
    std::ranges::sort(members);
    audience.except = Difference(NeverSees(Get(meetup.host)), members);
  }
  Emit(std::move(audience), MeetupEdited{.meetup = meetup.id});
  Relist(meetup);
}

void Machine::EraseTexts(Meetup& meetup) {
  meetup.title.clear();
  meetup.content.clear();
  meetup.image_url.clear();
  meetup.place_name.clear();
  meetup.location.reset();
  meetup.tags.clear();
  meetup.bring.clear();
  Emit(RoomAudience(meetup), MeetupEdited{.meetup = meetup.id});
}

// ---- Cancelling and handing over

Reject Machine::Check(const CancelMeetup& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (const Reject reject = CheckHost(meetup, actor); reject != Reject::kNone) return reject;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (meetup->members.size() > 1 && !c.force) return Reject::kHasOtherMembers;
  return Reject::kNone;
}

void Machine::Change(const CancelMeetup& c, User&, Outcome&) { Cancel(Get(c.meetup)); }

void Machine::Cancel(Meetup& meetup) {
  if (IsOpen(meetup)) listing_.TakeOutTexts(meetup);
  starts_.erase({meetup.start, meetup.id});
  ends_.erase({meetup.end, meetup.id});
  meetup.cancelled = state_.time;
  closed_.insert({meetup.closed(), meetup.id});
  for (const Member& member : meetup.members) --Get(member.user).current_meetups;
  Emit(RoomAudience(meetup), MeetupCancelled{.meetup = meetup.id});
  Relist(meetup);
  WithdrawInvitations(meetup);
  EndSeeing(meetup);
}

Reject Machine::Check(const TransferMeetup& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (const Reject reject = CheckHost(meetup, actor); reject != Reject::kNone) return reject;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (c.user == actor.id) return Reject::kOneself;
  if (meetup->Find(c.user) == nullptr) return Reject::kNotMember;
  if (AreBlocked(actor, c.user)) return Reject::kBlocked;
  return Reject::kNone;
}

void Machine::Change(const TransferMeetup& c, User& actor, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  const User& host = Get(c.user);
  // While it is still the old host who hears of them.
  const std::vector<UserId> invited = meetup.invitations;
  for (const UserId user : invited) {
    if (AreBlocked(host, user)) WithdrawInvitationOf(meetup, Get(user));
  }
  meetup.host = host.id;
  if (!meetup.confirmed) meetup.Find(host.id)->confirmed = false;
  Audience audience = RoomAudience(meetup, actor);
  for (const UserId user : RoomAudience(meetup, host).except) Insert(audience.except, user);
  Emit(std::move(audience),
       MeetupTransferred{.meetup = meetup.id, .from = actor.id, .to = host.id});
  if (!meetup.listed) return;
  const std::vector<UserId> before = NeverSees(actor);
  const std::vector<UserId> after = NeverSees(host);
  TellListed(meetup, true, {.users = Difference(before, after)});
  TellListed(meetup, false, {.users = Difference(after, before)});
}

// ---- Members

Reject Machine::CheckJoin(const Meetup& meetup, const User& actor, Timestamp now) const {
  if (meetup.Find(actor.id) != nullptr) return Reject::kAlreadyMember;
  if (meetup.cancelled) return Reject::kCancelled;
  if (HasStarted(meetup, now)) return Reject::kStarted;
  if (meetup.confirmed) return Reject::kMeetupConfirmed;
  if (AreBlocked(actor, meetup.host)) return Reject::kBlocked;
  if (Contains(meetup.kicked, actor.id) && !IsInvited(meetup, actor.id, now)) {
    return Reject::kKicked;
  }
  if (meetup.members.size() >= meetup.capacity) return Reject::kFull;
  if (HasTooManyCurrentMeetups(actor, now)) return Reject::kTooManyCurrentMeetups;
  if (HasTooManyKeptMeetups(actor, meetup.id, now)) return Reject::kTooManyKeptMeetups;
  return Reject::kNone;
}

Reject Machine::Check(const JoinMeetup& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  return CheckJoin(*meetup, actor, now);
}

void Machine::Change(const JoinMeetup& c, User& actor, Outcome&) { Join(Get(c.meetup), actor); }

void Machine::Join(Meetup& meetup, User& user) {
  TakeIn(meetup, user);
  Relist(meetup);
}

void Machine::TakeIn(Meetup& meetup, User& user) {
  Remove(meetup.invitations, user.id);
  Remove(user.invitations, meetup.id);
  Remove(meetup.kicked, user.id);
  Tie& tie = TieTo(user, meetup.id);
  tie.member = true;
  tie.kicked = false;
  ++user.current_meetups;
  meetup.members.push_back({.user = user.id,
                            .joined = state_.time,
                            .joined_after = meetup.room.last(),
                            .read = meetup.room.last()});
  Emit(RoomAudience(meetup, user),
       MemberJoined{.meetup = meetup.id, .user = user.id, .members = meetup.member_count()});
}

Reject Machine::Check(const LeaveMeetup& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->Find(actor.id) == nullptr) return Reject::kNotMember;
  if (meetup->host == actor.id) return Reject::kHostCannotLeave;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  return Reject::kNone;
}

void Machine::Change(const LeaveMeetup& c, User& actor, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  TakeOut(meetup, actor);
  Audience audience = RoomAudience(meetup, actor);
  audience.users = {actor.id};
  Emit(std::move(audience),
       MemberLeft{.meetup = meetup.id, .user = actor.id, .members = meetup.member_count()});
  Relist(meetup);
}

Reject Machine::Check(const KickMember& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (const Reject reject = CheckHost(meetup, actor); reject != Reject::kNone) return reject;
  if (c.user == actor.id) return Reject::kOneself;
  if (meetup->Find(c.user) == nullptr) return Reject::kNotMember;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (meetup->kicked.size() >= Limits::kKickedFromMeetup) return Reject::kTooManyKicked;
  return Reject::kNone;
}

void Machine::Change(const KickMember& c, User&, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  User& user = Get(c.user);
  Insert(meetup.kicked, user.id);
  TieTo(user, meetup.id).kicked = true;
  TakeOut(meetup, user);
  Audience audience = RoomAudience(meetup, user);
  audience.users = {user.id};
  Emit(std::move(audience),
       MemberKicked{.meetup = meetup.id, .user = user.id, .members = meetup.member_count()});
  Relist(meetup);
}

void Machine::TakeOut(Meetup& meetup, User& user) {
  meetup.members.erase(std::ranges::find(meetup.members, user.id, &Member::user));
  if (!meetup.cancelled && !meetup.ended) --user.current_meetups;
  Tie& tie = TieTo(user, meetup.id);
  tie.member = false;
  if (!tie.posted && !tie.kicked) DropTie(user, meetup.id);
}

// ---- Invitations

Reject Machine::Check(const Invite& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (const Reject reject = CheckHost(meetup, actor); reject != Reject::kNone) return reject;
  if (c.user == actor.id) return Reject::kOneself;
  const User* const user = Find(c.user);
  if (user == nullptr) return Reject::kUnknownUser;
  if (AreBlocked(actor, c.user)) return Reject::kBlocked;
  if (meetup->Find(c.user) != nullptr) return Reject::kAlreadyMember;
  if (IsInvited(*meetup, c.user, now)) return Reject::kAlreadyInvited;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasStarted(*meetup, now)) return Reject::kStarted;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (meetup->members.size() >= meetup->capacity) return Reject::kFull;
  if (meetup->invitations.size() >= Limits::kOpenInvitations) return Reject::kTooManyInvitations;
  if (HasTooManyInvitations(*user, now)) return Reject::kTheyHaveTooManyInvitations;
  return Reject::kNone;
}

void Machine::Change(const Invite& c, User& actor, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  Insert(meetup.invitations, c.user);
  Insert(Get(c.user).invitations, meetup.id);
  Emit({.users = {actor.id, c.user}},
       InvitationSent{.meetup = meetup.id, .host = actor.id, .user = c.user});
}

Reject Machine::Check(const WithdrawInvitation& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (const Reject reject = CheckHost(meetup, actor); reject != Reject::kNone) return reject;
  if (!IsInvited(*meetup, c.user, now)) return Reject::kNotInvited;
  return Reject::kNone;
}

void Machine::Change(const WithdrawInvitation& c, User&, Outcome&) {
  WithdrawInvitationOf(Get(c.meetup), Get(c.user));
}

void Machine::WithdrawInvitationOf(Meetup& meetup, User& user) {
  Remove(meetup.invitations, user.id);
  Remove(user.invitations, meetup.id);
  Emit({.users = {meetup.host, user.id}},
       InvitationWithdrawn{.meetup = meetup.id, .user = user.id});
}

void Machine::WithdrawInvitations(Meetup& meetup) {
  const std::vector<UserId> invited = meetup.invitations;
  for (const UserId user : invited) WithdrawInvitationOf(meetup, Get(user));
}

Reject Machine::Check(const AcceptInvitation& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (!IsInvited(*meetup, actor.id, now)) return Reject::kNotInvited;
  return CheckJoin(*meetup, actor, now);
}

void Machine::Change(const AcceptInvitation& c, User& actor, Outcome&) {
  Join(Get(c.meetup), actor);
}

Reject Machine::Check(const DeclineInvitation& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (!IsInvited(*meetup, actor.id, now)) return Reject::kNotInvited;
  return Reject::kNone;
}

void Machine::Change(const DeclineInvitation& c, User& actor, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  Remove(meetup.invitations, actor.id);
  Remove(actor.invitations, meetup.id);
  Emit({.users = {meetup.host, actor.id}},
       InvitationDeclined{.meetup = meetup.id, .user = actor.id});
}

// ---- Confirming

Reject Machine::Check(const ConfirmMeetup& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Member* const member = meetup->Find(actor.id);
  if (member == nullptr) return Reject::kNotMember;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (member->confirmed) return Reject::kAlreadyConfirmed;
  if (meetup->host != actor.id) return Reject::kNone;
  if (meetup->members.size() == 1) return Reject::kAlone;
  const auto confirmed = std::ranges::count_if(meetup->members, &Member::confirmed);
  const bool all_others = static_cast<std::size_t>(confirmed) == meetup->members.size() - 1;
  return all_others ? Reject::kNone : Reject::kOthersHaveNotConfirmed;
}

void Machine::Change(const ConfirmMeetup& c, User& actor, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  meetup.Find(actor.id)->confirmed = true;
  Emit(RoomAudience(meetup, actor), MemberConfirmed{.meetup = meetup.id, .user = actor.id});
  if (meetup.host != actor.id) return;
  if (IsOpen(meetup)) listing_.TakeOutTexts(meetup);
  meetup.confirmed = true;
  seen_from_.insert({meetup.start - kSeenBefore, meetup.id});
  Emit(RoomAudience(meetup), MeetupConfirmed{.meetup = meetup.id});
  Relist(meetup);
  WithdrawInvitations(meetup);
}

Reject Machine::Check(const WithdrawConfirmation& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Member* const member = meetup->Find(actor.id);
  if (member == nullptr) return Reject::kNotMember;
  if (meetup->cancelled) return Reject::kCancelled;
  if (HasEnded(*meetup, now)) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (!member->confirmed) return Reject::kNotConfirmed;
  return Reject::kNone;
}

void Machine::Change(const WithdrawConfirmation& c, User& actor, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  meetup.Find(actor.id)->confirmed = false;
  Emit(RoomAudience(meetup, actor), ConfirmationWithdrawn{.meetup = meetup.id, .user = actor.id});
}

Reject Machine::Check(const ReportMeetup& c, const User&, Timestamp now) const {
  if (Kept(c.meetup, now) == nullptr) return Reject::kUnknownMeetup;
  return CheckReason(c.reason);
}

void Machine::Change(const ReportMeetup& c, User& actor, Outcome&) {
  Emit({.moderators = true},
       MeetupReported{.by = actor.id, .meetup = c.meetup, .reason = Nfc(c.reason)});
}

// ---- What members and lists are told

const Tie* Machine::FindTie(const User& user, MeetupId meetup) {
  const auto tie = std::ranges::lower_bound(user.ties, meetup, {}, &Tie::meetup);
  return tie != user.ties.end() && tie->meetup == meetup ? &*tie : nullptr;
}

Tie& Machine::TieTo(User& user, MeetupId meetup) {
  const auto tie = std::ranges::lower_bound(user.ties, meetup, {}, &Tie::meetup);
  if (tie != user.ties.end() && tie->meetup == meetup) return *tie;
  return *user.ties.insert(tie, {.meetup = meetup});
}

void Machine::DropTie(User& user, MeetupId meetup) {
  const auto tie = std::ranges::lower_bound(user.ties, meetup, {}, &Tie::meetup);
  if (tie != user.ties.end() && tie->meetup == meetup) user.ties.erase(tie);
}

bool Machine::IsOpen(const Meetup& meetup) {
  return !meetup.confirmed && !meetup.cancelled && !meetup.started;
}

void Machine::Relist(Meetup& meetup) {
  const bool is_listed =
      IsOpen(meetup) && !HasStarted(meetup, state_.time) && meetup.members.size() < meetup.capacity;
  if (is_listed == meetup.listed) return;
  meetup.listed = is_listed;
  if (is_listed) {
    listing_.Put(meetup);
  } else {
    listing_.TakeOut(meetup);
  }
  TellListed(meetup, is_listed, {.except = NeverSees(Get(meetup.host)), .everybody = true});
}

void Machine::TellListed(const Meetup& meetup, bool is_listed, Audience&& audience) {
  if (audience.users.empty() && !audience.everybody) return;
  const auto location =
      meetup.location ? std::optional(spatial::ToDegrees(*meetup.location)) : std::nullopt;
  const std::uint32_t members = meetup.member_count();
  if (is_listed) {
    Emit(std::move(audience),
         MeetupListed{.meetup = meetup.id, .location = location, .members = members});
  } else {
    Emit(std::move(audience),
         MeetupUnlisted{.meetup = meetup.id, .location = location, .members = members});
  }
}

void Machine::TellListedBetween(const User& a, const User& b) {
  const bool are_listed = !AreBlocked(a, b.id);
  const auto tell = [&](const User& host, UserId viewer) {
    for (const Tie& tie : host.ties) {
      const Meetup& meetup = Get(tie.meetup);
      if (meetup.host != host.id || !meetup.listed) continue;
      TellListed(meetup, are_listed, {.users = {viewer}});
    }
  };
  tell(a, b.id);
  tell(b, a.id);
}

Audience Machine::RoomAudience(const Meetup& meetup) { return {.room = meetup.id}; }

Audience Machine::RoomAudience(const Meetup& meetup, const User& about) const {
  Audience audience{.room = meetup.id};
  if (about.blocks.empty() && about.blocked_by.empty()) return audience;
  for (const Member& member : meetup.members) {
    if (AreBlocked(about, member.user)) audience.except.push_back(member.user);
  }
  std::ranges::sort(audience.except);
  return audience;
}

}  // namespace moyeo::society
