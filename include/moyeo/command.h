// Commands: all that can be asked of the durable plane. What each is refused for is documented in
// the order in which it is looked at; reject.h has the reasons.

#ifndef MOYEO_COMMAND_H_
#define MOYEO_COMMAND_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "moyeo/export.h"
#include "moyeo/reject.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// The sizes and counts that bound everything. Lengths are in Unicode code points after NFC.
struct Limits {
  static constexpr std::size_t kNicknameLength = 20;  // at least 1
  static constexpr std::size_t kStatusLength = 255;
  static constexpr std::size_t kTags = 30;
  static constexpr std::size_t kTagLength = 30;  // at least 1
  static constexpr std::size_t kUrlLength = 2'000;
  static constexpr std::size_t kTitleLength = 100;  // at least 1
  static constexpr std::size_t kContentLength = 1'000;
  static constexpr std::size_t kPlaceNameLength = 100;
  static constexpr std::size_t kBringLength = 255;
  static constexpr std::size_t kMessageLength = 2'000;  // at least 1
  static constexpr std::size_t kReasonLength = 1'000;   // at least 1
  static constexpr std::uint32_t kLeastCapacity = 2;
  static constexpr std::uint32_t kMostCapacity = 255;

  static constexpr std::size_t kFriends = 5'000;
  static constexpr std::size_t kRequestsSent = 1'000;
  static constexpr std::size_t kRequestsReceived = 5'000;
  static constexpr std::size_t kBlocks = 10'000;
  static constexpr std::size_t kBlockedBy = 20'000;

  // Of a user: meetups that have neither ended nor been cancelled. An open ticket counts as one.
  static constexpr std::size_t kCurrentMeetups = 100;
  // Of a user: meetups, not yet forgotten, of which they are a member, in whose room they have
  // posted, or from which they were kicked. An open ticket counts as one.
  static constexpr std::size_t kKeptMeetups = 1'000;
  // Of a user: invitations to them that are open. Of a meetup: those that it has open.
  static constexpr std::size_t kOpenInvitations = 500;
  static constexpr std::size_t kKickedFromMeetup = 1'000;
  static constexpr std::size_t kMessagesInRoom = 100'000;

  static constexpr std::size_t kTickets = 5;  // of a user: those that are open
  static constexpr std::uint32_t kMostTicketRadiusMeters = 100'000;  // at least 1
  static constexpr std::uint32_t kMostWeight = 1'000;

  // Accepted commands whose request ids are remembered: the latest so many.
  static constexpr std::size_t kRememberedRequests = 65'536;

  static constexpr std::int64_t kLongestSettingMs = 365 * std::int64_t{86'400'000};
  static constexpr int kMostCloakLevel = 20;
};

// From how long before its start to its end the members of a confirmed meetup see each other
// exactly.
inline constexpr std::int64_t kSeenExactlyBeforeStartMs = 3'600'000;

// What can be configured. Part of the durable state, and changed by Configure alone.
struct Settings {
  // A new start is at least `start_from_ms` and less than `start_before_ms` ahead.
  std::int64_t start_from_ms = 0;
  std::int64_t start_before_ms = 8 * std::int64_t{86'400'000};

  // A new end is at least `length_from_ms` after the start, and less than `end_before_ms` ahead.
  std::int64_t length_from_ms = 1;
  std::int64_t end_before_ms = 14 * std::int64_t{86'400'000};

  // How long a meetup is kept after it has ended or was cancelled.
  std::int64_t retention_ms = 7 * std::int64_t{86'400'000};

  // For the presence plane: how long a position lives, and the level of the S2 cells whose centres
  // strangers see.
  std::int64_t presence_ttl_ms = 60'000;
  int cloak_level = 14;

  // How long after a ticket was opened or has gone tickets are matched: see matching.h.
  std::int64_t matching_delay_ms = 10'000;

  // What each part of a score counts for, from 0 to Limits::kMostWeight: see matching.h.
  std::uint32_t distance_weight = 30;
  std::uint32_t interests_weight = 40;
  std::uint32_t soon_weight = 15;
  std::uint32_t seats_weight = 5;
  std::uint32_t friends_weight = 30;

