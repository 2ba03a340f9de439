// Side by side measurements.

#ifndef MOYEO_BENCH_PEERS_MEASURE_H_
#define MOYEO_BENCH_PEERS_MEASURE_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "bench/peers/engine.h"
#include "bench/peers/operation.h"
#include "bench/support/crowd.h"
#include "bench/support/statistics.h"

namespace moyeo::bench {

struct MeasureOptions {
  int rounds = 9;  // at least 1
  // About how long an engine works in a round.
  std::chrono::nanoseconds block = std::chrono::milliseconds{200};
};

struct Built {
  std::unique_ptr<Engine> engine;
  Summary ns;  // per user
  double bytes_per_user = 0;
};

// Builds an engine of each kind from `crowd`, round by round; the engines of the last round stay.
// A first round is not counted.
std::vector<Built> MeasureBuild(std::span<const EngineKind> kinds, const Crowd& crowd, int rounds);

// Nanoseconds per piece of `operation` on each of `engines`.
//
// In each round every engine in turn works through a block of the same newly drawn pieces, so that
// a busy moment of the machine hits all alike. A turn begins with some pieces off the clock,
// because the caches are still full of the engine before. If the operation only reads, an engine
// that is slow does the first part of the block and stops; otherwise the slowest sets the size of
// the block, so that all engines hold the same users throughout. A first round, which finds out
// how fast each engine is, is not counted.
std::vector<Summary> Measure(Operation& operation, std::span<Engine* const> engines,
                             const MeasureOptions& options);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_MEASURE_H_
