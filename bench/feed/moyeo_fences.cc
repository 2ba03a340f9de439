#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "bench/feed/clock.h"
#include "bench/feed/ticks.h"
#include "bench/support/random.h"
#include "moyeo/clusters.h"
#include "moyeo/fence.h"
#include "moyeo/presence.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kFences = 100'000;
constexpr double kLeastRadiusMeters = 100;
constexpr double kGreatestRadiusMeters = 1'000;

// Some 20 columns and 16 rows of cells on a screen: 22 km high and 28 km wide at the equator.
constexpr int kScreenLevel = 13;
constexpr double kScreenHeightDegrees = 0.2;
constexpr double kScreenWidthDegrees = 0.25;
constexpr std::size_t kBoxesPerRound = 50;

// Everybody, and fences beside them.
class Fenced {
 public:
  explicit Fenced(const Crowd& crowd) : index_({.ttl_ms = Crowd::kTtlMs}) {
    crowd.ForEachBatch([&](auto users, auto positions, Timestamp seen) {
      ExpectOk(index_.MoveBatch(users, positions, seen));
    });
  }

  void Add(LatLng center, double radius_m) {
    ExpectOk(fences_.Add({.region = FenceCircle{center, radius_m}}));
  }

  void Tick(Timestamp now) {
    ExpectOk(fences_.Tick(now, [&](const FenceEvent&) { ++events_; }));
  }

  // Nanoseconds that the moves and the tick after them took.
  double MoveAndTick(const Sightings& moves, Timestamp now) {
    const double start = ProcessorNanoseconds();
    for (std::size_t begin = 0; begin < moves.size(); begin += Crowd::kBatch) {
      const std::size_t count = std::min(Crowd::kBatch, moves.size() - begin);
      ExpectOk(index_.MoveBatch(std::span(moves.users).subspan(begin, count),
                                std::span(moves.positions).subspan(begin, count), now));
    }
    if (fences_.size() > 0) Tick(now);
    return ProcessorNanoseconds() - start;
  }

  const PresenceIndex& index() const { return index_; }
  double bytes() const { return static_cast<double>(fences_.MemoryUsage().total()); }
  std::size_t events() const { return events_; }

 private:
  PresenceIndex index_;
  Fences fences_{index_};
  std::size_t events_ = 0;
};

Result ResultOf(const Crowd& crowd, const char* operation, std::span<const double> ns,
                double bytes_per_user) {
  return {.engine = "moyeo",
          .operation = operation,
          .users = crowd.size(),
          .distribution = std::string(Name(crowd.distribution())),
          .ns = Summarize({ns.begin(), ns.end()}),
          .bytes_per_user = bytes_per_user};
}

}  // namespace

std::vector<Result> MeasureFences(Crowd crowd, const FeedBenchOptions& options) {
  const auto users = static_cast<double>(crowd.size());
  Fenced without(crowd);
  Fenced with(crowd);
  Random random(options.seed);
  for (const LatLng center : crowd.DrawOceanPlaces(kFences)) {
    with.Add(center, random.Uniform(kLeastRadiusMeters, kGreatestRadiusMeters));
  }
  with.Tick(crowd.now());
  std::vector<double> ns_without;
  std::vector<double> ns_with;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const Sightings moves = crowd.WalkAll();
    ns_without.push_back(without.MoveAndTick(moves, crowd.now()) / users);
    ns_with.push_back(with.MoveAndTick(moves, crowd.now()) / users);
  }
  if (with.events() > 0) {
    std::cerr << "moyeo_bench_feed: somebody is in mid-ocean\n";
    std::exit(1);
  }

  std::vector<double> ns_boxes;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const std::vector<LatLng> centers = crowd.DrawPlaces(kBoxesPerRound);
    std::size_t clusters = 0;
    const double start = ProcessorNanoseconds();
    for (const LatLng center : centers) {
      // Cities are between 60 degrees south and north, but may spread beyond the antimeridian.
      const double west = std::max(center.lng - kScreenWidthDegrees / 2, -180.0);
      const double east = std::min(center.lng + kScreenWidthDegrees / 2, 180.0);
      const auto answer = FindClusters(without.index(),
                                       {.south_west = {center.lat - kScreenHeightDegrees / 2, west},
                                        .north_east = {center.lat + kScreenHeightDegrees / 2, east},
                                        .level = kScreenLevel},
                                       crowd.now());
      ExpectOk(answer);
      clusters += answer->clusters.size();
    }
    ns_boxes.push_back((ProcessorNanoseconds() - start) / static_cast<double>(kBoxesPerRound));
    if (clusters == 0) {
      std::cerr << "moyeo_bench_feed: nobody is anywhere\n";
      std::exit(1);
    }
  }
  std::vector<double> ns_world;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const double start = ProcessorNanoseconds();
    ExpectOk(FindClusters(without.index(),
                          {.south_west = {-90, -180}, .north_east = {90, 180}, .level = 4},
                          crowd.now()));
    ns_world.push_back(ProcessorNanoseconds() - start);
  }
  return {ResultOf(crowd, "move_no_fences", ns_without, 0),
          ResultOf(crowd, "move_100k_fences", ns_with, with.bytes() / users),
          ResultOf(crowd, "cluster_box", ns_boxes, 0),
          ResultOf(crowd, "cluster_world", ns_world, 0)};
}

}  // namespace moyeo::bench
