// What becomes of an index on which several threads work at once. The amount of work is fixed, how
// it interleaves is not. parallel_history_test.cc judges every answer beside random changes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "moyeo/presence.h"
#include "support/oracle.h"
#include "support/places.h"
#include "support/print.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"
#include "support/together.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;

constexpr std::int64_t kTtlMs = 100'000;

// The centre of what happens: at a corner of three cube faces, where the most cells meet.
constexpr LatLng kCenter{35.2643897, 45};
constexpr double kRadius = 20'000;

Timestamp At(std::int64_t tick) { return Timestamp{milliseconds{tick}}; }

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9e3779b97f4a7c15 + b * 0xbf58476d1ce4e5b9 + 0x94d049bb133111eb;
  x ^= x >> 31;
  x *= 0xd6e8feb86659fd93;
  return x ^ (x >> 32);
}

// Where a user is moved at a time, and with what mask.
LatLng PlaceOf(UserId user, Timestamp seen) {
  const std::uint64_t mix = Mix(static_cast<std::uint64_t>(user),
                                static_cast<std::uint64_t>(seen.time_since_epoch().count()));
  const double lat_part = static_cast<double>(mix & 0xffff) / 0x1p16 - 0.5;
  const double lng_part = static_cast<double>((mix >> 16) & 0xffff) / 0x1p16 - 0.5;
  switch ((mix >> 32) % 8) {
    case 0:  // far away
      return Canonical({lat_part * 180, lng_part * 360}).value();
    case 1:  // all on one spot
      return Canonical(kCenter).value();
    default:  // some kilometres around
      return Canonical({kCenter.lat + lat_part * 0.5, kCenter.lng + lng_part * 0.5}).value();
  }
}

std::uint32_t MaskOf(UserId user, Timestamp seen) {
  const LatLng place = PlaceOf(user, seen);
  return place.lat > kCenter.lat ? 0b01 : 0b10;
}

class ThreadsTest : public SeededTest {
 protected:
  static constexpr std::size_t kStayers = 400;
  static constexpr std::uint64_t kFirstStayer = 1'000'000;
  // Seen later than anything that happens, so that stayers never expire.
  static constexpr std::int64_t kStayersSeen = 1'000'000'000'000;

  ThreadsTest() {
    for (std::size_t i = 0; i < kStayers; ++i) {
      const UserId user{kFirstStayer + i};
      places_[user] = i % 4 == 0 ? kCenter : NearTo(kCenter, kRadius * 0.99, random_);
      EXPECT_THAT(index_.Move(user, places_[user], At(kStayersSeen), 0b11), IsOk());
    }
  }

  static bool IsStayer(UserId user) { return user >= UserId{kFirstStayer}; }

  Random NewRandom() { return Random(random_.Bits()); }

  PresenceIndex index_{{.ttl_ms = kTtlMs}};
  std::unordered_map<UserId, LatLng> places_;  // of stayers
  Complaints complaints_;
};

TEST_F(ThreadsTest, AfterAllMovesEverybodyIsWhereTheyWereSeenLast) {
  // Each user is moved by every thread, at times in no order: the greatest time wins.
  const std::size_t users = 500;
  const std::size_t rounds = Scaled(1'200);
  std::vector<std::function<void()>> jobs;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    jobs.push_back([&, random = NewRandom()]() mutable {
      for (std::size_t i = 0; i < rounds * users; ++i) {
        const UserId user{random.Below(users)};
        const Timestamp seen = At(random.Between(0, kTtlMs - 2));
        complaints_.Expect(index_.Move(user, PlaceOf(user, seen), seen, MaskOf(user, seen)));
      }
      for (std::size_t i = 0; i < users; ++i) {
        const Timestamp seen = At(kTtlMs - 1);
        complaints_.Expect(
            index_.Move(UserId{i}, PlaceOf(UserId{i}, seen), seen, MaskOf(UserId{i}, seen)));
      }
    });
  }
  RunTogether(jobs);
  EXPECT_THAT(complaints_.Take(), IsEmpty());

  Oracle oracle({.ttl_ms = kTtlMs});
  for (const auto& [user, place] : places_) oracle.Move(user, place, At(kStayersSeen), 0b11);
  const Timestamp last = At(kTtlMs - 1);
  for (std::size_t i = 0; i < users; ++i) {
    const UserId user{i};
    oracle.Move(user, PlaceOf(user, last), last, MaskOf(user, last));
    EXPECT_EQ(index_.Find(user, last), oracle.Find(user, last));
  }
  EXPECT_EQ(index_.size(), oracle.size());
  Tally tally;
  const NearbyQuery everybody{.limit = std::nullopt};
  EXPECT_EQ(Difference(oracle, kCenter, everybody, last,
                       index_.Nearby(kCenter, everybody, last).value(), tally),
            std::nullopt);
}

