#include "bench/peers/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <limits>

#include "bench/peers/operation.h"
#include "common/redis_server.h"

namespace moyeo::bench {
namespace {

constexpr int kUsageError = 2;
constexpr int kMaxThreads = 64;

std::vector<std::string> EngineNames() {
  std::vector<std::string> names;
  for (const EngineKind& kind : kEngineKinds) names.emplace_back(kind.name);
  names.emplace_back(kFloor);
  return names;
}

template <typename T>
void SortUnique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <typename T>
bool Contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

std::variant<PeersOptions, ExitCode> ParsePeersOptions(int argc, char** argv) {
  PeersOptions options;
  bool quick = false;
  int round_ms = 0;
  std::vector<std::string> engines = EngineNames();
  std::vector<std::string> operations = OperationNames();
  std::vector<std::string> distributions;

  CLI::App app("The same work on moyeo and on other indexes: answers compared, times side by side");
  app.option_defaults()->delimiter(',');
  app.add_flag("--quick", quick, "Under five minutes: fewer users and rounds, city only");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--svg", options.svg, "Draw the main results into this file as SVG")
      ->type_name("FILE");
  app.add_option("--users", options.users, "How many users; may be a list")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
  app.add_option("--distribution", distributions, "Where they are; may be a list")
      ->check(CLI::IsMember({"city", "uniform", "spot"}));
  app.add_option("--engines", engines, "What to compare; may be a list")
      ->check(CLI::IsMember(EngineNames()));
  app.add_option("--operations", operations, "What to measure; may be a list")
      ->check(CLI::IsMember(OperationNames()));
  app.add_option("--rounds", options.measure.rounds, "How often each is measured")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--round-ms", round_ms, "About how long an engine works in a round")
      ->check(CLI::Range(1, 60'000));
  app.add_option("--seed", options.seed, "What positions and questions are drawn from")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()));
  app.add_option("--threads", options.threads, "How many threads use an engine; may be a list")
      ->check(CLI::Range(1, kMaxThreads));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }

  if (quick) {
    if (app.count("--rounds") == 0) options.measure.rounds = 3;
    options.measure.block = std::chrono::milliseconds{100};
    options.measure.following = std::chrono::milliseconds{500};
    options.measure.building = std::chrono::seconds{3};
  }
  if (round_ms > 0) {
    options.measure.block = std::chrono::milliseconds{round_ms};
    options.measure.following = 10 * options.measure.block;
  }
  if (options.users.empty()) {
    options.users = {100'000, 1'000'000};
    if (!quick) options.users.insert(options.users.end(), {10'000'000, 20'000'000});
  }
  SortUnique(options.users);
  if (options.threads.empty()) options.threads = {1, 2};
  SortUnique(options.threads);
  if (distributions.empty()) distributions = {"city"};
  if (app.count("--distribution") == 0 && !quick) {
    distributions.insert(distributions.end(), {"uniform", "spot"});
  }

  if (Contains(engines, std::string(kRedis)) && !common::RedisServer::IsInstalled()) {
    constexpr std::string_view kMissing = "there is no redis-server on PATH";
    if (app.count("--engines") > 0) {
      std::cerr << "--engines: redis: " << kMissing << '\n';
      return ExitCode{kUsageError};
    }
    std::erase(engines, kRedis);
    options.notes.push_back("without redis: " + std::string(kMissing));
  }

  // In the order of the table, whatever the order on the command line.
  for (const Distribution distribution :
       {Distribution::kCity, Distribution::kUniform, Distribution::kSpot}) {
    if (Contains(distributions, std::string(Name(distribution)))) {
      options.distributions.push_back(distribution);
    }
  }
  for (const EngineKind& kind : kEngineKinds) {
    if (Contains(engines, std::string(kind.name))) options.engines.push_back(kind);
  }
  if (Contains(engines, std::string(kFloor))) {
    options.floors = FloorOptions{.rounds = options.measure.rounds};
    if (quick) options.floors->bytes = std::size_t{256} << 20;
  }
  for (const std::string& name : OperationNames()) {
    if (Contains(operations, name)) options.operations.push_back(name);
  }
  return options;
}

}  // namespace moyeo::bench
