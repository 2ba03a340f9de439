// What is compared: anything that can tell who is near a place.

#ifndef MOYEO_BENCH_PEERS_ENGINE_H_
#define MOYEO_BENCH_PEERS_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::bench {

struct Question {
  std::optional<double> radius_m;    // nullopt: however far away
  std::optional<std::size_t> limit;  // nullopt: everybody within the radius

  // So that no engine has to say what it makes of a question for everybody on Earth.
  // REQUIRES: radius_m || limit
};

// One index of users by position, used from one thread.
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

  // Replaces the content of `result` by the users near `center`, nearest first, without those who
  // at `now` have not been seen for the ttl.
  virtual void Nearby(LatLng center, const Question& question, Timestamp now,
                      std::vector<Neighbor>& result) = 0;

  // Bytes held, by the engine's own count, if it takes memory from elsewhere than malloc.
  virtual std::size_t OwnBytes() const { return 0; }
};

std::unique_ptr<Engine> MakeMoyeo(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeS2PointIndex(std::int64_t ttl_ms);
std::unique_ptr<Engine> MakeHashGrid(std::int64_t ttl_ms);

struct EngineKind {
  std::string_view name;
  std::unique_ptr<Engine> (*make)(std::int64_t ttl_ms);
};

// In the order of the table's columns. The first is what the others are held against.
inline constexpr EngineKind kEngineKinds[] = {
    {"moyeo", MakeMoyeo},
    {"s2_point_index", MakeS2PointIndex},
    {"hash_grid", MakeHashGrid},
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_ENGINE_H_
