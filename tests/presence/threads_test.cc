// Many threads at once: movers, removers, sweepers and askers. Every answer is checked against what
// the movers can have written. The amount of work is fixed, how it interleaves is not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "moyeo/presence.h"
#include "support/oracle.h"
#include "support/places.h"
#include "support/print.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"

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

// Where a mover takes a user at a time, and what mask it gives: an answer can be checked from its
// user and last seen alone.
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

// The first complaints of any thread. GoogleTest's own assertions would print one per answer.
class Complaints {
 public:
  void Add(std::string what) {
    const std::lock_guard lock(mutex_);
    if (first_.size() < 10) first_.push_back(std::move(what));
  }

  std::vector<std::string> Take() { return std::move(first_); }

 private:
  std::mutex mutex_;
  std::vector<std::string> first_;
};

// Runs every job in a thread of its own, all let loose at once.
void RunTogether(const std::vector<std::function<void()>>& jobs) {
  std::latch start(static_cast<std::ptrdiff_t>(jobs.size()));
  std::vector<std::thread> threads;
  for (const auto& job : jobs) {
    threads.emplace_back([&start, &job] {
      start.arrive_and_wait();
      job();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class ThreadsTest : public SeededTest {
 protected:
  static constexpr std::size_t kMovers = 3;
  static constexpr std::size_t kUsersPerMover = 1'500;
  static constexpr std::size_t kStayers = 400;
  static constexpr std::uint64_t kFirstStayer = 1'000'000;
  // Seen later than anything that happens, so that stayers never expire.
  static constexpr std::int64_t kStayersSeen = 1'000'000'000'000;

  ThreadsTest() {
    for (std::size_t i = 0; i < kStayers; ++i) {
      const UserId user{kFirstStayer + i};
      stayers_.push_back(user);
      places_[user] = i % 4 == 0 ? kCenter : NearTo(kCenter, kRadius * 0.99, random_);
      EXPECT_THAT(index_.Move(user, places_[user], At(kStayersSeen), 0b11), IsOk());
    }
  }

  static bool IsStayer(UserId user) { return user >= UserId{kFirstStayer}; }

  // The i-th user of a mover; each user is moved by one mover alone, in order of time.
  static UserId UserOf(std::size_t mover, std::size_t i) { return UserId{i * kMovers + mover}; }

  // Moves, batches of moves and removals.
  void Move(std::size_t mover, std::size_t operations, Random random) {
    std::vector<UserId> users;
    std::vector<LatLng> places;
    std::vector<std::uint32_t> masks;
    for (std::size_t i = 0; i < operations; ++i) {
      const Timestamp seen = At(clock_.fetch_add(1));
      switch (random.Below(16)) {
        case 0:
          index_.Remove(UserOf(mover, random.Below(kUsersPerMover)));
          break;
        case 1: {
          users.clear();
          places.clear();
          masks.clear();
          for (std::size_t j = 0; j < 50; ++j) {
            users.push_back(UserOf(mover, random.Below(kUsersPerMover)));
            places.push_back(PlaceOf(users.back(), seen));
            masks.push_back(MaskOf(users.back(), seen));
          }
          const auto result = index_.MoveBatch(users, places, seen, masks);
          if (!result.ok() || result->applied != users.size()) {
            complaints_.Add("a batch was not applied");
          }
          break;
        }
        default: {
          const UserId user = UserOf(mover, random.Below(kUsersPerMover));
          const absl::Status status =
              index_.Move(user, PlaceOf(user, seen), seen, MaskOf(user, seen));
          if (!status.ok()) complaints_.Add(status.ToString());
        }
      }
    }
  }

  // Stayers report in from where they are, which changes nothing but their last seen.
  void Refresh(std::size_t operations, Random random) {
    for (std::size_t i = 0; i < operations; ++i) {
      const UserId user = random.Pick(stayers_);
      const Timestamp seen = At(kStayersSeen + static_cast<std::int64_t>(i));
      const absl::Status status = index_.Move(user, places_.at(user), seen);
      if (!status.ok()) complaints_.Add(status.ToString());
    }
  }

  void Sweep(std::size_t operations) {
    for (std::size_t i = 0; i < operations; ++i) index_.Expire(At(clock_.load()));
  }

  // What one asking thread knows from its earlier answers: of one user, each call sees the same as
  // the call before or something later.
  using LastSeen = std::unordered_map<UserId, Timestamp>;

  void Ask(std::size_t operations, Random random) {
    LastSeen before;
    std::vector<Neighbor> answer;
    NearbyBatchResult batch;
    for (std::size_t i = 0; i < operations; ++i) {
      const Timestamp now = At(clock_.load());
      NearbyQuery query{.radius_m = kRadius, .limit = std::nullopt};
      switch (random.Below(6)) {
        case 0:  // stayers pass this filter too
          query.filter = {.all_of = 0b01};
          [[fallthrough]];
        case 1:
          Expect(index_.Nearby(kCenter, query, now, answer));
          Check(kCenter, query, now, answer, before);
          CheckStayers(answer, std::nullopt);
          break;
        case 2: {
          const UserId user = random.Pick(stayers_);
          const LatLng place = places_.at(user);
          query.radius_m = 3 * kRadius;
          Expect(index_.NearbyUser(user, query, now, answer));
          Check(Canonical(place).value(), query, now, answer, before);
          CheckStayers(answer, user);
          break;
        }
        case 3: {
          query.limit = 1 + random.Below(60);
          const std::array centers = {kCenter, NearTo(kCenter, kRadius, random),
                                      AntipodeOf(kCenter)};
          Expect(index_.NearbyBatch(centers, query, now, batch));
          if (batch.size() != centers.size()) {
            complaints_.Add("an answer is missing");
            break;
          }
          for (std::size_t j = 0; j < centers.size(); ++j) {
            Check(centers[j], query, now, batch[j], before);
          }
          break;
        }
        case 4: {
          query = {.radius_m = std::nullopt, .limit = 1 + random.Below(60)};
          const LatLng center = Anywhere(random);
          Expect(index_.Nearby(center, query, now, answer));
          Check(center, query, now, answer, before);
          if (answer.size() != *query.limit) complaints_.Add("too few, though stayers are held");
          break;
        }
        default: {
          const auto count = index_.CountWithin(kCenter, kRadius, now);
          if (!count.ok() || *count < kStayers || *count > kStayers + kMovers * kUsersPerMover) {
            complaints_.Add("a count is impossible");
          }
          const UserId user = UserOf(random.Below(kMovers), random.Below(kUsersPerMover));
          if (const std::optional<Presence> found = index_.Find(user, now)) {
            if (found->position != PlaceOf(user, found->last_seen) ||
                found->attributes != MaskOf(user, found->last_seen)) {
              complaints_.Add("user " + Describe(user) + " was never " + Describe(*found));
            }
            CheckProgress(user, found->last_seen, before);
          }
        }
      }
    }
  }

  void Expect(const absl::Status& status) {
    if (!status.ok()) complaints_.Add(status.ToString());
  }

  void CheckProgress(UserId user, Timestamp seen, LastSeen& before) {
    Timestamp& last = before.try_emplace(user, seen).first->second;
    if (seen < last) {
      complaints_.Add("user " + Describe(user) + " was seen " + Describe(last) + ", and then " +
                      Describe(seen));
    }
    last = seen;
  }

  // Whether `answer` can be true at all.
  void Check(LatLng center, const NearbyQuery& query, Timestamp now,
             std::span<const Neighbor> answer, LastSeen& before) {
    const std::int64_t after = clock_.load();
    std::unordered_set<UserId> users;
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const Neighbor& n = answer[i];
      const auto complain = [&](const std::string& what) {
        complaints_.Add(Describe(n) + ", number " + std::to_string(i) + " of an answer to " +
                        Describe(query) + " near " + Describe(center) + " at " + Describe(now) +
                        ": " + what);
      };
      if (!users.insert(n.user).second) complain("appears twice");
      if (i > 0 && std::pair(answer[i - 1].distance_m, answer[i - 1].user) >
                       std::pair(n.distance_m, n.user)) {
        complain("is out of order");
      }
      if (n.distance_m != DistanceMeters(center, n.position).value()) complain("is not so far");
      if (query.radius_m && n.distance_m > *query.radius_m) complain("is outside the radius");
      CheckProgress(n.user, n.last_seen, before);
      if (IsStayer(n.user)) {
        if (n.position != Canonical(places_.at(n.user)).value()) complain("never was there");
        continue;
      }
      if (n.position != PlaceOf(n.user, n.last_seen)) complain("never was there then");
      if ((MaskOf(n.user, n.last_seen) & query.filter.all_of) != query.filter.all_of) {
        complain("does not pass");
      }
      if (n.last_seen + milliseconds(kTtlMs) <= now) complain("is expired");
      if (n.last_seen >= At(after)) complain("is from the future");
    }
    if (query.limit && answer.size() > *query.limit) complaints_.Add("more than the limit");
  }

  // All of them are in the answer to a query without a limit that covers them.
  void CheckStayers(std::span<const Neighbor> answer, std::optional<UserId> asking) {
    const auto count = static_cast<std::size_t>(std::count_if(
        answer.begin(), answer.end(), [](const Neighbor& n) { return IsStayer(n.user); }));
    const bool has_asking = std::any_of(answer.begin(), answer.end(),
                                        [&](const Neighbor& n) { return n.user == asking; });
    if (has_asking) complaints_.Add("the asking user is in their own list");
    if (count != kStayers - (asking ? 1 : 0)) {
      complaints_.Add("of those who stay " + std::to_string(count) + " appear");
    }
  }

  Random NewRandom() { return Random(random_.Bits()); }

  PresenceIndex index_{{.ttl_ms = kTtlMs}};
  std::vector<UserId> stayers_;
  std::unordered_map<UserId, LatLng> places_;  // of stayers
  std::atomic<std::int64_t> clock_{0};
  Complaints complaints_;
};

TEST_F(ThreadsTest, EveryAnswerBesideChangesIsTrue) {
  constexpr std::size_t kMoves = Scaled(150'000);
  constexpr std::size_t kQuestions = Scaled(4'000);
  std::vector<std::function<void()>> jobs;
  for (std::size_t mover = 0; mover < kMovers; ++mover) {
    jobs.push_back([this, mover, random = NewRandom()] { Move(mover, kMoves, random); });
  }
  jobs.push_back([this, random = NewRandom()] { Refresh(kMoves, random); });
  jobs.push_back([this] { Sweep(kQuestions); });
  for (int i = 0; i < 3; ++i) {
    jobs.push_back([this, random = NewRandom()] { Ask(kQuestions, random); });
  }
  RunTogether(jobs);
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

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
        Expect(index_.Move(user, PlaceOf(user, seen), seen, MaskOf(user, seen)));
      }
      for (std::size_t i = 0; i < users; ++i) {
        const Timestamp seen = At(kTtlMs - 1);
        Expect(index_.Move(UserId{i}, PlaceOf(UserId{i}, seen), seen, MaskOf(UserId{i}, seen)));
      }
    });
  }
  RunTogether(jobs);
  EXPECT_THAT(complaints_.Take(), IsEmpty());

  Oracle oracle({.ttl_ms = kTtlMs});
  for (const UserId user : stayers_) oracle.Move(user, places_.at(user), At(kStayersSeen), 0b11);
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
      Expect(index_.MoveBatch(row, places, At(round)).status());
    } else {
      for (std::size_t i = 0; i < row.size(); ++i)
        Expect(index_.Move(row[i], places[i], At(round)));
    }
  };
  move_all(0, true);

  const auto look = [&](Random random) {
    std::vector<Neighbor> answer;
    std::vector<std::int64_t> round_of(row.size());
    std::vector<std::size_t> seen_in_look(row.size());
    for (std::size_t i = 1; i <= rounds; ++i) {
      Expect(index_.Nearby(Anywhere(random), {.limit = std::nullopt}, At(0), answer));
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

TEST_F(ThreadsTest, AnswersBesideClearAreTrue) {
  constexpr std::size_t kMoves = Scaled(40'000);
  constexpr std::size_t kQuestions = Scaled(3'000);
  std::vector<std::function<void()>> jobs;
  for (std::size_t mover = 0; mover < kMovers; ++mover) {
    jobs.push_back([this, mover, random = NewRandom()] { Move(mover, kMoves, random); });
  }
  jobs.push_back([&] {
    for (std::size_t i = 0; i < kQuestions / 10; ++i) {
      index_.Clear();
      index_.Expire(At(clock_.load()));
      if (index_.size() > kMovers * kUsersPerMover) complaints_.Add("an impossible size");
    }
  });
  for (int i = 0; i < 2; ++i) {
    jobs.push_back([&, random = NewRandom()]() mutable {
      LastSeen before;
      std::vector<Neighbor> answer;
      for (std::size_t j = 0; j < kQuestions; ++j) {
        const Timestamp now = At(clock_.load());
        const NearbyQuery query{.radius_m = kRadius, .limit = 1 + random.Below(500)};
        Expect(index_.Nearby(kCenter, query, now, answer));
        Check(kCenter, query, now, answer, before);
      }
    });
  }
  RunTogether(jobs);
  EXPECT_THAT(complaints_.Take(), IsEmpty());
  index_.Clear();
  EXPECT_EQ(index_.size(), 0);
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
      Expect(index_.Move(UserId{i}, PlaceOf(UserId{i}, At(0)), At(0)));
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
