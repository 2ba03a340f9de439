// Random histories of a PresenceIndex beside its slow twin and S2, for as long as one likes: in
// turn by one thread, and by several whose every answer is judged by what can have been true.
//
//   moyeo_soak_presence [--seconds N] [--seed N] [--threads N]
//
// Ends with 1 at the first difference, printing the seed of that history: given as --seed, it comes
// first. With one thread that repeats the history; with several it repeats what each of them does,
// but not how they interleave.

#include "moyeo/presence.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "soak/numbers.h"
#include "support/heap.h"
#include "support/history.h"
#include "support/parallel_history.h"
#include "support/places.h"
#include "support/s2_twin.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::int64_t seconds = 60;
  std::uint64_t seed = 0;
  std::size_t threads = ParallelHistoryOptions().threads;  // 1: only histories by one thread
};

std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = std::random_device()();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (name == "--seconds" && Parse(argv[i + 1], arguments.seconds)) continue;
    if (name == "--seed" && Parse(argv[i + 1], arguments.seed)) continue;
    if (name == "--threads" && Parse(argv[i + 1], arguments.threads) && arguments.threads > 0 &&
        arguments.threads <= ParallelHistoryOptions::kMaxThreads) {
      continue;
    }
    return std::nullopt;
  }
  return arguments;
}

std::string Words(const Tally& tally) {
  return std::to_string(tally.queries) + " queries for " + std::to_string(tally.neighbors) +
         " neighbors (" + std::to_string(tally.borderline) + " borderline, " +
         std::to_string(tally.ties) + " ties)";
}

// What has been compared since the start.
struct Counts {
  std::size_t histories = 0;
  std::size_t changes = 0;
  Tally oracle;
  Tally s2;
  std::size_t parallel_histories = 0;
  ParallelTally parallel;
  std::size_t heap_bytes = 0;  // between histories

  void Print(std::chrono::seconds elapsed) const {
    const WitnessTally& beside = parallel.answers;
    std::cout << elapsed.count() << " s\n"
              << "  by one thread: " << histories << " histories, " << changes << " changes, "
              << Words(oracle) << " beside the list, " << Words(s2) << " beside S2\n";
    if (parallel_histories > 0) {
      std::cout << "  by several: " << parallel_histories << " histories, " << parallel.rounds
                << " rounds, " << parallel.moves << " moves, " << beside.removals << " removals, "
                << parallel.sweeps << " sweeps, " << parallel.clears << " clears\n"
                << "    beside them: " << beside.answers_in_full << " answers in full, "
                << beside.answers_of_nearest << " of the nearest (" << beside.answers_of_enough
                << " of enough who stayed), with " << beside.neighbors << " neighbors ("
                << beside.neighbors_owed << " owed), " << beside.counts << " counts, "
                << beside.finds << " finds, " << beside.sizes << " sizes\n"
                << "    at rest: " << Words(parallel.at_rest) << " beside the list\n"
                << "    heap between histories: " << heap_bytes << " bytes\n";
    }
    std::cout << std::flush;
  }
};

// Without filter and of the present, as S2 knows them.
template <typename AnyHistory>
std::optional<std::string> CompareWithS2(const AnyHistory& history, Random& random, Tally& tally) {
  const S2Twin twin(history.oracle(), history.now());
  std::vector<Neighbor> answer;
  for (int i = 0; i < 20; ++i) {
    const LatLng center = random.Pick(Crowds()).place(random);
    NearbyQuery query{.limit = 1 + random.Below(100)};
    if (random.OneIn(2)) {
      query = {.radius_m = std::pow(10, random.Uniform(-2, 7.3)), .limit = std::nullopt};
    }
    const absl::Status status = history.index().Nearby(center, query, history.now(), answer);
    if (!status.ok()) return status.ToString();
    if (auto difference = twin.Difference(center, query, answer, tally)) return difference;
  }
  return std::nullopt;
}

