// The numbers that soaks are given.

#ifndef MOYEO_TESTS_SOAK_NUMBERS_H_
#define MOYEO_TESTS_SOAK_NUMBERS_H_

#include <charconv>
#include <string_view>
#include <system_error>

namespace moyeo::testing {

// False if `text` is not a number, and nothing else, that `number` can hold.
template <typename Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SOAK_NUMBERS_H_
