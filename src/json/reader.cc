#include "json/reader.h"

#include <charconv>
#include <system_error>

namespace moyeo::json {

absl::Status Read(const Tree& tree, const Place& place, bool& value) {
  if (!tree.is_boolean()) return Wrong(place, "must be true or false");
  value = tree.get<bool>();
  return absl::OkStatus();
}

absl::Status Read(const Tree& tree, const Place& place, double& value) {
  if (!tree.is_number()) return Wrong(place, "must be a number");
  value = tree.get<double>();
  return absl::OkStatus();
}

absl::Status Read(const Tree& tree, const Place& place, std::string& value) {
  if (!tree.is_string()) return Wrong(place, "must be a string");
  value = tree.get_ref<const std::string&>();
  return absl::OkStatus();
}

absl::Status Read(const Tree& tree, const Place& place, Timestamp& value) {
  const auto time = ReadWhole(tree, place, kLeastTime, kMostTime);
  if (!time.ok()) return time.status();
  value = Timestamp(std::chrono::milliseconds(*time));
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> ReadWhole(const Tree& tree, const Place& place, std::int64_t least,
                                       std::int64_t most) {
  // Whole numbers too large for either are trees of doubles.
  const bool fits = tree.is_number_unsigned()
                        ? std::cmp_less_equal(tree.get<std::uint64_t>(), most)
                        : tree.is_number_integer() && tree.get<std::int64_t>() >= least;
  if (!fits) return Wrong(place, absl::StrCat("must be a whole number from ", least, " to ", most));
  return tree.get<std::int64_t>();
}

absl::StatusOr<std::uint64_t> ReadId(const Tree& tree, const Place& place) {
  if (tree.is_string()) {
    const std::string& digits = tree.get_ref<const std::string&>();
    const char* const end = digits.data() + digits.size();
    std::uint64_t number = 0;
    const auto result = std::from_chars(digits.data(), end, number);
    const bool leads_with_zero = digits.size() > 1 && digits[0] == '0';
    if (result.ec == std::errc() && result.ptr == end && !leads_with_zero) return number;
  }
  return Wrong(place, "must be an id, a decimal number below 2^64 in quotes");
}

absl::Status UnknownName(const Place& place, std::string_view name) {
  constexpr std::size_t kLongest = 64;
  if (name.size() > kLongest) return Wrong(place, "unknown name");
  return Wrong(place, absl::StrCat("unknown name \"", Escaped(name), "\""));
}

}  // namespace moyeo::json
