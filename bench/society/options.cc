#include "bench/society/options.h"

#include <CLI/CLI.hpp>
#include <limits>

namespace moyeo::bench {

std::variant<SocietyBenchOptions, ExitCode> ParseSocietyBenchOptions(int argc, char** argv) {
  constexpr int kUsageError = 2;
  SocietyBenchOptions options;
  bool quick = false;

  CLI::App app("What commands and lists of people, meetups and rooms cost");
  app.add_flag("--quick", quick, "Fewer rounds, and fewer messages");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--users", options.users, "How many people there are")
      ->check(CLI::Range(std::size_t{100}, std::size_t{10'000'000}));
  app.add_option("--meetups", options.meetups, "How many meetups there are")
      ->check(CLI::Range(std::size_t{10}, std::size_t{1'000'000}));
  CLI::Option* const messages =
      app.add_option("--messages", options.messages, "How many messages there are in their rooms")
          ->check(CLI::Range(std::size_t{0}, std::size_t{100'000'000}));
  CLI::Option* const rounds =
      app.add_option("--rounds", options.rounds, "How often each operation is measured")
          ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}));
  CLI::Option* const round_ms =
      app.add_option("--round-ms", options.round_ms, "How long callers of the journal go on")
          ->check(CLI::Range(std::int64_t{1}, std::int64_t{60'000}));
  app.add_option("--callers", options.callers, "By how many at once the journal is called")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}));
  std::string part;
  app.add_option("--only", part, "Only what needs no journal, or what has one")
      ->check(CLI::IsMember({"memory", "durable"}));
  app.add_flag("--postgis", options.postgis,
               "Also ask PostGIS for meetups, in a server that is started for it");
  app.add_option("--seed", options.seed, "What people, meetups and commands are drawn from")
      ->check(CLI::Range(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (quick && rounds->empty()) options.rounds = 3;
  if (quick && round_ms->empty()) options.round_ms = 300;
  if (quick && messages->empty()) options.messages = options.users;
  options.in_memory = part != "durable";
  options.durable = part != "memory";
  return options;
}

}  // namespace moyeo::bench
