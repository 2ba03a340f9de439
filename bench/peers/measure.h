// Side by side measurements.

#ifndef MOYEO_BENCH_PEERS_MEASURE_H_
#define MOYEO_BENCH_PEERS_MEASURE_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
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
  // About how long, at most, an engine follows in a round what faster ones have done.
  std::chrono::nanoseconds following = std::chrono::seconds{2};
  // About how long an engine may be built, over and over. It is built once in any case.
  std::chrono::nanoseconds building = std::chrono::seconds{15};
};

// Nanoseconds per piece of work.
struct Times {
  Summary ns;
  std::optional<Summary> own_ns;  // by the engine's own account
};

// An engine that holds the crowd.
struct Contestant {
  EngineKind kind;
  std::unique_ptr<Engine> engine;
  Times build;  // per user
  double bytes_per_user = 0;
};

// Builds an engine of each kind from `crowd`, round by round; the engines of the last round stay.
// A first round is not counted, unless an engine takes so long that it is the only one.
std::vector<Contestant> MeasureBuild(std::span<const EngineKind> kinds, const Crowd& crowd,
                                     const MeasureOptions& options);

// What a piece of `operation` takes on each of `contestants`; nullopt for those that it does not
// suit.
//
// In each round every engine in turn works through a block of the same newly drawn pieces, so that
// a busy moment of the machine hits all alike. A turn begins with some pieces off the clock,
// because the caches are still full of the engine before. An engine that is slow does the first
// part of the block, and makes the changes of the rest off the clock, so that all engines hold the
// same users throughout. A first round, which finds out how fast each engine is, is not counted.
std::vector<std::optional<Times>> Measure(Operation& operation,
                                          std::span<const Contestant> contestants,
                                          const MeasureOptions& options);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_MEASURE_H_
