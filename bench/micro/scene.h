// What the micro benchmarks run on, and how they time it.

#ifndef MOYEO_BENCH_MICRO_SCENE_H_
#define MOYEO_BENCH_MICRO_SCENE_H_

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/support/crowd.h"
#include "moyeo/presence.h"

namespace moyeo::bench {

// An index that holds a crowd.
struct Scene {
  Scene(std::size_t users, std::uint64_t seed);

  Crowd crowd;
  PresenceIndex index{{.ttl_ms = Crowd::kTtlMs}};
  double bytes_per_user = 0;
};

// Inserts everybody.
void Fill(const Crowd& crowd, PresenceIndex& index);

// One scene for each number of users, built at its first use and kept.
class Scenes {
 public:
  explicit Scenes(std::uint64_t seed) : seed_(seed) {}

  Scene& Of(std::size_t users);

 private:
  const std::uint64_t seed_;
  std::vector<std::unique_ptr<Scene>> scenes_;
};

// The number of users is the first argument of every benchmark.
Scene& SceneOf(const benchmark::State& state, Scenes& scenes);

// Runs `prepare` off the clock and `work` on it, over and over. `work` is `operations` operations,
// of which the report gives the time of one.
template <typename Prepare, typename Work>
void Repeat(benchmark::State& state, std::size_t operations, Prepare prepare, Work work) {
  for (auto _ : state) {
    prepare();
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    state.SetIterationTime(elapsed.count());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(operations));
}

// Registers benchmarks of everything that changes an index, and of everything that asks one, for
// each number of users. `scenes` must outlive the run.
void RegisterUpdates(Scenes& scenes, const std::vector<std::int64_t>& users);
void RegisterQueries(Scenes& scenes, const std::vector<std::int64_t>& users);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_MICRO_SCENE_H_
