#include "examples/crowd/near_scanner.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

namespace moyeo_crowd {
namespace {

constexpr std::string_view kTypeBegin = R"({"type":")";
constexpr int kDecimals = 7;
constexpr int kMostDepth = 16;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Goes through a text. Every method says whether what it expects was there; after a false the rest
// means nothing.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool AtEnd() {
    SkipSpace();
    return at_ == end_;
  }

  bool Take(char c) {
    SkipSpace();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // A string without escapes, which is all that names of fields and ids need.
  bool PlainString(std::string_view& text) {
    if (!Take('"')) return false;
    const char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    if (at_ == end_ || *at_ == '\\') return false;
    text = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    return true;
  }

  bool Id(std::uint64_t& id) {
    std::string_view text;
    if (!PlainString(text)) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc() && end == text.data() + text.size();
  }

  template <typename Number>
  bool Read(Number& number) {
    SkipSpace();
    const auto [end, error] = std::from_chars(at_, end_, number);
    if (error != std::errc()) return false;
    at_ = end;
    return true;
  }

  // Degrees within so many, to the nearest 1e-7.
  bool Degrees(int most, std::int32_t& e7) {
    SkipSpace();
    const char* const begin = at_;
    const bool is_negative = at_ != end_ && *at_ == '-';
    if (is_negative) ++at_;
    if (at_ == end_ || !IsDigit(*at_)) return false;
    std::int64_t value = 0;
    for (int digits = 0; at_ != end_ && IsDigit(*at_); ++at_) {
      if (++digits > 3) return false;
      value = value * 10 + (*at_ - '0');
    }
    int decimals = 0;
    if (at_ != end_ && *at_ == '.') {
      for (++at_; at_ != end_ && IsDigit(*at_) && decimals < kDecimals; ++at_, ++decimals) {
        value = value * 10 + (*at_ - '0');
      }
    }
    if (at_ != end_ && (IsDigit(*at_) || *at_ == 'e' || *at_ == 'E')) {
      // As no canonical position need be written, but may be.
      at_ = begin;
      double degrees = 0;
      if (!Read(degrees) || !(std::abs(degrees) <= most)) return false;
      e7 = static_cast<std::int32_t>(std::llround(degrees * 1e7));
      return true;
    }
    for (; decimals < kDecimals; ++decimals) value *= 10;
    if (value > std::int64_t{most} * 10'000'000) return false;
    e7 = static_cast<std::int32_t>(is_negative ? -value : value);
    return true;
  }

  bool Boolean(bool& value) {
    SkipSpace();
    value = TakeWord("true");
    return value || TakeWord("false");
  }

  // Any value at all.
  bool Skip(int depth = 0) {
    SkipSpace();
    if (at_ == end_ || depth > kMostDepth) return false;
    switch (*at_) {
      case '"':
        return SkipString();
      case '[':
        ++at_;
        return Take(']') || SkipItems(depth, /*named=*/false, ']');
      case '{':
        ++at_;
        return Take('}') || SkipItems(depth, /*named=*/true, '}');
      default: {
        double number = 0;
        return TakeWord("true") || TakeWord("false") || TakeWord("null") || Read(number);
      }
    }
  }

  // Calls item() for each item of an array, at whose beginning the cursor stands.
  template <typename Item>
  bool Array(Item item) {
    if (!Take('[')) return false;
    if (Take(']')) return true;
    do {
      if (!item()) return false;
    } while (Take(','));
    return Take(']');
  }

 private:
  void SkipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  bool TakeWord(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool SkipString() {
    for (++at_; at_ != end_; ++at_) {
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ == '\\' && ++at_ == end_) return false;
    }
    return false;
  }

  bool SkipItems(int depth, bool named, char end) {
    do {
      SkipSpace();
      if (named && (at_ == end_ || *at_ != '"' || !SkipString() || !Take(':'))) return false;
      if (!Skip(depth + 1)) return false;
    } while (Take(','));
    return Take(end);
  }

  const char* at_;
  const char* end_;
};

// ["8",37.5658,126.9751,131.2] and, of somebody cloaked, a 1 behind.
bool ReadShown(Cursor& cursor, std::vector<Shown>& all) {
  Shown shown;
  if (!cursor.Take('[') || !cursor.Id(shown.user) || !cursor.Take(',') ||
      !cursor.Degrees(90, shown.position.lat) || !cursor.Take(',') ||
      !cursor.Degrees(180, shown.position.lng) || !cursor.Take(',') ||
      !cursor.Read(shown.distance_m)) {
    return false;
  }
  if (cursor.Take(',')) {
    int mark = 0;
    if (!cursor.Read(mark)) return false;
    shown.is_cloaked = mark != 0;
  }
  all.push_back(shown);
  return cursor.Take(']');
}

bool ReadField(std::string_view name, Cursor& cursor, Near& near) {
  if (name == "move") return cursor.Array([&] { return ReadShown(cursor, near.move); });
  if (name == "enter") return cursor.Array([&] { return ReadShown(cursor, near.enter); });
  if (name == "leave") {
    return cursor.Array([&] { return cursor.Id(near.leave.emplace_back()); });
  }
  if (name == "feed") return cursor.Read(near.feed);
  if (name == "time") return cursor.Read(near.time_ms);
  if (name == "reset") return cursor.Boolean(near.is_reset);
  return cursor.Skip();
}

}  // namespace

std::string_view TypeOf(std::string_view message) {
  if (!message.starts_with(kTypeBegin)) return {};
  const std::string_view rest = message.substr(kTypeBegin.size());
  return rest.substr(0, rest.find('"'));
}

bool ScanNear(std::string_view message, Near& near) {
  near.feed = 0;
  near.time_ms = 0;
  near.is_reset = false;
  near.enter.clear();
  near.move.clear();
  near.leave.clear();
  if (TypeOf(message) != "near") return false;
  Cursor cursor(message);
  if (!cursor.Take('{')) return false;
  do {
    std::string_view name;
    if (!cursor.PlainString(name) || !cursor.Take(':') || !ReadField(name, cursor, near)) {
      return false;
    }
  } while (cursor.Take(','));
  return cursor.Take('}') && cursor.AtEnd();
}

}  // namespace moyeo_crowd
