// What the machine itself needs for the steps that no index can do without.

#ifndef MOYEO_BENCH_PEERS_FLOORS_H_
#define MOYEO_BENCH_PEERS_FLOORS_H_

#include <cstddef>
#include <ostream>
#include <string_view>
#include <vector>

#include "bench/support/result.h"

namespace moyeo::bench {

// The name under which they stand among the engines.
inline constexpr std::string_view kFloor = "floor";

struct FloorOptions {
  std::size_t bytes = std::size_t{1} << 30;  // read at random; a power of two
  int rounds = 9;                            // at least 1
};

// Measures them, on one thread, and writes a table to `out`.
std::vector<Result> MeasureFloors(const FloorOptions& options, std::ostream& out);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_FLOORS_H_
