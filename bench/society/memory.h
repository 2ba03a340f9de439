// What commands and lists cost without a journal.

#ifndef MOYEO_BENCH_SOCIETY_MEMORY_H_
#define MOYEO_BENCH_SOCIETY_MEMORY_H_

#include <vector>

#include "bench/society/options.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// `replay`, `apply_memory`, `apply_single`, `map_box`, `search_text`, `search_people` and all
// `list_...`, and what matching.h has. On one thread, in processor time.
std::vector<Result> MeasureInMemory(const SocietyBenchOptions& options);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_MEMORY_H_
