#include "bench/micro/options.h"

#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <limits>

namespace moyeo::bench {
namespace {

constexpr int kUsageError = 2;

// Google Benchmark's own flags come after ours, so that who gives them has the last word.
// False after a message if it does not know one of them.
bool Initialize(const std::string& program, bool quick, const std::vector<std::string>& rest) {
  std::vector<std::string> arguments = {
      program,
      quick ? "--benchmark_min_time=0.02" : "--benchmark_min_time=0.2",
      quick ? "--benchmark_repetitions=5" : "--benchmark_repetitions=9",
  };
  arguments.insert(arguments.end(), rest.begin(), rest.end());

  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  benchmark::Initialize(&argc, argv.data());
  return !benchmark::ReportUnrecognizedArguments(argc, argv.data());
}

}  // namespace

std::variant<MicroOptions, ExitCode> ParseMicroOptions(int argc, char** argv) {
  MicroOptions options;
  bool quick = false;

  CLI::App app("What each call of moyeo::PresenceIndex costs");
  app.footer("--benchmark_filter=REGEX and other flags of Google Benchmark are passed on.");
  app.add_flag("--quick", quick, "Under five minutes: fewer and shorter repetitions");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--users", options.users, "How many users; may be a list")
      ->delimiter(',')
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}));
  app.add_option("--seed", options.seed, "What positions and questions are drawn from")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()));
  app.allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (!Initialize(argv[0], quick, app.remaining())) return ExitCode{kUsageError};
  return options;
}

}  // namespace moyeo::bench
