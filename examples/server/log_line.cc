#include "log_line.h"

#include <algorithm>

#include "json_text.h"
#include "text.h"

namespace moyeo::server {
namespace {

bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '=' && c != '\\';
  });
}

// JSON's escapes leave DEL and what is beyond ASCII as they are; terminals obey some of that.
std::string QuotedForTerminal(std::string_view text) {
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void AppendValue(std::string& line, const LogField& field, bool is_json) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    if (is_json) {
      line += Quoted(*text);
    } else {
      line += IsWord(*text) ? std::string(*text) : QuotedForTerminal(*text);
    }
  } else if (const auto* whole = std::get_if<std::int64_t>(&field.value)) {
    Append(line, *whole);
  } else {
    // Whatever is no number in JSON becomes null.
    line += JsonTextOf(std::get<double>(field.value));
  }
}

}  // namespace

std::string PlainLogLine(std::string_view message, std::span<const LogField> fields) {
  const bool is_plain =
      std::all_of(message.begin(), message.end(), [](char c) { return c >= ' ' && c <= '~'; });
  std::string line = is_plain ? std::string(message) : QuotedForTerminal(message);
  for (const LogField& field : fields) {
    Append(line, " ", field.name, "=");
    AppendValue(line, field, false);
  }
  return line;
}

std::string JsonLogLine(std::string_view message, std::span<const LogField> fields) {
  std::string line = Concat(R"("message":)", Quoted(message));
  for (const LogField& field : fields) {
    Append(line, ",\"", field.name, "\":");
    AppendValue(line, field, true);
  }
  return line;
}

}  // namespace moyeo::server
