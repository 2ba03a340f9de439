// Everybody expires within a second: who waits, and for how long.

#ifndef MOYEO_BENCH_PEERS_STORM_H_
#define MOYEO_BENCH_PEERS_STORM_H_

#include <ostream>
#include <string_view>
#include <vector>

#include "bench/peers/measure.h"
#include "bench/support/crowd.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// Chooses these measurements among the operations.
inline constexpr std::string_view kStorm = "storm";

// Measures what one move or one question in a thousand takes at least, of moyeo with `crowd`: in a
// second of simulated time in which nobody expires, and in one in which everybody does, swept
// alike. Writes a table to `out` and adds to `results`.
void MeasureStorm(Crowd& crowd, const MeasureOptions& options, std::ostream& out,
                  std::vector<Result>& results);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_STORM_H_
