#include "simulation/auditor.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "simulation/text.h"
#include "support/cloak_twin.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHourBefore{kSeenExactlyBeforeStartMs};

bool IsTime(Timestamp time) { return kMinTimestamp <= time && time <= kMaxTimestamp; }

bool IsVisibility(Visibility visibility) {
  return visibility == Visibility::kExact || visibility == Visibility::kCloaked ||
         visibility == Visibility::kHidden;
}

bool AreValid(const Settings& settings) {
  for (const std::int64_t time :
       {settings.start_from_ms, settings.start_before_ms, settings.length_from_ms,
        settings.end_before_ms, settings.retention_ms, settings.presence_ttl_ms,
        settings.matching_delay_ms}) {
    if (time < 0 || time > Limits::kLongestSettingMs) return false;
  }
  for (const std::uint32_t weight :
       {settings.distance_weight, settings.interests_weight, settings.soon_weight,
        settings.seats_weight, settings.friends_weight}) {
    if (weight > Limits::kMostWeight) return false;
  }
  return settings.presence_ttl_ms > 0 && settings.length_from_ms > 0 && settings.cloak_level >= 0 &&
         settings.cloak_level <= Limits::kMostCloakLevel;
}

// What time makes of meetups and tickets, in the order in which it happens at one time.
enum class DueKind { kHour, kStart, kEnd, kForget, kExpire };

struct Due {
  Timestamp time{};
  DueKind kind{};
  MeetupId meetup{};
  TicketId ticket{};

  friend auto operator<=>(const Due& a, const Due& b) {
    return std::tuple(a.time, a.kind, a.meetup, a.ticket) <=>
           std::tuple(b.time, b.kind, b.meetup, b.ticket);
  }
};

std::optional<Due> FirstDue(const Books& books) {
  std::optional<Due> first;
  const auto consider = [&](const Due& due) {
    if (!first || due < *first) first = due;
  };
  for (const auto& [id, meetup] : books.meetups) {
    if (meetup.over) {
      consider({*meetup.over + milliseconds(books.settings.retention_ms), DueKind::kForget, id});
      continue;
    }
    if (meetup.confirmed && !meetup.hour_has_come) {
      consider({meetup.start - kHourBefore, DueKind::kHour, id});
    }
    if (!meetup.started) consider({meetup.start, DueKind::kStart, id});
    consider({meetup.end, DueKind::kEnd, id});
  }
  for (const auto& [id, ticket] : books.tickets) {
    consider({ticket.view.expires, DueKind::kExpire, MeetupId{}, id});
  }
  return first;
}

// One command before the books: what is due comes first, then the rules of the command.
class Hearing {
 public:
  Hearing(Books& books, std::vector<Auditor::Step>& steps) : books_(books), steps_(steps) {}

  void FireDue(Timestamp now);

  // Each rule refuses before it changes anything.
  Reject Hear(const Command& command, Timestamp now, Outcome& outcome);

 private:
  Reject Rule(const Advance& command);
  Reject Rule(const Configure& command);
  Reject Rule(const Register& command);
  Reject Rule(const EditProfile& command);
  Reject Rule(const SetVisibility& command);
  Reject Rule(const RequestFriend& command);
  Reject Rule(const WithdrawFriendRequest& command);
  Reject Rule(const DeclineFriendRequest& command);
  Reject Rule(const EndFriendship& command);
  Reject Rule(const Block& command);
  Reject Rule(const Unblock& command);
  Reject Rule(const ReportUser& command);
  Reject Rule(const Erase& command);
  Reject Rule(const CreateMeetup& command);
  Reject Rule(const EditMeetup& command);
  Reject Rule(const CancelMeetup& command);
  Reject Rule(const TransferMeetup& command);
  Reject Rule(const JoinMeetup& command);
  Reject Rule(const LeaveMeetup& command);
  Reject Rule(const KickMember& command);
  Reject Rule(const Invite& command);
  Reject Rule(const WithdrawInvitation& command);
  Reject Rule(const AcceptInvitation& command);
  Reject Rule(const DeclineInvitation& command);
  Reject Rule(const ConfirmMeetup& command);
  Reject Rule(const WithdrawConfirmation& command);
  Reject Rule(const ReportMeetup& command);
  Reject Rule(const PostMessage& command);
  Reject Rule(const DeleteMessage& command);
  Reject Rule(const MarkRead& command);
  Reject Rule(const ReportMessage& command);
  Reject Rule(const CreateTicket& command);
  Reject Rule(const WithdrawTicket& command);

  Books::Person& Me() { return books_.people.at(me_); }
  Books::Meetup* FindMeetup(MeetupId id);
  Reject OtherUser(UserId user) const;
  Reject Reason(const std::string& reason, std::string& normalized) const;
  Reject Normalize(EditProfile& profile) const;
  Reject Normalize(EditMeetup& fields, const Books::Meetup* edited) const;
  Reject MoreMeetups(const Books::Meetup* joined) const;
  Reject MayJoin(const Books::Meetup& meetup) const;
  Reject HostOfOpenEnded(const Books::Meetup* meetup) const;

  void EndBetween(UserId by, UserId user);
  void Join(MeetupId id, Books::Meetup& meetup);
  void WithdrawAll(MeetupId id, Books::Meetup& meetup);
  void Cancel(MeetupId id, Books::Meetup& meetup);

  void TicketsHaveChanged();
  // The tickets that `first` would make a group of, itself included.
  std::vector<TicketId> GroupOf(TicketId first) const;
  void MakeMeetup(const std::vector<TicketId>& group);

  void Tell(const EventBody& event) { Tell(event, AudienceOf(event)); }
  void Tell(const EventBody& event, Audience audience) {
    events_.push_back({.event = event, .audience = std::move(audience)});
  }
  // Who hears of it, unless who tells says otherwise.
  Audience AudienceOf(const EventBody& event) const;
  // The sets of these may have changed.
  void Concern(UserId user) { concerned_.insert(user); }
  void Concern(const Books::Meetup& meetup);
  void TellWhatIsListed();
  void EndStep(Timestamp time);

  Books& books_;
  std::vector<Auditor::Step>& steps_;
  UserId me_{};
  std::optional<MeetupId> due_;
  Outcome outcome_;
  std::vector<Auditor::Told> events_;
  std::set<UserId> concerned_;
};

