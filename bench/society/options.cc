#include "bench/society/options.h"

#include <CLI/CLI.hpp>
#include <limits>

namespace moyeo::bench {

std::variant<SocietyBenchOptions, ExitCode> ParseSocietyBenchOptions(int argc, char** argv) {
  constexpr int kUsageError = 2;
  SocietyBenchOptions options;
  bool quick = false;

  CLI::App app("What commands and lists of people, meetups and rooms cost");
  app.add_flag("--quick", quick, "Fewer rounds");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--users", options.users, "How many people there are")
      ->check(CLI::Range(std::size_t{100}, std::size_t{10'000'000}));
  app.add_option("--meetups", options.meetups, "How many meetups there are")
      ->check(CLI::Range(std::size_t{10}, std::size_t{1'000'000}));
  CLI::Option* const rounds =
      app.add_option("--rounds", options.rounds, "How often each operation is measured")
          ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}));
  app.add_option("--seed", options.seed, "What people, meetups and commands are drawn from")
      ->check(CLI::Range(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (quick && rounds->empty()) options.rounds = 3;
  return options;
}

}  // namespace moyeo::bench
