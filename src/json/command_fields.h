// What the fields of commands and outcomes are called.

#ifndef MOYEO_JSON_COMMAND_FIELDS_H_
#define MOYEO_JSON_COMMAND_FIELDS_H_

#include <tuple>

#include "json/fields.h"
#include "moyeo/command.h"

namespace moyeo::json {

constexpr auto FieldsOf(Type<LatLng>) {
  return std::tuple(Required("lat", &LatLng::lat), Required("lng", &LatLng::lng));
}

constexpr auto FieldsOf(Type<Settings>) {
  return std::tuple(Required("start_from_ms", &Settings::start_from_ms),
                    Required("start_before_ms", &Settings::start_before_ms),
                    Required("length_from_ms", &Settings::length_from_ms),
                    Required("end_before_ms", &Settings::end_before_ms),
                    Required("retention_ms", &Settings::retention_ms),
                    Required("presence_ttl_ms", &Settings::presence_ttl_ms),
                    Required("cloak_level", &Settings::cloak_level),
                    // Which journals of older rules do not have.
                    Optional("matching_delay_ms", &Settings::matching_delay_ms),
                    Optional("distance_weight", &Settings::distance_weight),
                    Optional("interests_weight", &Settings::interests_weight),
                    Optional("soon_weight", &Settings::soon_weight),
                    Optional("seats_weight", &Settings::seats_weight),
                    Optional("friends_weight", &Settings::friends_weight));
}

constexpr auto FieldsOf(Type<Advance>) { return std::tuple(); }

constexpr auto FieldsOf(Type<Configure>) {
  return std::tuple(Required("settings", &Configure::settings));
}

constexpr auto FieldsOf(Type<Register>) {
  return std::tuple(
      Required("nickname", &Register::nickname), Optional("status", &Register::status),
      Optional("interests", &Register::interests), Optional("image_url", &Register::image_url),
      Optional("visibility", &Register::visibility));
}

constexpr auto FieldsOf(Type<EditProfile>) {
  return std::tuple(Optional("nickname", &EditProfile::nickname),
                    Optional("status", &EditProfile::status),
                    Optional("interests", &EditProfile::interests),
                    Optional("image_url", &EditProfile::image_url));
}

constexpr auto FieldsOf(Type<SetVisibility>) {
  return std::tuple(Required("visibility", &SetVisibility::visibility));
}

constexpr auto FieldsOf(Type<RequestFriend>) {
  return std::tuple(Required("user", &RequestFriend::user));
}

constexpr auto FieldsOf(Type<WithdrawFriendRequest>) {
  return std::tuple(Required("user", &WithdrawFriendRequest::user));
}

constexpr auto FieldsOf(Type<DeclineFriendRequest>) {
  return std::tuple(Required("user", &DeclineFriendRequest::user));
}

constexpr auto FieldsOf(Type<EndFriendship>) {
  return std::tuple(Required("user", &EndFriendship::user));
}

constexpr auto FieldsOf(Type<Block>) { return std::tuple(Required("user", &Block::user)); }

constexpr auto FieldsOf(Type<Unblock>) { return std::tuple(Required("user", &Unblock::user)); }

constexpr auto FieldsOf(Type<ReportUser>) {
  return std::tuple(Required("user", &ReportUser::user), Required("reason", &ReportUser::reason));
}

constexpr auto FieldsOf(Type<Erase>) { return std::tuple(); }

constexpr auto FieldsOf(Type<CreateMeetup>) {
  return std::tuple(
      Required("title", &CreateMeetup::title), Optional("content", &CreateMeetup::content),
      Optional("image_url", &CreateMeetup::image_url),
      Optional("place_name", &CreateMeetup::place_name),
      Optional("location", &CreateMeetup::location), Required("start", &CreateMeetup::start),
      Required("end", &CreateMeetup::end), Optional("capacity", &CreateMeetup::capacity),
      Optional("tags", &CreateMeetup::tags), Optional("bring", &CreateMeetup::bring));
}

constexpr auto FieldsOf(Type<EditMeetup>) {
  return std::tuple(
      Required("meetup", &EditMeetup::meetup), Optional("title", &EditMeetup::title),
      Optional("content", &EditMeetup::content), Optional("image_url", &EditMeetup::image_url),
      Optional("place_name", &EditMeetup::place_name), Optional("location", &EditMeetup::location),
      Optional("start", &EditMeetup::start), Optional("end", &EditMeetup::end),
      Optional("capacity", &EditMeetup::capacity), Optional("tags", &EditMeetup::tags),
      Optional("bring", &EditMeetup::bring));
}

constexpr auto FieldsOf(Type<CancelMeetup>) {
  return std::tuple(Required("meetup", &CancelMeetup::meetup),
                    Optional("force", &CancelMeetup::force));
}

constexpr auto FieldsOf(Type<TransferMeetup>) {
  return std::tuple(Required("meetup", &TransferMeetup::meetup),
                    Required("user", &TransferMeetup::user));
}

constexpr auto FieldsOf(Type<JoinMeetup>) {
  return std::tuple(Required("meetup", &JoinMeetup::meetup));
}

constexpr auto FieldsOf(Type<LeaveMeetup>) {
  return std::tuple(Required("meetup", &LeaveMeetup::meetup));
}

constexpr auto FieldsOf(Type<KickMember>) {
  return std::tuple(Required("meetup", &KickMember::meetup), Required("user", &KickMember::user));
}

constexpr auto FieldsOf(Type<Invite>) {
  return std::tuple(Required("meetup", &Invite::meetup), Required("user", &Invite::user));
}

constexpr auto FieldsOf(Type<WithdrawInvitation>) {
  return std::tuple(Required("meetup", &WithdrawInvitation::meetup),
                    Required("user", &WithdrawInvitation::user));
}

constexpr auto FieldsOf(Type<AcceptInvitation>) {
  return std::tuple(Required("meetup", &AcceptInvitation::meetup));
}

constexpr auto FieldsOf(Type<DeclineInvitation>) {
  return std::tuple(Required("meetup", &DeclineInvitation::meetup));
}

constexpr auto FieldsOf(Type<ConfirmMeetup>) {
  return std::tuple(Required("meetup", &ConfirmMeetup::meetup));
}

constexpr auto FieldsOf(Type<WithdrawConfirmation>) {
  return std::tuple(Required("meetup", &WithdrawConfirmation::meetup));
}

constexpr auto FieldsOf(Type<ReportMeetup>) {
  return std::tuple(Required("meetup", &ReportMeetup::meetup),
                    Required("reason", &ReportMeetup::reason));
}

constexpr auto FieldsOf(Type<PostMessage>) {
  return std::tuple(Required("meetup", &PostMessage::meetup), Required("text", &PostMessage::text));
}

constexpr auto FieldsOf(Type<DeleteMessage>) {
  return std::tuple(Required("meetup", &DeleteMessage::meetup),
                    Required("number", &DeleteMessage::number));
}

constexpr auto FieldsOf(Type<MarkRead>) {
  return std::tuple(Required("meetup", &MarkRead::meetup), Required("number", &MarkRead::number));
}

constexpr auto FieldsOf(Type<ReportMessage>) {
  return std::tuple(Required("meetup", &ReportMessage::meetup),
                    Required("number", &ReportMessage::number),
                    Required("reason", &ReportMessage::reason));
}

constexpr auto FieldsOf(Type<CreateTicket>) {
  return std::tuple(
      Required("location", &CreateTicket::location), Optional("radius_m", &CreateTicket::radius_m),
      Required("from", &CreateTicket::from), Required("until", &CreateTicket::until),
      Required("length_ms", &CreateTicket::length_ms), Required("tags", &CreateTicket::tags),
      Optional("least", &CreateTicket::least), Optional("most", &CreateTicket::most));
}

constexpr auto FieldsOf(Type<WithdrawTicket>) {
  return std::tuple(Required("ticket", &WithdrawTicket::ticket));
}

constexpr auto FieldsOf(Type<Command>) {
  return std::tuple(Required("time", &Command::time), Optional("actor", &Command::actor),
                    Optional("request_id", &Command::request_id), KindAndBody(&Command::body));
}

constexpr auto FieldsOf(Type<Outcome>) {
  return std::tuple(Required("reject", &Outcome::reject), Optional("meetup", &Outcome::meetup),
                    Optional("message", &Outcome::message), Optional("ticket", &Outcome::ticket));
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_COMMAND_FIELDS_H_
