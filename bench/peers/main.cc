// moyeo_bench_peers: see bench/README.md.

#include <algorithm>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/peers/chart.h"
#include "bench/peers/comparison.h"
#include "bench/peers/floors.h"
#include "bench/peers/measure.h"
#include "bench/peers/operation.h"
#include "bench/peers/options.h"
#include "bench/peers/report.h"
#include "bench/peers/spot.h"
#include "bench/peers/storm.h"
#include "bench/support/crowd.h"
#include "bench/support/machine.h"
#include "bench/support/result.h"

namespace moyeo::bench {
namespace {

// The engines of `kinds` that can hold `crowd`. Says which cannot, and why.
std::vector<EngineKind> Suitable(std::span<const EngineKind> kinds, const Crowd& crowd) {
  std::vector<EngineKind> suitable;
  for (const EngineKind& kind : kinds) {
    if (crowd.size() > kind.max_users) {
      std::cout << "without " << kind.name << ": more than " << kind.max_users << " users\n";
    } else if (kind.is_regional && crowd.distribution() == Distribution::kUniform) {
      std::cout << "without " << kind.name << ": it holds nobody near the poles\n";
    } else {
      suitable.push_back(kind);
    }
  }
  return suitable;
}

// Some things are measured of moyeo alone, and on one thread.
bool IsAboutMoyeo(const PeersOptions& options) {
  return options.engines.front().name == kMoyeo && options.threads.front() == 1;
}

// One population: a table on the standard output, and its numbers at the end of `results`. False
// if the engines give different answers.
bool Compare(const PeersOptions& options, Distribution distribution, std::size_t users,
             std::vector<Result>& results) {
  const auto wanted = [&](std::string_view operation) {
    return std::find(options.operations.begin(), options.operations.end(), operation) !=
           options.operations.end();
  };

  std::cout << '\n'
            << users << " users, " << Name(distribution) << ", seed " << options.seed
            << ": nanoseconds per operation, medians of " << options.measure.rounds << " rounds\n";
  Crowd crowd(users, distribution, options.seed);
  const std::vector<EngineKind> kinds = Suitable(options.engines, crowd);
  if (kinds.empty()) return true;
  MeasureOptions build_options = options.measure;
  if (!wanted(kBuild)) build_options.building = {};
  const std::vector<Contestant> contestants = MeasureBuild(kinds, crowd, build_options);
  if (!AnswersAgree(contestants, crowd, std::cerr)) return false;

  Report report(std::cout, contestants, crowd, results);
  if (wanted(kBuild)) {
    std::vector<std::optional<Times>> build;
    for (const Contestant& contestant : contestants) build.push_back(contestant.build);
    report.Add(std::string(kBuild), 1, build);
  }
  for (const auto& operation : MakeOperations(crowd, options.threads)) {
    if (!wanted(operation->name())) continue;
    report.Add(operation->name(), operation->threads(),
               Measure(*operation, contestants, options.measure));
  }
  report.AddBytesPerUser();
  // Once more, now that everything has been moved, inserted and removed.
  if (!AnswersAgree(contestants, crowd, std::cerr)) return false;
  if (wanted(kStorm) && IsAboutMoyeo(options) && distribution == Distribution::kCity) {
    MeasureStorm(crowd, options.measure, std::cout, results);
  }
  return true;
}

// A file that was asked for with `option`.
struct Output {
  std::string_view option;
  const std::string& path;  // empty: it was not
};

bool Succeeded(const Output& output, const absl::Status& status) {
  if (status.ok()) return true;
  std::cerr << output.option << ": " << status.message() << '\n';
  return false;
}

bool IsWritable(const Output& output) {
  return output.path.empty() || Succeeded(output, CheckWritable(output.path));
}

bool Write(const Output& output, const std::string& content) {
  return output.path.empty() || Succeeded(output, WriteFile(output.path, content));
}

int Main(const PeersOptions& options) {
  const Output json{"--out", options.out};
  const Output svg{"--svg", options.svg};
  if (!IsWritable(json) || !IsWritable(svg)) return 2;

  const std::string machine = DescribeMachine();
  std::cout << machine << '\n';
  for (const std::string& note : options.notes) std::cout << note << '\n';
  std::vector<Result> results;
  if (options.floors) results = MeasureFloors(*options.floors, std::cout);
  for (const Distribution distribution : options.distributions) {
    for (const std::size_t users : options.users) {
      if (options.engines.empty()) continue;
      if (distribution == Distribution::kSpot) {
        if (!IsAboutMoyeo(options)) continue;
        MeasureSpot({.users = users, .seed = options.seed}, options.measure, std::cout, results);
      } else if (!Compare(options, distribution, users, results)) {
        return 1;
      }
    }
  }
  return Write(json, ToJson(results)) && Write(svg, ToSvg(results, machine)) ? 0 : 1;
}

}  // namespace
}  // namespace moyeo::bench

int main(int argc, char** argv) {
  const auto parsed = moyeo::bench::ParsePeersOptions(argc, argv);
  if (const auto* exit = std::get_if<moyeo::bench::ExitCode>(&parsed)) return exit->value;
  return moyeo::bench::Main(std::get<moyeo::bench::PeersOptions>(parsed));
}
