#include "bench/society/restart.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "bench/society/population.h"
#include "bench/society/report.h"
#include "bench/society/town.h"
#include "bench/support/statistics.h"

namespace moyeo::bench {
namespace {

using Clock = std::chrono::steady_clock;

// How many commands come after the snapshot.
constexpr std::size_t kTail = 100'000;

// What `work` says when it is done in a process of its own.
absl::StatusOr<double> InAnotherProcess(const std::function<absl::StatusOr<double>()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return absl::UnavailableError("no pipe");
  const pid_t child = fork();
  if (child < 0) return absl::UnavailableError("no process");
  if (child == 0) {
    const absl::StatusOr<double> said = work();
    if (!said.ok()) std::cerr << said.status() << std::endl;
    const bool is_told = said.ok() && write(ends[1], &*said, sizeof(*said)) == sizeof(*said);
    _exit(is_told ? 0 : 1);
  }
  close(ends[1]);
  double said = 0;
  const bool is_told = read(ends[0], &said, sizeof(said)) == sizeof(said);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!is_told) return absl::InternalError("a process has failed");
  return said;
}

absl::StatusOr<double> MakeJournal(const SocietyBenchOptions& options, const std::string& journal) {
  Town town(options.users, options.meetups, options.seed);
  absl::Status status = MakePopulation(journal, town, options.messages);
  if (!status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<Engine>> engine = OpenPopulation(journal);
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<std::vector<Outcome>> tail = (*engine)->ApplyBatch(town.Bustle(kTail));
  if (!tail.ok()) return tail.status();
  return 0;
}

absl::StatusOr<double> Restart(const std::string& journal) {
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<std::unique_ptr<Engine>> engine = OpenPopulation(journal);
  const std::chrono::duration<double, std::nano> ns = Clock::now() - start;
  if (!engine.ok()) return engine.status();
  return ns.count();
}

}  // namespace

absl::StatusOr<Result> MeasureRestart(const SocietyBenchOptions& options,
                                      const std::string& journal) {
  std::cout << "founding the town for good, with " << options.messages << " messages" << std::endl;
  const auto made = InAnotherProcess([&] { return MakeJournal(options, journal); });
  if (!made.ok()) return made.status();
  std::vector<double> ns;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const absl::StatusOr<double> once = InAnotherProcess([&] { return Restart(journal); });
    if (!once.ok()) return once.status();
    ns.push_back(*once);
  }
  Result result{.engine = "moyeo",
                .operation = "restart",
                .users = options.users,
                .distribution = "city",
                .ns = Summarize(std::move(ns))};
  Print(result);
  return result;
}

}  // namespace moyeo::bench
