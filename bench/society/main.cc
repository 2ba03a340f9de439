// moyeo_bench_society: see bench/README.md.

#include <iomanip>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/society/durable.h"
#include "bench/society/memory.h"
#include "bench/society/options.h"
#include "bench/society/restart.h"
#include "bench/support/machine.h"
#include "bench/support/result.h"
#include "bench/support/scratch_directory.h"

namespace moyeo::bench {
namespace {

absl::StatusOr<std::vector<Result>> Measure(const SocietyBenchOptions& options) {
  const ScratchDirectory scratch;
  const std::string journal = scratch / "journal";
  std::vector<Result> results;
  if (options.durable) {
    const absl::StatusOr<Result> restart = MeasureRestart(options, journal);
    if (!restart.ok()) return restart.status();
    results.push_back(*restart);
  }
  if (options.in_memory) {
    const std::vector<Result> in_memory = MeasureInMemory(options);
    std::cout << std::fixed << std::setprecision(0) << in_memory.front().bytes_per_user
              << " bytes a person, meetups and lists included" << std::endl;
    results.insert(results.end(), in_memory.begin(), in_memory.end());
  }
  if (options.durable) {
    const absl::StatusOr<std::vector<Result>> durable = MeasureDurable(options, journal);
    if (!durable.ok()) return durable.status();
    results.insert(results.end(), durable->begin(), durable->end());
  }
  return results;
}

int Main(const SocietyBenchOptions& options) {
  if (!options.out.empty()) {
    if (const absl::Status writable = CheckWritable(options.out); !writable.ok()) {
      std::cerr << "--out: " << writable.message() << '\n';
      return 2;
    }
  }
  std::cout << DescribeMachine() << '\n'
            << options.users << " people, " << options.meetups << " meetups\n";
  const absl::StatusOr<std::vector<Result>> results = Measure(options);
  if (!results.ok()) {
    std::cerr << "moyeo_bench_society: " << results.status() << '\n';
    return 1;
  }
  if (!options.out.empty()) {
    const absl::Status written = WriteFile(options.out, ToJson(*results));
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
