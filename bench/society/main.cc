// moyeo_bench_society: see bench/README.md.

#include <iomanip>
#include <iostream>
#include <utility>
#include <variant>
#include <vector>

#include "bench/society/durable.h"
#include "bench/society/memory.h"
#include "bench/society/options.h"
#include "bench/support/machine.h"
#include "bench/support/result.h"

namespace moyeo::bench {
namespace {

int Main(const SocietyBenchOptions& options) {
  if (!options.out.empty()) {
    if (const absl::Status writable = CheckWritable(options.out); !writable.ok()) {
      std::cerr << "--out: " << writable.message() << '\n';
      return 2;
    }
  }
  std::cout << DescribeMachine() << '\n'
            << options.users << " people, " << options.meetups << " meetups\n";
  std::vector<Result> results;
  if (options.in_memory) {
    results = MeasureInMemory(options);
    std::cout << std::fixed << std::setprecision(0) << results.front().bytes_per_user
              << " bytes a person, meetups and lists included" << std::endl;
  }
  if (options.durable) {
    absl::StatusOr<std::vector<Result>> durable = MeasureDurable(options);
    if (!durable.ok()) {
      std::cerr << "moyeo_bench_society: " << durable.status() << '\n';
      return 1;
    }
    results.insert(results.end(), durable->begin(), durable->end());
  }
  if (!options.out.empty()) {
    const absl::Status written = WriteFile(options.out, ToJson(results));
    if (!written.ok()) {
      std::cerr << "--out: " << written.message() << '\n';
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace moyeo::bench

int main(int argc, char** argv) {
  const auto parsed = moyeo::bench::ParseSocietyBenchOptions(argc, argv);
  if (const auto* exit = std::get_if<moyeo::bench::ExitCode>(&parsed)) return exit->value;
  return moyeo::bench::Main(std::get<moyeo::bench::SocietyBenchOptions>(parsed));
}
