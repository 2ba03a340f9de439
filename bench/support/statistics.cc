#include "bench/support/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace moyeo::bench {

double Percentile(std::span<const double> sorted, double percent) {
  const double rank = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], rank - static_cast<double>(below));
}

Summary Summarize(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {.median = Percentile(values, 50),
          .p10 = Percentile(values, 10),
          .p90 = Percentile(values, 90)};
}

}  // namespace moyeo::bench