std::vector<UserId> Minus(const std::vector<UserId>& a, const std::vector<UserId>& b) {
  std::vector<UserId> result;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

// ---- What is due, and what follows from each step

void Hearing::FireDue(Timestamp now) {
  while (const std::optional<Due> due = FirstDue(books_)) {
    if (due->time > now) return;
    books_.now = std::max(books_.now, due->time);
    if (due->kind == DueKind::kExpire) {
      Tell(TicketExpired{.ticket = due->ticket, .user = books_.tickets.at(due->ticket).owner});
      books_.tickets.erase(due->ticket);
      TicketsHaveChanged();
      steps_.push_back({.time = books_.now, .events = std::exchange(events_, {})});
      continue;
    }
    Books::Meetup& meetup = books_.meetups.at(due->meetup);
    Concern(meetup);
    due_ = due->meetup;
    switch (due->kind) {
      case DueKind::kHour:
        meetup.hour_has_come = true;
        break;
      case DueKind::kStart:
        meetup.started = true;
        Tell(MeetupStarted{.meetup = due->meetup});
        WithdrawAll(due->meetup, meetup);
        break;
      case DueKind::kEnd:
        meetup.ended = true;
        meetup.over = due->time;
        Tell(MeetupEnded{.meetup = due->meetup});
        break;
      case DueKind::kForget:
        Tell(MeetupForgotten{.meetup = due->meetup});
        books_.meetups.erase(due->meetup);
        break;
      case DueKind::kExpire:
        break;  // was above
    }
    // Which is later if a shorter retention has just been configured.
    EndStep(books_.now);
    due_ = std::nullopt;
  }
}

void Hearing::Concern(const Books::Meetup& meetup) {
  for (const Books::Member& member : meetup.members) Concern(member.user);
}

template <typename Body, typename... Bodies>
constexpr bool kIsOneOf = (std::is_same_v<Body, Bodies> || ...);

Audience Hearing::AudienceOf(const EventBody& event) const {
  return std::visit(
      [this](const auto& e) -> Audience {
        using Body = std::decay_t<decltype(e)>;
        if constexpr (kIsOneOf<Body, SeesExactlyChanged, NeverSeesChanged>) {
          return {};  // the presence plane
        } else if constexpr (kIsOneOf<Body, Configured, MeetupListed, MeetupUnlisted>) {
          return {.everybody = true};
        } else if constexpr (kIsOneOf<Body, UserReported, MeetupReported, MessageReported>) {
          return {.moderators = true};
        } else if constexpr (kIsOneOf<Body, UserErased>) {
          return {.users = {e.user}, .moderators = true};
        } else if constexpr (kIsOneOf<Body, FriendRequested, FriendRequestWithdrawn,
                                      FriendRequestDeclined>) {
          return {.users = {e.from, e.to}};
        } else if constexpr (kIsOneOf<Body, FriendshipBegan, FriendshipEnded>) {
          return {.users = {e.first, e.second}};
        } else if constexpr (kIsOneOf<Body, UserBlocked, UserUnblocked>) {
          return {.users = {e.by}};
        } else if constexpr (kIsOneOf<Body, MeetupCreated>) {
          return {.users = {e.host}};
        } else if constexpr (kIsOneOf<Body, InvitationSent, InvitationWithdrawn,
                                      InvitationDeclined>) {
          return {.users = {*books_.meetups.at(e.meetup).host, e.user}};
        } else if constexpr (kIsOneOf<Body, MemberLeft, MemberKicked>) {
          return {.users = {e.user}, .room = e.meetup};
        } else if constexpr (kIsOneOf<Body, MeetupForgotten>) {
          Audience members;
          for (const Books::Member& member : books_.meetups.at(e.meetup).members) {
            members.users.push_back(member.user);
          }
          return members;
        } else if constexpr (kIsOneOf<Body, MeetupEdited>) {
          return {.room = e.meetup, .everybody = books_.meetups.at(e.meetup).told_listed};
        } else if constexpr (kIsOneOf<Body, MeetupCancelled, MeetupTransferred, MemberJoined,
                                      MemberConfirmed, ConfirmationWithdrawn, MeetupConfirmed,
                                      MeetupStarted, MeetupEnded, MessagePosted, MessageDeleted,
                                      MessagesEmptied>) {
          return {.room = e.meetup};
        } else {
          return {.users = {e.user}};
        }
      },
      event);
}

// Whatever the reason was, what is listed, and for whom, is looked at afresh.
void Hearing::TellWhatIsListed() {
  for (auto& [id, meetup] : books_.meetups) {
    // What is due at the same time has its turn yet to come.
    if (due_ && *due_ != id) continue;
    const auto members = static_cast<std::uint32_t>(meetup.members.size());
    const MeetupListed listed{.meetup = id, .location = meetup.location, .members = members};
    const MeetupUnlisted unlisted{.meetup = id, .location = meetup.location, .members = members};
    const bool is_listed = books_.IsListed(meetup);
    const std::vector<UserId> hidden_from =
        meetup.host ? books_.NeverSees(*meetup.host) : std::vector<UserId>();
    if (is_listed != meetup.told_listed) {
      if (is_listed) Tell(listed);
      if (!is_listed) Tell(unlisted);
    } else if (is_listed) {
      // A block has begun or ended, or the host is another. Who was erased looks no more.
      std::erase_if(meetup.told_not_to, [this](UserId user) { return !books_.Knows(user); });
      const std::vector<UserId> again = Minus(meetup.told_not_to, hidden_from);
      if (!again.empty()) Tell(listed, {.users = again});
      const std::vector<UserId> no_more = Minus(hidden_from, meetup.told_not_to);
      if (!no_more.empty()) Tell(unlisted, {.users = no_more});
    }
    meetup.told_listed = is_listed;
    meetup.told_not_to = hidden_from;
  }
}

void Hearing::EndStep(Timestamp time) {
  TellWhatIsListed();
  for (const UserId viewer : concerned_) {
    const auto found = books_.people.find(viewer);
    if (found == books_.people.end()) continue;
    Books::Person& person = found->second;
    const std::vector<UserId> exactly = books_.SeesExactly(viewer);
    if (exactly != person.told_exactly) {
      Tell(SeesExactlyChanged{.viewer = viewer,
                              .added = Minus(exactly, person.told_exactly),
                              .removed = Minus(person.told_exactly, exactly)});
      person.told_exactly = exactly;
    }
    const std::vector<UserId> never = books_.NeverSees(viewer);
    if (never != person.told_never) {
      Tell(NeverSeesChanged{.viewer = viewer,
                            .added = Minus(never, person.told_never),
                            .removed = Minus(person.told_never, never)});
      person.told_never = never;
    }
  }
  if (!events_.empty()) steps_.push_back({.time = time, .events = std::move(events_)});
  events_.clear();
  concerned_.clear();
}

Reject Hearing::Hear(const Command& command, Timestamp now, Outcome& outcome) {
  const bool without_actor = std::holds_alternative<Advance>(command.body) ||
                             std::holds_alternative<Configure>(command.body);
  if (without_actor && command.actor) return Reject::kActorNotWanted;
  if (!without_actor) {
    if (!command.actor) return Reject::kActorMissing;
    me_ = *command.actor;
    const bool known = books_.people.contains(me_);
    if (known && Me().erased) return Reject::kErasedActor;
    if (!known && !std::holds_alternative<Register>(command.body)) return Reject::kUnknownActor;
  }
  // Time goes on only if the command is accepted, but its rules look at the clock.
  const Timestamp before = books_.now;
  books_.now = now;
  const Reject reject =
      std::visit([this](const auto& body) { return this->Rule(body); }, command.body);
  if (reject != Reject::kNone) {
    books_.now = before;
    return reject;
  }
  if (!without_actor) {
    Me().last_active = now;
    Concern(me_);
  }
  EndStep(now);
  // A meetup may begin as it is made, and a new retention may be over already.
  FireDue(now);
  outcome = outcome_;
  return Reject::kNone;
}

Reject Hearing::Rule(const Configure& command) {
  if (!AreValid(command.settings)) return Reject::kInvalidSettings;

  books_.settings = command.settings;
  Tell(Configured{.settings = command.settings});
  return Reject::kNone;
}

// ---- People

bool Normalized(std::string& text) {
  std::optional<std::string> nfc = Nfc(text);
  if (!nfc) return false;
  text = *std::move(nfc);
  return true;
}

bool Normalized(std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(),
                     [](std::string& text) { return Normalized(text); });
}

