// What it costs that commands last.

#ifndef MOYEO_BENCH_SOCIETY_DURABLE_H_
#define MOYEO_BENCH_SOCIETY_DURABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/society/options.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// `apply_durable_1`, `_16` and `_256`, of every engine; `calm_apply_p999` and
// `snapshot_apply_p999`. In wall time, of the town whose journal is in the directory `journal`.
absl::StatusOr<std::vector<Result>> MeasureDurable(const SocietyBenchOptions& options,
                                                   const std::string& journal);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_DURABLE_H_
