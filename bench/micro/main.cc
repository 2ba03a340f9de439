// moyeo_bench_micro: see bench/README.md.

#include <benchmark/benchmark.h>

#include <iostream>
#include <variant>

#include "bench/micro/options.h"
#include "bench/micro/reporter.h"
#include "bench/micro/scene.h"
#include "bench/support/result.h"

namespace moyeo::bench {
namespace {

int Main(const MicroOptions& options) {
  if (!options.out.empty()) {
    if (const absl::Status writable = CheckWritable(options.out); !writable.ok()) {
      std::cerr << "--out: " << writable.message() << '\n';
      return 2;
    }
  }
  Scenes scenes(options.seed);
  RegisterUpdates(scenes, options.users);
  RegisterQueries(scenes, options.users);
  Reporter reporter(scenes);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();

  if (!options.out.empty()) {
    const absl::Status written = WriteFile(options.out, ToJson(reporter.results()));
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
  const auto parsed = moyeo::bench::ParseMicroOptions(argc, argv);
  if (const auto* exit = std::get_if<moyeo::bench::ExitCode>(&parsed)) return exit->value;
  return moyeo::bench::Main(std::get<moyeo::bench::MicroOptions>(parsed));
}
