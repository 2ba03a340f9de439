// Events: what commands and time have changed in the durable plane, and whom it concerns.

#ifndef MOYEO_EVENT_H_
#define MOYEO_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "moyeo/command.h"
#include "moyeo/export.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// Numbers of events. Once used, a number means the same for ever.
enum class EventKind : std::uint16_t {
  kConfigured = 1,
  kUserRegistered = 10,
  kProfileChanged = 11,
  kVisibilityChanged = 12,
  kFriendRequested = 13,
  kFriendRequestWithdrawn = 14,
  kFriendRequestDeclined = 15,
  kFriendshipBegan = 16,
  kFriendshipEnded = 17,
  kUserBlocked = 18,
  kUserUnblocked = 19,
  kUserReported = 20,
  kUserErased = 21,
  kSeesExactlyChanged = 22,
  kNeverSeesChanged = 23,
  kMeetupCreated = 30,
  kMeetupEdited = 31,
  kMeetupCancelled = 32,
  kMeetupTransferred = 33,
  kMemberJoined = 34,
  kMemberLeft = 35,
  kMemberKicked = 36,
  kInvitationSent = 37,
  kInvitationWithdrawn = 38,
  kInvitationDeclined = 39,
  kMemberConfirmed = 40,
  kConfirmationWithdrawn = 41,
  kMeetupConfirmed = 42,
  kMeetupStarted = 43,
  kMeetupEnded = 44,
  kMeetupForgotten = 45,
  kMeetupListed = 46,
  kMeetupUnlisted = 47,
  kMeetupReported = 48,
  kMessagePosted = 60,
  kMessageDeleted = 61,
  kMessagesEmptied = 62,
  kReadMarkMoved = 63,
  kMessageReported = 64,
  kTicketOpened = 80,
  kTicketWithdrawn = 81,
  kTicketExpired = 82,
  kTicketMatched = 83,
};

struct Configured {
  static constexpr EventKind kKind = EventKind::kConfigured;
  Settings settings;
  friend bool operator==(const Configured&, const Configured&) = default;
};

// ---- People

struct UserRegistered {
  static constexpr EventKind kKind = EventKind::kUserRegistered;
  UserId user;
  Visibility visibility;
  friend bool operator==(const UserRegistered&, const UserRegistered&) = default;
};

struct ProfileChanged {
  static constexpr EventKind kKind = EventKind::kProfileChanged;
  UserId user;
  friend bool operator==(const ProfileChanged&, const ProfileChanged&) = default;
};

struct VisibilityChanged {
  static constexpr EventKind kKind = EventKind::kVisibilityChanged;
  UserId user;
  Visibility visibility;
  friend bool operator==(const VisibilityChanged&, const VisibilityChanged&) = default;
};

struct FriendRequested {
  static constexpr EventKind kKind = EventKind::kFriendRequested;
  UserId from;
  UserId to;
  friend bool operator==(const FriendRequested&, const FriendRequested&) = default;
};

// By who made it, or because one has blocked the other or was erased.
struct FriendRequestWithdrawn {
  static constexpr EventKind kKind = EventKind::kFriendRequestWithdrawn;
  UserId from;
  UserId to;
  friend bool operator==(const FriendRequestWithdrawn&, const FriendRequestWithdrawn&) = default;
};

struct FriendRequestDeclined {
  static constexpr EventKind kKind = EventKind::kFriendRequestDeclined;
  UserId from;
  UserId to;
  friend bool operator==(const FriendRequestDeclined&, const FriendRequestDeclined&) = default;
};

// `second` has answered the request of `first`, which is no more.
struct FriendshipBegan {
  static constexpr EventKind kKind = EventKind::kFriendshipBegan;
  UserId first;
  UserId second;
  friend bool operator==(const FriendshipBegan&, const FriendshipBegan&) = default;
};

// By `first`, who may have blocked `second` or been erased.
struct FriendshipEnded {
  static constexpr EventKind kKind = EventKind::kFriendshipEnded;
  UserId first;
  UserId second;
  friend bool operator==(const FriendshipEnded&, const FriendshipEnded&) = default;
};

