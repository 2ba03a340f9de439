#include "bench/peers/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

#include "bench/peers/engine.h"
#include "bench/support/places.h"
#include "bench/support/svg.h"

namespace moyeo::bench {
namespace {

struct Group {
  std::string_view operation;
  std::string_view title;
};

constexpr std::array<Group, 5> kGroups = {{{"move", "move"},
                                           {"nearest_50_5km", "nearest 50 in 5 km"},
                                           {"nearest_50_700km", "nearest 50 in 700 km"},
                                           {"all_500m", "everybody in 500 m"},
                                           {"mix_5km", "move + nearest 50 in 5 km"}}};

constexpr double kMargin = 16;
constexpr double kNameWidth = 130;
constexpr double kNumberWidth = 80;
constexpr double kBarsWidth = Svg::kWidth - 2 * kMargin - kNameWidth - kNumberWidth;
constexpr double kRowHeight = 15;
constexpr double kBarHeight = 11;
constexpr double kTitleHeight = 24;
constexpr double kGroupGap = 8;
constexpr double kCaptionLine = 16;

// Three digits are all that a bar shows: "108 ns", "1.64 µs", "41.2 ms".
std::string Duration(double ns) {
  const auto [value, unit] = ns < 1e3   ? std::pair(ns, "ns")
                             : ns < 1e6 ? std::pair(ns / 1e3, "µs")
                             : ns < 1e9 ? std::pair(ns / 1e6, "ms")
                                        : std::pair(ns / 1e9, "s");
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, unit);
  return text;
}

// 10 to the power of `power` nanoseconds: "100 ns", "1 µs".
std::string RoundDuration(int power) {
  constexpr std::array<std::string_view, 4> kUnits = {" ns", " µs", " ms", " s"};
  const int unit = std::clamp(power / 3, 0, 3);
  std::ostringstream text;
  text << std::pow(10, power - 3 * unit) << kUnits[static_cast<std::size_t>(unit)];
  return text.str();
}

// 20000000 as "20 million".
std::string Count(std::size_t users) {
  std::ostringstream text;
  if (users < 1'000'000) {
    text << users;
  } else {
    text << static_cast<double>(users) / 1e6 << " million";
  }
  return text.str();
}

bool IsShown(const Result& result) {
  const bool is_main = std::any_of(kGroups.begin(), kGroups.end(), [&](const Group& group) {
    return group.operation == result.operation;
  });
  return is_main && result.distribution == Name(Distribution::kCity) && result.threads == 1 &&
         result.ns.median > 0;
}

// A million, or what is there that is the nearest to it; and the largest.
std::vector<std::size_t> SizesOf(const std::vector<Result>& shown) {
  constexpr double kUsual = 1e6;
  std::vector<std::size_t> sizes;
  for (const Result& result : shown) sizes.push_back(result.users);
  if (sizes.empty()) return sizes;
  const auto off = [](std::size_t size) {
    return std::abs(std::log(static_cast<double>(size) / kUsual));
  };
  const std::size_t usual = *std::min_element(
      sizes.begin(), sizes.end(), [&](std::size_t a, std::size_t b) { return off(a) < off(b); });
  const std::size_t largest = *std::max_element(sizes.begin(), sizes.end());
  return usual == largest ? std::vector{usual} : std::vector{usual, largest};
}

// From a power of ten to a power of ten.
class LogScale {
 public:
  explicit LogScale(const std::vector<Result>& shown) {
    double least = 1e9;
    double most = 1;
    for (const Result& result : shown) {
      least = std::min(least, result.ns.median);
      most = std::max(most, result.ns.median);
    }
    first_ = static_cast<int>(std::floor(std::log10(least)));
    last_ = std::max(first_ + 1, static_cast<int>(std::ceil(std::log10(most))));
  }

  int first() const { return first_; }
  int last() const { return last_; }

  double operator()(double ns) const {
    return kBarsWidth * (std::log10(ns) - first_) / (last_ - first_);
  }

 private:
  int first_;
  int last_;
};

// One bar with a name before and a number behind it.
void DrawBar(Svg& svg, double y, const Result& result, const LogScale& scale) {
  const double x = kMargin + kNameWidth;
  const bool is_first = result.engine == kMoyeo;
  const double width = std::max(1.0, scale(result.ns.median));
  const double base = y + kBarHeight - 2;
  svg.Text(x - 6, base, result.engine, Svg::kEnd);
  svg.Rect(x, y, width, kBarHeight, is_first ? Svg::kFirstColor : Svg::kColor);
  svg.Text(x + width + 5, base, Duration(result.ns.median));
}

// All groups of one size; returns how far down it goes.
double DrawSize(Svg& svg, double y, std::size_t users, const std::vector<Result>& shown,
                const LogScale& scale) {
  const double top = y + kTitleHeight;
  svg.Text(kMargin, y + 14, Count(users) + " users", Svg::kTitle);
  y = top;
  for (const Group& group : kGroups) {
    const auto belongs = [&](const Result& result) {
      return result.users == users && result.operation == group.operation;
    };
    if (std::none_of(shown.begin(), shown.end(), belongs)) continue;
    svg.Text(kMargin, y + kBarHeight, group.title, Svg::kBold);
    y += kRowHeight + 1;
    for (const Result& result : shown) {
      if (!belongs(result)) continue;
      DrawBar(svg, y, result, scale);
      y += kRowHeight;
    }
    y += kGroupGap;
  }
  for (int power = scale.first(); power <= scale.last(); ++power) {
    const double ns = std::pow(10, power);
    const double x = kMargin + kNameWidth + scale(ns);
    svg.Line(x, top, y);
    svg.Text(x, y + 11, RoundDuration(power), Svg::kMiddle);
  }
  return y + kTitleHeight;
}

}  // namespace

std::string ToSvg(std::span<const Result> results, std::string_view caption) {
  std::vector<Result> shown;
  std::copy_if(results.begin(), results.end(), std::back_inserter(shown), IsShown);
  Svg svg;
  double y = kMargin;
  if (!shown.empty()) {
    const LogScale scale(shown);
    for (const std::size_t users : SizesOf(shown)) y = DrawSize(svg, y, users, shown, scale);
  }
  svg.Text(kMargin, y + kCaptionLine, "Time per operation, logarithmic scale: shorter is faster.");
  svg.Text(kMargin, y + 2 * kCaptionLine, caption);
  return svg.Finish(y + 2 * kCaptionLine + kMargin,
                    "Nanoseconds per operation, logarithmic scale: shorter is faster");
}

}  // namespace moyeo::bench
