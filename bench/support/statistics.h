// What a number of measurements of the same thing come to.

#ifndef MOYEO_BENCH_SUPPORT_STATISTICS_H_
#define MOYEO_BENCH_SUPPORT_STATISTICS_H_

#include <span>
#include <vector>

namespace moyeo::bench {

// The value below which `percent` of the others lie, between two neighbours by linear
// interpolation: 0 is the least, 50 the median, 100 the greatest.
//
// REQUIRES: `sorted` is ascending and not empty, 0 <= percent <= 100
double Percentile(std::span<const double> sorted, double percent);

struct Summary {
  double median = 0;
  double p10 = 0;
  double p90 = 0;
};

// REQUIRES: !values.empty()
Summary Summarize(std::vector<double> values);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_STATISTICS_H_
