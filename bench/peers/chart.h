// The results as a picture.

#ifndef MOYEO_BENCH_PEERS_CHART_H_
#define MOYEO_BENCH_PEERS_CHART_H_

#include <span>
#include <string>
#include <string_view>

#include "bench/support/result.h"

namespace moyeo::bench {

// A bar chart as SVG, complete in itself: nanoseconds per operation on a logarithmic scale, for the
// main operations and every engine, at a million users or the size nearest to it and at the
// largest, where people live in cities. `caption` is written beneath.
std::string ToSvg(std::span<const Result> results, std::string_view caption);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_CHART_H_