  friend bool operator==(const Settings&, const Settings&) = default;
};

// Numbers of commands, as the journal has them. Once used, a number means the same for ever.
enum class CommandKind : std::uint16_t {
  kAdvance = 1,
  kConfigure = 2,
  kRegister = 10,
  kEditProfile = 11,
  kSetVisibility = 12,
  kRequestFriend = 13,
  kWithdrawFriendRequest = 14,
  kDeclineFriendRequest = 15,
  kEndFriendship = 16,
  kBlock = 17,
  kUnblock = 18,
  kReportUser = 19,
  kErase = 20,
  kCreateMeetup = 30,
  kEditMeetup = 31,
  kCancelMeetup = 32,
  kTransferMeetup = 33,
  kJoinMeetup = 34,
  kLeaveMeetup = 35,
  kKickMember = 36,
  kInvite = 37,
  kWithdrawInvitation = 38,
  kAcceptInvitation = 39,
  kDeclineInvitation = 40,
  kConfirmMeetup = 41,
  kWithdrawConfirmation = 42,
  kReportMeetup = 43,
  kPostMessage = 60,
  kDeleteMessage = 61,
  kMarkRead = 62,
  kReportMessage = 63,
  kCreateTicket = 80,
  kWithdrawTicket = 81,
};

// Before its own reasons, every command is refused for
//
//   kInvalidTime, kRequestIdReused, kActorNotWanted or kActorMissing, kErasedActor, kUnknownActor
//
// in this order. Advance and Configure have no actor, all others have one.

// Time has gone on. Like every accepted command it first fires what has become due. If tickets are
// to be matched by then, it does that: no other command does. See matching.h.
struct Advance {
  static constexpr CommandKind kKind = CommandKind::kAdvance;
  friend bool operator==(const Advance&, const Advance&) = default;
};

// Refused: kInvalidSettings, if a time is negative or above kLongestSettingMs, length_from_ms or
// presence_ttl_ms is 0, cloak_level is not from 0 to kMostCloakLevel, or a weight is above
// kMostWeight.
struct Configure {
  static constexpr CommandKind kKind = CommandKind::kConfigure;
  Settings settings;
  friend bool operator==(const Configure&, const Configure&) = default;
};

// ---- People

// The actor is a new user. Who was erased never is.
//
// Refused: kErasedActor, kUserExists, kInvalidVisibility; then as EditProfile.
struct Register {
  static constexpr CommandKind kKind = CommandKind::kRegister;
  std::string nickname;
  std::string status = {};
  std::vector<std::string> interests = {};
  std::string image_url = {};
  Visibility visibility = Visibility::kCloaked;
  friend bool operator==(const Register&, const Register&) = default;
};

// What is nullopt stays as it is.
//
// Refused: kInvalidText, kNicknameLength, kStatusLength, kTooManyTags, kTagLength, kRepeatedTag,
// kUrlLength, kNicknameTaken.
struct EditProfile {
  static constexpr CommandKind kKind = CommandKind::kEditProfile;
  std::optional<std::string> nickname = std::nullopt;
  std::optional<std::string> status = std::nullopt;
  std::optional<std::vector<std::string>> interests = std::nullopt;
  std::optional<std::string> image_url = std::nullopt;
  friend bool operator==(const EditProfile&, const EditProfile&) = default;
};

// Refused: kInvalidVisibility.
struct SetVisibility {
  static constexpr CommandKind kKind = CommandKind::kSetVisibility;
  Visibility visibility = Visibility::kCloaked;
  friend bool operator==(const SetVisibility&, const SetVisibility&) = default;
};

// A request to `user`, or, if there is one of theirs, a friendship.
//
// Refused: kOneself, kUnknownUser, kBlocked, kAlreadyFriends, kAlreadyRequested; where they have
// requested, kTooManyFriends, kTheyHaveTooManyFriends; else kTooManyRequestsSent,
// kTooManyRequestsReceived.
struct RequestFriend {
  static constexpr CommandKind kKind = CommandKind::kRequestFriend;
  UserId user{};
  friend bool operator==(const RequestFriend&, const RequestFriend&) = default;
};