template <typename Texts>
bool Normalized(std::optional<Texts>& texts) {
  return !texts || Normalized(*texts);
}

bool IsWithin(const std::optional<std::string>& text, std::size_t least, std::size_t most) {
  if (!text) return true;
  const std::size_t length = CodePoints(*text);
  return least <= length && length <= most;
}

Reject CheckTags(const std::optional<std::vector<std::string>>& tags) {
  if (!tags) return Reject::kNone;
  if (tags->size() > Limits::kTags) return Reject::kTooManyTags;
  for (const std::string& tag : *tags) {
    if (!IsWithin(tag, 1, Limits::kTagLength) || Fold(tag).empty()) return Reject::kTagLength;
  }
  for (std::size_t i = 0; i < tags->size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (Fold((*tags)[i]) == Fold((*tags)[j])) return Reject::kRepeatedTag;
    }
  }
  return Reject::kNone;
}

Reject Hearing::Normalize(EditProfile& profile) const {
  // All of them, so that one wrong text anywhere comes before a wrong length anywhere else.
  if (!Normalized(profile.nickname) || !Normalized(profile.status) ||
      !Normalized(profile.interests) || !Normalized(profile.image_url)) {
    return Reject::kInvalidText;
  }
  if (!IsWithin(profile.nickname, 1, Limits::kNicknameLength) ||
      (profile.nickname && Fold(*profile.nickname).empty())) {
    return Reject::kNicknameLength;
  }
  if (!IsWithin(profile.status, 0, Limits::kStatusLength)) return Reject::kStatusLength;
  if (const Reject reject = CheckTags(profile.interests); reject != Reject::kNone) return reject;
  if (!IsWithin(profile.image_url, 0, Limits::kUrlLength)) return Reject::kUrlLength;
  return Reject::kNone;
}

bool IsTaken(const Books& books, const std::string& nickname, UserId except) {
  const auto found = books.nicknames.find(Fold(nickname));
  return found != books.nicknames.end() && found->second != except;
}

Reject Hearing::Rule(const Register& command) {
  if (books_.people.contains(me_)) return Reject::kUserExists;
  if (!IsVisibility(command.visibility)) return Reject::kInvalidVisibility;
  EditProfile profile{.nickname = command.nickname,
                      .status = command.status,
                      .interests = command.interests,
                      .image_url = command.image_url};
  if (const Reject reject = Normalize(profile); reject != Reject::kNone) return reject;
  if (IsTaken(books_, *profile.nickname, me_)) return Reject::kNicknameTaken;

  books_.people[me_] = {.registered = books_.now,
                        .last_active = books_.now,
                        .visibility = command.visibility,
                        .nickname = *profile.nickname,
                        .status = *profile.status,
                        .interests = *profile.interests,
                        .image_url = *profile.image_url};
  books_.nicknames[Fold(*profile.nickname)] = me_;
  Tell(UserRegistered{.user = me_, .visibility = command.visibility});
  return Reject::kNone;
}

Reject Hearing::Rule(const EditProfile& command) {
  EditProfile profile = command;
  if (const Reject reject = Normalize(profile); reject != Reject::kNone) return reject;
  if (profile.nickname && IsTaken(books_, *profile.nickname, me_)) {
    return Reject::kNicknameTaken;
  }

  if (profile.nickname) {
    books_.nicknames.erase(Fold(Me().nickname));
    books_.nicknames[Fold(*profile.nickname)] = me_;
    Me().nickname = *profile.nickname;
  }
  if (profile.status) Me().status = *profile.status;
  if (profile.interests) Me().interests = *profile.interests;
  if (profile.image_url) Me().image_url = *profile.image_url;
  Tell(ProfileChanged{.user = me_});
  return Reject::kNone;
}

Reject Hearing::Rule(const SetVisibility& command) {
  if (!IsVisibility(command.visibility)) return Reject::kInvalidVisibility;

  if (Me().visibility == command.visibility) return Reject::kNone;
  Me().visibility = command.visibility;
  Tell(VisibilityChanged{.user = me_, .visibility = command.visibility});
  return Reject::kNone;
}

Reject Hearing::OtherUser(UserId user) const {
  if (user == me_) return Reject::kOneself;
  return books_.Knows(user) ? Reject::kNone : Reject::kUnknownUser;
}

Reject Hearing::Rule(const RequestFriend& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  Books::Person& they = books_.people.at(command.user);
  if (books_.AreBlocked(me_, command.user)) return Reject::kBlocked;
  if (Me().friends.contains(command.user)) return Reject::kAlreadyFriends;
  if (Me().requested.contains(command.user)) return Reject::kAlreadyRequested;
  if (they.requested.contains(me_)) {
    if (Me().friends.size() >= Limits::kFriends) return Reject::kTooManyFriends;
    if (they.friends.size() >= Limits::kFriends) return Reject::kTheyHaveTooManyFriends;
    Me().requested_by.erase(command.user);
    they.requested.erase(me_);
    Me().friends.insert(command.user);
    they.friends.insert(me_);
    Concern(command.user);
    Tell(FriendshipBegan{.first = command.user, .second = me_});
    return Reject::kNone;
  }
  if (Me().requested.size() >= Limits::kRequestsSent) return Reject::kTooManyRequestsSent;
  if (they.requested_by.size() >= Limits::kRequestsReceived) {
    return Reject::kTooManyRequestsReceived;
  }
  Me().requested.insert(command.user);
  they.requested_by.insert(me_);
  Tell(FriendRequested{.from = me_, .to = command.user});
  return Reject::kNone;
}

Reject Hearing::Rule(const WithdrawFriendRequest& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  if (!Me().requested.contains(command.user)) return Reject::kNotRequested;

  Me().requested.erase(command.user);
  books_.people.at(command.user).requested_by.erase(me_);
  Tell(FriendRequestWithdrawn{.from = me_, .to = command.user});
  return Reject::kNone;
}

Reject Hearing::Rule(const DeclineFriendRequest& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  if (!Me().requested_by.contains(command.user)) return Reject::kNotRequested;

  Me().requested_by.erase(command.user);
  books_.people.at(command.user).requested.erase(me_);
  Tell(FriendRequestDeclined{.from = command.user, .to = me_});
  return Reject::kNone;
}

Reject Hearing::Rule(const EndFriendship& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  if (!Me().friends.contains(command.user)) return Reject::kNotFriends;

  Me().friends.erase(command.user);
  books_.people.at(command.user).friends.erase(me_);
  Concern(command.user);
  Tell(FriendshipEnded{.first = me_, .second = command.user});
  return Reject::kNone;
}

