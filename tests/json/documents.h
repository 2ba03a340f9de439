// The types that json.h reads and writes.

#ifndef MOYEO_TESTS_JSON_DOCUMENTS_H_
#define MOYEO_TESTS_JSON_DOCUMENTS_H_

#include <string_view>
#include <vector>

#include "moyeo/json.h"

namespace moyeo::testing {

template <typename T>
struct Document {
  using Value = T;

  std::string_view name;  // of its schema
  std::string_view description;
};

// Calls visit(Document<T>) for each.
template <typename Visit>
void ForEachDocument(Visit visit) {
  visit(Document<Command>{"command", "moyeo::Command: what is asked of the durable plane."});
  visit(Document<Settings>{"settings", "moyeo::Settings: what can be configured."});
  visit(Document<Outcome>{"outcome", "moyeo::Outcome: what has become of a command."});
  visit(Document<Event>{"event", "moyeo::Event: what has changed. Clients get no audience."});
  visit(Document<ProfileView>{"profile", "moyeo::ProfileView: a user, as a viewer may see them."});
  visit(Document<Page<UserSummary>>{"users", "moyeo::Page<moyeo::UserSummary>: users in a list."});
  visit(Document<UserExport>{"user_export", "moyeo::UserExport: all that is held about a user."});
  visit(Document<MeetupView>{"meetup", "moyeo::MeetupView: a meetup, as a viewer may see it."});
  visit(Document<Page<MeetupSummary>>{
      "meetups", "moyeo::Page<moyeo::MeetupSummary>: meetups in a list or on a map."});
  visit(Document<std::vector<MemberView>>{
      "members", "std::vector<moyeo::MemberView>: the members of a meetup."});
  visit(Document<RoomView>{"room", "moyeo::RoomView: a room, as a member sees it."});
  visit(Document<Page<MessageView>>{
      "messages", "moyeo::Page<moyeo::MessageView>: messages of a room, newest first."});
  visit(Document<Page<FoundMeetup>>{
      "found_meetups", "moyeo::Page<moyeo::FoundMeetup>: meetups that were looked for."});
  visit(Document<std::vector<Recommendation>>{
      "recommendations", "std::vector<moyeo::Recommendation>: what suits somebody best, and why."});
  visit(Document<std::vector<TicketView>>{
      "tickets", "std::vector<moyeo::TicketView>: the open tickets of a user."});
}

template <typename T>
bool Same(const T& a, const T& b) {
  return a == b;
}

template <typename T>
bool Same(const Page<T>& a, const Page<T>& b) {
  return a.items == b.items && a.next == b.next;
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_JSON_DOCUMENTS_H_