// One history from its seed; nullopt if nothing differed.
std::optional<std::string> RunHistory(std::uint64_t seed, Counts& counts) {
  Random random(seed);
  // From a handful to thousands, every order of magnitude alike.
  const auto users = static_cast<std::size_t>(std::pow(10, random.Uniform(0.3, 4)));
  HistoryOptions options{.users = users};
  options.index.ttl_ms = static_cast<std::int64_t>(std::pow(10, random.Uniform(0, 6)));
  if (random.OneIn(5)) options.index.max_users = 1 + random.Below(users);
  History history(random.Bits(), options);

  std::optional<std::string> difference;
  for (int phase = 0; phase < 12 && !difference; ++phase) {
    switch (random.Below(6)) {
      case 0:
        difference = history.Clear();
        break;
      case 1:
        difference = history.SweepAll();
        break;
      case 2:
      case 3:
        difference = history.Migrate(random.Pick(Crowds()));
        break;
      default:
        history.Gather(random.Pick(Crowds()));
    }
    for (int i = 0; i < 300 && !difference; ++i) difference = history.Change();
    if (!difference) difference = history.Check(4);
    if (!difference && random.OneIn(3)) difference = CompareWithS2(history, random, counts.s2);
  }
  ++counts.histories;
  counts.changes += history.changes();
  counts.oracle += history.tally();
  return difference;
}

// The same by several threads.
std::optional<std::string> RunParallelHistory(std::uint64_t seed, std::size_t threads,
                                              Counts& counts) {
  Random random(seed);
  ParallelHistory history(
      random.Bits(), {.threads = threads,
                      .users = static_cast<std::size_t>(std::pow(10, random.Uniform(1, 3.7))),
                      .ttl_ms = static_cast<std::int64_t>(std::pow(10, random.Uniform(2, 5)))});
  std::optional<std::string> difference;
  for (int times = 0; times < 2 && !difference; ++times) {
    for (int round = 0; round < 8 && !difference; ++round) {
      difference = history.Round(random.Pick(kScenes));
      if (!difference) difference = CompareWithS2(history, random, counts.s2);
    }
    if (!difference) difference = history.Clear();
  }
  ++counts.parallel_histories;
  counts.parallel += history.tally();
  return difference;
}

// Histories leave nothing behind, whatever they were like; threads that have ended neither.
class Heap {
 public:
  std::optional<std::string> Check() {
    const std::size_t bytes = HeapBytes();
    if (first_ == 0) first_ = bytes;
    latest_ = bytes;
    if (bytes <= first_ + kKept) return std::nullopt;
    return "histories have left " + std::to_string(bytes) + " bytes behind, the first of them " +
           std::to_string(first_);
  }

  std::size_t bytes() const { return latest_; }

 private:
  // What this thread's searches keep, and the C library for blocks yet to come.
  static constexpr std::size_t kKept = std::size_t{4} << 20;

  std::size_t first_ = 0;
  std::size_t latest_ = 0;
};

int Run(const Arguments& arguments) {
  constexpr std::chrono::seconds kBetweenReports{10};
  std::cout << "from seed " << arguments.seed << " for " << arguments.seconds << " s" << std::endl;
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start);
  };
  Counts counts;
  Heap heap;
  std::chrono::seconds reported{0};
  for (std::uint64_t seed = arguments.seed; elapsed().count() < arguments.seconds; ++seed) {
    std::optional<std::string> difference = RunHistory(seed, counts);
    if (!difference && arguments.threads > 1) {
      difference = RunParallelHistory(seed, arguments.threads, counts);
    }
    if (!difference) difference = heap.Check();
    counts.heap_bytes = heap.bytes();
    if (difference) {
      counts.Print(elapsed());
      std::cout << "DIFFERENCE in the history of --seed " << seed << "\n"
                << *difference << std::endl;
      return 1;
    }
    if (elapsed() - reported >= kBetweenReports) {
      reported = elapsed();
      counts.Print(reported);
    }
  }
  counts.Print(elapsed());
  std::cout << "no difference" << std::endl;
  return 0;
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  const auto arguments = moyeo::testing::ParseArguments(argc, argv);
  if (!arguments) {
    std::cerr << "usage: moyeo_soak_presence [--seconds N] [--seed N] [--threads N]\n";
    return 2;
  }
  return moyeo::testing::Run(*arguments);
}
