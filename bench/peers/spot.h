// Everybody in one place: what a crowd costs moyeo.

#ifndef MOYEO_BENCH_PEERS_SPOT_H_
#define MOYEO_BENCH_PEERS_SPOT_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

#include "bench/peers/measure.h"
#include "bench/support/result.h"

namespace moyeo::bench {

struct SpotOptions {
  std::size_t users;  // more than a million are not gathered: nothing is measured
  std::uint64_t seed;
};

// Measures a move and the nearest twenty with everybody in cities, within 10 m of one spot, and
// exactly on it. Writes tables to `out` and adds to `results`.
void MeasureSpot(const SpotOptions& spot, const MeasureOptions& options, std::ostream& out,
                 std::vector<Result>& results);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_SPOT_H_
