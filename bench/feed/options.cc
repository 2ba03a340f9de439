#include "bench/feed/options.h"

#include <CLI/CLI.hpp>
#include <limits>

namespace moyeo::bench {

std::variant<FeedBenchOptions, ExitCode> ParseFeedBenchOptions(int argc, char** argv) {
  constexpr int kUsageError = 2;
  FeedBenchOptions options;
  bool quick = false;

  CLI::App app("What a tick of moyeo::NearbyFeeds costs, and what the same answers cost Redis");
  app.add_flag("--quick", quick, "Under five minutes: fewer rounds, fewer questions to Redis");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--users", options.users, "How many users, all of whom watch; may be a list")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}));
  app.add_option("--engines", options.engines, "moyeo, redis; may be a list")
      ->delimiter(',')
      ->check(CLI::IsMember({"moyeo", "redis"}));
  CLI::Option* const rounds =
      app.add_option("--rounds", options.rounds, "How often each tick is measured")
          ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}));
  CLI::Option* const sample =
      app.add_option("--redis-sample", options.redis_sample,
                     "How many users ask Redis in a round; its time is scaled up to all")
          ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}));
  app.add_option("--seed", options.seed, "What positions and steps are drawn from")
      ->check(CLI::Range(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (quick && rounds->empty()) options.rounds = 3;
  if (quick && sample->empty()) options.redis_sample = 1'000;
  return options;
}

}  // namespace moyeo::bench
