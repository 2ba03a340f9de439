// The answers of PresenceIndex beside those of a real Redis, GEOSEARCH.
//
// Redis keeps a position as 26 bits of longitude and 26 bits of latitude within 85.05 degrees, and
// measures from the middle of the resulting cell, which is up to a third of a metre from where the
// user is. That is the one difference allowed, and it is known for each user, because Redis tells
// the position that it kept: every user about whom the two disagree must be on one side of the
// radius with one position and on the other side with the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/redis_connection.h"
#include "common/redis_server.h"
#include "moyeo/presence.h"
#include "support/oracle.h"
#include "support/places.h"
#include "support/print.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using common::RedisConnection;
using common::RedisServer;
using std::chrono::milliseconds;

constexpr Timestamp kNow{milliseconds{1'700'000'000'000}};

// Redis's sphere is a little larger: a radius in metres is another angle there.
constexpr double kRedisEarthRadiusMeters = 6'372'797.560856;
constexpr double kToRedisMeters = kRedisEarthRadiusMeters / kEarthRadiusMeters;
constexpr double kRedisMaxLat = 85.05112878;

// Half the diagonal of a cell, whose sides are 360 / 2^26 and 2 * 85.05 / 2^26 degrees.
const double kMaxRoundingMeters = kEarthRadiusMeters * std::numbers::pi / 180 *
                                  std::hypot(360 / 0x1p27, 2 * kRedisMaxLat / 0x1p27);

// Haversines in plain doubles, as Redis computes them, and WITHDIST's four decimals.
constexpr double kRedisErrorMeters = 1e-4;

std::string Text(double number) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.17g", number);
  return text;
}

struct Found {
  UserId user;
  double distance_m;  // on moyeo's sphere
};

struct Kept {
  double lat;
  double lng;
};

class RedisDifferentialTest : public SeededTest {
 protected:
  void SetUp() override {
    ASSERT_THAT(server_.status(), IsOk());
    ASSERT_THAT(redis_.status(), IsOk());
  }

  void Fill(std::size_t count) {
    std::vector<UserId> users;
    for (std::size_t i = 0; i < count; ++i) {
      users.push_back(UserId{i});
      places_.push_back(Canonical(SomePlace()).value());
    }
    ASSERT_EQ(index_.MoveBatch(users, places_, kNow).value().applied, count);
    for (std::size_t i = 0; i < count; ++i) {
      redis_.Send(
          {"GEOADD", "users", Text(places_[i].lng), Text(places_[i].lat), std::to_string(i)});
      redis_.Send({"GEOPOS", "users", std::to_string(i)});
    }
    for (std::size_t i = 0; i < count; ++i) {
      const RedisConnection::Reply added = redis_.Receive();
      ASSERT_NE(added, nullptr);
      ASSERT_EQ(added->type, REDIS_REPLY_INTEGER) << Words(*added);
      const RedisConnection::Reply position = redis_.Receive();
      ASSERT_NE(position, nullptr);
      ASSERT_EQ(position->type, REDIS_REPLY_ARRAY) << Words(*position);
      const redisReply& pair = *position->element[0];
      kept_.push_back({.lat = Number(*pair.element[1]), .lng = Number(*pair.element[0])});
      ASSERT_LE(RoundingMeters(i), kMaxRoundingMeters + kRedisErrorMeters);
    }
  }

  // Redis has no poles; everything else.
  LatLng SomePlace() {
    for (;;) {
      const LatLng place = random_.OneIn(10)  ? random_.Pick(Crowds()).place(random_)
                           : random_.OneIn(2) ? AroundCities(random_)
                                              : Anywhere(random_);
      if (std::abs(place.lat) < 85) return place;
    }
  }

  double RoundingMeters(std::size_t user) const {
    return static_cast<double>(
        TrueDistanceMeters(places_[user].lat, places_[user].lng, kept_[user].lat, kept_[user].lng));
  }

  // From `center` to where Redis believes the user to be.
  double KeptDistance(LatLng center, UserId user) const {
    const Kept& kept = kept_[static_cast<std::size_t>(user)];
    return static_cast<double>(TrueDistanceMeters(center.lat, center.lng, kept.lat, kept.lng));
  }

  double TrueDistance(LatLng center, UserId user) const {
    return DistanceMeters(center, places_[static_cast<std::size_t>(user)]).value();
  }

  // Nearest first.
  std::vector<Found> AskRedis(LatLng center, double radius_m, std::optional<std::size_t> limit) {
    const std::string lng = Text(center.lng);
    const std::string lat = Text(center.lat);
    const std::string radius = Text(radius_m * kToRedisMeters);
    const std::string count = std::to_string(limit.value_or(0));
    std::vector<std::string_view> words = {"GEOSEARCH", "users",    "FROMLONLAT", lng,
                                           lat,         "BYRADIUS", radius,       "m",
                                           "WITHCOORD", "WITHDIST", "ASC"};
    if (limit) words.insert(words.end(), {"COUNT", count});
    redis_.Send(words);
    const RedisConnection::Reply reply = redis_.Receive();
    std::vector<Found> found;
    if (reply == nullptr || reply->type != REDIS_REPLY_ARRAY) {
      ADD_FAILURE() << "GEOSEARCH fails: " << (reply == nullptr ? "" : Words(*reply));
      return found;
    }
    for (std::size_t i = 0; i < reply->elements; ++i) {
      const redisReply& item = *reply->element[i];
      const std::uint64_t user = std::stoull(Words(*item.element[0]));
      const redisReply& position = *item.element[2];
      EXPECT_EQ(Number(*position.element[0]), kept_[user].lng);
      EXPECT_EQ(Number(*position.element[1]), kept_[user].lat);
      found.push_back({UserId{user}, Number(*item.element[1]) / kToRedisMeters});
    }
    return found;
  }