// Refused: kOneself, kUnknownUser, kNotRequested.
struct WithdrawFriendRequest {
  static constexpr CommandKind kKind = CommandKind::kWithdrawFriendRequest;
  UserId user{};
  friend bool operator==(const WithdrawFriendRequest&, const WithdrawFriendRequest&) = default;
};

// Refused: kOneself, kUnknownUser, kNotRequested.
struct DeclineFriendRequest {
  static constexpr CommandKind kKind = CommandKind::kDeclineFriendRequest;
  UserId user{};
  friend bool operator==(const DeclineFriendRequest&, const DeclineFriendRequest&) = default;
};

// Refused: kOneself, kUnknownUser, kNotFriends.
struct EndFriendship {
  static constexpr CommandKind kKind = CommandKind::kEndFriendship;
  UserId user{};
  friend bool operator==(const EndFriendship&, const EndFriendship&) = default;
};

// Ends requests, friendship and invitations between the two. Whom Limits::kBlockedBy users have
// blocked nobody else can block.
//
// Refused: kOneself, kUnknownUser, kAlreadyBlocked, kTooManyBlocks, kBlockedByTooMany.
struct Block {
  static constexpr CommandKind kKind = CommandKind::kBlock;
  UserId user{};
  friend bool operator==(const Block&, const Block&) = default;
};

// Refused: kOneself, kUnknownUser, kNotBlocked.
struct Unblock {
  static constexpr CommandKind kKind = CommandKind::kUnblock;
  UserId user{};
  friend bool operator==(const Unblock&, const Unblock&) = default;
};

// Becomes an event for the host application's moderators.
//
// Refused: kOneself, kUnknownUser, kInvalidText, kReasonLength.
struct ReportUser {
  static constexpr CommandKind kKind = CommandKind::kReportUser;
  UserId user{};
  std::string reason;
  friend bool operator==(const ReportUser&, const ReportUser&) = default;
};

// Removes the actor from friendships, requests, blocks, invitations, tickets and meetups, cancels
// the meetups that they host and empties what they wrote, messages included; what they wrote about
// a meetup that they handed over stays with the meetup. Their request ids are forgotten, but for
// the one of this command. Their id stays taken.
struct Erase {
  static constexpr CommandKind kKind = CommandKind::kErase;
  friend bool operator==(const Erase&, const Erase&) = default;
};

// ---- Meetups

// The actor is host and first member. The outcome has the id.
//
// Refused: kInvalidText, kTitleLength, kContentLength, kUrlLength, kPlaceNameLength, kTooManyTags,
// kTagLength, kRepeatedTag, kBringLength, kInvalidLocation, kInvalidTime (of start or end),
// kStartTooEarly, kStartTooLate, kEndTooEarly, kEndTooLate, kCapacityOutOfRange,
// kTooManyCurrentMeetups, kTooManyKeptMeetups.
struct CreateMeetup {
  static constexpr CommandKind kKind = CommandKind::kCreateMeetup;
  std::string title;
  std::string content = {};
  std::string image_url = {};
  std::string place_name = {};
  std::optional<LatLng> location = std::nullopt;
  Timestamp start{};
  Timestamp end{};
  std::uint32_t capacity = Limits::kLeastCapacity;  // the host included
  std::vector<std::string> tags = {};
  std::string bring = {};
  friend bool operator==(const CreateMeetup&, const CreateMeetup&) = default;
};