// Requests and friendship end, and invitations of either to a meetup of the other.
void Hearing::EndBetween(UserId by, UserId user) {
  Books::Person& a = books_.people.at(by);
  Books::Person& b = books_.people.at(user);
  if (a.friends.erase(user) > 0) Tell(FriendshipEnded{.first = by, .second = user});
  b.friends.erase(by);
  if (a.requested.erase(user) > 0) Tell(FriendRequestWithdrawn{.from = by, .to = user});
  b.requested_by.erase(by);
  if (b.requested.erase(by) > 0) Tell(FriendRequestWithdrawn{.from = user, .to = by});
  a.requested_by.erase(user);
  for (auto& [id, meetup] : books_.meetups) {
    if (meetup.host == by && meetup.invited.erase(user) > 0) {
      Tell(InvitationWithdrawn{.meetup = id, .user = user});
    }
    if (meetup.host == user && meetup.invited.erase(by) > 0) {
      Tell(InvitationWithdrawn{.meetup = id, .user = by});
    }
  }
  Concern(user);
}

Reject Hearing::Rule(const Block& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  if (Me().blocked.contains(command.user)) return Reject::kAlreadyBlocked;
  if (Me().blocked.size() >= Limits::kBlocks) return Reject::kTooManyBlocks;
  Books::Person& they = books_.people.at(command.user);
  if (they.blocked_by.size() >= Limits::kBlockedBy) return Reject::kBlockedByTooMany;

  Me().blocked.insert(command.user);
  they.blocked_by.insert(me_);
  Tell(UserBlocked{.by = me_, .user = command.user});
  EndBetween(me_, command.user);
  return Reject::kNone;
}

Reject Hearing::Rule(const Unblock& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  if (!Me().blocked.contains(command.user)) return Reject::kNotBlocked;

  Me().blocked.erase(command.user);
  books_.people.at(command.user).blocked_by.erase(me_);
  Concern(command.user);
  Tell(UserUnblocked{.by = me_, .user = command.user});
  const bool have_tickets =
      !books_.TicketsOf(me_).empty() && !books_.TicketsOf(command.user).empty();
  if (!books_.AreBlocked(me_, command.user) && have_tickets) TicketsHaveChanged();
  return Reject::kNone;
}

Reject Hearing::Reason(const std::string& reason, std::string& normalized) const {
  normalized = reason;
  if (!Normalized(normalized)) return Reject::kInvalidText;
  return IsWithin(normalized, 1, Limits::kReasonLength) ? Reject::kNone : Reject::kReasonLength;
}

Reject Hearing::Rule(const ReportUser& command) {
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  std::string reason;
  if (const Reject reject = Reason(command.reason, reason); reject != Reject::kNone) return reject;

  Tell(UserReported{.by = me_, .user = command.user, .reason = reason});
  return Reject::kNone;
}

Reject Hearing::Rule(const Erase&) {
  for (const TicketView& ticket : books_.TicketsOf(me_)) {
    Tell(TicketWithdrawn{.ticket = ticket.ticket, .user = me_});
    books_.tickets.erase(ticket.ticket);
    TicketsHaveChanged();
  }
  for (auto& [id, meetup] : books_.meetups) {
    if (meetup.host == me_ && !meetup.IsOver()) Cancel(id, meetup);
  }
  for (auto& [other, person] : books_.people) {
    if (other == me_) continue;
    EndBetween(me_, other);
    person.blocked.erase(me_);
    person.blocked_by.erase(me_);
  }
  for (auto& [id, meetup] : books_.meetups) {
    if (meetup.invited.erase(me_) > 0) Tell(InvitationWithdrawn{.meetup = id, .user = me_});
    if (meetup.Find(me_) != nullptr) {
      Concern(meetup);
      std::erase_if(meetup.members, [this](const Books::Member& m) { return m.user == me_; });
      // Who is erased is told no more than that.
      Tell(MemberLeft{.meetup = id,
                      .user = me_,
                      .members = static_cast<std::uint32_t>(meetup.members.size())},
           {.room = id});
    }
    meetup.kicked.erase(me_);
    if (meetup.host == me_) {
      meetup.host = std::nullopt;
      for (std::string* text :
           {&meetup.title, &meetup.content, &meetup.image_url, &meetup.place_name, &meetup.bring}) {
        text->clear();
      }
      meetup.tags.clear();
      meetup.location = std::nullopt;
      Tell(MeetupEdited{.meetup = id});
    }
    std::vector<MessageNumber> emptied;
    for (std::size_t i = 0; i < meetup.messages.size(); ++i) {
      Books::Message& message = meetup.messages[i];
      if (message.author != me_ || message.deleted) continue;
      message.deleted = true;
      message.text.clear();
      emptied.push_back(i + 1);
    }
    if (!emptied.empty()) Tell(MessagesEmptied{.meetup = id, .numbers = emptied});
  }
  books_.nicknames.erase(Fold(Me().nickname));
  Books::Person gone;
  gone.erased = true;
  gone.told_exactly = Me().told_exactly;
  gone.told_never = Me().told_never;
  Me() = gone;
  Tell(UserErased{.user = me_});
  return Reject::kNone;
}

// ---- Meetups

Books::Meetup* Hearing::FindMeetup(MeetupId id) {
  const auto found = books_.meetups.find(id);
  return found == books_.meetups.end() ? nullptr : &found->second;
}

// Of what is given; `edited` is what it is given for, unless that is new.
Reject Hearing::Normalize(EditMeetup& fields, const Books::Meetup* edited) const {
  if (!Normalized(fields.title) || !Normalized(fields.content) || !Normalized(fields.image_url) ||
      !Normalized(fields.place_name) || !Normalized(fields.tags) || !Normalized(fields.bring)) {
    return Reject::kInvalidText;
  }
  if (!IsWithin(fields.title, 1, Limits::kTitleLength)) return Reject::kTitleLength;
  if (!IsWithin(fields.content, 0, Limits::kContentLength)) return Reject::kContentLength;
  if (!IsWithin(fields.image_url, 0, Limits::kUrlLength)) return Reject::kUrlLength;
  if (!IsWithin(fields.place_name, 0, Limits::kPlaceNameLength)) return Reject::kPlaceNameLength;
  if (const Reject reject = CheckTags(fields.tags); reject != Reject::kNone) return reject;
  if (!IsWithin(fields.bring, 0, Limits::kBringLength)) return Reject::kBringLength;
  if (fields.location && *fields.location) {
    const absl::StatusOr<LatLng> canonical = Canonical(**fields.location);
    if (!canonical.ok()) return Reject::kInvalidLocation;
    fields.location = std::optional<LatLng>(*canonical);
  }

  if (edited != nullptr && fields.start == edited->start) fields.start = std::nullopt;
  if (edited != nullptr && fields.end == edited->end) fields.end = std::nullopt;
  if (fields.start && !IsTime(*fields.start)) return Reject::kInvalidTime;
  if (fields.end && !IsTime(*fields.end)) return Reject::kInvalidTime;
  const Settings& settings = books_.settings;
  if (fields.start) {
    if (edited != nullptr && edited->started) return Reject::kStarted;
    if (*fields.start < books_.now + milliseconds(settings.start_from_ms)) {
      return Reject::kStartTooEarly;
    }
    if (*fields.start >= books_.now + milliseconds(settings.start_before_ms)) {
      return Reject::kStartTooLate;
    }
  }
  if (fields.start || fields.end) {
    const Timestamp start = fields.start ? *fields.start : edited->start;
    const Timestamp end = fields.end ? *fields.end : edited->end;
    if (end < start + milliseconds(settings.length_from_ms)) return Reject::kEndTooEarly;
  }
  if (fields.end) {
    // What had its end in the past would have ended before it was told so.
    if (edited != nullptr && *fields.end <= books_.now) return Reject::kEndTooEarly;
    if (*fields.end >= books_.now + milliseconds(settings.end_before_ms)) {
      return Reject::kEndTooLate;
    }
  }
  if (fields.capacity &&
      (*fields.capacity < Limits::kLeastCapacity || *fields.capacity > Limits::kMostCapacity)) {
    return Reject::kCapacityOutOfRange;
  }
  return Reject::kNone;
}

