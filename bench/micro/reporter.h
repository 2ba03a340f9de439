// Google Benchmark's measurements as results of moyeo's form.

#ifndef MOYEO_BENCH_MICRO_REPORTER_H_
#define MOYEO_BENCH_MICRO_REPORTER_H_

#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "bench/micro/scene.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// Prints the repetitions of each benchmark as one row, and collects them.
class Reporter final : public benchmark::BenchmarkReporter {
 public:
  explicit Reporter(Scenes& scenes) : scenes_(scenes) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  // In the order in which the benchmarks were registered.
  const std::vector<Result>& results() const { return results_; }

 private:
  Scenes& scenes_;
  std::vector<Result> results_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_MICRO_REPORTER_H_
