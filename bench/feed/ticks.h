// The ticks that are measured, on each engine.

#ifndef MOYEO_BENCH_FEED_TICKS_H_
#define MOYEO_BENCH_FEED_TICKS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "bench/feed/options.h"
#include "bench/support/crowd.h"
#include "bench/support/result.h"

namespace moyeo::bench {

inline constexpr double kWatchRadiusMeters = 5'000;
inline constexpr std::size_t kWatchLimit = 50;

// Everybody in the crowd watches their surroundings. Measures, in nanoseconds of processor time for
// each of them, the moves of everybody, of one in a hundred, or of nobody, together with the tick
// that follows.
std::vector<Result> MeasureMoyeo(Crowd crowd, const FeedBenchOptions& options);

// Nobody watches. Measures, in nanoseconds of processor time for each user, a move of everybody
// without a fence, and with a hundred thousand in mid-ocean and the tick that follows; and, for
// each of them, clusters on a screen of a city and on one of the world.
std::vector<Result> MeasureFences(Crowd crowd, const FeedBenchOptions& options);

// The same answers by a GEOADD for everybody who has moved and a GEOSEARCH for everybody who
// watches, both pipelined, in nanoseconds that the server has spent on these commands. Some of
// those who watch ask for all: the time of their questions is scaled up. If the answers to some of
// these are not what moyeo's feeds show, the process ends with a message.
std::vector<Result> MeasureRedis(Crowd crowd, const FeedBenchOptions& options);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_FEED_TICKS_H_