// Whether one more is too many for me. A meetup with which I have to do already is no more to keep.
Reject Hearing::MoreMeetups(const Books::Meetup* joined) const {
  // Whatever is looked for may be found.
  std::size_t current = books_.TicketsOf(me_).size();
  std::size_t kept = current;
  for (const auto& [id, meetup] : books_.meetups) {
    if (meetup.Find(me_) != nullptr && !meetup.IsOver()) ++current;
    if (&meetup != joined && books_.HasBusinessWith(me_, meetup)) ++kept;
  }
  if (current >= Limits::kCurrentMeetups) return Reject::kTooManyCurrentMeetups;
  return kept >= Limits::kKeptMeetups ? Reject::kTooManyKeptMeetups : Reject::kNone;
}

void Put(const EditMeetup& fields, Books::Meetup& meetup) {
  if (fields.title) meetup.title = *fields.title;
  if (fields.content) meetup.content = *fields.content;
  if (fields.image_url) meetup.image_url = *fields.image_url;
  if (fields.place_name) meetup.place_name = *fields.place_name;
  if (fields.location) meetup.location = *fields.location;
  if (fields.start) meetup.start = *fields.start;
  if (fields.end) meetup.end = *fields.end;
  if (fields.capacity) meetup.capacity = *fields.capacity;
  if (fields.tags) meetup.tags = *fields.tags;
  if (fields.bring) meetup.bring = *fields.bring;
}

Reject Hearing::Rule(const CreateMeetup& command) {
  EditMeetup fields{.title = command.title,
                    .content = command.content,
                    .image_url = command.image_url,
                    .place_name = command.place_name,
                    .location = command.location,
                    .start = command.start,
                    .end = command.end,
                    .capacity = command.capacity,
                    .tags = command.tags,
                    .bring = command.bring};
  if (const Reject reject = Normalize(fields, nullptr); reject != Reject::kNone) return reject;
  if (const Reject reject = MoreMeetups(nullptr); reject != Reject::kNone) return reject;

  const MeetupId id{++books_.meetups_made};
  Books::Meetup& meetup = books_.meetups[id];
  Put(fields, meetup);
  meetup.host = me_;
  meetup.created = books_.now;
  meetup.members.push_back({.user = me_, .joined = books_.now});
  outcome_.meetup = id;
  Tell(MeetupCreated{.meetup = id, .host = me_});
  return Reject::kNone;
}

// What only the host may do, and only as long as it is neither cancelled nor has ended.
Reject Hearing::HostOfOpenEnded(const Books::Meetup* meetup) const {
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->host != me_) return Reject::kNotHost;
  if (meetup->cancelled) return Reject::kCancelled;
  return meetup->ended ? Reject::kEnded : Reject::kNone;
}

Reject Hearing::Rule(const EditMeetup& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (const Reject reject = HostOfOpenEnded(meetup); reject != Reject::kNone) return reject;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  EditMeetup fields = command;
  if (const Reject reject = Normalize(fields, meetup); reject != Reject::kNone) return reject;
  if (fields.capacity && *fields.capacity < meetup->members.size()) {
    return Reject::kCapacityBelowMembers;
  }

  Put(fields, *meetup);
  Tell(MeetupEdited{.meetup = command.meetup});
  return Reject::kNone;
}

void Hearing::WithdrawAll(MeetupId id, Books::Meetup& meetup) {
  for (const UserId user : meetup.invited) Tell(InvitationWithdrawn{.meetup = id, .user = user});
  meetup.invited.clear();
}

void Hearing::Cancel(MeetupId id, Books::Meetup& meetup) {
  Concern(meetup);
  meetup.cancelled = true;
  meetup.over = books_.now;
  Tell(MeetupCancelled{.meetup = id});
  TellWhatIsListed();
  WithdrawAll(id, meetup);
}

Reject Hearing::Rule(const CancelMeetup& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (const Reject reject = HostOfOpenEnded(meetup); reject != Reject::kNone) return reject;
  if (meetup->members.size() > 1 && !command.force) return Reject::kHasOtherMembers;

  Cancel(command.meetup, *meetup);
  return Reject::kNone;
}

Reject Hearing::Rule(const TransferMeetup& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (const Reject reject = HostOfOpenEnded(meetup); reject != Reject::kNone) return reject;
  if (command.user == me_) return Reject::kOneself;
  if (meetup->Find(command.user) == nullptr) return Reject::kNotMember;
  if (books_.AreBlocked(me_, command.user)) return Reject::kBlocked;

  // It is the old host who hears of these.
  for (const UserId invited : Books::Users(meetup->invited)) {
    if (!books_.AreBlocked(command.user, invited)) continue;
    meetup->invited.erase(invited);
    Tell(InvitationWithdrawn{.meetup = command.meetup, .user = invited});
  }
  meetup->host = command.user;
  if (!meetup->confirmed) meetup->Find(command.user)->confirmed = false;
  Tell(MeetupTransferred{.meetup = command.meetup, .from = me_, .to = command.user});
  return Reject::kNone;
}

Reject Hearing::MayJoin(const Books::Meetup& meetup) const {
  if (meetup.Find(me_) != nullptr) return Reject::kAlreadyMember;
  if (meetup.cancelled) return Reject::kCancelled;
  if (meetup.started) return Reject::kStarted;
  if (meetup.confirmed) return Reject::kMeetupConfirmed;
  if (books_.AreBlocked(me_, *meetup.host)) return Reject::kBlocked;
  if (meetup.kicked.contains(me_) && !meetup.invited.contains(me_)) return Reject::kKicked;
  if (meetup.members.size() >= meetup.capacity) return Reject::kFull;
  return MoreMeetups(&meetup);
}

void Hearing::Join(MeetupId id, Books::Meetup& meetup) {
  meetup.invited.erase(me_);
  meetup.kicked.erase(me_);
  const MessageNumber latest = meetup.messages.size();
  meetup.members.push_back(
      {.user = me_, .joined = books_.now, .joined_at = latest, .read = latest});
  Tell(MemberJoined{
      .meetup = id, .user = me_, .members = static_cast<std::uint32_t>(meetup.members.size())});
}

Reject Hearing::Rule(const JoinMeetup& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (const Reject reject = MayJoin(*meetup); reject != Reject::kNone) return reject;

  Join(command.meetup, *meetup);
  return Reject::kNone;
}

