// How soon what lasted is there again.

#ifndef MOYEO_BENCH_SOCIETY_RESTART_H_
#define MOYEO_BENCH_SOCIETY_RESTART_H_

#include <string>

#include "absl/status/statusor.h"
#include "bench/society/options.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// Makes the journal of a town in the new directory `journal`, and measures `restart`: to open it,
// and an engine of it. In wall time, each time in a new process, as it is when one restarts.
//
// REQUIRES: the process has one thread, and not yet much memory
absl::StatusOr<Result> MeasureRestart(const SocietyBenchOptions& options,
                                      const std::string& journal);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_RESTART_H_
