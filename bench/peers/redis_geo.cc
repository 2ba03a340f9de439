#include "bench/peers/redis_geo.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace moyeo::bench {

double RedisField(std::string_view info, std::string_view section, std::string_view name) {
  const std::size_t begin = info.find(section);
  if (begin == std::string_view::npos) return 0;
  const std::size_t at = info.find(name, begin);
  return at == std::string_view::npos ? 0 : Parse<double>(info.substr(at + name.size()));
}

RedisDecimal::RedisDecimal(std::uint64_t number)
    : length_(static_cast<std::size_t>(
          std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr - text_.data())) {}

RedisDecimal::RedisDecimal(double number, int digits)
    : length_(static_cast<std::size_t>(
          std::snprintf(text_.data(), text_.size(), "%.*f", digits, number))) {}

void ExpectRedisOk(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "redis-server: " << status.message() << '\n';
  std::exit(1);
}

RedisGeo::RedisGeo(const std::string& socket) : redis_(socket) { ExpectRedisOk(redis_.status()); }

RedisReply RedisGeo::Receive() {
  RedisReply reply = redis_.Receive();
  ExpectRedisOk(redis_.status());
  if (reply->type == REDIS_REPLY_ERROR) ExpectRedisOk(absl::UnknownError(reply->str));
  return reply;
}

RedisReply RedisGeo::Ask(std::initializer_list<std::string_view> words) {
  Send({words.begin(), words.size()});
  return Receive();
}

void RedisGeo::SendMove(std::string_view key, UserId user, LatLng position) {
  const RedisDecimal lng(position.lng, 7);
  const RedisDecimal lat(position.lat, 7);
  const RedisDecimal name(ToNumber(user));
  Send(std::array<std::string_view, 5>{"GEOADD", key, lng, lat, name});
}

void RedisGeo::SendSearch(std::string_view key, LatLng center, double radius_m,
                          std::optional<std::size_t> count) {
  const RedisDecimal lng(center.lng, 7);
  const RedisDecimal lat(center.lat, 7);
  const RedisDecimal radius(radius_m * kRedisScale, 9);
  const RedisDecimal limit(count.value_or(0));
  const std::array<std::string_view, 13> words = {
      "GEOSEARCH", key,        "FROMLONLAT", lng,   lat,     "BYRADIUS", radius,
      "m",         "WITHDIST", "WITHCOORD",  "ASC", "COUNT", limit};
  Send(std::span(words).first(words.size() - (count ? 0 : 2)));
}

double RedisGeo::CommandNanoseconds() {
  const RedisReply reply = Ask({"INFO", "commandstats"});
  double microseconds = 0;
  for (const std::string_view command : {"geoadd", "geosearch", "zrem"}) {
    microseconds +=
        RedisField(Text(*reply), "cmdstat_" + std::string(command) + ":calls=", ",usec=");
  }
  return microseconds * 1e3;
}

}  // namespace moyeo::bench
