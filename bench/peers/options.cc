#include "bench/peers/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "bench/peers/operation.h"

namespace moyeo::bench {
namespace {

constexpr int kUsageError = 2;

std::vector<std::string> EngineNames() {
  std::vector<std::string> names;
  for (const EngineKind& kind : kEngineKinds) names.emplace_back(kind.name);
  return names;
}

template <typename T>
bool Contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

std::variant<PeersOptions, ExitCode> ParsePeersOptions(int argc, char** argv) {
  PeersOptions options;
  bool quick = false;
  std::vector<std::string> engines = EngineNames();
  std::vector<std::string> operations = OperationNames();
  std::vector<std::string> distributions;

  CLI::App app("The same work on moyeo and on other indexes: answers compared, times side by side");
  app.option_defaults()->delimiter(',');
  app.add_flag("--quick", quick, "Under five minutes: fewer users and rounds, city only");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--users", options.users, "How many users; may be a list")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
  app.add_option("--distribution", distributions, "Where they are; may be a list")
      ->check(CLI::IsMember({"city", "uniform"}));
  app.add_option("--engines", engines, "What to compare; may be a list")
      ->check(CLI::IsMember(EngineNames()));
  app.add_option("--operations", operations, "What to measure; may be a list")
      ->check(CLI::IsMember(OperationNames()));
  app.add_option("--rounds", options.measure.rounds, "How often each is measured")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--seed", options.seed, "What positions and questions are drawn from")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()));
  app.add_option("--threads", options.threads, "How many threads use an engine at once")
      ->check(CLI::IsMember({1}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }

  if (quick) {
    if (app.count("--rounds") == 0) options.measure.rounds = 5;
    options.measure.block = std::chrono::milliseconds{100};
  }
  if (options.users.empty()) options.users = {100'000, 1'000'000};
  if (app.count("--users") == 0 && !quick) options.users.push_back(10'000'000);
  std::sort(options.users.begin(), options.users.end());
  options.users.erase(std::unique(options.users.begin(), options.users.end()), options.users.end());
  if (distributions.empty()) distributions = {"city"};
  if (app.count("--distribution") == 0 && !quick) distributions.emplace_back("uniform");

  // In the order of the table, whatever the order on the command line.
  for (const Distribution distribution : {Distribution::kCity, Distribution::kUniform}) {
    if (Contains(distributions, std::string(Name(distribution)))) {
      options.distributions.push_back(distribution);
    }
  }
  for (const EngineKind& kind : kEngineKinds) {
    if (Contains(engines, std::string(kind.name))) options.engines.push_back(kind);
  }
  for (const std::string& name : OperationNames()) {
    if (Contains(operations, name)) options.operations.push_back(name);
  }
  return options;
}

}  // namespace moyeo::bench