Reject Hearing::Rule(const LeaveMeetup& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->Find(me_) == nullptr) return Reject::kNotMember;
  if (meetup->host == me_) return Reject::kHostCannotLeave;
  if (meetup->cancelled) return Reject::kCancelled;
  if (meetup->ended) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;

  std::erase_if(meetup->members, [this](const Books::Member& m) { return m.user == me_; });
  Tell(MemberLeft{.meetup = command.meetup,
                  .user = me_,
                  .members = static_cast<std::uint32_t>(meetup->members.size())});
  return Reject::kNone;
}

Reject Hearing::Rule(const KickMember& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->host != me_) return Reject::kNotHost;
  if (command.user == me_) return Reject::kOneself;
  if (meetup->Find(command.user) == nullptr) return Reject::kNotMember;
  if (meetup->cancelled) return Reject::kCancelled;
  if (meetup->ended) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (meetup->kicked.size() >= Limits::kKickedFromMeetup) return Reject::kTooManyKicked;

  std::erase_if(meetup->members, [&](const Books::Member& m) { return m.user == command.user; });
  meetup->kicked.insert(command.user);
  Tell(MemberKicked{.meetup = command.meetup,
                    .user = command.user,
                    .members = static_cast<std::uint32_t>(meetup->members.size())});
  return Reject::kNone;
}

Reject Hearing::Rule(const Invite& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->host != me_) return Reject::kNotHost;
  if (const Reject reject = OtherUser(command.user); reject != Reject::kNone) return reject;
  if (books_.AreBlocked(me_, command.user)) return Reject::kBlocked;
  if (meetup->Find(command.user) != nullptr) return Reject::kAlreadyMember;
  if (meetup->invited.contains(command.user)) return Reject::kAlreadyInvited;
  if (meetup->cancelled) return Reject::kCancelled;
  if (meetup->started) return Reject::kStarted;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (meetup->members.size() >= meetup->capacity) return Reject::kFull;
  if (meetup->invited.size() >= Limits::kOpenInvitations) return Reject::kTooManyInvitations;
  const auto theirs =
      std::count_if(books_.meetups.begin(), books_.meetups.end(),
                    [&](const auto& m) { return m.second.invited.contains(command.user); });
  if (static_cast<std::size_t>(theirs) >= Limits::kOpenInvitations) {
    return Reject::kTheyHaveTooManyInvitations;
  }

  meetup->invited.insert(command.user);
  Tell(InvitationSent{.meetup = command.meetup, .host = me_, .user = command.user});
  return Reject::kNone;
}

Reject Hearing::Rule(const WithdrawInvitation& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->host != me_) return Reject::kNotHost;
  if (!meetup->invited.contains(command.user)) return Reject::kNotInvited;

  meetup->invited.erase(command.user);
  Tell(InvitationWithdrawn{.meetup = command.meetup, .user = command.user});
  return Reject::kNone;
}

Reject Hearing::Rule(const AcceptInvitation& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (!meetup->invited.contains(me_)) return Reject::kNotInvited;
  return Rule(JoinMeetup{.meetup = command.meetup});
}

Reject Hearing::Rule(const DeclineInvitation& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (!meetup->invited.contains(me_)) return Reject::kNotInvited;

  meetup->invited.erase(me_);
  Tell(InvitationDeclined{.meetup = command.meetup, .user = me_});
  return Reject::kNone;
}

Reject Hearing::Rule(const ConfirmMeetup& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  Books::Member* const member = meetup->Find(me_);
  if (member == nullptr) return Reject::kNotMember;
  if (meetup->cancelled) return Reject::kCancelled;
  if (meetup->ended) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (member->confirmed) return Reject::kAlreadyConfirmed;
  if (meetup->host == me_) {
    if (meetup->members.size() == 1) return Reject::kAlone;
    for (const Books::Member& other : meetup->members) {
      if (other.user != me_ && !other.confirmed) return Reject::kOthersHaveNotConfirmed;
    }
  }

  member->confirmed = true;
  Tell(MemberConfirmed{.meetup = command.meetup, .user = me_});
  if (meetup->host == me_) {
    meetup->confirmed = true;
    meetup->hour_has_come = books_.now >= meetup->start - kHourBefore;
    Concern(*meetup);
    Tell(MeetupConfirmed{.meetup = command.meetup});
    WithdrawAll(command.meetup, *meetup);
  }
  return Reject::kNone;
}

Reject Hearing::Rule(const WithdrawConfirmation& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  Books::Member* const member = meetup->Find(me_);
  if (member == nullptr) return Reject::kNotMember;
  if (meetup->cancelled) return Reject::kCancelled;
  if (meetup->ended) return Reject::kEnded;
  if (meetup->confirmed) return Reject::kMeetupConfirmed;
  if (!member->confirmed) return Reject::kNotConfirmed;

  member->confirmed = false;
  Tell(ConfirmationWithdrawn{.meetup = command.meetup, .user = me_});
  return Reject::kNone;
}

Reject Hearing::Rule(const ReportMeetup& command) {
  if (FindMeetup(command.meetup) == nullptr) return Reject::kUnknownMeetup;
  std::string reason;
  if (const Reject reject = Reason(command.reason, reason); reject != Reject::kNone) return reject;

  Tell(MeetupReported{.by = me_, .meetup = command.meetup, .reason = reason});
  return Reject::kNone;
}

// ---- Rooms and messages

Reject Hearing::Rule(const PostMessage& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->Find(me_) == nullptr) return Reject::kNotMember;
  std::string text = command.text;
  if (!Normalized(text)) return Reject::kInvalidText;
  if (!IsWithin(text, 1, Limits::kMessageLength)) return Reject::kMessageLength;
  if (meetup->messages.size() >= Limits::kMessagesInRoom) return Reject::kRoomFull;

  meetup->messages.push_back({.author = me_, .time = books_.now, .text = text});
  outcome_.message = meetup->messages.size();
  Tell(MessagePosted{
      .meetup = command.meetup, .number = meetup->messages.size(), .author = me_, .text = text});
  return Reject::kNone;
}

Reject Hearing::Rule(const DeleteMessage& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Books::Member* const member = meetup->Find(me_);
  if (member == nullptr) return Reject::kNotMember;
  if (command.number <= member->joined_at || command.number > meetup->messages.size()) {
    return Reject::kUnknownMessage;
  }
  Books::Message& message = meetup->messages[command.number - 1];
  if (message.deleted) return Reject::kAlreadyDeleted;
  if (message.author != me_ && meetup->host != me_) return Reject::kNotAuthorOrHost;

  message.deleted = true;
  message.text.clear();
  Tell(MessageDeleted{.meetup = command.meetup, .number = command.number});
  return Reject::kNone;
}

Reject Hearing::Rule(const MarkRead& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  Books::Member* const member = meetup->Find(me_);
  if (member == nullptr) return Reject::kNotMember;
  // Number 0 is before the first, and everybody has read so far.
  if (command.number > meetup->messages.size()) return Reject::kUnknownMessage;
  if (command.number <= member->read) return Reject::kAlreadyRead;

  member->read = command.number;
  Tell(ReadMarkMoved{.meetup = command.meetup, .user = me_, .number = command.number});
  return Reject::kNone;
}