// Who is blocked is not told.
struct UserBlocked {
  static constexpr EventKind kKind = EventKind::kUserBlocked;
  UserId by;
  UserId user;
  friend bool operator==(const UserBlocked&, const UserBlocked&) = default;
};

struct UserUnblocked {
  static constexpr EventKind kKind = EventKind::kUserUnblocked;
  UserId by;
  UserId user;
  friend bool operator==(const UserUnblocked&, const UserUnblocked&) = default;
};

struct UserReported {
  static constexpr EventKind kKind = EventKind::kUserReported;
  UserId by;
  UserId user;
  std::string reason;
  friend bool operator==(const UserReported&, const UserReported&) = default;
};

// After the events of all that they were removed from.
struct UserErased {
  static constexpr EventKind kKind = EventKind::kUserErased;
  UserId user;
  friend bool operator==(const UserErased&, const UserErased&) = default;
};

// These two are for the presence plane, and concern nobody else. A change of whom `viewer` sees
// exactly: their friends, and from an hour before its start to its
// end the members of a confirmed meetup of theirs. Blocked users never are among them.
struct SeesExactlyChanged {
  static constexpr EventKind kKind = EventKind::kSeesExactlyChanged;
  UserId viewer;
  std::vector<UserId> added;    // ascending
  std::vector<UserId> removed;  // ascending
  friend bool operator==(const SeesExactlyChanged&, const SeesExactlyChanged&) = default;
};

// A change of whom `viewer` never sees: whom they have blocked, and who has blocked them.
struct NeverSeesChanged {
  static constexpr EventKind kKind = EventKind::kNeverSeesChanged;
  UserId viewer;
  std::vector<UserId> added;    // ascending
  std::vector<UserId> removed;  // ascending
  friend bool operator==(const NeverSeesChanged&, const NeverSeesChanged&) = default;
};

// ---- Meetups

struct MeetupCreated {
  static constexpr EventKind kKind = EventKind::kMeetupCreated;
  MeetupId meetup;
  UserId host;
  friend bool operator==(const MeetupCreated&, const MeetupCreated&) = default;
};

struct MeetupEdited {
  static constexpr EventKind kKind = EventKind::kMeetupEdited;
  MeetupId meetup;
  friend bool operator==(const MeetupEdited&, const MeetupEdited&) = default;
};

struct MeetupCancelled {
  static constexpr EventKind kKind = EventKind::kMeetupCancelled;
  MeetupId meetup;
  friend bool operator==(const MeetupCancelled&, const MeetupCancelled&) = default;
};

// Unless the meetup is confirmed, `to` has not confirmed, even if they had before. After
// InvitationWithdrawn of those whom `to` is blocked with; of these `from` hears, and not `to`.
struct MeetupTransferred {
  static constexpr EventKind kKind = EventKind::kMeetupTransferred;
  MeetupId meetup;
  UserId from;
  UserId to;
  friend bool operator==(const MeetupTransferred&, const MeetupTransferred&) = default;
};

// An invitation that they had is used up.
struct MemberJoined {
  static constexpr EventKind kKind = EventKind::kMemberJoined;
  MeetupId meetup;
  UserId user;
  std::uint32_t members;  // how many there are now
  friend bool operator==(const MemberJoined&, const MemberJoined&) = default;
};

// Or was erased.
struct MemberLeft {
  static constexpr EventKind kKind = EventKind::kMemberLeft;
  MeetupId meetup;
  UserId user;
  std::uint32_t members;  // how many there are now
  friend bool operator==(const MemberLeft&, const MemberLeft&) = default;
};

struct MemberKicked {
  static constexpr EventKind kKind = EventKind::kMemberKicked;
  MeetupId meetup;
  UserId user;
  std::uint32_t members;  // how many there are now
  friend bool operator==(const MemberKicked&, const MemberKicked&) = default;
};

struct InvitationSent {
  static constexpr EventKind kKind = EventKind::kInvitationSent;
  MeetupId meetup;
  UserId host;
  UserId user;
  friend bool operator==(const InvitationSent&, const InvitationSent&) = default;
};

// By the host; because the meetup was confirmed or cancelled or has started; because of a block; or
// because the invited user was erased.
struct InvitationWithdrawn {
  static constexpr EventKind kKind = EventKind::kInvitationWithdrawn;
  MeetupId meetup;
  UserId user;
  friend bool operator==(const InvitationWithdrawn&, const InvitationWithdrawn&) = default;
};

