// What the benchmarks of ticks have in common.

#ifndef MOYEO_BENCH_FEED_CLOCK_H_
#define MOYEO_BENCH_FEED_CLOCK_H_

#include <time.h>

#include <cstdlib>
#include <iostream>

namespace moyeo::bench {

inline double ProcessorNanoseconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <typename StatusOr>
void ExpectOk(const StatusOr& result) {
  if (result.ok()) return;
  std::cerr << "moyeo_bench_feed: a call failed\n";
  std::exit(1);
}

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_FEED_CLOCK_H_