// One thread moves a row of users round after round. Whenever one looks, everybody is there once,
// no further back than when one last looked.
TEST_F(ThreadsTest, EverybodyAppearsOnceAndNobodyGoesBackInTime) {
  constexpr std::size_t kRow = 300;
  const std::size_t rounds = Scaled(3'000);
  std::vector<UserId> row;
  for (std::size_t i = 0; i < kRow; ++i) row.push_back(UserId{Mix(i, 0) >> 45});
  std::sort(row.begin(), row.end());
  row.erase(std::unique(row.begin(), row.end()), row.end());
  std::unordered_map<UserId, std::size_t> rank;
  for (std::size_t i = 0; i < row.size(); ++i) rank[row[i]] = i;

  const auto move_all = [&](std::int64_t round, bool in_a_batch) {
    std::vector<LatLng> places;
    for (const UserId user : row) places.push_back(PlaceOf(user, At(round)));
    if (in_a_batch) {
      complaints_.Expect(index_.MoveBatch(row, places, At(round)).status());
    } else {
      for (std::size_t i = 0; i < row.size(); ++i)
        complaints_.Expect(index_.Move(row[i], places[i], At(round)));
    }
  };
  move_all(0, true);

  const auto look = [&](Random random) {
    std::vector<Neighbor> answer;
    std::vector<std::int64_t> round_of(row.size());
    std::vector<std::size_t> seen_in_look(row.size());
    for (std::size_t i = 1; i <= rounds; ++i) {
      complaints_.Expect(index_.Nearby(Anywhere(random), {.limit = std::nullopt}, At(0), answer));
      std::size_t count = 0;
      for (const Neighbor& n : answer) {
        if (IsStayer(n.user)) continue;
        const std::size_t who = rank.at(n.user);
        const std::int64_t round = n.last_seen.time_since_epoch().count();
        if (seen_in_look[who] == i) complaints_.Add("somebody appears twice");
        if (round < round_of[who]) complaints_.Add("somebody has gone back in time");
        seen_in_look[who] = i;
        round_of[who] = round;
        ++count;
      }
      if (count != row.size()) complaints_.Add(std::to_string(count) + " of a row appear");
    }
  };
  RunTogether({[&] {
                 for (std::size_t round = 1; round <= rounds; ++round) {
                   move_all(static_cast<std::int64_t>(round), round % 2 == 0);
                 }
               },
               [&, random = NewRandom()] { look(random); },
               [&, random = NewRandom()] { look(random); }});
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

// Somebody goes to and fro between two places inside the circle. North-east of both, in a place
// that has the latitude of one and the longitude of the other, is outside, and they never are.
TEST(TornPositionsTest, WhoeverIsWithinTheCircleThroughoutIsFound) {
  constexpr LatLng kPlaces[] = {{0.001, 0}, {0, 0.001}};
  constexpr double kReach = 130;  // the places are 111 m from the centre, the corner 157 m
  constexpr LatLng kMiddle{0, 0};
  const Timestamp now{std::chrono::milliseconds{1}};
  PresenceIndex index;
  ASSERT_TRUE(index.Move(UserId{1}, kPlaces[0], now).ok());

  const std::size_t questions = Scaled(400'000);
  std::atomic<bool> is_over = false;
  std::atomic<std::size_t> failed_moves = 0;
  std::thread mover([&] {
    for (std::size_t i = 0; !is_over; ++i)
      failed_moves += !index.Move(UserId{1}, kPlaces[i % 2], now).ok();
  });
  std::size_t missed = 0;
  std::size_t miscounted = 0;
  std::vector<Neighbor> answer;
  const NearbyQuery query{.radius_m = kReach, .limit = std::nullopt};
  for (std::size_t i = 0; i < questions; ++i) {
    missed += !index.Nearby(kMiddle, query, now, answer).ok() || answer.size() != 1 ||
              (answer[0].position != kPlaces[0] && answer[0].position != kPlaces[1]);
    miscounted += index.CountWithin(kMiddle, kReach, now).value() != 1;
  }
  is_over = true;
  mover.join();
  EXPECT_EQ(missed, 0u);
  EXPECT_EQ(miscounted, 0u);
  EXPECT_EQ(failed_moves, 0u);
}

TEST_F(ThreadsTest, NeverOneUserTooManyNeverAPlaceRefused) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 500;
  for (std::size_t round = 0; round < Scaled(200); ++round) {
    PresenceIndex index({.max_users = kThreads * kEach / 2});
    std::atomic<std::size_t> accepted{0};
    std::vector<std::function<void()>> jobs;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      jobs.push_back([&, thread] {
        for (std::size_t i = 0; i < kEach; ++i) {
          const UserId user{i * kThreads + thread};
          const absl::Status status = index.Move(user, PlaceOf(user, At(0)), At(0));
          if (status.ok()) {
            ++accepted;
          } else if (!absl::IsResourceExhausted(status)) {
            complaints_.Add(status.ToString());
          }
        }
      });
    }
    RunTogether(jobs);
    EXPECT_EQ(accepted, kThreads * kEach / 2);
    EXPECT_EQ(index.size(), kThreads * kEach / 2);
  }
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

TEST_F(ThreadsTest, OfManyRemovalsOfOneUserOneIsTrue) {
  constexpr std::size_t kUsers = 2'000;
  for (std::size_t round = 0; round < Scaled(120); ++round) {
    for (std::size_t i = 0; i < kUsers; ++i) {
      complaints_.Expect(index_.Move(UserId{i}, PlaceOf(UserId{i}, At(0)), At(0)));
    }
    std::atomic<std::size_t> removed{0};
    const auto remove_all = [&] {
      for (std::size_t i = 0; i < kUsers; ++i) removed += index_.Remove(UserId{i}) ? 1 : 0;
    };
    RunTogether({remove_all, remove_all, remove_all, remove_all});
    EXPECT_EQ(removed, kUsers);
    EXPECT_EQ(index_.size(), kStayers);
  }
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

}  // namespace
}  // namespace moyeo::testing