struct InvitationDeclined {
  static constexpr EventKind kKind = EventKind::kInvitationDeclined;
  MeetupId meetup;
  UserId user;
  friend bool operator==(const InvitationDeclined&, const InvitationDeclined&) = default;
};

struct MemberConfirmed {
  static constexpr EventKind kKind = EventKind::kMemberConfirmed;
  MeetupId meetup;
  UserId user;
  friend bool operator==(const MemberConfirmed&, const MemberConfirmed&) = default;
};

struct ConfirmationWithdrawn {
  static constexpr EventKind kKind = EventKind::kConfirmationWithdrawn;
  MeetupId meetup;
  UserId user;
  friend bool operator==(const ConfirmationWithdrawn&, const ConfirmationWithdrawn&) = default;
};

// After the host's MemberConfirmed.
struct MeetupConfirmed {
  static constexpr EventKind kKind = EventKind::kMeetupConfirmed;
  MeetupId meetup;
  friend bool operator==(const MeetupConfirmed&, const MeetupConfirmed&) = default;
};

struct MeetupStarted {
  static constexpr EventKind kKind = EventKind::kMeetupStarted;
  MeetupId meetup;
  friend bool operator==(const MeetupStarted&, const MeetupStarted&) = default;
};

struct MeetupEnded {
  static constexpr EventKind kKind = EventKind::kMeetupEnded;
  MeetupId meetup;
  friend bool operator==(const MeetupEnded&, const MeetupEnded&) = default;
};

// The meetup, its room and its messages are no more.
struct MeetupForgotten {
  static constexpr EventKind kKind = EventKind::kMeetupForgotten;
  MeetupId meetup;
  friend bool operator==(const MeetupForgotten&, const MeetupForgotten&) = default;
};

// It is open: not confirmed, not full, not cancelled, not started. For each viewer listed and
// unlisted alternate, listed first, after the event of what has caused it, so that they add up to
// what lists show this viewer. To a few `users` they go when a block, its end, or another host
// changes who may see a meetup that stays open.
struct MeetupListed {
  static constexpr EventKind kKind = EventKind::kMeetupListed;
  MeetupId meetup;
  std::optional<LatLng> location;  // as it is now
  std::uint32_t members;           // how many there are now
  friend bool operator==(const MeetupListed&, const MeetupListed&) = default;
};

struct MeetupUnlisted {
  static constexpr EventKind kKind = EventKind::kMeetupUnlisted;
  MeetupId meetup;
  std::optional<LatLng> location;  // as it is now
  std::uint32_t members;           // how many there are now
  friend bool operator==(const MeetupUnlisted&, const MeetupUnlisted&) = default;
};

struct MeetupReported {
  static constexpr EventKind kKind = EventKind::kMeetupReported;
  UserId by;
  MeetupId meetup;
  std::string reason;
  friend bool operator==(const MeetupReported&, const MeetupReported&) = default;
};

// ---- Rooms and messages

struct MessagePosted {
  static constexpr EventKind kKind = EventKind::kMessagePosted;
  MeetupId meetup;
  MessageNumber number;
  UserId author;
  std::string text;  // in NFC
  friend bool operator==(const MessagePosted&, const MessagePosted&) = default;
};

// Its text is to be forgotten wherever it is kept. Whether its author or the host has deleted it is
// not told: members may be blocked with the host, and are to forget it too.
struct MessageDeleted {
  static constexpr EventKind kKind = EventKind::kMessageDeleted;
  MeetupId meetup;
  MessageNumber number;
  friend bool operator==(const MessageDeleted&, const MessageDeleted&) = default;
};

// Like so many MessageDeleted, because their author was erased.
struct MessagesEmptied {
  static constexpr EventKind kKind = EventKind::kMessagesEmptied;
  MeetupId meetup;
  std::vector<MessageNumber> numbers;  // ascending
  friend bool operator==(const MessagesEmptied&, const MessagesEmptied&) = default;
};

struct ReadMarkMoved {
  static constexpr EventKind kKind = EventKind::kReadMarkMoved;
  MeetupId meetup;
  UserId user;
  MessageNumber number;
  friend bool operator==(const ReadMarkMoved&, const ReadMarkMoved&) = default;
};

