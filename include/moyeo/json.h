// Commands, outcomes, events and views to and from JSON text.
//
//   const auto command = moyeo::FromJson<moyeo::Command>(R"({
//     "time": 1700000000000,
//     "actor": "7",
//     "kind": "create_meetup",
//     "body": {"title": "Chess", "start": 1700003600000, "end": 1700010800000}
//   })");
//   if (!command.ok()) std::cerr << command.status().message() << '\n';
//
//   std::cout << moyeo::ToJson(moyeo::Outcome{.meetup = moyeo::MeetupId{12}}) << '\n';
//
// prints {"reject":"none","meetup":"12"}.
//
// A struct is an object, whose fields are called as in C++ and written in the order of the headers:
// the same value is the same text, everywhere. The body of a command or an event is called "body",
// beside "kind", the name that NameOf has for it.
//
// - Ids are decimal strings, "7", since JavaScript's numbers are not exact above 2^53.
// - Times are numbers: UTC milliseconds since 1970, from kMinTimestamp to kMaxTimestamp.
// - Other whole numbers are numbers of at most 2^53 - 1 either side of 0, without fraction or
//   exponent. Degrees and metres are any finite numbers, read as the nearest double, whatever the
//   locale: one that is too small is zero, and one that is too large an error.
// - Enumerators are their stable names: "cloaked", "same_meetup", "already_member".
// - std::nullopt is left out, not null. In edit_meetup, "location": null asks for no location, and
//   no "location" for the same as before.
// - A std::vector is an array; a page is {"items": [...], "next": "..."}.
//
// Reading accepts what writing gives, in any order and with spaces; fields with a default in
// command.h may be left out, all others must be there, and an unknown field is an error, so that a
// misspelt one does not get lost.
//
// docs/schema has all of it as JSON Schema.

#ifndef MOYEO_JSON_H_
#define MOYEO_JSON_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/export.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/page.h"
#include "moyeo/people.h"
#include "moyeo/room.h"

namespace moyeo {
inline namespace v0 {

// How long a text may be by default. Every command fits; an export of a user, or an event about
// tens of thousands of users, may not. Reading may take twenty times the memory of the text.
inline constexpr std::size_t kMaxJsonBytes = 1 << 20;

// How deep objects and arrays may lie within each other. What moyeo writes is half as deep.
inline constexpr std::size_t kMaxJsonDepth = 8;

// `value` as JSON, without spaces or line breaks.
//
// Cannot fail. What no accepted command contains, FromJson may refuse: text that is not UTF-8 is
// written with U+FFFD for what is wrong, an infinite or undefined number as null, an enumerator
// without a name as "unknown", and numbers out of their range as they are.
//
// Safe to call from any thread, like everything here.
MOYEO_EXPORT std::string ToJson(const Command& value);
MOYEO_EXPORT std::string ToJson(const Settings& value);
MOYEO_EXPORT std::string ToJson(const Outcome& value);
MOYEO_EXPORT std::string ToJson(const Event& value);
MOYEO_EXPORT std::string ToJson(const ProfileView& value);
MOYEO_EXPORT std::string ToJson(const Page<UserSummary>& value);
MOYEO_EXPORT std::string ToJson(const UserExport& value);
MOYEO_EXPORT std::string ToJson(const MeetupView& value);
MOYEO_EXPORT std::string ToJson(const Page<MeetupSummary>& value);
MOYEO_EXPORT std::string ToJson(const std::vector<MemberView>& value);
MOYEO_EXPORT std::string ToJson(const RoomView& value);
MOYEO_EXPORT std::string ToJson(const Page<MessageView>& value);
MOYEO_EXPORT std::string ToJson(const Page<FoundMeetup>& value);
MOYEO_EXPORT std::string ToJson(const std::vector<Recommendation>& value);
MOYEO_EXPORT std::string ToJson(const std::vector<TicketView>& value);

// An event for those whom it concerns: without "audience", which says who has blocked whom. Read
// back, its audience is empty.
MOYEO_EXPORT std::string ToJsonWithoutAudience(const Event& event);

// Reads `text` into `value`, which stays as it was if that is not possible.
//
// InvalidArgument if `text` is longer than `max_bytes`, is not JSON in UTF-8, goes on after its
// end, is nested deeper than kMaxJsonDepth, has a field twice, or is not a T. The message says
// where and why: "body.tags[2]: must be a string".
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Command& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Settings& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Outcome& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Event& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   ProfileView& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   Page<UserSummary>& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, UserExport& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, MeetupView& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   Page<MeetupSummary>& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   std::vector<MemberView>& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes, RoomView& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   Page<MessageView>& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   Page<FoundMeetup>& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   std::vector<Recommendation>& value);
MOYEO_EXPORT absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                                   std::vector<TicketView>& value);

// The same, as a value. T is one of the types above.
template <typename T>
absl::StatusOr<T> FromJson(std::string_view text, std::size_t max_bytes = kMaxJsonBytes) {
  T value{};
  if (absl::Status status = ReadJson(text, max_bytes, value); !status.ok()) return status;
  return value;
}

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_JSON_H_
