#include "json/command_fields.h"
#include "json/reader.h"
#include "json/writer.h"
#include "moyeo/json.h"

namespace moyeo {
inline namespace v0 {

std::string ToJson(const Command& value) { return json::Written(value); }
std::string ToJson(const Settings& value) { return json::Written(value); }
std::string ToJson(const Outcome& value) { return json::Written(value); }

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Command& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Settings& value) {
  return json::ReadText(text, max_bytes, value);
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Outcome& value) {
  return json::ReadText(text, max_bytes, value);
}

}  // namespace v0
}  // namespace moyeo
