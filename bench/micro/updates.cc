#include <algorithm>
#include <optional>
#include <span>

#include "bench/micro/scene.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kBlock = 8 * Crowd::kBatch;

void Move(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  Sightings steps;
  Repeat(
      state, kBlock, [&] { steps = scene.crowd.Walk(kBlock); },
      [&] {
        for (std::size_t i = 0; i < kBlock; ++i) {
          benchmark::DoNotOptimize(
              scene.index.Move(steps.users[i], steps.positions[i], scene.crowd.now()).ok());
        }
      });
}

void MoveBatch(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  Sightings steps;
  Repeat(
      state, kBlock, [&] { steps = scene.crowd.Walk(kBlock); },
      [&] {
        for (std::size_t i = 0; i < kBlock; i += Crowd::kBatch) {
          const auto users = std::span(steps.users).subspan(i, Crowd::kBatch);
          const auto positions = std::span(steps.positions).subspan(i, Crowd::kBatch);
          benchmark::DoNotOptimize(scene.index.MoveBatch(users, positions, scene.crowd.now()).ok());
        }
      });
}

// Off the clock, what has been inserted is removed again, and the reverse, so that the index keeps
// its size.

void Insert(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  Sightings strangers;
  const auto leave = [&] {
    for (const UserId user : strangers.users) scene.index.Remove(user);
  };
  Repeat(
      state, kBlock,
      [&] {
        leave();
        strangers = scene.crowd.Strangers(kBlock);
      },
      [&] {
        for (std::size_t i = 0; i < kBlock; ++i) {
          benchmark::DoNotOptimize(
              scene.index.Move(strangers.users[i], strangers.positions[i], scene.crowd.now()).ok());
        }
      });
  leave();
}

void Remove(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  const std::size_t block = std::min(kBlock, scene.crowd.size() / 8 + 1);
  Sightings leaving;
  const auto come_back = [&] {
    benchmark::DoNotOptimize(
        scene.index.MoveBatch(leaving.users, leaving.positions, scene.crowd.now()).ok());
  };
  Repeat(
      state, block,
      [&] {
        come_back();
        leaving = scene.crowd.Sample(block);
      },
      [&] {
        for (const UserId user : leaving.users) benchmark::DoNotOptimize(scene.index.Remove(user));
      });
  come_back();
}

void ExpireEverybody(PresenceIndex& index, Timestamp now) {
  while (!index.Expire(now).complete) {
  }
}

// A sweep that finds nothing to do: what it costs, per user held, to look.
void ExpireNobody(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  Repeat(
      state, scene.crowd.size(), [] {}, [&] { ExpireEverybody(scene.index, scene.crowd.now()); });
}

// A sweep over a crowd that has left, per user taken out.
void ExpireAll(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  std::optional<PresenceIndex> index;
  Repeat(
      state, scene.crowd.size(),
      [&] {
        index.emplace(PresenceOptions{.ttl_ms = Crowd::kTtlMs});
        Fill(scene.crowd, *index);
      },
      [&] {
        ExpireEverybody(*index, scene.crowd.now() + std::chrono::milliseconds{Crowd::kTtlMs});
      });
}

}  // namespace

void RegisterUpdates(Scenes& scenes, const std::vector<std::int64_t>& users) {
  const auto add = [&](const char* name, void (*run)(benchmark::State&, Scenes&)) {
    auto* benchmark = benchmark::RegisterBenchmark(
        name, [run, &scenes](benchmark::State& state) { run(state, scenes); });
    for (const std::int64_t size : users) benchmark->Arg(size);
    benchmark->UseManualTime();
  };
  add("move", Move);
  add("move_batch", MoveBatch);
  add("insert", Insert);
  add("remove", Remove);
  add("expire_nobody", ExpireNobody);
  add("expire_all", ExpireAll);
}

}  // namespace moyeo::bench
