#include "json/any.h"

#include <bit>
#include <cmath>
#include <string_view>

namespace moyeo::testing {

std::string AnyText(Random& random) {
  constexpr std::array<std::string_view, 20> kPieces = {
      "a",  "Chess",        " ", "\"",     "\\",     "/",      "\n",      "\x01", "\x7F", "é", "모",
      "각", "\u1100\u1161", "😀", "\u2028", "\uFFFD", "\uFFFF", "\\u0041", "null", "{}"};
  std::string text;
  for (std::size_t i = random.Below(6); i > 0; --i) text += random.Pick(kPieces);
  if (random.OneIn(16)) text += '\0';
  return text;
}

std::int64_t AnyWhole(Random& random, std::int64_t least, std::int64_t most) {
  switch (random.Below(8)) {
    case 0:
      return least;
    case 1:
      return most;
    default:
      const auto small = static_cast<std::int64_t>(random.Bits() >> random.Below(64) >> 1);
      const std::int64_t number = random.OneIn(2) ? small : -small;
      return number < least || number > most ? random.Between(least, most) : number;
  }
}

double AnyDouble(Random& random) {
  switch (random.Below(4)) {
    case 0:
      return std::round(random.Uniform(-180, 180));
    case 1:
      return random.OneIn(2) ? 0.0 : -0.0;
    case 2:
      return random.Uniform(-180, 180);
    default:
      // Most patterns of bits are far from everyday numbers.
      const double number = std::bit_cast<double>(random.Bits());
      return std::isfinite(number) ? number : std::numeric_limits<double>::max();
  }
}

}  // namespace moyeo::testing
