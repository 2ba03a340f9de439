// Who finds what, and whom: moyeo beside SQLite with an R*Tree, and PostGIS.

#ifndef MOYEO_BENCH_SOCIETY_MATCHING_H_
#define MOYEO_BENCH_SOCIETY_MATCHING_H_

#include <vector>

#include "bench/society/options.h"
#include "bench/society/town.h"
#include "bench/support/result.h"
#include "society/society.h"

namespace moyeo::bench {

// `find_5km` and `recommend` among the meetups of `society`, which was founded by `town`;
// `match_100k` and `match_1k_new` of tickets somewhere else. Ends the program if another engine
// answers otherwise, or PostGIS is asked for and cannot be started.
std::vector<Result> MeasureMatching(const SocietyBenchOptions& options, society::Society& society,
                                    Town& town);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_MATCHING_H_
