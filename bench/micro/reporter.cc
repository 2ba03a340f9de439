#include "bench/micro/reporter.h"

#include <iomanip>
#include <string>

#include "bench/support/machine.h"

namespace moyeo::bench {

bool Reporter::ReportContext(const Context&) {
  GetOutputStream() << DescribeMachine() << "\n\n"
                    << std::left << std::setw(24) << "nanoseconds per operation" << std::right
                    << std::setw(12) << "users" << std::setw(14) << "median" << std::setw(14)
                    << "p10" << std::setw(14) << "p90" << std::endl;
  return true;
}

// Is handed all repetitions of one benchmark together, and then their aggregates.
void Reporter::ReportRuns(const std::vector<Run>& runs) {
  std::vector<double> ns;
  for (const Run& run : runs) {
    if (run.run_type == Run::RT_Iteration && !run.error_occurred) {
      ns.push_back(1e9 / run.counters.at("items_per_second"));
    }
  }
  if (ns.empty()) return;

  const benchmark::BenchmarkName& name = runs.front().run_name;
  Result result{.engine = "moyeo",
                .operation = name.function_name,
                .users = std::stoull(name.args),
                .distribution = std::string(Name(Distribution::kCity)),
                .threads = 1,
                .ns = Summarize(ns),
                .bytes_per_user = 0};
  result.bytes_per_user = scenes_.Of(result.users).bytes_per_user;

  GetOutputStream() << std::left << std::setw(24) << result.operation << std::right << std::setw(12)
                    << result.users << std::fixed << std::setprecision(1) << std::setw(14)
                    << result.ns.median << std::setw(14) << result.ns.p10 << std::setw(14)
                    << result.ns.p90 << std::endl;
  results_.push_back(std::move(result));
}

}  // namespace moyeo::bench
