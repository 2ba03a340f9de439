// Redis: a sorted set in the order of interleaved latitude and longitude, in a server of its own on
// the same machine, asked over a Unix socket.
//
// Redis knows positions, but neither when a user was last seen nor how long a position lives: the
// application, which is this engine, keeps a table of times, and leaves out of an answer those who
// have expired.

#include <array>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/engine.h"
#include "bench/peers/redis_geo.h"
#include "common/redis_server.h"

namespace moyeo::bench {
namespace {

using Connection = RedisGeo;
using Decimal = RedisDecimal;
using Reply = RedisReply;

class RedisEngine final : public Engine {
 public:
  explicit RedisEngine(std::int64_t ttl_ms) : ttl_(ttl_ms), empty_bytes_(ServerBytes()) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    const Lease connection(*this);
    connection->SendMove(kKey, user, position);
    connection->Receive();
    const std::unique_lock lock(times_mutex_);
    times_[user] = seen;
  }

  void MoveBatch(std::span<const UserId> users, std::span<const LatLng> positions,
                 Timestamp seen) override {
    const Lease connection(*this);
    for (std::size_t i = 0; i < users.size(); ++i)
      connection->SendMove(kKey, users[i], positions[i]);
    for (std::size_t i = 0; i < users.size(); ++i) connection->Receive();
    const std::unique_lock lock(times_mutex_);
    for (const UserId user : users) times_[user] = seen;
  }

  void Remove(UserId user) override { RemoveBatch({&user, 1}); }

  void RemoveBatch(std::span<const UserId> users) override {
    const Lease connection(*this);
    for (const UserId user : users) {
      const Decimal name(ToNumber(user));
      connection->Send(std::array<std::string_view, 3>{"ZREM", kKey, name});
    }
    for (std::size_t i = 0; i < users.size(); ++i) connection->Receive();
    const std::unique_lock lock(times_mutex_);
    for (const UserId user : users) times_.erase(user);
  }

  // Redis knows no expiry: it is asked again for twice as many as long as those who have expired
  // leave the answer short.
  void Nearby(LatLng center, const Question& question, Timestamp now,
              std::vector<Neighbor>& result) override {
    const Lease connection(*this);
    if (!question.limit) {
      connection->SendSearch(kKey, center, *question.radius_m, std::nullopt);
      TakeLiving(*connection->Receive(), now, std::numeric_limits<std::size_t>::max(), result);
      return;
    }
    for (std::size_t asked = *question.limit;; asked *= 2) {
      connection->SendSearch(kKey, center, *question.radius_m, asked);
      const Reply reply = connection->Receive();
      TakeLiving(*reply, now, *question.limit, result);
      if (result.size() == *question.limit || reply->elements < asked) return;
    }
  }

  // The server's and the table of times.
  std::size_t OwnBytes() override {
    return ServerBytes() - empty_bytes_ + times_.capacity() * (sizeof(*times_.begin()) + 1);
  }

  std::optional<double> OwnNanoseconds() override { return Lease(*this)->CommandNanoseconds(); }

 private:
  static constexpr std::string_view kKey = "users";

  // The use of a connection by one thread.
  class Lease {
   public:
    explicit Lease(RedisEngine& engine) : engine_(engine) {
      {
        const std::lock_guard lock(engine_.idle_mutex_);
        if (!engine_.idle_.empty()) {
          connection_ = std::move(engine_.idle_.back());
          engine_.idle_.pop_back();
        }
      }
      if (connection_) return;
      ExpectRedisOk(engine_.server_.status());
      connection_ = std::make_unique<Connection>(engine_.server_.socket());
    }
    ~Lease() {
      const std::lock_guard lock(engine_.idle_mutex_);
      engine_.idle_.push_back(std::move(connection_));
    }

    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Connection* operator->() const { return connection_.get(); }
    Connection& operator*() const { return *connection_; }

   private:
    RedisEngine& engine_;
    std::unique_ptr<Connection> connection_;
  };

  void TakeLiving(const redisReply& reply, Timestamp now, std::size_t wanted,
                  std::vector<Neighbor>& result) {
    result.clear();
    const std::shared_lock lock(times_mutex_);
    for (std::size_t i = 0; i < reply.elements && result.size() < wanted; ++i) {
      const redisReply& found = *reply.element[i];
      const UserId user{Parse<std::uint64_t>(Text(*found.element[0]))};
      const Timestamp last_seen = times_.find(user)->second;
      if (last_seen + ttl_ <= now) continue;
      const redisReply& position = *found.element[2];
      result.push_back({.user = user,
                        .position = {.lat = Parse<double>(Text(*position.element[1])),
                                     .lng = Parse<double>(Text(*position.element[0]))},
                        .distance_m = Parse<double>(Text(*found.element[1])) / kRedisScale,
                        .last_seen = last_seen});
    }
  }

  std::size_t ServerBytes() {
    const Reply reply = Lease(*this)->Ask({"INFO", "memory"});
    return static_cast<std::size_t>(RedisField(Text(*reply), "# Memory", "used_memory:"));
  }

  const std::chrono::milliseconds ttl_;
  common::RedisServer server_;
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::shared_mutex times_mutex_;
  absl::flat_hash_map<UserId, Timestamp> times_;
  const std::size_t empty_bytes_;
};

}  // namespace

std::unique_ptr<Engine> MakeRedis(std::int64_t ttl_ms) {
  return std::make_unique<RedisEngine>(ttl_ms);
}

}  // namespace moyeo::bench
