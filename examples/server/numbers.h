// Numbers in text, as JSON and URLs have them.

#ifndef MOYEO_EXAMPLES_SERVER_NUMBERS_H_
#define MOYEO_EXAMPLES_SERVER_NUMBERS_H_

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace moyeo::server {

// The whole of `text` as a number of that type, in one way of writing it only: no sign but '-', no
// spaces, nothing infinite. Nullopt for all else.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  return value;
}

// An id as JSON has them: decimal, without leading zeros.
inline std::optional<std::uint64_t> ParseId(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return ParseNumber<std::uint64_t>(text);
}

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_NUMBERS_H_
