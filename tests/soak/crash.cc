// A journal and an engine that lose power, whose disk fails, whose bits flip, and whose process is
// killed.
//
//   moyeo_soak_crash [--crashes N] [--seconds N] [--seed N]
//
// Round after round until there were so many crashes, or so many seconds are over. Ends with 1 at
// the first difference, printing the seed of that round: given as --seed, it comes first.

#include <chrono>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "durability/engine_crashes.h"
#include "durability/kills.h"
#include "journal/crash_history.h"
#include "soak/numbers.h"

namespace moyeo::testing {
namespace {

using Clock = std::chrono::steady_clock;
using Difference = std::optional<std::string>;

struct Arguments {
  std::uint64_t crashes = 1'000'000;
  std::int64_t seconds = std::numeric_limits<std::int32_t>::max();
  std::uint64_t seed = 0;
};

std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = std::random_device()();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (name == "--crashes" && Parse(argv[i + 1], arguments.crashes)) continue;
    if (name == "--seconds" && Parse(argv[i + 1], arguments.seconds)) continue;
    if (name == "--seed" && Parse(argv[i + 1], arguments.seed)) continue;
    return std::nullopt;
  }
  return arguments;
}

struct Counts {
  CrashCounts journal;
  CrashCounts engine;
  KillCounts kills;

  std::uint64_t crashes() const { return journal.crashes + engine.crashes; }

  void Print(std::chrono::seconds elapsed) const {
    std::cout << elapsed.count() << " s: " << crashes() << " crashes\n  the journal, "
              << journal.ToString() << "\n  the engine, " << engine.ToString() << "\n  a process, "
              << kills.ToString() << std::endl;
  }
};

// A journal's history takes some two hundred crashes, an engine's a few hundred.
Difference RunRound(std::uint64_t seed, Counts& counts) {
  constexpr std::size_t kStride = 20;
  constexpr std::size_t kFlips = 100;
  constexpr std::size_t kKills = 8;
  if (Difference found = RunCrashes(seed, counts.journal)) return found;
  if (Difference found = RunFaults(seed, kStride, counts.journal)) return found;
  if (Difference found = RunEngineCrashes(seed, counts.engine)) return found;
  if (Difference found = RunEngineFaults(seed, kStride, counts.engine)) return found;
  // What takes long comes in every eighth round.
  if (seed % 8 != 0) return std::nullopt;
  if (Difference found = RunFaults(seed, /*stride=*/1, counts.journal)) return found;
  if (Difference found = RunEngineFaults(seed, /*stride=*/1, counts.engine)) return found;
  if (Difference found = RunFlips(seed, kFlips, counts.journal)) return found;
  if (Difference found = RunEngineFlips(seed, kFlips, counts.engine)) return found;
  return RunKills(seed, kKills, counts.kills);
}

int Run(const Arguments& arguments) {
  constexpr std::chrono::seconds kBetweenReports{10};
  std::cout << "from seed " << arguments.seed << std::endl;
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start);
  };
  Counts counts;
  std::chrono::seconds reported{0};
  for (std::uint64_t seed = arguments.seed;
       counts.crashes() < arguments.crashes && elapsed().count() < arguments.seconds; ++seed) {
    if (const Difference difference = RunRound(seed, counts)) {
      counts.Print(elapsed());
      std::cout << "DIFFERENCE in the round of --seed " << seed << "\n" << *difference << std::endl;
      return 1;
    }
    if (elapsed() - reported >= kBetweenReports) {
      reported = elapsed();
      counts.Print(reported);
    }
  }
  counts.Print(elapsed());
  std::cout << "no difference" << std::endl;
  return 0;
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  const auto arguments = moyeo::testing::ParseArguments(argc, argv);
  if (!arguments) {
    std::cerr << "usage: moyeo_soak_crash [--crashes N] [--seconds N] [--seed N]\n";
    return 2;
  }
  return moyeo::testing::Run(*arguments);
}
