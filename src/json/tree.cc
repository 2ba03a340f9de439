#include "json/tree.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "json/place.h"
#include "moyeo/json.h"

namespace moyeo::json {
namespace {

constexpr std::string_view kTooLarge = "too large a number";

// What the parser's own message says after where: "unexpected end of input". It begins with an
// error number and the state of the parser, and ends with the last token, which may be anything.
std::string Reason(std::string_view message) {
  const std::size_t begin = message.find(" - ");
  if (begin == std::string_view::npos) return "not JSON";
  message.remove_prefix(begin + 3);
  return std::string(message.substr(0, message.find(';')));
}

// Of a JSON number that no double is near to: whether it is too small, not too large.
bool IsTooSmall(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  int exponent = 0;
  if (e < number.size()) {
    std::string_view written = number.substr(e + 1);
    if (written.front() == '+') written.remove_prefix(1);
    const auto read = std::from_chars(written.data(), written.data() + written.size(), exponent);
    // More than the digits before it can make up for.
    if (read.ec == std::errc::result_out_of_range) return written.front() == '-';
  }
  const std::string_view digits = number.substr(0, e);
  const auto first = static_cast<std::int64_t>(digits.find_first_of("123456789"));
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  return point + exponent <= first;
}

// The double nearest to a number of the parser's, in whose text the decimal point is the locale's,
// or the first byte of that. Zero if it is too small, nullopt if it is too large.
std::optional<double> ReadDouble(std::string number) {
  const std::size_t point = number.find_first_not_of("+-0123456789eE");
  if (point != std::string::npos) number[point] = '.';
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (read.ec != std::errc::result_out_of_range) return value;
  if (!IsTooSmall(number)) return std::nullopt;
  return number.front() == '-' ? -0.0 : 0.0;
}

// Takes what the parser finds, and stops it by returning false.
class TreeBuilder {
 public:
  absl::Status status() && { return std::move(status_); }
  Tree tree() && { return std::move(root_); }

  // The names that nlohmann::json_sax has for them.
  bool null() { return Put(nullptr); }
  bool boolean(bool value) { return Put(value); }
  bool number_integer(Tree::number_integer_t value) { return Put(value); }
  bool number_unsigned(Tree::number_unsigned_t value) { return Put(value); }
  // The parser's value is strtod's: wrong where the locale's decimal point has several bytes.
  bool number_float(Tree::number_float_t, const std::string& text) {
    const std::optional<double> value = ReadDouble(text);
    return value.has_value() ? Put(*value) : Refuse(kTooLarge);
  }
  bool string(std::string& value) { return Put(std::move(value)); }
  bool binary(Tree::binary_t&) { return Refuse("must be text"); }  // not in JSON

  bool start_object(std::size_t) { return Open(Tree::object()); }
  bool start_array(std::size_t) { return Open(Tree::array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(std::string& name) {
    Level& level = levels_.back();
    const auto [field, is_new] = level.container->emplace(name, nullptr);
    level.field = &*field;
    level.name = std::move(name);
    return is_new || Refuse("given twice");
  }

  bool parse_error(std::size_t position, const std::string&, const Tree::exception& error) {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) return Refuse(kTooLarge);
    return Refuse(absl::StrCat(Reason(error.what()), ", at byte ", position));
  }

 private:
  struct Level {
    Tree* container;
    Tree* field = nullptr;  // of an object: the one whose value comes next
    std::string name = {};  // its name
  };

  bool Put(Tree value) {
    Add(std::move(value));
    return true;
  }

  bool Open(Tree container) {
    if (levels_.size() == kMaxJsonDepth) {
      return Refuse(absl::StrCat("nested deeper than ", kMaxJsonDepth, " levels"));
    }
    levels_.push_back({Add(std::move(container))});
    return true;
  }

  bool Close() {
    levels_.pop_back();
    return true;
  }

  // Where it is now.
  Tree* Add(Tree value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Level& level = levels_.back();
    if (level.container->is_array()) {
      level.container->push_back(std::move(value));
      return &level.container->back();
    }
    Tree* const field = std::exchange(level.field, nullptr);
    *field = std::move(value);
    return field;
  }

  bool Refuse(std::string_view why) {
    status_ = Wrong(Here(), why);
    return false;
  }

  // Where the next value goes, or that it goes into if it is not known yet.
  std::string Here() const {
    std::string place;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const Level& level = levels_[i];
      const bool inner = i + 1 < levels_.size();
      if (level.container->is_array()) {
        AppendItem(place, level.container->size() - (inner ? 1 : 0));
      } else if (inner || level.field != nullptr) {
        AppendField(place, level.name);
      }
    }
    return place;
  }

  Tree root_;
  std::vector<Level> levels_;  // outermost first
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Tree> ParseTree(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return Wrong("", absl::StrCat("longer than ", max_bytes, " bytes"));
  }
  // The parser takes it for the end of the text.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return Wrong("", absl::StrCat("a zero byte, at byte ", zero + 1));
  }
  TreeBuilder builder;
  if (!Tree::sax_parse(text.begin(), text.end(), &builder)) return std::move(builder).status();
  return std::move(builder).tree();
}

}  // namespace moyeo::json
