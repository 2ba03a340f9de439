#include "bench/micro/scene.h"

#include <algorithm>

#include "bench/support/machine.h"

namespace moyeo::bench {

Scene::Scene(std::size_t users, std::uint64_t seed) : crowd(users, Distribution::kCity, seed) {
  const std::size_t heap_before = HeapBytes();
  Fill(crowd, index);
  const std::size_t bytes = std::max(HeapBytes() - heap_before, index.MemoryUsage().total());
  bytes_per_user = static_cast<double>(bytes) / static_cast<double>(users);
}

void Fill(const Crowd& crowd, PresenceIndex& index) {
  crowd.ForEachBatch([&](auto users, auto positions, Timestamp seen) {
    benchmark::DoNotOptimize(index.MoveBatch(users, positions, seen).value().applied);
  });
}

Scene& Scenes::Of(std::size_t users) {
  for (const auto& scene : scenes_) {
    if (scene->crowd.size() == users) return *scene;
  }
  return *scenes_.emplace_back(std::make_unique<Scene>(users, seed_));
}

Scene& SceneOf(const benchmark::State& state, Scenes& scenes) {
  return scenes.Of(static_cast<std::size_t>(state.range(0)));
}

}  // namespace moyeo::bench
