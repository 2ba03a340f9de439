#include <algorithm>
#include <cstdint>
#include <iostream>

#include "bench/feed/clock.h"
#include "bench/feed/ticks.h"
#include "moyeo/feed.h"
#include "moyeo/presence.h"

namespace moyeo::bench {
namespace {

// Everybody and their feeds.
class Watchers {
 public:
  Watchers(Crowd& crowd, Visibility visibility)
      : crowd_(crowd), index_({.ttl_ms = Crowd::kTtlMs, .default_visibility = visibility}) {
    crowd.ForEachBatch([&](auto users, auto positions, Timestamp seen) {
      ExpectOk(index_.MoveBatch(users, positions, seen));
      for (const UserId user : users) {
        ExpectOk(feeds_.Subscribe(
            {.center = user, .radius_m = kWatchRadiusMeters, .limit = kWatchLimit}));
      }
    });
    Tick();
  }

  // Nanoseconds that the moves and the tick after them took.
  double MoveAndTick(const Sightings& moves) {
    const double start = ProcessorNanoseconds();
    for (std::size_t begin = 0; begin < moves.size(); begin += Crowd::kBatch) {
      const std::size_t count = std::min(Crowd::kBatch, moves.size() - begin);
      ExpectOk(index_.MoveBatch(std::span(moves.users).subspan(begin, count),
                                std::span(moves.positions).subspan(begin, count), crowd_.now()));
    }
    Tick();
    return ProcessorNanoseconds() - start;
  }

  double BytesPerWatcher() const {
    return static_cast<double>(feeds_.MemoryUsage().total()) / static_cast<double>(feeds_.size());
  }

  std::uint64_t deltas() const { return deltas_; }

 private:
  void Tick() {
    ExpectOk(feeds_.Tick(crowd_.now(),
                         [&](const FeedUpdate& update) { deltas_ += update.deltas.size(); }));
  }

  Crowd& crowd_;
  PresenceIndex index_;
  NearbyFeeds feeds_{index_};
  std::uint64_t deltas_ = 0;
};

}  // namespace

std::vector<Result> MeasureMoyeo(Crowd crowd, const FeedBenchOptions& options) {
  const auto users = static_cast<double>(crowd.size());
  std::vector<Result> results;
  const auto measure = [&](Watchers& watchers, const char* operation, auto draw_moves) {
    std::vector<double> ns;
    watchers.MoveAndTick(draw_moves());  // the first is not as the others are: memory is new to it
    const std::uint64_t deltas_before = watchers.deltas();
    for (std::size_t round = 0; round < options.rounds; ++round) {
      const Sightings moves = draw_moves();
      ns.push_back(watchers.MoveAndTick(moves) / users);
    }
    const double deltas = static_cast<double>(watchers.deltas() - deltas_before);
    std::cout << "  " << operation << ": " << deltas / users / static_cast<double>(options.rounds)
              << " deltas a watcher and tick\n";
    results.push_back({.engine = "moyeo",
                       .operation = operation,
                       .users = crowd.size(),
                       .distribution = std::string(Name(crowd.distribution())),
                       .ns = Summarize(ns),
                       .bytes_per_user = watchers.BytesPerWatcher()});
  };
  const auto walk_all = [&] { return crowd.WalkAll(); };
  {
    Watchers watchers(crowd, Visibility::kExact);
    measure(watchers, "tick_all_moved", walk_all);
    measure(watchers, "tick_1pct_moved", [&] { return crowd.Walk((crowd.size() + 99) / 100); });
    measure(watchers, "tick_idle", [&] { return Sightings(); });
  }
  Watchers cloaked(crowd, Visibility::kCloaked);
  measure(cloaked, "tick_all_cloaked", walk_all);
  return results;
}

}  // namespace moyeo::bench
