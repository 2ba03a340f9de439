// What the benchmarks say to a Redis server, and how they read what it says.

#ifndef MOYEO_BENCH_PEERS_REDIS_GEO_H_
#define MOYEO_BENCH_PEERS_REDIS_GEO_H_

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/redis_connection.h"
#include "moyeo/types.h"

namespace moyeo::bench {

// Redis measures on a slightly larger Earth: radii are made larger and distances smaller by this,
// so that it answers the same question.
inline constexpr double kRedisScale = 6'372'797.560856 / kEarthRadiusMeters;

using RedisReply = common::RedisConnection::Reply;

inline std::string_view Text(const redisReply& reply) { return {reply.str, reply.len}; }

template <typename Number>
Number Parse(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The number that stands in `info` behind the first `name` after `section`; 0 if there is none.
double RedisField(std::string_view info, std::string_view section, std::string_view name);

// A number as text, without an allocation.
class RedisDecimal {
 public:
  explicit RedisDecimal(std::uint64_t number);

  // With `digits` after the point.
  RedisDecimal(double number, int digits);

  operator std::string_view() const { return {text_.data(), length_}; }

 private:
  std::array<char, 32> text_;
  std::size_t length_;
};

// Without the server there is nothing to measure: unless `status` is OK, the process ends with a
// message.
void ExpectRedisOk(const absl::Status& status);

// A connection to the server at a Unix socket. Replies come in the order of what was sent; if one
// is an error, the process ends with a message.
class RedisGeo {
 public:
  explicit RedisGeo(const std::string& socket);

  void Send(std::span<const std::string_view> words) { redis_.Send(words); }
  RedisReply Receive();
  RedisReply Ask(std::initializer_list<std::string_view> words);

  // GEOADD of one user to `key`.
  void SendMove(std::string_view key, UserId user, LatLng position);

  // GEOSEARCH in `key`, nearest first, with distances and coordinates.
  void SendSearch(std::string_view key, LatLng center, double radius_m,
                  std::optional<std::size_t> count);

  // What the server says it has spent on moves, removals and searches: its microseconds for each
  // command, without reading it and without sending the reply.
  double CommandNanoseconds();

 private:
  common::RedisConnection redis_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_REDIS_GEO_H_
