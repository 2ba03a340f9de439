// Random histories of NearbyFeeds beside the slow twin.
//
//   moyeo_soak_feeds [--events N] [--seed N]
//
// Ends with 1 at the first difference, printing the seed of that history: given as --seed, it comes
// first.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "soak/numbers.h"
#include "support/feed_history.h"
#include "support/places.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::uint64_t events = 100'000'000;
  std::uint64_t seed = 0;
};

std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = std::random_device()();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (name == "--events" && Parse(argv[i + 1], arguments.events)) continue;
    if (name == "--seed" && Parse(argv[i + 1], arguments.seed)) continue;
    return std::nullopt;
  }
  return arguments;
}

// One history from its seed; nullopt if nothing differed.
std::optional<std::string> RunHistory(std::uint64_t seed, std::size_t events,
                                      FeedHistory::Counts& counts) {
  Random random(seed);
  FeedHistoryOptions options;
  // From one to hundreds, every order of magnitude alike.
  options.users = static_cast<std::size_t>(std::pow(10, random.Uniform(0, 2.7)));
  options.feeds = 1 + random.Below(random.OneIn(4) ? 60 : 12);
  options.ttl_ms = static_cast<std::int64_t>(std::pow(10, random.Uniform(0, 6)));
  options.max_pending = random.OneIn(3) ? 1 + random.Below(10) : 1'000;
  options.with_intervals = random.OneIn(2);
  options.with_visibilities = random.OneIn(2);
  // The more users, the longer a tick takes the twin.
  options.events_per_tick = 4 + static_cast<int>(options.users * options.feeds / 40);
  if (random.OneIn(10)) {  // feeds of several chunks and batches, which look together
    options.users = 300;
    options.feeds = 3'000;
    options.alike = true;
    options.events_per_tick = 16;
    events = std::min<std::size_t>(events, 1'000);
  }
  FeedHistory history(random.Bits(), options);
  std::optional<std::string> difference;
  for (std::size_t i = 0; i < events && !difference; ++i) {
    if (i % 2'000 == 0) history.Gather(random.Pick(Crowds()));
    if (i == 0 && options.alike) difference = history.Fill();
    if (!difference) difference = history.Event();
  }
  counts += history.counts();
  return difference;
}

void Print(const FeedHistory::Counts& counts, std::size_t histories, std::chrono::seconds elapsed) {
  std::cout << elapsed.count() << " s: " << histories << " histories, " << counts.events
            << " events, " << counts.ticks << " ticks; " << counts.compared << " feeds compared; "
            << counts.enters << " enters, " << counts.moves << " moves, " << counts.leaves
            << " leaves, " << counts.resyncs << " resyncs" << std::endl;
}

int Run(const Arguments& arguments) {
  constexpr std::chrono::seconds kBetweenReports{10};
  constexpr std::size_t kEventsPerHistory = 20'000;
  std::cout << "from seed " << arguments.seed << ", " << arguments.events << " events" << std::endl;
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start);
  };
  FeedHistory::Counts counts;
  std::chrono::seconds reported{0};
  std::size_t histories = 0;
  for (std::uint64_t seed = arguments.seed; counts.events < arguments.events; ++seed) {
    ++histories;
    if (const auto difference = RunHistory(seed, kEventsPerHistory, counts)) {
      Print(counts, histories, elapsed());
      std::cout << "DIFFERENCE in the history of --seed " << seed << "\n"
                << *difference << std::endl;
      return 1;
    }
    if (elapsed() - reported >= kBetweenReports) {
      reported = elapsed();
      Print(counts, histories, reported);
    }
  }
  Print(counts, histories, elapsed());
  std::cout << "no difference" << std::endl;
  return 0;
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  const auto arguments = moyeo::testing::ParseArguments(argc, argv);
  if (!arguments) {
    std::cerr << "usage: moyeo_soak_feeds [--events N] [--seed N]\n";
    return 2;
  }
  return moyeo::testing::Run(*arguments);
}
