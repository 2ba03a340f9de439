// The results as a picture.

#ifndef MOYEO_BENCH_SERVER_CHART_H_
#define MOYEO_BENCH_SERVER_CHART_H_

#include <span>
#include <string>
#include <string_view>

#include "bench/server/server_case.h"

namespace moyeo::bench {

// A bar chart as SVG, complete in itself: the server's processor time, and how long a neighbour's
// move takes to arrive, at the median and at the 99th percentile. `caption` is written beneath.
std::string ToSvg(std::span<const ServerRecord> records, std::string_view caption);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SERVER_CHART_H_
