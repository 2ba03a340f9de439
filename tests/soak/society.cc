// Simulated societies beside the auditor.
//
//   moyeo_soak_society [--commands N] [--days N] [--seed N]
//
// Society after society until there were so many commands, or with --days one that lives so long.
// No two are alike: kUsage says what is asked of each. Ends with 1 at the first difference,
// printing the seed of that society: given as --seed, it comes first.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "simulation/simulation.h"
#include "soak/numbers.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

constexpr std::string_view kUsage =
    R"(Usage: moyeo_soak_society [--commands N] [--days N] [--seed N]

  --commands N  how many, ten million by default, in societies of twenty thousand each
  --days N      instead, one society that lives so long, with a command a minute of its time
  --seed N      of the first society; the next ones count on from it

Each society has another seed, 3 to 158 people, 3 to 100 meetups at a time, from a millisecond to
hours between commands, and people who want some things more than others.

Every command:  outcome, what Validate says of it, and all events beside the auditor's; order and
                audiences of events; time, settings and what is due next; and that a replica, which
                hears of accepted commands only, says the same
Every 6 to 24:  what one viewer was told of lists beside lists; and eight views, a list from page to
                page, recommendations or an export, each of somebody and about something drawn
Every 50 to 200: the hash of the state beside the replica's, so that what was refused or repeated
                since has changed nothing; and beside the one before, if this command was refused
Every 200 accepted: the replica goes on from a snapshot
Every 60 or so: unless one is under way, a walk through a list begins, from page to page while
                others change things: what they do not change is to come exactly once
At the end:     every view, list and export of everybody, about everybody and everything
)";

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::uint64_t commands = 10'000'000;
  std::optional<std::uint64_t> days;
  std::uint64_t seed = 0;
};

std::optional<Arguments> ParseArguments(int argc, char** argv) {
  constexpr std::uint64_t kMostDays = 100'000;
  Arguments arguments;
  arguments.seed = std::random_device()();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (name == "--commands" && Parse(argv[i + 1], arguments.commands)) continue;
    if (name == "--days" && Parse(argv[i + 1], arguments.days.emplace()) &&
        *arguments.days <= kMostDays) {
      continue;
    }
    if (name == "--seed" && Parse(argv[i + 1], arguments.seed)) continue;
    return std::nullopt;
  }
  return arguments;
}

constexpr std::size_t kCommandsPerSociety = 20'000;

SimulationOptions SomeOptions(Random& random) {
  SimulationOptions options;
  // From a household to a town, and from milliseconds to hours between commands, every order of
  // magnitude alike.
  options.population.users = static_cast<std::size_t>(std::pow(10, random.Uniform(0.5, 2.2)));
  options.population.meetups = static_cast<std::size_t>(std::pow(10, random.Uniform(0.5, 2)));
  options.population.pace_ms = std::pow(10, random.Uniform(0, 7));
  if (random.OneIn(20)) options.population.start = kMinTimestamp;
  if (random.OneIn(20)) options.population.start = kMaxTimestamp - std::chrono::hours(24 * 20);
  for (double& share : options.population.mix.shares)
    share *= std::pow(10, random.Uniform(-0.7, 0.7));
  options.commands_per_question = 6 + random.Below(19);
  options.commands_per_hash = 50 + random.Below(151);
  options.commands_per_check = kCommandsPerSociety;
  options.commands_per_walk = 60;
  return options;
}

class Soak {
 public:
  explicit Soak(const Arguments& arguments) : arguments_(arguments) {}

  int Run() {
    std::cout << "from seed " << arguments_.seed << std::endl;
    return arguments_.days ? LiveFor(std::chrono::days(*arguments_.days)) : RunSocieties();
  }

 private:
  int RunSocieties() {
    std::uint64_t seed = arguments_.seed;
    while (past_.commands < arguments_.commands) {
      ++societies_;
      Random random(seed);
      const SimulationOptions options = SomeOptions(random);
      Simulation simulation(random.Bits(), options);
      for (std::size_t i = 0; i < kCommandsPerSociety; ++i) {
        if (const auto difference = simulation.Step()) return Fail(seed, simulation, *difference);
        ReportNowAndThen(simulation);
      }
      past_ += simulation.counts();
      ++seed;
    }
    return Succeed({});
  }

  // One society, with a command a minute.
  int LiveFor(std::chrono::days days) {
    ++societies_;
    SimulationOptions options{.population = {.users = 40, .meetups = 40, .pace_ms = 60'000}};
    options.commands_per_question = 2;
    options.commands_per_hash = 16;
    options.commands_per_check = 5'000;
    Simulation simulation(Random(arguments_.seed).Bits(), options);
    while (simulation.society().time() < options.population.start + days) {
      if (const auto difference = simulation.Step()) {
        return Fail(arguments_.seed, simulation, *difference);
      }
      ReportNowAndThen(simulation);
    }
    if (const auto difference = simulation.CompareAll()) {
      return Fail(arguments_.seed, simulation, *difference);
    }
    return Succeed(simulation.counts());
  }

  void ReportNowAndThen(const Simulation& simulation) {
    constexpr std::chrono::seconds kBetweenReports{10};
    if (Elapsed() - reported_ < kBetweenReports) return;
    reported_ = Elapsed();
    Print(simulation.counts());
  }

  int Fail(std::uint64_t seed, const Simulation& simulation, const std::string& difference) {
    Print(simulation.counts());
    std::cout << "DIFFERENCE in the society of --seed " << seed << "\n" << difference << std::endl;
    return 1;
  }

  int Succeed(const Simulation::Counts& counts) {
    Print(counts);
    std::cout << "no difference" << std::endl;
    return 0;
  }

  std::chrono::seconds Elapsed() const {
    return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start_);
  }

  // `counts` are those of the society that lives.
  void Print(const Simulation::Counts& counts) const {
    Simulation::Counts all = past_;
    all += counts;
    std::size_t events = 0;
    for (const auto& [kind, count] : all.events) events += count;
    std::cout << Elapsed().count() << " s: " << societies_ << " societies, " << all.commands
              << " commands: " << all.accepted << " accepted, " << all.repeated
              << " of them repeated, the others refused for " << all.rejects.size() - 1
              << " reasons; " << events << " events of " << all.events.size() << " kinds; "
              << all.questions << " questions, " << all.walks << " walks" << std::endl;
  }

  Arguments arguments_;
  Clock::time_point start_ = Clock::now();
  std::chrono::seconds reported_{0};
  std::size_t societies_ = 0;
  Simulation::Counts past_;
};

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::cout << moyeo::testing::kUsage;
    return 0;
  }
  const auto arguments = moyeo::testing::ParseArguments(argc, argv);
  if (!arguments) {
    std::cerr << moyeo::testing::kUsage;
    return 2;
  }
  return moyeo::testing::Soak(*arguments).Run();
}