Reject Hearing::Rule(const ReportMessage& command) {
  Books::Meetup* const meetup = FindMeetup(command.meetup);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Books::Member* const member = meetup->Find(me_);
  if (member == nullptr) return Reject::kNotMember;
  if (command.number <= member->joined_at || command.number > meetup->messages.size()) {
    return Reject::kUnknownMessage;
  }
  const UserId author = meetup->messages[command.number - 1].author;
  if (books_.AreBlocked(me_, author)) return Reject::kUnknownMessage;
  if (author == me_) return Reject::kOneself;
  std::string reason;
  if (const Reject reject = Reason(command.reason, reason); reject != Reject::kNone) return reject;

  Tell(MessageReported{.by = me_,
                       .meetup = command.meetup,
                       .number = command.number,
                       .author = author,
                       .reason = reason});
  return Reject::kNone;
}

// ---- Tickets

void Hearing::TicketsHaveChanged() {
  if (books_.tickets.empty()) {
    books_.matching_due = std::nullopt;
  } else if (!books_.matching_due) {
    const milliseconds delay{books_.settings.matching_delay_ms};
    books_.matching_due = std::min(kMaxTimestamp, books_.now + delay);
  }
}

// The centre of the cell, unless the place is a unit of it or less from there.
LatLng KeptPlace(LatLng place, int cloak_level) {
  const LatLng center = CloakCenter(place, cloak_level);
  constexpr double kMoreThanAUnit = 1.5e-7;
  const bool is_center = std::abs(place.lat - center.lat) < kMoreThanAUnit &&
                         std::abs(place.lng - center.lng) < kMoreThanAUnit;
  return is_center ? place : center;
}

Reject Hearing::Rule(const CreateTicket& command) {
  std::vector<std::string> tags = command.tags;
  if (!Normalized(tags)) return Reject::kInvalidText;
  if (const Reject reject = CheckTags(tags); reject != Reject::kNone) return reject;
  if (tags.empty()) return Reject::kNoTags;
  const absl::StatusOr<LatLng> place = Canonical(command.location);
  if (!place.ok()) return Reject::kInvalidLocation;
  if (command.radius_m == 0 || command.radius_m > Limits::kMostTicketRadiusMeters) {
    return Reject::kRadiusOutOfRange;
  }
  if (!IsTime(command.from) || !IsTime(command.until)) return Reject::kInvalidTime;
  const Settings& settings = books_.settings;
  if (command.length_ms < settings.length_from_ms) return Reject::kEndTooEarly;
  if ((command.until - command.from).count() < command.length_ms) return Reject::kWindowTooShort;
  const Timestamp latest = command.until - milliseconds(command.length_ms);
  if (latest <= books_.now) return Reject::kWindowTooShort;
  if (latest - books_.now < milliseconds(settings.start_from_ms)) return Reject::kWindowTooShort;
  if (command.from - books_.now >= milliseconds(settings.start_before_ms)) {
    return Reject::kStartTooLate;
  }
  if (command.until - books_.now >= milliseconds(settings.end_before_ms)) {
    return Reject::kEndTooLate;
  }
  if (command.least < 2 || command.least > command.most || command.most > 255) {
    return Reject::kGroupSizeOutOfRange;
  }
  if (books_.TicketsOf(me_).size() >= Limits::kTickets) return Reject::kTooManyTickets;
  if (const Reject reject = MoreMeetups(nullptr); reject != Reject::kNone) return reject;

  const TicketId id{++books_.tickets_made};
  books_.tickets[id] = {.owner = me_,
                        .view = {.ticket = id,
                                 .created = books_.now,
                                 .expires = latest,
                                 .location = KeptPlace(*place, settings.cloak_level),
                                 .radius_m = command.radius_m,
                                 .from = command.from,
                                 .until = command.until,
                                 .length_ms = command.length_ms,
                                 .tags = tags,
                                 .least = command.least,
                                 .most = command.most}};
  outcome_.ticket = id;
  Tell(TicketOpened{.ticket = id, .user = me_});
  TicketsHaveChanged();
  return Reject::kNone;
}

Reject Hearing::Rule(const WithdrawTicket& command) {
  const auto found = books_.tickets.find(command.ticket);
  if (found == books_.tickets.end() || found->second.owner != me_) return Reject::kUnknownTicket;
  books_.tickets.erase(found);
  Tell(TicketWithdrawn{.ticket = command.ticket, .user = me_});
  TicketsHaveChanged();
  return Reject::kNone;
}

// Of the first one's tags, those that all others have too.
std::vector<std::string> SharedTags(const Books& books, const std::vector<TicketId>& group) {
  std::vector<std::string> shared = books.tickets.at(group.front()).view.tags;
  for (const TicketId id : group) {
    const std::vector<std::string>& theirs = books.tickets.at(id).view.tags;
    std::erase_if(shared, [&](const std::string& tag) {
      return std::none_of(theirs.begin(), theirs.end(),
                          [&](const std::string& other) { return Fold(other) == Fold(tag); });
    });
  }
  return shared;
}

// When a group meets, and how many it wants.
struct Terms {
  Timestamp start{};
  Timestamp end{};
  bool has_time = false;
  std::uint32_t least = 0;
  std::uint32_t most = 255;
};

Terms TermsOf(const Books& books, const std::vector<TicketId>& group) {
  Terms terms{.start = books.now + milliseconds(books.settings.start_from_ms)};
  std::int64_t length_ms = 0;
  for (const TicketId id : group) {
    const TicketView& ticket = books.tickets.at(id).view;
    terms.start = std::max(terms.start, ticket.from);
    length_ms = std::max(length_ms, ticket.length_ms);
    terms.least = std::max(terms.least, ticket.least);
    terms.most = std::min(terms.most, ticket.most);
  }
  terms.end = terms.start + milliseconds(length_ms);
  terms.has_time = std::all_of(group.begin(), group.end(), [&](TicketId id) {
    return terms.end <= books.tickets.at(id).view.until;
  });
  return terms;
}

bool AreCompatible(const Books& books, const std::vector<TicketId>& group) {
  for (const TicketId a : group) {
    for (const TicketId b : group) {
      if (a >= b) continue;
      const Books::Ticket& one = books.tickets.at(a);
      const Books::Ticket& other = books.tickets.at(b);
      if (one.owner == other.owner || books.AreBlocked(one.owner, other.owner)) return false;
      const double distance_m = *DistanceMeters(one.view.location, other.view.location);
      if (distance_m > one.view.radius_m || distance_m > other.view.radius_m) return false;
    }
  }
  const Terms terms = TermsOf(books, group);
  return terms.has_time && group.size() <= terms.most && terms.least <= terms.most &&
         !SharedTags(books, group).empty();
}

std::vector<TicketId> Hearing::GroupOf(TicketId first) const {
  std::vector<TicketId> group = {first};
  const TicketView& mine = books_.tickets.at(first).view;
  std::size_t looked_at = 0;
  for (auto next = books_.tickets.upper_bound(first); next != books_.tickets.end(); ++next) {
    const double distance_m = *DistanceMeters(mine.location, next->second.view.location);
    const bool is_looked_at =
        distance_m <= mine.radius_m && !SharedTags(books_, {first, next->first}).empty();
    if (!is_looked_at) continue;
    if (++looked_at > kMostTicketsLookedAt) break;
    group.push_back(next->first);
    if (!AreCompatible(books_, group)) group.pop_back();
  }
  return group;
}

