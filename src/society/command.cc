#include "moyeo/command.h"

#include <string_view>
#include <variant>

namespace moyeo {
inline namespace v0 {

CommandBody::CommandBody() = default;
CommandBody::CommandBody(const CommandBody&) = default;
CommandBody::CommandBody(CommandBody&&) noexcept = default;
CommandBody& CommandBody::operator=(const CommandBody&) = default;
CommandBody& CommandBody::operator=(CommandBody&&) noexcept = default;
CommandBody::~CommandBody() = default;

bool operator==(const CommandBody& a, const CommandBody& b) {
  return static_cast<const CommandVariant&>(a) == static_cast<const CommandVariant&>(b);
}

CommandKind KindOf(const CommandBody& body) {
  return std::visit([](const auto& alternative) { return alternative.kKind; }, body);
}

std::string_view NameOf(CommandKind kind) {
  switch (kind) {
    case CommandKind::kAdvance:
      return "advance";
    case CommandKind::kConfigure:
      return "configure";
    case CommandKind::kRegister:
      return "register";
    case CommandKind::kEditProfile:
      return "edit_profile";
    case CommandKind::kSetVisibility:
      return "set_visibility";
    case CommandKind::kRequestFriend:
      return "request_friend";
    case CommandKind::kWithdrawFriendRequest:
      return "withdraw_friend_request";
    case CommandKind::kDeclineFriendRequest:
      return "decline_friend_request";
    case CommandKind::kEndFriendship:
      return "end_friendship";
    case CommandKind::kBlock:
      return "block";
    case CommandKind::kUnblock:
      return "unblock";
    case CommandKind::kReportUser:
      return "report_user";
    case CommandKind::kErase:
      return "erase";
    case CommandKind::kCreateMeetup:
      return "create_meetup";
    case CommandKind::kEditMeetup:
      return "edit_meetup";
    case CommandKind::kCancelMeetup:
      return "cancel_meetup";
    case CommandKind::kTransferMeetup:
      return "transfer_meetup";
    case CommandKind::kJoinMeetup:
      return "join_meetup";
    case CommandKind::kLeaveMeetup:
      return "leave_meetup";
    case CommandKind::kKickMember:
      return "kick_member";
    case CommandKind::kInvite:
      return "invite";
    case CommandKind::kWithdrawInvitation:
      return "withdraw_invitation";
    case CommandKind::kAcceptInvitation:
      return "accept_invitation";
    case CommandKind::kDeclineInvitation:
      return "decline_invitation";
    case CommandKind::kConfirmMeetup:
      return "confirm_meetup";
    case CommandKind::kWithdrawConfirmation:
      return "withdraw_confirmation";
    case CommandKind::kReportMeetup:
      return "report_meetup";
    case CommandKind::kPostMessage:
      return "post_message";
    case CommandKind::kDeleteMessage:
      return "delete_message";
    case CommandKind::kMarkRead:
      return "mark_read";
    case CommandKind::kReportMessage:
      return "report_message";
    case CommandKind::kCreateTicket:
      return "create_ticket";
    case CommandKind::kWithdrawTicket:
      return "withdraw_ticket";
  }
  return "unknown";
}

}  // namespace v0
}  // namespace moyeo
