// The command line of moyeo_bench_feed.

#ifndef MOYEO_BENCH_FEED_OPTIONS_H_
#define MOYEO_BENCH_FEED_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace moyeo::bench {

struct FeedBenchOptions {
  std::vector<std::size_t> users = {100'000, 1'000'000};
  std::vector<std::string> engines = {"moyeo", "redis"};
  std::size_t rounds = 9;
  std::size_t redis_sample = 5'000;  // how many users ask Redis in a round
  std::uint64_t seed = 1;
  std::string out;  // empty: no file
};

struct ExitCode {
  int value;
};

// What to do, or, after a message about wrong arguments or the help that was asked for, the code
// to end with.
std::variant<FeedBenchOptions, ExitCode> ParseFeedBenchOptions(int argc, char** argv);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_FEED_OPTIONS_H_