void Hearing::MakeMeetup(const std::vector<TicketId>& group) {
  const Terms terms = TermsOf(books_, group);
  const Books::Ticket& first = books_.tickets.at(group.front());
  const MeetupId id{++books_.meetups_made};
  Books::Meetup& meetup = books_.meetups[id];
  meetup.host = first.owner;
  meetup.tags = SharedTags(books_, group);
  meetup.title = meetup.tags.front();
  meetup.location = first.view.location;
  meetup.created = books_.now;
  meetup.start = terms.start;
  meetup.end = terms.end;
  meetup.capacity = terms.most;
  Tell(MeetupCreated{.meetup = id, .host = first.owner});
  std::uint32_t members = 0;
  for (const TicketId ticket : group) {
    const UserId owner = books_.tickets.at(ticket).owner;
    meetup.members.push_back({.user = owner, .joined = books_.now});
    ++members;
    if (members > 1) Tell(MemberJoined{.meetup = id, .user = owner, .members = members});
    Tell(TicketMatched{.ticket = ticket, .user = owner, .meetup = id});
  }
  for (const TicketId ticket : group) books_.tickets.erase(ticket);
  TicketsHaveChanged();
}

Reject Hearing::Rule(const Advance&) {
  if (!books_.matching_due || *books_.matching_due > books_.now) return Reject::kNone;
  books_.matching_due = std::nullopt;
  std::vector<TicketId> all;
  for (const auto& [id, ticket] : books_.tickets) all.push_back(id);
  for (const TicketId first : all) {
    if (!books_.tickets.contains(first)) continue;
    const std::vector<TicketId> group = GroupOf(first);
    if (group.size() >= TermsOf(books_, group).least) MakeMeetup(group);
  }
  return Reject::kNone;
}

// Whether it is the same command given again: where a ticket was opened is not remembered.
bool IsAgain(const CommandBody& a, const CommandBody& b) {
  const auto* const ticket_a = std::get_if<CreateTicket>(&a);
  const auto* const ticket_b = std::get_if<CreateTicket>(&b);
  if (ticket_a == nullptr || ticket_b == nullptr) return a == b;
  CreateTicket one = *ticket_a;
  CreateTicket other = *ticket_b;
  one.location = other.location = LatLng{};
  return one == other;
}

}  // namespace

// ---- Books

std::vector<TicketView> Books::TicketsOf(UserId user) const {
  std::vector<TicketView> theirs;
  for (const auto& [id, ticket] : tickets) {
    if (ticket.owner == user) theirs.push_back(ticket.view);
  }
  return theirs;
}

const Books::Member* Books::Meetup::Find(UserId user) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [user](const Member& member) { return member.user == user; });
  return found == members.end() ? nullptr : &*found;
}

Books::Member* Books::Meetup::Find(UserId user) {
  return const_cast<Member*>(static_cast<const Meetup*>(this)->Find(user));
}

bool Books::Knows(UserId user) const {
  const auto found = people.find(user);
  return found != people.end() && !found->second.erased;
}

bool Books::AreBlocked(UserId a, UserId b) const {
  const auto found = people.find(a);
  return found != people.end() &&
         (found->second.blocked.contains(b) || found->second.blocked_by.contains(b));
}

bool Books::HasBusinessWith(UserId user, const Meetup& meetup) const {
  return meetup.Find(user) != nullptr || meetup.kicked.contains(user) ||
         std::any_of(meetup.messages.begin(), meetup.messages.end(),
                     [user](const Message& message) { return message.author == user; });
}

bool Books::IsListed(const Meetup& meetup) const {
  return !meetup.confirmed && meetup.members.size() < meetup.capacity && !meetup.cancelled &&
         !meetup.started && meetup.start > now;
}

std::vector<UserId> Books::SeesExactly(UserId viewer) const {
  if (!Knows(viewer)) return {};
  const Person& person = people.at(viewer);
  std::vector<UserId> seen(person.friends.begin(), person.friends.end());
  for (const auto& [id, meetup] : meetups) {
    if (!meetup.confirmed || meetup.IsOver() || !meetup.hour_has_come) continue;
    if (meetup.Find(viewer) == nullptr) continue;
    for (const Member& member : meetup.members) {
      if (member.user != viewer) seen.push_back(member.user);
    }
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  std::erase_if(seen, [&](UserId user) { return AreBlocked(viewer, user); });
  return seen;
}

std::vector<UserId> Books::NeverSees(UserId viewer) const {
  if (!Knows(viewer)) return {};
  const Person& person = people.at(viewer);
  std::vector<UserId> never;
  std::set_union(person.blocked.begin(), person.blocked.end(), person.blocked_by.begin(),
                 person.blocked_by.end(), std::back_inserter(never));
  return never;
}

// ---- Auditor

Auditor::Verdict Auditor::Judge(const Command& command) {
  if (!IsTime(command.time)) return {.outcome = {.reject = Reject::kInvalidTime}};
  std::optional<RequestKey> key;
  if (command.request_id) {
    key = RequestKey(command.actor, *command.request_id);
    if (const auto found = remembered_.find(*key); found != remembered_.end()) {
      if (!IsAgain(found->second.body, command.body)) {
        return {.outcome = {.reject = Reject::kRequestIdReused}};
      }
      return {.outcome = found->second.outcome, .repeated = true};
    }
  }

  Verdict verdict;
  const Timestamp now = std::max(command.time, books_.now);
  const std::optional<Due> due = FirstDue(books_);
  if (due && due->time <= now) {
    // What is due counts as done, but is done only if the command is accepted.
    Books books = books_;
    Hearing hearing(books, verdict.steps);
    hearing.FireDue(now);
    verdict.outcome.reject = hearing.Hear(command, now, verdict.outcome);
    if (verdict.outcome.accepted()) books_ = std::move(books);
  } else {
    Hearing hearing(books_, verdict.steps);
    verdict.outcome.reject = hearing.Hear(command, now, verdict.outcome);
  }
  if (!verdict.outcome.accepted()) return {.outcome = verdict.outcome};

  if (std::holds_alternative<Erase>(command.body)) {
    const auto is_theirs = [&](const RequestKey& other) { return other.first == command.actor; };
    std::erase_if(remembered_, [&](const auto& entry) { return is_theirs(entry.first); });
    std::erase_if(remembered_in_order_, is_theirs);
  }
  if (key) {
    remembered_[*key] = {.body = command.body, .outcome = verdict.outcome};
    remembered_in_order_.push_back(*key);
    if (remembered_in_order_.size() > Limits::kRememberedRequests) {
      remembered_.erase(remembered_in_order_.front());
      remembered_in_order_.pop_front();
    }
  }
  return verdict;
}

std::optional<Timestamp> Auditor::NextDue() const {
  std::optional<Timestamp> next;
  if (const std::optional<Due> due = FirstDue(books_)) next = due->time;
  if (books_.matching_due) {
    const Timestamp matching = std::max(*books_.matching_due, books_.now);
    next = std::min(next.value_or(matching), matching);
  }
  return next;
}

}  // namespace moyeo::testing
