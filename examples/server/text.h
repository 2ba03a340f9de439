// Texts put together.

#ifndef MOYEO_EXAMPLES_SERVER_TEXT_H_
#define MOYEO_EXAMPLES_SERVER_TEXT_H_

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/status/status.h"

namespace moyeo::server {

template <typename Part>
void AppendPart(std::string& text, const Part& part) {
  if constexpr (std::is_arithmetic_v<Part>) {
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, part).ptr);
  } else {
    text += std::string_view(part);
  }
}

template <typename... Parts>
void Append(std::string& text, const Parts&... parts) {
  (AppendPart(text, parts), ...);
}

// Texts and numbers, one after the other. Abseil's StrCat, as Debian has it, does not know
// std::string_view.
template <typename... Parts>
std::string Concat(const Parts&... parts) {
  std::string text;
  Append(text, parts...);
  return text;
}

// Valid as long as the status.
inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_TEXT_H_