// What is nullopt stays as it is. `location` is nullopt to keep it, and holds nullopt to have none.
// A start or an end that is given as it is counts as not given. Who has confirmed still has, also
// where time or place is another.
//
// Refused: kUnknownMeetup, kNotHost, kCancelled, kEnded, kMeetupConfirmed; then as CreateMeetup up
// to kCapacityOutOfRange, with kStarted, for a new start of what has started, before
// kStartTooEarly; kCapacityBelowMembers.
struct EditMeetup {
  static constexpr CommandKind kKind = CommandKind::kEditMeetup;
  MeetupId meetup{};
  std::optional<std::string> title = std::nullopt;
  std::optional<std::string> content = std::nullopt;
  std::optional<std::string> image_url = std::nullopt;
  std::optional<std::string> place_name = std::nullopt;
  std::optional<std::optional<LatLng>> location = std::nullopt;
  std::optional<Timestamp> start = std::nullopt;
  std::optional<Timestamp> end = std::nullopt;
  std::optional<std::uint32_t> capacity = std::nullopt;
  std::optional<std::vector<std::string>> tags = std::nullopt;
  std::optional<std::string> bring = std::nullopt;
  friend bool operator==(const EditMeetup&, const EditMeetup&) = default;
};

// Refused: kUnknownMeetup, kNotHost, kCancelled, kEnded; kHasOtherMembers unless `force`.
struct CancelMeetup {
  static constexpr CommandKind kKind = CommandKind::kCancelMeetup;
  MeetupId meetup{};
  bool force = false;
  friend bool operator==(const CancelMeetup&, const CancelMeetup&) = default;
};

// `user` is the host from now on, and has not confirmed. Invitations to whom they are blocked with
// are withdrawn.
//
// Refused: kUnknownMeetup, kNotHost, kCancelled, kEnded, kOneself, kNotMember (of `user`),
// kBlocked.
struct TransferMeetup {
  static constexpr CommandKind kKind = CommandKind::kTransferMeetup;
  MeetupId meetup{};
  UserId user{};
  friend bool operator==(const TransferMeetup&, const TransferMeetup&) = default;
};

// Uses up an invitation if there is one.
//
// Refused: kUnknownMeetup, kAlreadyMember, kCancelled, kStarted, kMeetupConfirmed, kBlocked (with
// the host), kKicked (unless invited since), kFull, kTooManyCurrentMeetups, kTooManyKeptMeetups.
struct JoinMeetup {
  static constexpr CommandKind kKind = CommandKind::kJoinMeetup;
  MeetupId meetup{};
  friend bool operator==(const JoinMeetup&, const JoinMeetup&) = default;
};

// Refused: kUnknownMeetup, kNotMember, kHostCannotLeave, kCancelled, kEnded, kMeetupConfirmed.
struct LeaveMeetup {
  static constexpr CommandKind kKind = CommandKind::kLeaveMeetup;
  MeetupId meetup{};
  friend bool operator==(const LeaveMeetup&, const LeaveMeetup&) = default;
};

// Refused: kUnknownMeetup, kNotHost, kOneself, kNotMember (of `user`), kCancelled, kEnded,
// kMeetupConfirmed, kTooManyKicked.
struct KickMember {
  static constexpr CommandKind kKind = CommandKind::kKickMember;
  MeetupId meetup{};
  UserId user{};
  friend bool operator==(const KickMember&, const KickMember&) = default;
};

// Refused: kUnknownMeetup, kNotHost, kOneself, kUnknownUser, kBlocked, kAlreadyMember,
// kAlreadyInvited, kCancelled, kStarted, kMeetupConfirmed, kFull, kTooManyInvitations (of the
// meetup), kTheyHaveTooManyInvitations.
struct Invite {
  static constexpr CommandKind kKind = CommandKind::kInvite;
  MeetupId meetup{};
  UserId user{};
  friend bool operator==(const Invite&, const Invite&) = default;
};

// Refused: kUnknownMeetup, kNotHost, kNotInvited.
struct WithdrawInvitation {
  static constexpr CommandKind kKind = CommandKind::kWithdrawInvitation;
  MeetupId meetup{};
  UserId user{};
  friend bool operator==(const WithdrawInvitation&, const WithdrawInvitation&) = default;
};

