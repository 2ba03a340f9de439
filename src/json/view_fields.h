// What the fields of views are called.

#ifndef MOYEO_JSON_VIEW_FIELDS_H_
#define MOYEO_JSON_VIEW_FIELDS_H_

#include <tuple>

#include "json/command_fields.h"
#include "json/fields.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/page.h"
#include "moyeo/people.h"
#include "moyeo/room.h"

namespace moyeo::json {

constexpr auto FieldsOf(Type<ProfileView>) {
  return std::tuple(
      Required("user", &ProfileView::user), Required("relation", &ProfileView::relation),
      Required("nickname", &ProfileView::nickname), Required("status", &ProfileView::status),
      Required("last_active", &ProfileView::last_active),
      Optional("image_url", &ProfileView::image_url),
      Optional("interests", &ProfileView::interests),
      Optional("shared_meetups", &ProfileView::shared_meetups),
      Optional("registered", &ProfileView::registered),
      Optional("visibility", &ProfileView::visibility));
}

constexpr auto FieldsOf(Type<UserSummary>) {
  return std::tuple(Required("user", &UserSummary::user),
                    Required("nickname", &UserSummary::nickname),
                    Required("status", &UserSummary::status));
}

constexpr auto FieldsOf(Type<TicketView>) {
  return std::tuple(
      Required("ticket", &TicketView::ticket), Required("created", &TicketView::created),
      Required("expires", &TicketView::expires), Required("location", &TicketView::location),
      Required("radius_m", &TicketView::radius_m), Required("from", &TicketView::from),
      Required("until", &TicketView::until), Required("length_ms", &TicketView::length_ms),
      Required("tags", &TicketView::tags), Required("least", &TicketView::least),
      Required("most", &TicketView::most));
}

constexpr auto FieldsOf(Type<ExportedMessage>) {
  return std::tuple(
      Required("meetup", &ExportedMessage::meetup), Required("number", &ExportedMessage::number),
      Required("time", &ExportedMessage::time), Required("text", &ExportedMessage::text));
}

constexpr auto FieldsOf(Type<ExportedMeetup>) {
  return std::tuple(
      Required("meetup", &ExportedMeetup::meetup), Required("title", &ExportedMeetup::title),
      Required("host", &ExportedMeetup::host), Required("member", &ExportedMeetup::member),
      Required("confirmed", &ExportedMeetup::confirmed),
      Required("kicked", &ExportedMeetup::kicked), Optional("joined", &ExportedMeetup::joined),
      Optional("read", &ExportedMeetup::read));
}

constexpr auto FieldsOf(Type<UserExport>) {
  return std::tuple(
      Required("user", &UserExport::user), Required("registered", &UserExport::registered),
      Required("last_active", &UserExport::last_active),
      Required("visibility", &UserExport::visibility), Required("nickname", &UserExport::nickname),
      Required("status", &UserExport::status), Required("interests", &UserExport::interests),
      Required("image_url", &UserExport::image_url), Required("friends", &UserExport::friends),
      Required("requests_sent", &UserExport::requests_sent),
      Required("requests_received", &UserExport::requests_received),
      Required("blocked", &UserExport::blocked), Required("invitations", &UserExport::invitations),
      Required("meetups", &UserExport::meetups), Required("tickets", &UserExport::tickets),
      Required("messages", &UserExport::messages));
}

constexpr auto FieldsOf(Type<MeetupSummary>) {
  return std::tuple(
      Required("meetup", &MeetupSummary::meetup), Optional("host", &MeetupSummary::host),
      Required("title", &MeetupSummary::title), Required("image_url", &MeetupSummary::image_url),
      Required("place_name", &MeetupSummary::place_name),
      Optional("location", &MeetupSummary::location), Required("start", &MeetupSummary::start),
      Required("end", &MeetupSummary::end), Required("capacity", &MeetupSummary::capacity),
      Required("members", &MeetupSummary::members), Required("tags", &MeetupSummary::tags),
      Required("listed", &MeetupSummary::listed), Required("confirmed", &MeetupSummary::confirmed),
      Required("cancelled", &MeetupSummary::cancelled),
      Optional("distance_m", &MeetupSummary::distance_m));
}

constexpr auto FieldsOf(Type<Score>) {
  return std::tuple(Required("total", &Score::total), Required("distance", &Score::distance),
                    Required("interests", &Score::interests), Required("soon", &Score::soon),
                    Required("seats", &Score::seats), Required("friends", &Score::friends));
}

constexpr auto FieldsOf(Type<FoundMeetup>) {
  return std::tuple(Required("meetup", &FoundMeetup::meetup),
                    Optional("score", &FoundMeetup::score));
}

constexpr auto FieldsOf(Type<Recommendation>) {
  return std::tuple(Required("meetup", &Recommendation::meetup),
                    Required("score", &Recommendation::score),
                    Required("shared_interests", &Recommendation::shared_interests),
                    Required("friends", &Recommendation::friends));
}

constexpr auto FieldsOf(Type<MeetupView>) {
  return std::tuple(
      Required("summary", &MeetupView::summary), Required("content", &MeetupView::content),
      Required("bring", &MeetupView::bring), Required("created", &MeetupView::created),
      Required("started", &MeetupView::started), Required("ended", &MeetupView::ended),
      Required("is_host", &MeetupView::is_host), Required("is_member", &MeetupView::is_member),
      Required("has_confirmed", &MeetupView::has_confirmed),
      Required("is_invited", &MeetupView::is_invited),
      Required("was_kicked", &MeetupView::was_kicked));
}

constexpr auto FieldsOf(Type<MemberView>) {
  return std::tuple(
      Required("user", &MemberView::user), Required("nickname", &MemberView::nickname),
      Required("host", &MemberView::host), Required("confirmed", &MemberView::confirmed),
      Required("joined", &MemberView::joined));
}

constexpr auto FieldsOf(Type<RoomView>) {
  return std::tuple(Required("meetup", &RoomView::meetup), Required("last", &RoomView::last),
                    Required("joined", &RoomView::joined), Required("read", &RoomView::read),
                    Required("unread", &RoomView::unread));
}

constexpr auto FieldsOf(Type<MessageView>) {
  return std::tuple(Required("number", &MessageView::number),
                    Required("author", &MessageView::author), Required("time", &MessageView::time),
                    Required("text", &MessageView::text),
                    Required("deleted", &MessageView::deleted));
}

template <typename T>
constexpr auto FieldsOf(Type<Page<T>>) {
  return std::tuple(Required("items", &Page<T>::items), Required("next", &Page<T>::next));
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_VIEW_FIELDS_H_
