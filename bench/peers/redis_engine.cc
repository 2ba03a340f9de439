// Redis: a sorted set in the order of interleaved latitude and longitude, in a server of its own on
// the same machine, asked over a Unix socket.
//
// Redis knows positions, but neither when a user was last seen nor how long a position lives: the
// application, which is this engine, keeps a table of times, and leaves out of an answer those who
// have expired.

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/engine.h"
#include "common/redis_connection.h"
#include "common/redis_server.h"

namespace moyeo::bench {
namespace {

// Redis measures on a slightly larger Earth: radii are made larger and distances smaller by this,
// so that it answers the same question.
constexpr double kScale = 6'372'797.560856 / kEarthRadiusMeters;

using common::RedisConnection;
using Reply = RedisConnection::Reply;

// Without the server there is nothing to measure.
void ExpectOk(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "redis-server: " << status.message() << '\n';
  std::exit(1);
}

std::string_view Text(const redisReply& reply) { return {reply.str, reply.len}; }

template <typename Number>
Number Parse(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A connection all of whose commands succeed: otherwise the process ends with a message.
class Connection {
 public:
  explicit Connection(const std::string& socket) : redis_(socket) { ExpectOk(redis_.status()); }

  void Send(std::span<const std::string_view> words) { redis_.Send(words); }

  Reply Receive() {
    Reply reply = redis_.Receive();
    ExpectOk(redis_.status());
    if (reply->type == REDIS_REPLY_ERROR) ExpectOk(absl::UnknownError(reply->str));
    return reply;
  }

  Reply Ask(std::initializer_list<std::string_view> words) {
    redis_.Send(words);
    return Receive();
  }

 private:
  RedisConnection redis_;
};

// A number as text, without an allocation.
class Decimal {
 public:
  explicit Decimal(std::uint64_t number)
      : length_(static_cast<std::size_t>(
            std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr - text_.data())) {}

  // With `digits` after the point.
  Decimal(double number, int digits)
      : length_(static_cast<std::size_t>(
            std::snprintf(text_.data(), text_.size(), "%.*f", digits, number))) {}

  operator std::string_view() const { return {text_.data(), length_}; }

 private:
  std::array<char, 32> text_;
  std::size_t length_;
};

class RedisEngine final : public Engine {
 public:
  explicit RedisEngine(std::int64_t ttl_ms) : ttl_(ttl_ms), empty_bytes_(ServerBytes()) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    const Lease connection(*this);
    SendMove(*connection, user, position);
    connection->Receive();
    const std::unique_lock lock(times_mutex_);
    times_[user] = seen;
  }

  void MoveBatch(std::span<const UserId> users, std::span<const LatLng> positions,
                 Timestamp seen) override {
    const Lease connection(*this);
    for (std::size_t i = 0; i < users.size(); ++i) SendMove(*connection, users[i], positions[i]);
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
      SendSearch(*connection, center, *question.radius_m, std::nullopt);
      TakeLiving(*connection->Receive(), now, std::numeric_limits<std::size_t>::max(), result);
      return;
    }
    for (std::size_t asked = *question.limit;; asked *= 2) {
      SendSearch(*connection, center, *question.radius_m, asked);
      const Reply reply = connection->Receive();
      TakeLiving(*reply, now, *question.limit, result);
      if (result.size() == *question.limit || reply->elements < asked) return;
    }
  }

  // The server's and the table of times.
  std::size_t OwnBytes() override {
    return ServerBytes() - empty_bytes_ + times_.capacity() * (sizeof(*times_.begin()) + 1);
  }

  // The server counts the microseconds of each command, without reading it and without sending the
  // reply.
  std::optional<double> OwnNanoseconds() override {
    const Reply reply = Lease(*this)->Ask({"INFO", "commandstats"});
    double microseconds = 0;
    for (const std::string_view command : {"geoadd", "geosearch", "zrem"}) {
      microseconds += Field(Text(*reply), "cmdstat_" + std::string(command) + ":calls=", ",usec=");
    }
    return microseconds * 1e3;
  }

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
      ExpectOk(engine_.server_.status());
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

  static void SendMove(Connection& connection, UserId user, LatLng position) {
    const Decimal lng(position.lng, 7);
    const Decimal lat(position.lat, 7);
    const Decimal name(ToNumber(user));
    connection.Send(std::array<std::string_view, 5>{"GEOADD", kKey, lng, lat, name});
  }

  static void SendSearch(Connection& connection, LatLng center, double radius_m,
                         std::optional<std::size_t> count) {
    const Decimal lng(center.lng, 7);
    const Decimal lat(center.lat, 7);
    const Decimal radius(radius_m * kScale, 9);
    const Decimal limit(count.value_or(0));
    const std::array<std::string_view, 13> words = {
        "GEOSEARCH", kKey,       "FROMLONLAT", lng,   lat,     "BYRADIUS", radius,
        "m",         "WITHDIST", "WITHCOORD",  "ASC", "COUNT", limit};
    connection.Send(std::span(words).first(words.size() - (count ? 0 : 2)));
  }

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
                        .distance_m = Parse<double>(Text(*found.element[1])) / kScale,
                        .last_seen = last_seen});
    }
  }

  // The number that stands in `info` behind the first `name` after `section`; 0 if there is none.
  static double Field(std::string_view info, std::string_view section, std::string_view name) {
    const std::size_t begin = info.find(section);
    if (begin == std::string_view::npos) return 0;
    const std::size_t at = info.find(name, begin);
    return at == std::string_view::npos ? 0 : Parse<double>(info.substr(at + name.size()));
  }

  std::size_t ServerBytes() {
    const Reply reply = Lease(*this)->Ask({"INFO", "memory"});
    return static_cast<std::size_t>(Field(Text(*reply), "# Memory", "used_memory:"));
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
