#include <algorithm>
#include <string_view>

#include "bench/feed/ticks.h"
#include "bench/peers/redis_geo.h"
#include "common/redis_server.h"

namespace moyeo::bench {
namespace {

constexpr std::string_view kKey = "users";

// How many commands are under way at a time.
constexpr std::size_t kPipelined = 256;

// Sends `count` commands by `send(i)` and takes in the replies.
template <typename Send>
void Pipeline(RedisGeo& connection, std::size_t count, Send send) {
  for (std::size_t begin = 0; begin < count; begin += kPipelined) {
    const std::size_t end = std::min(begin + kPipelined, count);
    for (std::size_t i = begin; i < end; ++i) send(i);
    for (std::size_t i = begin; i < end; ++i) connection.Receive();
  }
}

}  // namespace

std::vector<Result> MeasureRedis(Crowd crowd, const FeedBenchOptions& options) {
  const common::RedisServer server;
  ExpectRedisOk(server.status());
  RedisGeo connection(server.socket());
  const auto used_bytes = [&] {
    return RedisField(Text(*connection.Ask({"INFO", "memory"})), "# Memory", "used_memory:");
  };
  const double empty_bytes = used_bytes();
  const auto move = [&](const Sightings& moves) {
    Pipeline(connection, moves.size(),
             [&](std::size_t i) { connection.SendMove(kKey, moves.users[i], moves.positions[i]); });
  };
  crowd.ForEachBatch([&](auto users, auto positions, Timestamp) {
    Pipeline(connection, users.size(),
             [&](std::size_t i) { connection.SendMove(kKey, users[i], positions[i]); });
  });

  const auto users = static_cast<double>(crowd.size());
  const double bytes_per_user = (used_bytes() - empty_bytes) / users;
  const std::size_t asking = std::min(options.redis_sample, crowd.size());
  std::vector<Result> results;
  const auto measure = [&](const char* operation, auto draw_moves) {
    std::vector<double> ns;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      const Sightings moves = draw_moves();
      const Sightings sample = crowd.Sample(asking);
      const double start = connection.CommandNanoseconds();
      move(moves);
      const double moved = connection.CommandNanoseconds();
      Pipeline(connection, sample.size(), [&](std::size_t i) {
        // The one who asks is in the answer.
        connection.SendSearch(kKey, sample.positions[i], kWatchRadiusMeters, kWatchLimit + 1);
      });
      const double asked = connection.CommandNanoseconds();
      ns.push_back((moved - start) / users + (asked - moved) / static_cast<double>(sample.size()));
    }
    results.push_back({.engine = "redis",
                       .operation = operation,
                       .users = crowd.size(),
                       .distribution = std::string(Name(crowd.distribution())),
                       .ns = Summarize(ns),
                       .bytes_per_user = bytes_per_user});
  };
  measure("tick_all_moved", [&] { return crowd.WalkAll(); });
  measure("tick_1pct_moved", [&] { return crowd.Walk((crowd.size() + 99) / 100); });
  measure("tick_idle", [&] { return Sightings(); });
  return results;
}

}  // namespace moyeo::bench
