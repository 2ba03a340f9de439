#include "json/reader.h"
#include "json/view_fields.h"
#include "json/writer.h"
#include "moyeo/json.h"

namespace moyeo {
inline namespace v0 {

std::string ToJson(const ProfileView& value) { return json::Written(value); }
std::string ToJson(const Page<UserSummary>& value) { return json::Written(value); }
std::string ToJson(const UserExport& value) { return json::Written(value); }
std::string ToJson(const MeetupView& value) { return json::Written(value); }
std::string ToJson(const Page<MeetupSummary>& value) { return json::Written(value); }
std::string ToJson(const std::vector<MemberView>& value) { return json::Written(value); }
std::string ToJson(const RoomView& value) { return json::Written(value); }
std::string ToJson(const Page<MessageView>& value) { return json::Written(value); }
std::string ToJson(const Page<FoundMeetup>& value) { return json::Written(value); }
std::string ToJson(const std::vector<Recommendation>& value) { return json::Written(value); }
std::string ToJson(const std::vector<TicketView>& value) { return json::Written(value); }

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, ProfileView& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Page<UserSummary>& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, UserExport& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, MeetupView& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Page<MeetupSummary>& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                      std::vector<MemberView>& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, RoomView& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Page<MessageView>& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Page<FoundMeetup>& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                      std::vector<Recommendation>& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes,
                      std::vector<TicketView>& value) {
  return json::ReadText(text, max_bytes, value);
}

}  // namespace v0
}  // namespace moyeo
