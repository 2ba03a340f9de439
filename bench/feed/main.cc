// moyeo_bench_feed: see bench/README.md.

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <span>
#include <string_view>
#include <variant>

#include "bench/feed/options.h"
#include "bench/feed/ticks.h"
#include "bench/support/crowd.h"
#include "bench/support/machine.h"
#include "bench/support/result.h"
#include "common/redis_server.h"

namespace moyeo::bench {
namespace {

void Print(std::span<const Result> results) {
  for (const Result& result : results) {
    std::cout << std::left << std::setw(7) << result.engine << std::setw(17) << result.operation
              << std::right << std::fixed << std::setprecision(1) << std::setw(12)
              << result.ns.median << " ns (" << result.ns.p10 << " to " << result.ns.p90 << "), "
              << std::setprecision(0) << result.bytes_per_user << " bytes a user"
              << std::defaultfloat << std::setprecision(3);
    if (result.sample > 0) std::cout << " (from a sample of " << result.sample << ')';
    std::cout << '\n';
  }
}

// What the ticks of one crowd cost, compared with each other.
void PrintRatios(std::span<const Result> results) {
  const auto print = [&](const char* engine, const char* operation, const char* to_engine,
                         const char* to_operation) {
    const auto find = [&](std::string_view of, std::string_view what) {
      return std::ranges::find_if(
          results, [&](const Result& r) { return r.engine == of && r.operation == what; });
    };
    const auto over = find(engine, operation);
    const auto under = find(to_engine, to_operation);
    if (over == results.end() || under == results.end()) return;
    std::cout << engine << ' ' << operation << " / " << to_engine << ' ' << to_operation << ": "
              << over->ns.median / under->ns.median << '\n';
  };
  print("moyeo", "tick_1pct_moved", "moyeo", "tick_all_moved");
  print("moyeo", "tick_idle", "moyeo", "tick_all_moved");
  print("redis", "tick_all_moved", "moyeo", "tick_all_moved");
}

int Main(const FeedBenchOptions& options) {
  if (!options.out.empty()) {
    if (const absl::Status writable = CheckWritable(options.out); !writable.ok()) {
      std::cerr << "--out: " << writable.message() << '\n';
      return 2;
    }
  }
  std::cout << DescribeMachine() << '\n';
  std::vector<Result> results;
  for (const std::size_t users : options.users) {
    std::cout << '\n' << users << " users, who all watch:\n";
    const std::size_t before = results.size();
    for (const std::string& engine : options.engines) {
      if (engine == "redis" && !common::RedisServer::IsInstalled()) {
        std::cout << "redis is left out: there is no redis-server\n";
        continue;
      }
      const Crowd crowd(users, Distribution::kCity, options.seed);
      const std::vector<Result> measured =
          engine == "moyeo" ? MeasureMoyeo(crowd, options) : MeasureRedis(crowd, options);
      Print(measured);
      results.insert(results.end(), measured.begin(), measured.end());
      if (engine != "moyeo") continue;
      const std::vector<Result> of_fences = MeasureFences(crowd, options);
      Print(of_fences);
      results.insert(results.end(), of_fences.begin(), of_fences.end());
    }
    PrintRatios(std::span(results).subspan(before));
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
  const auto parsed = moyeo::bench::ParseFeedBenchOptions(argc, argv);
  if (const auto* exit = std::get_if<moyeo::bench::ExitCode>(&parsed)) return exit->value;
  return moyeo::bench::Main(std::get<moyeo::bench::FeedBenchOptions>(parsed));
}