// Refused: kUnknownMeetup, kNotInvited; then as JoinMeetup.
struct AcceptInvitation {
  static constexpr CommandKind kKind = CommandKind::kAcceptInvitation;
  MeetupId meetup{};
  friend bool operator==(const AcceptInvitation&, const AcceptInvitation&) = default;
};

// Refused: kUnknownMeetup, kNotInvited.
struct DeclineInvitation {
  static constexpr CommandKind kKind = CommandKind::kDeclineInvitation;
  MeetupId meetup{};
  friend bool operator==(const DeclineInvitation&, const DeclineInvitation&) = default;
};

// With the host's, which comes last, the meetup is confirmed.
//
// Refused: kUnknownMeetup, kNotMember, kCancelled, kEnded, kMeetupConfirmed, kAlreadyConfirmed; of
// the host kAlone, kOthersHaveNotConfirmed.
struct ConfirmMeetup {
  static constexpr CommandKind kKind = CommandKind::kConfirmMeetup;
  MeetupId meetup{};
  friend bool operator==(const ConfirmMeetup&, const ConfirmMeetup&) = default;
};

// Refused: kUnknownMeetup, kNotMember, kCancelled, kEnded, kMeetupConfirmed, kNotConfirmed.
struct WithdrawConfirmation {
  static constexpr CommandKind kKind = CommandKind::kWithdrawConfirmation;
  MeetupId meetup{};
  friend bool operator==(const WithdrawConfirmation&, const WithdrawConfirmation&) = default;
};

// Refused: kUnknownMeetup, kInvalidText, kReasonLength.
struct ReportMeetup {
  static constexpr CommandKind kKind = CommandKind::kReportMeetup;
  MeetupId meetup{};
  std::string reason;
  friend bool operator==(const ReportMeetup&, const ReportMeetup&) = default;
};

// ---- Rooms and messages

// The outcome has the number.
//
// Refused: kUnknownMeetup, kNotMember, kInvalidText, kMessageLength, kRoomFull.
struct PostMessage {
  static constexpr CommandKind kKind = CommandKind::kPostMessage;
  MeetupId meetup{};
  std::string text;
  friend bool operator==(const PostMessage&, const PostMessage&) = default;
};

// The number stays, the text goes.
//
// Refused: kUnknownMeetup, kNotMember, kUnknownMessage (never posted, or before they joined),
// kAlreadyDeleted, kNotAuthorOrHost.
struct DeleteMessage {
  static constexpr CommandKind kKind = CommandKind::kDeleteMessage;
  MeetupId meetup{};
  MessageNumber number = 0;
  friend bool operator==(const DeleteMessage&, const DeleteMessage&) = default;
};

// Everything up to `number` has been read.
//
// Refused: kUnknownMeetup, kNotMember, kUnknownMessage (never posted), kAlreadyRead.
struct MarkRead {
  static constexpr CommandKind kKind = CommandKind::kMarkRead;
  MeetupId meetup{};
  MessageNumber number = 0;
  friend bool operator==(const MarkRead&, const MarkRead&) = default;
};

// Refused: kUnknownMeetup, kNotMember, kUnknownMessage (never posted, before they joined, or by
// whom they are blocked with), kOneself, kInvalidText, kReasonLength.
struct ReportMessage {
  static constexpr CommandKind kKind = CommandKind::kReportMessage;
  MeetupId meetup{};
  MessageNumber number = 0;
  std::string reason;
  friend bool operator==(const ReportMessage&, const ReportMessage&) = default;
};

// ---- Tickets: see matching.h

