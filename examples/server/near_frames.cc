#include "near_frames.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace moyeo::server {
namespace {

// The longest entry: an id of 20 digits, two positions, a distance, the mark and what is between.
constexpr std::size_t kEntryBytes = 96;

// Writes into memory that is known to be enough, which is several times as fast as appending to a
// string.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}

  void Text(std::string_view text) { at_ += text.copy(at_, text.size()); }
  void Char(char c) { *at_++ = c; }

  template <typename Whole>
  void Number(Whole value) {
    at_ = std::to_chars(at_, at_ + 20, value).ptr;
  }

  // Degrees are canonical: whole 1e-7, of which no digit may get lost.
  void Degrees(double degrees) { Decimal<7>(degrees * 1e7, 10'000'000); }

  void Meters(double meters) { Decimal<1>(meters * 10, 10); }

  char* at() const { return at_; }

 private:
  // `one` is 1 as it is scaled: a power of ten, with so many digits after the point.
  template <int kDigits>
  void Decimal(double scaled, std::uint64_t one) {
    // To the nearest. Everything on Earth is far below 2^52, where halves are exact.
    const auto whole = static_cast<std::uint64_t>(std::abs(scaled) + 0.5);
    if (scaled < 0 && whole > 0) Char('-');
    Number(whole / one);
    Char('.');
    std::uint64_t rest = whole % one;
    for (int i = kDigits - 1; i >= 0; --i) {
      at_[i] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    }
    at_ += kDigits;
  }

  char* at_;
};

template <typename Shown>
void Entry(const Shown& shown, IsArea is_area, Writer& to) {
  to.Text("[\"");
  to.Number(ToNumber(shown.user));
  to.Text("\",");
  to.Degrees(shown.position.lat);
  to.Char(',');
  to.Degrees(shown.position.lng);
  to.Char(',');
  to.Meters(shown.distance_m);
  to.Text(is_area(shown.user) ? ",1]" : "]");
}

void Head(std::uint64_t number, Timestamp time, bool reset, Writer& to) {
  to.Text(R"({"type":"near","feed":)");
  to.Number(number);
  to.Text(R"(,"time":)");
  to.Number(time.time_since_epoch().count());
  if (reset) to.Text(R"(,"reset":true)");
}

constexpr std::size_t kHeadBytes = 128;

// Memory for a frame with so many entries, used again and again: a frame gets as much as it needs.
char* Scratch(std::size_t entries) {
  thread_local std::vector<char> scratch;
  const std::size_t bytes = kHeadBytes + entries * kEntryBytes;
  if (scratch.size() < bytes) scratch.resize(bytes);
  return scratch.data();
}

std::string_view NameOf(FeedDelta::Kind kind) {
  switch (kind) {
    case FeedDelta::Kind::kLeave:
      return R"(,"leave":[)";
    case FeedDelta::Kind::kEnter:
      return R"(,"enter":[)";
    case FeedDelta::Kind::kMove:
      return R"(,"move":[)";
  }
  return {};
}

}  // namespace

std::string NearFrame(std::uint64_t number, Timestamp time, std::span<const FeedDelta> deltas,
                      bool reset, IsArea is_area) {
  char* const frame = Scratch(deltas.size());
  Writer to(frame);
  Head(number, time, reset, to);
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    const FeedDelta& delta = deltas[i];
    if (i == 0 || delta.kind != deltas[i - 1].kind) {
      if (i > 0) to.Char(']');
      to.Text(NameOf(delta.kind));
    } else {
      to.Char(',');
    }
    if (delta.kind == FeedDelta::Kind::kLeave) {
      to.Char('"');
      to.Number(ToNumber(delta.user));
      to.Char('"');
    } else {
      Entry(delta, is_area, to);
    }
  }
  if (!deltas.empty()) to.Char(']');
  to.Char('}');
  return {frame, to.at()};
}

std::string NearResetFrame(std::uint64_t number, Timestamp time,
                           std::span<const Neighbor> neighbors, IsArea is_area) {
  char* const frame = Scratch(neighbors.size());
  Writer to(frame);
  Head(number, time, true, to);
  to.Text(R"(,"enter":[)");
  for (std::size_t i = 0; i < neighbors.size(); ++i) {
    if (i > 0) to.Char(',');
    Entry(neighbors[i], is_area, to);
  }
  to.Text("]}");
  return {frame, to.at()};
}

}  // namespace moyeo::server
