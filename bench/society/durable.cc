#include "bench/society/durable.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "bench/society/population.h"
#include "bench/society/report.h"
#include "bench/society/stores.h"
#include "bench/society/town.h"
#include "bench/support/scratch_directory.h"
#include "bench/support/statistics.h"
#include "moyeo/engine.h"

namespace moyeo::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kCallersDuringSnapshots = 16;

// A list that is gone through again and again.
constexpr std::size_t kCommands = 200'000;

double NanosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

// What callers have done.
struct Work {
  absl::Status status;
  double elapsed_ns = 0;
  std::vector<double> latencies_ns;  // of each command
};

class Measuring {
 public:
  Measuring(const SocietyBenchOptions& options, const std::string& journal)
      : options_(options), round_(std::chrono::milliseconds(options.round_ms)), journal_(journal) {
    Town town(options.users, options.meetups, options.seed);
    town.Founding();
    commands_ = town.Bustle(kCommands);
  }

  absl::StatusOr<std::vector<Result>> Run() {
    for (const auto measure : {&Measuring::MeasureApply, &Measuring::MeasureSnapshots}) {
      if (absl::Status status = (this->*measure)(); !status.ok()) return status;
    }
    return std::move(results_);
  }

 private:
  absl::Status MeasureApply() {
    absl::StatusOr<std::unique_ptr<Engine>> engine = OpenPopulation(journal_);
    if (!engine.ok()) return engine.status();
    absl::StatusOr<std::unique_ptr<Store>> sqlite = OpenNaiveSqlite(scratch_ / "naive.db");
    if (!sqlite.ok()) return sqlite.status();
    absl::StatusOr<std::unique_ptr<Store>> redis =
        StartRedisWithLog(*std::ranges::max_element(options_.callers));
    if (!redis.ok()) return redis.status();
    MoyeoStore moyeo(*std::move(engine));
    const std::array<std::pair<const char*, Store*>, 3> stores = {
        {{"moyeo", &moyeo}, {"sqlite_naive", sqlite->get()}, {"redis_aof_always", redis->get()}}};
    for (const std::size_t callers : options_.callers) {
      std::array<std::vector<double>, stores.size()> ns;
      // The first round fills caches, and is not counted.
      for (std::size_t round = 0; round <= options_.rounds; ++round) {
        for (std::size_t i = 0; i < stores.size(); ++i) {
          const Work work =
              Do(*stores[i].second, callers, [&] { std::this_thread::sleep_for(round_); });
          if (!work.status.ok()) return work.status;
          if (round == 0) continue;
          ns[i].push_back(work.elapsed_ns / static_cast<double>(work.latencies_ns.size()));
        }
      }
      for (std::size_t i = 0; i < stores.size(); ++i) {
        Add(stores[i].first, "apply_durable_" + std::to_string(callers), callers, std::move(ns[i]));
      }
    }
    return absl::OkStatus();
  }

  absl::Status MeasureSnapshots() {
    absl::StatusOr<std::unique_ptr<Engine>> engine = OpenPopulation(journal_);
    if (!engine.ok()) return engine.status();
    MoyeoStore moyeo(*std::move(engine));
    std::vector<double> calm_ns;
    std::vector<double> snapshot_ns;
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      absl::Status made;
      Work during = Do(moyeo, kCallersDuringSnapshots, [&] { made = moyeo.engine().Snapshot(); });
      if (!made.ok()) return made;
      const auto as_long = std::chrono::duration<double, std::nano>(during.elapsed_ns);
      Work calm = Do(moyeo, kCallersDuringSnapshots, [&] { std::this_thread::sleep_for(as_long); });
      for (const auto& [work, ns] : {std::pair(&during, &snapshot_ns), {&calm, &calm_ns}}) {
        if (!work->status.ok()) return work->status;
        std::ranges::sort(work->latencies_ns);
        ns->push_back(Percentile(work->latencies_ns, 99.9));
      }
    }
    Add("moyeo", "calm_apply_p999", kCallersDuringSnapshots, std::move(calm_ns));
    Add("moyeo", "snapshot_apply_p999", kCallersDuringSnapshots, std::move(snapshot_ns));
    return absl::OkStatus();
  }

  // So many callers give one command after the other until `meanwhile` returns.
  Work Do(Store& store, std::size_t callers, const std::function<void()>& meanwhile) {
    std::atomic<bool> is_over = false;
    std::latch ready(static_cast<std::ptrdiff_t>(callers) + 1);
    std::vector<Work> works(callers);
    std::vector<std::thread> threads;
    for (std::size_t caller = 0; caller < callers; ++caller) {
      threads.emplace_back([&, caller] {
        Work& work = works[caller];
        ready.arrive_and_wait();
        do {
          const Command& command = commands_[next_.fetch_add(1) % commands_.size()];
          const Clock::time_point start = Clock::now();
          work.status = store.Apply(caller, command);
          work.latencies_ns.push_back(NanosecondsSince(start));
        } while (work.status.ok() && !is_over);
      });
    }
    ready.arrive_and_wait();
    const Clock::time_point start = Clock::now();
    meanwhile();
    is_over = true;
    for (std::thread& thread : threads) thread.join();
    Work all{.status = absl::OkStatus(), .elapsed_ns = NanosecondsSince(start), .latencies_ns = {}};
    for (const Work& work : works) {
      all.status.Update(work.status);
      all.latencies_ns.insert(all.latencies_ns.end(), work.latencies_ns.begin(),
                              work.latencies_ns.end());
    }
    return all;
  }

  void Add(const std::string& engine, const std::string& operation, std::size_t callers,
           std::vector<double> ns) {
    results_.push_back({.engine = engine,
                        .operation = operation,
                        .users = options_.users,
                        .distribution = "city",
                        .threads = static_cast<int>(callers),
                        .ns = Summarize(std::move(ns))});
    Print(results_.back());
  }

  const SocietyBenchOptions options_;
  const Clock::duration round_;
  const std::string journal_;
  const ScratchDirectory scratch_;
  std::vector<Command> commands_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<Result> results_;
};

}  // namespace

absl::StatusOr<std::vector<Result>> MeasureDurable(const SocietyBenchOptions& options,
                                                   const std::string& journal) {
  return Measuring(options, journal).Run();
}

}  // namespace moyeo::bench