// "Find me people": the actor would like to meet some for `length_ms` between `from` and `until`,
// which may have begun. Only the centre of the cell that the location is in, by the cloak level of
// the settings, is kept. It is open until it is matched, withdrawn, or could begin no more: at
// `until` less `length_ms` it expires. The outcome has the id.
//
// Refused: kInvalidText, kTooManyTags, kTagLength, kRepeatedTag, kNoTags, kInvalidLocation,
// kRadiusOutOfRange, kInvalidTime (of from or until), kEndTooEarly (a length that is no meetup's),
// kWindowTooShort (for the length, or what is left of it from now on), kStartTooLate (of from),
// kEndTooLate (of until), kGroupSizeOutOfRange (unless kLeastCapacity <= least <= most <=
// kMostCapacity), kTooManyTickets, kTooManyCurrentMeetups, kTooManyKeptMeetups.
struct CreateTicket {
  static constexpr CommandKind kKind = CommandKind::kCreateTicket;
  LatLng location;
  std::uint32_t radius_m = 5'000;
  Timestamp from{};
  Timestamp until{};
  std::int64_t length_ms = 0;
  std::vector<std::string> tags;                 // what they would like to do: any of these
  std::uint32_t least = Limits::kLeastCapacity;  // people, the actor included
  std::uint32_t most = Limits::kMostCapacity;
  friend bool operator==(const CreateTicket&, const CreateTicket&) = default;
};

// Refused: kUnknownTicket (none of theirs that is open).
struct WithdrawTicket {
  static constexpr CommandKind kKind = CommandKind::kWithdrawTicket;
  TicketId ticket{};
  friend bool operator==(const WithdrawTicket&, const WithdrawTicket&) = default;
};

using CommandVariant =
    std::variant<Advance, Configure, Register, EditProfile, SetVisibility, RequestFriend,
                 WithdrawFriendRequest, DeclineFriendRequest, EndFriendship, Block, Unblock,
                 ReportUser, Erase, CreateMeetup, EditMeetup, CancelMeetup, TransferMeetup,
                 JoinMeetup, LeaveMeetup, KickMember, Invite, WithdrawInvitation, AcceptInvitation,
                 DeclineInvitation, ConfirmMeetup, WithdrawConfirmation, ReportMeetup, PostMessage,
                 DeleteMessage, MarkRead, ReportMessage, CreateTicket, WithdrawTicket>;

// One of these: a std::variant whose copies and comparisons need not be compiled in every file.
struct MOYEO_EXPORT CommandBody : CommandVariant {
  using CommandVariant::CommandVariant;
  using CommandVariant::operator=;

  CommandBody();
  CommandBody(const CommandBody&);
  CommandBody(CommandBody&&) noexcept;
  CommandBody& operator=(const CommandBody&);
  CommandBody& operator=(CommandBody&&) noexcept;
  ~CommandBody();

  MOYEO_EXPORT friend bool operator==(const CommandBody& a, const CommandBody& b);
};

// Chosen by whoever gives the command, so that it can be given again without being done again.
enum class RequestId : std::uint64_t {};

constexpr std::uint64_t ToNumber(RequestId request) { return static_cast<std::uint64_t>(request); }

struct Command {
  // When the host received it. An earlier time than one seen before counts as that one.
  Timestamp time{};

  // Who asks; of Register, who is to be.
  std::optional<UserId> actor = std::nullopt;

  // Given again by the same actor after it was accepted, the same command has the same outcome and
  // does nothing, not even bring time forward; another command is refused (kRequestIdReused). Where
  // a ticket was opened is not remembered: one that differs in that alone counts as the same. The
  // latest Limits::kRememberedRequests are remembered. A refused command is looked at afresh.
  std::optional<RequestId> request_id = std::nullopt;

  CommandBody body;

  friend bool operator==(const Command&, const Command&) = default;
};

// What has become of a command.
struct Outcome {
  // Why it was refused, in which case it has changed nothing; kNone if it was accepted.
  Reject reject = Reject::kNone;

  std::optional<MeetupId> meetup = std::nullopt;        // that CreateMeetup has made
  std::optional<MessageNumber> message = std::nullopt;  // that PostMessage has posted
  std::optional<TicketId> ticket = std::nullopt;        // that CreateTicket has opened

  bool accepted() const { return reject == Reject::kNone; }

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

MOYEO_EXPORT CommandKind KindOf(const CommandBody& body);

// "join_meetup". Names are stable like numbers. Of a number that is not above, "unknown".
MOYEO_EXPORT std::string_view NameOf(CommandKind kind);

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_COMMAND_H_