struct MessageReported {
  static constexpr EventKind kKind = EventKind::kMessageReported;
  UserId by;
  MeetupId meetup;
  MessageNumber number;
  UserId author;
  std::string reason;
  friend bool operator==(const MessageReported&, const MessageReported&) = default;
};

// ---- Tickets

struct TicketOpened {
  static constexpr EventKind kKind = EventKind::kTicketOpened;
  TicketId ticket;
  UserId user;
  friend bool operator==(const TicketOpened&, const TicketOpened&) = default;
};

// Or its owner was erased.
struct TicketWithdrawn {
  static constexpr EventKind kKind = EventKind::kTicketWithdrawn;
  TicketId ticket;
  UserId user;
  friend bool operator==(const TicketWithdrawn&, const TicketWithdrawn&) = default;
};

struct TicketExpired {
  static constexpr EventKind kKind = EventKind::kTicketExpired;
  TicketId ticket;
  UserId user;
  friend bool operator==(const TicketExpired&, const TicketExpired&) = default;
};

// Of each ticket of a group that has become a meetup, which has been created and whose members have
// joined it.
struct TicketMatched {
  static constexpr EventKind kKind = EventKind::kTicketMatched;
  TicketId ticket;
  UserId user;
  MeetupId meetup;
  friend bool operator==(const TicketMatched&, const TicketMatched&) = default;
};

using EventVariant =
    std::variant<Configured, UserRegistered, ProfileChanged, VisibilityChanged, FriendRequested,
                 FriendRequestWithdrawn, FriendRequestDeclined, FriendshipBegan, FriendshipEnded,
                 UserBlocked, UserUnblocked, UserReported, UserErased, SeesExactlyChanged,
                 NeverSeesChanged, MeetupCreated, MeetupEdited, MeetupCancelled, MeetupTransferred,
                 MemberJoined, MemberLeft, MemberKicked, InvitationSent, InvitationWithdrawn,
                 InvitationDeclined, MemberConfirmed, ConfirmationWithdrawn, MeetupConfirmed,
                 MeetupStarted, MeetupEnded, MeetupForgotten, MeetupListed, MeetupUnlisted,
                 MeetupReported, MessagePosted, MessageDeleted, MessagesEmptied, ReadMarkMoved,
                 MessageReported, TicketOpened, TicketWithdrawn, TicketExpired, TicketMatched>;

// One of these: a std::variant whose copies and comparisons need not be compiled in every file.
struct MOYEO_EXPORT EventBody : EventVariant {
  using EventVariant::EventVariant;
  using EventVariant::operator=;

  EventBody();
  EventBody(const EventBody&);
  EventBody(EventBody&&) noexcept;
  EventBody& operator=(const EventBody&);
  EventBody& operator=(EventBody&&) noexcept;
  ~EventBody();

  MOYEO_EXPORT friend bool operator==(const EventBody& a, const EventBody& b);
};

// Whom an event concerns: the users, the members of the room, everybody, the host application's
// moderators. More than one may be set; nobody is to get an event twice.
struct Audience {
  std::vector<UserId> users = {};  // without doubles

  // The members that this room has after the event.
  std::optional<MeetupId> room = std::nullopt;

  // Of `room` and `everybody`, those who do not get it, because they or whom it is about has
  // blocked the other: a member, the author of a message, the host of a meetup in lists, the old
  // host or the new one. Ascending.
  std::vector<UserId> except = {};

  bool everybody = false;   // who looks at lists and maps of meetups
  bool moderators = false;  // the host application's

  friend bool operator==(const Audience&, const Audience&) = default;
};

struct Event {
  std::uint64_t sequence = 0;  // 1, 2, 3 and so on
  Timestamp time{};            // of the society; of what became due, when it did
  Audience audience;
  EventBody body;

  friend bool operator==(const Event&, const Event&) = default;
};

MOYEO_EXPORT EventKind KindOf(const EventBody& body);

// "member_joined". Names are stable like numbers. Of a number that is not above, "unknown".
MOYEO_EXPORT std::string_view NameOf(EventKind kind);

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_EVENT_H_
