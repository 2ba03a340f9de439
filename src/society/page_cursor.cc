#include "society/page_cursor.h"

#include <charconv>

#include "absl/strings/str_cat.h"

namespace moyeo::society {
namespace {

constexpr std::size_t kKindDigits = 2;
constexpr std::size_t kNumberDigits = 16;
constexpr std::size_t kDigits = kKindDigits + 2 * kNumberDigits;

bool IsLowerHex(const std::string& text) {
  return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::uint64_t ParseHex(const std::string& text, std::size_t begin, std::size_t digits) {
  std::uint64_t number = 0;
  std::from_chars(text.data() + begin, text.data() + begin + digits, number, 16);
  return number;
}

}  // namespace

std::string Encode(ListKind kind, const PageCursor& cursor) {
  std::string text;
  absl::StrAppend(&text, absl::Hex(static_cast<unsigned>(kind), absl::kZeroPad2),
                  absl::Hex(cursor.major, absl::kZeroPad16),
                  absl::Hex(cursor.minor, absl::kZeroPad16));
  return text;
}

absl::StatusOr<std::optional<PageCursor>> Begin(ListKind kind, const PageRequest& request) {
  if (request.limit < 1 || request.limit > PageRequest::kMaxLimit) {
    return absl::InvalidArgumentError(
        absl::StrCat("limit ", request.limit, " is not from 1 to ", PageRequest::kMaxLimit));
  }
  const std::string& text = request.cursor;
  if (text.empty()) return std::optional<PageCursor>();
  if (text.size() != kDigits || !IsLowerHex(text) ||
      ParseHex(text, 0, kKindDigits) != static_cast<std::uint64_t>(kind)) {
    return absl::InvalidArgumentError("cursor is not one that a page of this list ended with");
  }
  return std::optional(
      PageCursor{.major = ParseHex(text, kKindDigits, kNumberDigits),
                 .minor = ParseHex(text, kKindDigits + kNumberDigits, kNumberDigits)});
}

}  // namespace moyeo::society
