// What is compared: anything that can tell who is near a place.

#ifndef MOYEO_BENCH_PEERS_ENGINE_H_
#define MOYEO_BENCH_PEERS_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bench/peers/agreement.h"
#include "bench/peers/question.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::bench {

// One index of users by position, used from one thread unless its kind says otherwise.
//
// Positions and centres are canonical. Times never go backwards for a user, so that an engine need
// not look for late moves.
class Engine {
 public:
  virtual ~Engine() = default;

  // `user` is at `position`. Inserts a user who is not held.
  virtual void Move(UserId user, LatLng position, Timestamp seen) = 0;

  // Move for each; an engine that does better with many at once says how.
  virtual void MoveBatch(std::span<const UserId> users, std::span<const LatLng> positions,
                         Timestamp seen) {
    for (std::size_t i = 0; i < users.size(); ++i) Move(users[i], positions[i], seen);
  }

  // REQUIRES: `user` is held
  virtual void Remove(UserId user) = 0;

  // Remove for each, likewise.
  virtual void RemoveBatch(std::span<const UserId> users) {
    for (const UserId user : users) Remove(user);
  }

  // Makes ready for questions, after changes: the work of an engine that does not follow them.
  virtual void Prepare() {}

  // Replaces the content of `result` by the users near `center`, nearest first, without those who
  // at `now` have not been seen for the ttl.
  // REQUIRES: nothing was changed since Prepare
  virtual void Nearby(LatLng center, const Question& question, Timestamp now,
                      std::vector<Neighbor>& result) = 0;

  // Bytes held, by the engine's own count, if it takes memory from elsewhere than malloc.
  virtual std::size_t OwnBytes() { return 0; }

  // Nanoseconds spent on the calls so far, by the engine's own account; nullopt: it keeps none.
  virtual std::optional<double> OwnNanoseconds() { return std::nullopt; }
};

std::unique_ptr<Engine> MakeMoyeo(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeS2PointIndex(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeHashGrid(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeBoostRtree(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeNanoflann(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeRedis(std::int64_t ttl_ms);

// An engine and what it cannot do.
struct EngineKind {
  std::string_view name;
  std::unique_ptr<Engine> (*make)(std::int64_t ttl_ms);

  // Questions only: changes are made off the clock, and then Prepare is called.
  bool is_static = false;

  // Any number of threads may use it at once.
  bool is_thread_safe = false;

  // Holds nobody near the poles, and answers no question without a radius.
  bool is_regional = false;

  std::size_t max_users = std::numeric_limits<std::size_t>::max();

  // By how much its answers may differ from those of the first engine.
  Tolerance tolerance = {};
};

inline constexpr std::string_view kMoyeo = "moyeo";

// Redis has 26 bits for each coordinate, of 360 and 170.1 degrees, and measures from the middle of
// its cells: at most 30 cm off to the east or west and 14 cm to the north or south.
inline constexpr std::string_view kRedis = "redis";
inline constexpr Tolerance kRedisTolerance{.position_degrees = 2.8e-6, .distance_m = 0.35};

// In the order of the table's columns. The first is what the others are held against.
inline constexpr EngineKind kEngineKinds[] = {
    {.name = kMoyeo, .make = MakeMoyeo, .is_thread_safe = true},
    {.name = "s2_point_index", .make = MakeS2PointIndex},
    {.name = "hash_grid", .make = MakeHashGrid},
    {.name = "boost_rtree", .make = MakeBoostRtree},
    {.name = "nanoflann", .make = MakeNanoflann, .is_static = true},
    {.name = kRedis,
     .make = MakeRedis,
     .is_thread_safe = true,
     .is_regional = true,
     .max_users = 1'000'000,
     .tolerance = kRedisTolerance},
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_ENGINE_H_
