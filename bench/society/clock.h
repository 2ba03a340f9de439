// How long something takes: processor time of ours, or, where others do the work, time that passes.

#ifndef MOYEO_BENCH_SOCIETY_CLOCK_H_
#define MOYEO_BENCH_SOCIETY_CLOCK_H_

#include <time.h>

#include <chrono>
#include <functional>

namespace moyeo::bench {

inline double ProcessorNanoseconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

inline double NanosecondsOf(const std::function<void()>& work) {
  const double start = ProcessorNanoseconds();
  work();
  return ProcessorNanoseconds() - start;
}

inline double WallNanosecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_CLOCK_H_
