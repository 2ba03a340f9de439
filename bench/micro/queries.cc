#include <optional>
#include <vector>

#include "bench/micro/scene.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kQuestions = 1'024;

void Nearby(benchmark::State& state, Scenes& scenes, const NearbyQuery& query) {
  Scene& scene = SceneOf(state, scenes);
  std::vector<LatLng> centers;
  std::vector<Neighbor> answer;
  Repeat(
      state, kQuestions, [&] { centers = scene.crowd.DrawPlaces(kQuestions); },
      [&] {
        for (const LatLng center : centers) {
          benchmark::DoNotOptimize(
              scene.index.Nearby(center, query, scene.crowd.now(), answer).ok());
        }
      });
}

void NearbyBatch(benchmark::State& state, Scenes& scenes, const NearbyQuery& query) {
  Scene& scene = SceneOf(state, scenes);
  std::vector<LatLng> centers;
  NearbyBatchResult answers;
  Repeat(
      state, kQuestions, [&] { centers = scene.crowd.DrawPlaces(kQuestions); },
      [&] {
        benchmark::DoNotOptimize(
            scene.index.NearbyBatch(centers, query, scene.crowd.now(), answers).ok());
      });
}

void CountWithin(benchmark::State& state, Scenes& scenes, double radius_m) {
  Scene& scene = SceneOf(state, scenes);
  std::vector<LatLng> centers;
  Repeat(
      state, kQuestions, [&] { centers = scene.crowd.DrawPlaces(kQuestions); },
      [&] {
        for (const LatLng center : centers) {
          benchmark::DoNotOptimize(
              scene.index.CountWithin(center, radius_m, scene.crowd.now()).value());
        }
      });
}

// From each place to the next: the distances of a world.
void Distance(benchmark::State& state, Scenes& scenes) {
  Scene& scene = SceneOf(state, scenes);
  std::vector<LatLng> places;
  Repeat(
      state, kQuestions, [&] { places = scene.crowd.DrawPlaces(kQuestions + 1); },
      [&] {
        for (std::size_t i = 0; i < kQuestions; ++i) {
          benchmark::DoNotOptimize(DistanceMeters(places[i], places[i + 1]).value());
        }
      });
}

}  // namespace

void RegisterQueries(Scenes& scenes, const std::vector<std::int64_t>& users) {
  const auto add = [&](const char* name, auto run, auto... arguments) {
    auto* benchmark = benchmark::RegisterBenchmark(
        name, [=, &scenes](benchmark::State& state) { run(state, scenes, arguments...); });
    for (const std::int64_t size : users) benchmark->Arg(size);
    benchmark->UseManualTime();
  };
  const auto nearest = [](std::size_t limit, std::optional<double> radius_m) {
    return NearbyQuery{.radius_m = radius_m, .limit = limit, .filter = {}};
  };
  const NearbyQuery all_500m{.radius_m = 500, .limit = std::nullopt, .filter = {}};
  add("nearest_50_1km", Nearby, nearest(50, 1'000));
  add("nearest_50_5km", Nearby, nearest(50, 5'000));
  add("nearest_50_700km", Nearby, nearest(50, 700'000));
  add("all_500m", Nearby, all_500m);
  add("nearest_1", Nearby, nearest(1, std::nullopt));
  add("nearby_batch_50_5km", NearbyBatch, nearest(50, 5'000));
  add("count_500m", CountWithin, 500.0);
  add("count_5km", CountWithin, 5'000.0);
  add("distance_meters", Distance);
}

}  // namespace moyeo::bench