  std::vector<Neighbor> AskMoyeo(LatLng center, double radius_m, std::optional<std::size_t> limit) {
    return index_.Nearby(center, {.radius_m = radius_m, .limit = limit}, kNow).value();
  }

  static std::string Words(const redisReply& reply) {
    return reply.str == nullptr ? std::string() : std::string(reply.str, reply.len);
  }

  static double Number(const redisReply& reply) { return std::stod(Words(reply)); }

  RedisServer server_;
  RedisConnection redis_{server_.socket()};
  PresenceIndex index_;
  std::vector<LatLng> places_;  // by user
  std::vector<Kept> kept_;      // by user: where Redis believes them to be
};

TEST_F(RedisDifferentialTest, ThoseWithinARadiusDifferByItsRoundingAlone) {
  Fill(Scaled(30'000));
  std::size_t compared = 0;
  std::size_t differing = 0;
  for (std::size_t i = 0; i < Scaled(3'000); ++i) {
    const LatLng center = Canonical(SomePlace()).value();
    // From a metre to two hundred kilometres, every order of magnitude alike.
    const double radius = std::pow(10, random_.Uniform(0, 5.3));
    SCOPED_TRACE("within " + std::to_string(radius) + " m of " + ::testing::PrintToString(center));

    std::vector<UserId> ours;
    for (const Neighbor& n : AskMoyeo(center, radius, std::nullopt)) ours.push_back(n.user);
    std::vector<UserId> theirs;
    for (const Found& found : AskRedis(center, radius, std::nullopt)) {
      theirs.push_back(found.user);
      ASSERT_NEAR(found.distance_m, KeptDistance(center, found.user), kRedisErrorMeters);
    }
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());

    std::vector<UserId> only_ours;
    std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                        std::back_inserter(only_ours));
    for (const UserId user : only_ours) {
      ASSERT_LE(TrueDistance(center, user), radius);
      ASSERT_GT(KeptDistance(center, user), radius - kRedisErrorMeters);
    }
    std::vector<UserId> only_theirs;
    std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                        std::back_inserter(only_theirs));
    for (const UserId user : only_theirs) {
      ASSERT_GT(TrueDistance(center, user), radius);
      ASSERT_LE(KeptDistance(center, user), radius + kRedisErrorMeters);
    }
    compared += ours.size();
    differing += only_ours.size() + only_theirs.size();
  }
  std::cout << "Redis and moyeo differ about " << differing << " of " << compared
            << " users, each for Redis's rounding\n";
  RecordProperty("compared", static_cast<int>(compared));
  RecordProperty("differing", static_cast<int>(differing));
  ASSERT_GT(compared, 0);
}

TEST_F(RedisDifferentialTest, TheNearestDifferByItsRoundingAlone) {
  Fill(Scaled(30'000));
  std::size_t compared = 0;
  std::size_t elsewhere = 0;
  for (std::size_t i = 0; i < Scaled(1'500); ++i) {
    const LatLng center = Canonical(SomePlace()).value();
    const std::size_t limit = 1 + random_.Below(100);
    const double radius = std::pow(10, random_.Uniform(3, 5.3));
    SCOPED_TRACE(std::to_string(limit) + " nearest of " + ::testing::PrintToString(center));
    const std::vector<Neighbor> ours = AskMoyeo(center, radius, limit);
    const std::vector<Found> theirs = AskRedis(center, radius, limit);

    // When everybody moves by at most the rounding, so does whoever is the n-th nearest.
    const double slack = kMaxRoundingMeters + kRedisErrorMeters;
    for (std::size_t n = 0; n < std::max(ours.size(), theirs.size()); ++n) {
      const double our_n = n < ours.size() ? ours[n].distance_m : radius;
      const double their_n = n < theirs.size() ? theirs[n].distance_m : radius;
      ASSERT_NEAR(our_n, their_n, slack) << "number " << n;
      ++compared;
      if (n >= ours.size() || n >= theirs.size() || ours[n].user != theirs[n].user) ++elsewhere;
    }
  }
  std::cout << "Redis and moyeo rank " << elsewhere << " of " << compared
            << " users differently, each within Redis's rounding\n";
  RecordProperty("compared", static_cast<int>(compared));
  RecordProperty("elsewhere", static_cast<int>(elsewhere));
  ASSERT_GT(compared, 0);
}

}  // namespace
}  // namespace moyeo::testing
