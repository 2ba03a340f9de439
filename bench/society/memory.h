// What commands and lists cost without a journal.

#ifndef MOYEO_BENCH_SOCIETY_MEMORY_H_
#define MOYEO_BENCH_SOCIETY_MEMORY_H_

#include <vector>

#include "bench/society/options.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// `replay`, `apply_memory`, `list_open`, `map_box`, `search_text` and `search_people`, and what
// matching.h has. On one thread, in processor time.
std::vector<Result> MeasureInMemory(const SocietyBenchOptions& options);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_MEMORY_H_
