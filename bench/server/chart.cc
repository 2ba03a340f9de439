#include "bench/server/chart.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "bench/support/svg.h"

namespace moyeo::bench {
namespace {

constexpr double kMargin = 16;
constexpr double kNameWidth = 190;
constexpr double kNumberWidth = 120;
constexpr double kBarsWidth = Svg::kWidth - 2 * kMargin - kNameWidth - kNumberWidth;
constexpr double kRowHeight = 18;
constexpr double kBarHeight = 12;
constexpr double kTitleHeight = 24;
constexpr double kGroupGap = 14;
constexpr double kCaptionLine = 16;

template <typename... Values>
std::string Print(const char* format, Values... values) {
  char text[96];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

std::string NameOf(const ServerRecord& record) {
  return Print("%zu sockets, every %g s", record.sockets,
               static_cast<double>(record.interval_ms) / 1e3);
}

// One row a record, drawn by row(record, x, y); returns how far down it goes.
double DrawGroup(Svg& svg, double y, std::string_view title, std::span<const ServerRecord> records,
                 const std::function<void(const ServerRecord&, double, double)>& row) {
  svg.Text(kMargin, y + kBarHeight, title, Svg::kTitle);
  y += kTitleHeight;
  const double x = kMargin + kNameWidth;
  for (const ServerRecord& record : records) {
    svg.Text(x - 6, y + kBarHeight - 2, NameOf(record), Svg::kEnd);
    row(record, x, y);
    y += kRowHeight;
  }
  return y + kGroupGap;
}

}  // namespace

std::string ToSvg(std::span<const ServerRecord> records, std::string_view caption) {
  Svg svg;
  double y = kMargin;
  y = DrawGroup(svg, y, "The server, in hundredths of a core", records,
                [&](const ServerRecord& record, double x, double top) {
                  const double width = std::clamp(record.server_cpu, 0.0, 1.0) * kBarsWidth;
                  svg.Rect(x, top, std::max(1.0, width), kBarHeight, Svg::kFirstColor);
                  svg.Text(x + width + 5, top + kBarHeight - 2,
                           Print("%.1f %%", record.server_cpu * 100));
                });
  double longest_ms = 1;
  for (const ServerRecord& record : records) longest_ms = std::max(longest_ms, record.delay_p99_ms);
  y = DrawGroup(svg, y, "Until a neighbour's move arrives", records,
                [&](const ServerRecord& record, double x, double top) {
                  const double scale = kBarsWidth / longest_ms;
                  const double width = std::max(1.0, record.delay_p99_ms * scale);
                  svg.Rect(x, top, width, kBarHeight, Svg::kColor);
                  svg.Rect(x, top, std::max(1.0, record.delay_p50_ms * scale), kBarHeight,
                           Svg::kFirstColor);
                  svg.Text(x + width + 5, top + kBarHeight - 2,
                           Print("%.0f, %.0f ms", record.delay_p50_ms, record.delay_p99_ms));
                });
  svg.Text(kMargin, y + kCaptionLine,
           "Delays are the median and the 99th percentile. Everybody moves every 3 s, and is told "
           "of the 50 nearest within 5 km.");
  svg.Text(kMargin, y + 2 * kCaptionLine, caption);
  return svg.Finish(y + 2 * kCaptionLine + kMargin,
                    "Processor time of the server, and delays, by sockets and interval");
}

}  // namespace moyeo::bench
