#include "moyeo/event.h"

#include <string_view>
#include <variant>

namespace moyeo {
inline namespace v0 {

EventBody::EventBody() = default;
EventBody::EventBody(const EventBody&) = default;
EventBody::EventBody(EventBody&&) noexcept = default;
EventBody& EventBody::operator=(const EventBody&) = default;
EventBody& EventBody::operator=(EventBody&&) noexcept = default;
EventBody::~EventBody() = default;

bool operator==(const EventBody& a, const EventBody& b) {
  return static_cast<const EventVariant&>(a) == static_cast<const EventVariant&>(b);
}

EventKind KindOf(const EventBody& body) {
  return std::visit([](const auto& alternative) { return alternative.kKind; }, body);
}

std::string_view NameOf(EventKind kind) {
  switch (kind) {
    case EventKind::kConfigured:
      return "configured";
    case EventKind::kUserRegistered:
      return "user_registered";
    case EventKind::kProfileChanged:
      return "profile_changed";
    case EventKind::kVisibilityChanged:
      return "visibility_changed";
    case EventKind::kFriendRequested:
      return "friend_requested";
    case EventKind::kFriendRequestWithdrawn:
      return "friend_request_withdrawn";
    case EventKind::kFriendRequestDeclined:
      return "friend_request_declined";
    case EventKind::kFriendshipBegan:
      return "friendship_began";
    case EventKind::kFriendshipEnded:
      return "friendship_ended";
    case EventKind::kUserBlocked:
      return "user_blocked";
    case EventKind::kUserUnblocked:
      return "user_unblocked";
    case EventKind::kUserReported:
      return "user_reported";
    case EventKind::kUserErased:
      return "user_erased";
    case EventKind::kSeesExactlyChanged:
      return "sees_exactly_changed";
    case EventKind::kNeverSeesChanged:
      return "never_sees_changed";
    case EventKind::kMeetupCreated:
      return "meetup_created";
    case EventKind::kMeetupEdited:
      return "meetup_edited";
    case EventKind::kMeetupCancelled:
      return "meetup_cancelled";
    case EventKind::kMeetupTransferred:
      return "meetup_transferred";
    case EventKind::kMemberJoined:
      return "member_joined";
    case EventKind::kMemberLeft:
      return "member_left";
    case EventKind::kMemberKicked:
      return "member_kicked";
    case EventKind::kInvitationSent:
      return "invitation_sent";
    case EventKind::kInvitationWithdrawn:
      return "invitation_withdrawn";
    case EventKind::kInvitationDeclined:
      return "invitation_declined";
    case EventKind::kMemberConfirmed:
      return "member_confirmed";
    case EventKind::kConfirmationWithdrawn:
      return "confirmation_withdrawn";
    case EventKind::kMeetupConfirmed:
      return "meetup_confirmed";
    case EventKind::kMeetupStarted:
      return "meetup_started";
    case EventKind::kMeetupEnded:
      return "meetup_ended";
    case EventKind::kMeetupForgotten:
      return "meetup_forgotten";
    case EventKind::kMeetupListed:
      return "meetup_listed";
    case EventKind::kMeetupUnlisted:
      return "meetup_unlisted";
    case EventKind::kMeetupReported:
      return "meetup_reported";
    case EventKind::kMessagePosted:
      return "message_posted";
    case EventKind::kMessageDeleted:
      return "message_deleted";
    case EventKind::kMessagesEmptied:
      return "messages_emptied";
    case EventKind::kReadMarkMoved:
      return "read_mark_moved";
    case EventKind::kMessageReported:
      return "message_reported";
    case EventKind::kTicketOpened:
      return "ticket_opened";
    case EventKind::kTicketWithdrawn:
      return "ticket_withdrawn";
    case EventKind::kTicketExpired:
      return "ticket_expired";
    case EventKind::kTicketMatched:
      return "ticket_matched";
  }
  return "unknown";
}

}  // namespace v0
}  // namespace moyeo
