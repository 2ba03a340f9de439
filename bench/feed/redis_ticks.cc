#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "bench/feed/clock.h"
#include "bench/feed/ticks.h"
#include "bench/peers/agreement.h"
#include "bench/peers/engine.h"
#include "bench/peers/redis_geo.h"
#include "common/redis_server.h"
#include "moyeo/feed.h"
#include "moyeo/presence.h"

namespace moyeo::bench {
namespace {

constexpr std::string_view kKey = "users";

// How many commands are under way at a time.
constexpr std::size_t kPipelined = 256;

// How many of those who ask in a round are told by moyeo too.
constexpr std::size_t kComparedPerRound = 200;

// What the feeds of moyeo show of the same crowd.
class Expected {
 public:
  explicit Expected(const Crowd& crowd) : index_({.ttl_ms = Crowd::kTtlMs}) {
    crowd.ForEachBatch([&](auto users, auto positions, Timestamp seen) {
      ExpectOk(index_.MoveBatch(users, positions, seen));
    });
  }

  void Move(const Sightings& moves, Timestamp now) {
    ExpectOk(index_.MoveBatch(moves.users, moves.positions, now));
  }

  // Ends the process unless `reply` tells `user` what a feed around them shows.
  void Compare(UserId user, const redisReply& reply, Timestamp now) {
    const auto feed =
        feeds_.Subscribe({.center = user, .radius_m = kWatchRadiusMeters, .limit = kWatchLimit});
    ExpectOk(feed);
    ExpectOk(feeds_.Resync(*feed, now, shown_));
    feeds_.End(*feed);
    answer_.clear();
    for (std::size_t i = 0; i < reply.elements; ++i) {
      const redisReply& found = *reply.element[i];
      const redisReply& position = *found.element[2];
      const UserId neighbor{Parse<std::uint64_t>(Text(*found.element[0]))};
      if (neighbor == user || answer_.size() == kWatchLimit) continue;
      // Redis does not know when.
      const auto presence = index_.Find(neighbor, now);
      answer_.push_back({.user = neighbor,
                         .position = {.lat = Parse<double>(Text(*position.element[1])),
                                      .lng = Parse<double>(Text(*position.element[0]))},
                         .distance_m = Parse<double>(Text(*found.element[1])) / kRedisScale,
                         .last_seen = presence ? presence->last_seen : kMinTimestamp});
    }
    const auto difference =
        Disagreement(shown_.neighbors, answer_,
                     {.radius_m = kWatchRadiusMeters, .limit = kWatchLimit}, kRedisTolerance);
    ++compared_;
    if (!difference) return;
    std::cerr << "redis, asked by user " << ToNumber(user) << ", " << *difference << '\n';
    std::exit(1);
  }

  std::size_t compared() const { return compared_; }

 private:
  PresenceIndex index_;
  NearbyFeeds feeds_{index_};
  FeedSnapshot shown_;
  std::vector<Neighbor> answer_;
  std::size_t compared_ = 0;
};

// Sends `count` commands by `send(i)` and hands the replies to `take(i, reply)`.
template <typename Send, typename Take>
void Pipeline(RedisGeo& connection, std::size_t count, Send send, Take take) {
  for (std::size_t begin = 0; begin < count; begin += kPipelined) {
    const std::size_t end = std::min(begin + kPipelined, count);
    for (std::size_t i = begin; i < end; ++i) send(i);
    for (std::size_t i = begin; i < end; ++i) take(i, *connection.Receive());
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
  const auto ignore = [](std::size_t, const redisReply&) {};
  Expected expected(crowd);
  const auto move = [&](const Sightings& moves) {
    Pipeline(
        connection, moves.size(),
        [&](std::size_t i) { connection.SendMove(kKey, moves.users[i], moves.positions[i]); },
        ignore);
  };
  crowd.ForEachBatch([&](auto users, auto positions, Timestamp) {
    Pipeline(
        connection, users.size(),
        [&](std::size_t i) { connection.SendMove(kKey, users[i], positions[i]); }, ignore);
  });

  const auto users = static_cast<double>(crowd.size());
  const double bytes_per_user = (used_bytes() - empty_bytes) / users;
  const std::size_t asking = std::min(options.redis_sample, crowd.size());
  std::vector<Result> results;
  const auto measure = [&](const char* operation, auto draw_moves) {
    std::vector<double> ns;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      const Sightings moves = draw_moves();
      expected.Move(moves, crowd.now());
      const Sightings sample = crowd.Sample(asking);
      const double start = connection.CommandNanoseconds();
      move(moves);
      const double moved = connection.CommandNanoseconds();
      Pipeline(
          connection, sample.size(),
          [&](std::size_t i) {
            // The one who asks is in the answer.
            connection.SendSearch(kKey, sample.positions[i], kWatchRadiusMeters, kWatchLimit + 1);
          },
          [&](std::size_t i, const redisReply& reply) {
            if (i < kComparedPerRound) expected.Compare(sample.users[i], reply, crowd.now());
          });
      const double asked = connection.CommandNanoseconds();
      ns.push_back((moved - start) / users + (asked - moved) / static_cast<double>(sample.size()));
    }
    results.push_back({.engine = "redis",
                       .operation = operation,
                       .users = crowd.size(),
                       .distribution = std::string(Name(crowd.distribution())),
                       .ns = Summarize(ns),
                       .bytes_per_user = bytes_per_user,
                       .sample = asking < crowd.size() ? asking : 0});
  };
  measure("tick_all_moved", [&] { return crowd.WalkAll(); });
  measure("tick_1pct_moved", [&] { return crowd.Walk((crowd.size() + 99) / 100); });
  measure("tick_idle", [&] { return Sightings(); });
  std::cout << "  redis gives the same " << expected.compared() << " answers as feeds show\n";
  return results;
}

}  // namespace moyeo::bench
