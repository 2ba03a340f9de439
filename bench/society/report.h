// Results as they come.

#ifndef MOYEO_BENCH_SOCIETY_REPORT_H_
#define MOYEO_BENCH_SOCIETY_REPORT_H_

#include "bench/support/result.h"

namespace moyeo::bench {

// A line: engine, operation, and what one takes in nanoseconds, with the 10th and the 90th
// percentile.
void Print(const Result& result);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_REPORT_H_
