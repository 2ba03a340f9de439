// Lines of the log, whatever is in them.

#ifndef MOYEO_EXAMPLES_SERVER_LOG_LINE_H_
#define MOYEO_EXAMPLES_SERVER_LOG_LINE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace moyeo::server {

struct LogField {
  std::string_view name;  // letters of English and underscores
  std::variant<std::string_view, std::int64_t, double> value;
};

// `request method=GET status=200 detail="two words"`: one line, of which no text can make two, or
// look like another field.
std::string PlainLogLine(std::string_view message, std::span<const LogField> fields);

// The same as members of a JSON object, without its braces: "message":"request","method":"GET",...
std::string JsonLogLine(std::string_view message, std::span<const LogField> fields);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_LOG_LINE_H_
