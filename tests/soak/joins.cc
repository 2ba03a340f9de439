// Many threads that want more seats of meetups than there are.
//
//   moyeo_soak_joins [--joins N] [--threads N] [--seed N]
//
// Ends with 1 at the first difference, printing the seed, which repeats who asks for what, but not
// how the threads interleave.

#include "durability/joins.h"

#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <string_view>

#include "moyeo/engine.h"
#include "soak/numbers.h"

namespace moyeo::testing {
namespace {

std::optional<JoinOptions> ParseArguments(int argc, char** argv) {
  constexpr std::size_t kMostThreads = 64;
  JoinOptions arguments;
  arguments.seed = std::random_device()();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (name == "--joins" && Parse(argv[i + 1], arguments.joins)) continue;
    if (name == "--threads" && Parse(argv[i + 1], arguments.threads) && arguments.threads > 0 &&
        arguments.threads <= kMostThreads) {
      continue;
    }
    if (name == "--seed" && Parse(argv[i + 1], arguments.seed)) continue;
    return std::nullopt;
  }
  return arguments;
}

int Run(const JoinOptions& arguments) {
  std::cout << "from seed " << arguments.seed << ", " << arguments.threads << " threads"
            << std::endl;
  const auto engine = Engine::OpenInMemory({.max_users = 1'000, .commands_per_snapshot = 0});
  if (!engine.ok()) {
    std::cerr << "moyeo_soak_joins: " << engine.status() << '\n';
    return 1;
  }
  const auto start = std::chrono::steady_clock::now();
  JoinCounts counts;
  const auto difference = RunJoins(**engine, arguments, counts);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  std::cout << elapsed.count() << " ms: " << counts.ToString() << '\n'
            << (difference ? "DIFFERENCE in " + *difference : "no difference") << std::endl;
  return difference ? 1 : 0;
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  const auto arguments = moyeo::testing::ParseArguments(argc, argv);
  if (!arguments) {
    std::cerr << "usage: moyeo_soak_joins [--joins N] [--threads N] [--seed N]\n";
    return 2;
  }
  return moyeo::testing::Run(*arguments);
}
