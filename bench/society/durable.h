// What it costs that commands last, and how soon what lasted is there again.

#ifndef MOYEO_BENCH_SOCIETY_DURABLE_H_
#define MOYEO_BENCH_SOCIETY_DURABLE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "bench/society/options.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// `restart`; `apply_durable_1`, `_16` and `_256`, of every engine; `calm_apply_p999` and
// `snapshot_apply_p999`. Of a town as the options say, in wall time.
absl::StatusOr<std::vector<Result>> MeasureDurable(const SocietyBenchOptions& options);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_DURABLE_H_
