// moyeo_bench_peers: see bench/README.md.

#include <algorithm>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "bench/peers/comparison.h"
#include "bench/peers/measure.h"
#include "bench/peers/operation.h"
#include "bench/peers/options.h"
#include "bench/peers/table.h"
#include "bench/support/crowd.h"
#include "bench/support/machine.h"
#include "bench/support/result.h"

namespace moyeo::bench {
namespace {

// One population: a table on the standard output, and its numbers at the end of `results`. False
// if the engines give different answers.
bool Compare(const PeersOptions& options, Distribution distribution, std::size_t users,
             std::vector<Result>& results) {
  const std::span<const EngineKind> kinds = options.engines;
  const auto wanted = [&](std::string_view operation) {
    return std::find(options.operations.begin(), options.operations.end(), operation) !=
           options.operations.end();
  };

  std::cout << '\n'
            << users << " users, " << Name(distribution) << ", seed " << options.seed
            << ": nanoseconds per operation, median [p10..p90] of " << options.measure.rounds
            << " rounds\n";
  Crowd crowd(users, distribution, options.seed);
  Table table(std::cout, kinds);
  const int build_rounds = wanted(kBuild) ? options.measure.rounds : 1;
  const std::vector<Built> built = MeasureBuild(kinds, crowd, build_rounds);

  std::vector<Engine*> engines;
  std::vector<double> bytes_per_user;
  std::vector<Summary> build_ns;
  for (const Built& one : built) {
    engines.push_back(one.engine.get());
    bytes_per_user.push_back(one.bytes_per_user);
    build_ns.push_back(one.ns);
  }
  const auto report = [&](const std::string& operation, std::span<const Summary> ns) {
    table.AddTimes(operation, ns);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      results.push_back({.engine = std::string(kinds[i].name),
                         .operation = operation,
                         .users = users,
                         .distribution = std::string(Name(distribution)),
                         .threads = options.threads,
                         .ns = ns[i],
                         .bytes_per_user = bytes_per_user[i]});
    }
  };

  if (!AnswersAgree(kinds, engines, crowd, std::cerr)) return false;
  if (wanted(kBuild)) report(std::string(kBuild), build_ns);
  for (const auto& operation : MakeOperations(crowd)) {
    if (!wanted(operation->name())) continue;
    report(operation->name(), Measure(*operation, engines, options.measure));
  }
  table.AddBytesPerUser(bytes_per_user);
  // Once more, now that everything has been moved, inserted and removed.
  return AnswersAgree(kinds, engines, crowd, std::cerr);
}

int Main(const PeersOptions& options) {
  if (!options.out.empty()) {
    if (const absl::Status writable = CheckWritable(options.out); !writable.ok()) {
      std::cerr << "--out: " << writable.message() << '\n';
      return 2;
    }
  }
  std::cout << DescribeMachine() << '\n';
  std::vector<Result> results;
  for (const Distribution distribution : options.distributions) {
    for (const std::size_t users : options.users) {
      if (!Compare(options, distribution, users, results)) return 1;
    }
  }
  if (!options.out.empty()) {
    if (const absl::Status written = WriteFile(options.out, ToJson(results)); !written.ok()) {
      std::cerr << "--out: " << written.message() << '\n';
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace moyeo::bench

int main(int argc, char** argv) {
  const auto parsed = moyeo::bench::ParsePeersOptions(argc, argv);
  if (const auto* exit = std::get_if<moyeo::bench::ExitCode>(&parsed)) return exit->value;
  return moyeo::bench::Main(std::get<moyeo::bench::PeersOptions>(parsed));
}
