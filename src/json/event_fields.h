// What the fields of events are called.

#ifndef MOYEO_JSON_EVENT_FIELDS_H_
#define MOYEO_JSON_EVENT_FIELDS_H_

#include <tuple>

#include "json/command_fields.h"
#include "json/fields.h"
#include "moyeo/event.h"

namespace moyeo::json {

constexpr auto FieldsOf(Type<Configured>) {
  return std::tuple(Required("settings", &Configured::settings));
}

constexpr auto FieldsOf(Type<UserRegistered>) {
  return std::tuple(Required("user", &UserRegistered::user),
                    Required("visibility", &UserRegistered::visibility));
}

constexpr auto FieldsOf(Type<ProfileChanged>) {
  return std::tuple(Required("user", &ProfileChanged::user));
}

constexpr auto FieldsOf(Type<VisibilityChanged>) {
  return std::tuple(Required("user", &VisibilityChanged::user),
                    Required("visibility", &VisibilityChanged::visibility));
}

constexpr auto FieldsOf(Type<FriendRequested>) {
  return std::tuple(Required("from", &FriendRequested::from), Required("to", &FriendRequested::to));
}

constexpr auto FieldsOf(Type<FriendRequestWithdrawn>) {
  return std::tuple(Required("from", &FriendRequestWithdrawn::from),
                    Required("to", &FriendRequestWithdrawn::to));
}

constexpr auto FieldsOf(Type<FriendRequestDeclined>) {
  return std::tuple(Required("from", &FriendRequestDeclined::from),
                    Required("to", &FriendRequestDeclined::to));
}

constexpr auto FieldsOf(Type<FriendshipBegan>) {
  return std::tuple(Required("first", &FriendshipBegan::first),
                    Required("second", &FriendshipBegan::second));
}

constexpr auto FieldsOf(Type<FriendshipEnded>) {
  return std::tuple(Required("first", &FriendshipEnded::first),
                    Required("second", &FriendshipEnded::second));
}

constexpr auto FieldsOf(Type<UserBlocked>) {
  return std::tuple(Required("by", &UserBlocked::by), Required("user", &UserBlocked::user));
}

constexpr auto FieldsOf(Type<UserUnblocked>) {
  return std::tuple(Required("by", &UserUnblocked::by), Required("user", &UserUnblocked::user));
}

constexpr auto FieldsOf(Type<UserReported>) {
  return std::tuple(Required("by", &UserReported::by), Required("user", &UserReported::user),
                    Required("reason", &UserReported::reason));
}

constexpr auto FieldsOf(Type<UserErased>) {
  return std::tuple(Required("user", &UserErased::user));
}

constexpr auto FieldsOf(Type<SeesExactlyChanged>) {
  return std::tuple(Required("viewer", &SeesExactlyChanged::viewer),
                    Required("added", &SeesExactlyChanged::added),
                    Required("removed", &SeesExactlyChanged::removed));
}

constexpr auto FieldsOf(Type<NeverSeesChanged>) {
  return std::tuple(Required("viewer", &NeverSeesChanged::viewer),
                    Required("added", &NeverSeesChanged::added),
                    Required("removed", &NeverSeesChanged::removed));
}

constexpr auto FieldsOf(Type<MeetupCreated>) {
  return std::tuple(Required("meetup", &MeetupCreated::meetup),
                    Required("host", &MeetupCreated::host));
}

constexpr auto FieldsOf(Type<MeetupEdited>) {
  return std::tuple(Required("meetup", &MeetupEdited::meetup));
}

constexpr auto FieldsOf(Type<MeetupCancelled>) {
  return std::tuple(Required("meetup", &MeetupCancelled::meetup));
}

constexpr auto FieldsOf(Type<MeetupTransferred>) {
  return std::tuple(Required("meetup", &MeetupTransferred::meetup),
                    Required("from", &MeetupTransferred::from),
                    Required("to", &MeetupTransferred::to));
}

constexpr auto FieldsOf(Type<MemberJoined>) {
  return std::tuple(Required("meetup", &MemberJoined::meetup),
                    Required("user", &MemberJoined::user),
                    Required("members", &MemberJoined::members));
}

constexpr auto FieldsOf(Type<MemberLeft>) {
  return std::tuple(Required("meetup", &MemberLeft::meetup), Required("user", &MemberLeft::user),
                    Required("members", &MemberLeft::members));
}

constexpr auto FieldsOf(Type<MemberKicked>) {
  return std::tuple(Required("meetup", &MemberKicked::meetup),
                    Required("user", &MemberKicked::user),
                    Required("members", &MemberKicked::members));
}

constexpr auto FieldsOf(Type<InvitationSent>) {
  return std::tuple(Required("meetup", &InvitationSent::meetup),
                    Required("host", &InvitationSent::host),
                    Required("user", &InvitationSent::user));
}

constexpr auto FieldsOf(Type<InvitationWithdrawn>) {
  return std::tuple(Required("meetup", &InvitationWithdrawn::meetup),
                    Required("user", &InvitationWithdrawn::user));
}

constexpr auto FieldsOf(Type<InvitationDeclined>) {
  return std::tuple(Required("meetup", &InvitationDeclined::meetup),
                    Required("user", &InvitationDeclined::user));
}

constexpr auto FieldsOf(Type<MemberConfirmed>) {
  return std::tuple(Required("meetup", &MemberConfirmed::meetup),
                    Required("user", &MemberConfirmed::user));
}

constexpr auto FieldsOf(Type<ConfirmationWithdrawn>) {
  return std::tuple(Required("meetup", &ConfirmationWithdrawn::meetup),
                    Required("user", &ConfirmationWithdrawn::user));
}

constexpr auto FieldsOf(Type<MeetupConfirmed>) {
  return std::tuple(Required("meetup", &MeetupConfirmed::meetup));
}

constexpr auto FieldsOf(Type<MeetupStarted>) {
  return std::tuple(Required("meetup", &MeetupStarted::meetup));
}

constexpr auto FieldsOf(Type<MeetupEnded>) {
  return std::tuple(Required("meetup", &MeetupEnded::meetup));
}

constexpr auto FieldsOf(Type<MeetupForgotten>) {
  return std::tuple(Required("meetup", &MeetupForgotten::meetup));
}

constexpr auto FieldsOf(Type<MeetupListed>) {
  return std::tuple(Required("meetup", &MeetupListed::meetup),
                    Optional("location", &MeetupListed::location),
                    Required("members", &MeetupListed::members));
}

constexpr auto FieldsOf(Type<MeetupUnlisted>) {
  return std::tuple(Required("meetup", &MeetupUnlisted::meetup),
                    Optional("location", &MeetupUnlisted::location),
                    Required("members", &MeetupUnlisted::members));
}

constexpr auto FieldsOf(Type<MeetupReported>) {
  return std::tuple(Required("by", &MeetupReported::by),
                    Required("meetup", &MeetupReported::meetup),
                    Required("reason", &MeetupReported::reason));
}

constexpr auto FieldsOf(Type<MessagePosted>) {
  return std::tuple(
      Required("meetup", &MessagePosted::meetup), Required("number", &MessagePosted::number),
      Required("author", &MessagePosted::author), Required("text", &MessagePosted::text));
}

constexpr auto FieldsOf(Type<MessageDeleted>) {
  return std::tuple(Required("meetup", &MessageDeleted::meetup),
                    Required("number", &MessageDeleted::number));
}

constexpr auto FieldsOf(Type<MessagesEmptied>) {
  return std::tuple(Required("meetup", &MessagesEmptied::meetup),
                    Required("numbers", &MessagesEmptied::numbers));
}

constexpr auto FieldsOf(Type<ReadMarkMoved>) {
  return std::tuple(Required("meetup", &ReadMarkMoved::meetup),
                    Required("user", &ReadMarkMoved::user),
                    Required("number", &ReadMarkMoved::number));
}

constexpr auto FieldsOf(Type<MessageReported>) {
  return std::tuple(
      Required("by", &MessageReported::by), Required("meetup", &MessageReported::meetup),
      Required("number", &MessageReported::number), Required("author", &MessageReported::author),
      Required("reason", &MessageReported::reason));
}

constexpr auto FieldsOf(Type<TicketOpened>) {
  return std::tuple(Required("ticket", &TicketOpened::ticket),
                    Required("user", &TicketOpened::user));
}

constexpr auto FieldsOf(Type<TicketWithdrawn>) {
  return std::tuple(Required("ticket", &TicketWithdrawn::ticket),
                    Required("user", &TicketWithdrawn::user));
}

constexpr auto FieldsOf(Type<TicketExpired>) {
  return std::tuple(Required("ticket", &TicketExpired::ticket),
                    Required("user", &TicketExpired::user));
}

constexpr auto FieldsOf(Type<TicketMatched>) {
  return std::tuple(Required("ticket", &TicketMatched::ticket),
                    Required("user", &TicketMatched::user),
                    Required("meetup", &TicketMatched::meetup));
}

constexpr auto FieldsOf(Type<Audience>) {
  return std::tuple(Required("users", &Audience::users), Optional("room", &Audience::room),
                    Required("except", &Audience::except),
                    Required("everybody", &Audience::everybody),
                    Required("moderators", &Audience::moderators));
}

constexpr auto FieldsOf(Type<Event>) {
  return std::tuple(Required("sequence", &Event::sequence), Required("time", &Event::time),
                    Optional("audience", &Event::audience), KindAndBody(&Event::body));
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_EVENT_FIELDS_H_
