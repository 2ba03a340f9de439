// A PresenceIndex, a few people and a few places.

#ifndef MOYEO_TESTS_PRESENCE_PRESENCE_INDEX_FIXTURE_H_
#define MOYEO_TESTS_PRESENCE_PRESENCE_INDEX_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "moyeo/presence.h"
#include "support/print.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {

inline constexpr double kUnit = 1e-7;  // degrees
inline constexpr double kHalfGlobe = kEarthRadiusMeters * std::numbers::pi;

inline constexpr std::int64_t kTtlMs = 60'000;
inline constexpr std::chrono::milliseconds kTtl{kTtlMs};
inline constexpr std::chrono::milliseconds kMs{1};
inline constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};

inline constexpr LatLng kSeoul{37.5665, 126.978};
inline constexpr LatLng kBusan{35.1796, 129.0756};
inline constexpr LatLng kTokyo{35.6895, 139.6917};

inline constexpr UserId kAda{1};
inline constexpr UserId kBob{2};
inline constexpr UserId kCy{3};
inline constexpr UserId kDee{4};

inline constexpr NearbyQuery kEverybody{.radius_m = std::nullopt, .limit = std::nullopt};

class PresenceIndexTest : public ::testing::Test {
 protected:
  // `user` is seen at `position`, without fail.
  void See(UserId user, LatLng position, Timestamp seen = kNow,
           std::optional<std::uint32_t> attributes = std::nullopt) {
    ASSERT_THAT(index_.Move(user, position, seen, attributes), IsOk());
  }

  // `count` users on `position`, with ids from 1'000.
  void SeeCrowd(std::size_t count, LatLng position, Timestamp seen = kNow) {
    for (std::size_t i = 0; i < count; ++i) See(UserId{1'000 + i}, position, seen);
  }

  // `count` users all over the globe, with ids from 0.
  void SeeMany(std::size_t count, Timestamp seen = kNow) {
    Random random(1);
    for (std::size_t i = 0; i < count; ++i) {
      See(UserId{i}, {random.Uniform(-90, 90), random.Uniform(-180, 180)}, seen);
    }
  }

  std::optional<LatLng> Where(UserId user, Timestamp now = kNow) const {
    const std::optional<Presence> found = index_.Find(user, now);
    return found ? std::optional(found->position) : std::nullopt;
  }

  std::optional<std::uint32_t> AttributesOf(UserId user, Timestamp now = kNow) const {
    const std::optional<Presence> found = index_.Find(user, now);
    return found ? std::optional(found->attributes) : std::nullopt;
  }

  std::vector<Neighbor> Near(LatLng center, const NearbyQuery& query = kEverybody,
                             Timestamp now = kNow) const {
    absl::StatusOr<std::vector<Neighbor>> answer = index_.Nearby(center, query, now);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? *std::move(answer) : std::vector<Neighbor>{};
  }

  std::vector<UserId> WhoIsNear(LatLng center, const NearbyQuery& query = kEverybody,
                                Timestamp now = kNow) const {
    return UsersOf(Near(center, query, now));
  }

  std::vector<UserId> WhoIsNear(UserId user, const NearbyQuery& query = kEverybody,
                                Timestamp now = kNow) const {
    const absl::StatusOr<std::vector<Neighbor>> answer = index_.NearbyUser(user, query, now);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? UsersOf(*answer) : std::vector<UserId>{};
  }

  std::vector<UserId> WhoPasses(const AttributeFilter& filter) const {
    return WhoIsNear(kSeoul, {.limit = std::nullopt, .filter = filter});
  }

  static std::vector<UserId> UsersOf(std::span<const Neighbor> neighbors) {
    std::vector<UserId> users;
    for (const Neighbor& neighbor : neighbors) users.push_back(neighbor.user);
    return users;
  }

  // How many are removed until a round of sweeping ends.
  std::size_t EndRound(Timestamp now) {
    std::size_t removed = 0;
    for (int calls = 0; calls < 1'000'000; ++calls) {
      const ExpireResult result = index_.Expire(now);
      removed += result.removed;
      if (result.complete) return removed;
    }
    ADD_FAILURE() << "sweeping comes to no end";
    return removed;
  }

  // How many are removed by the rest of the round that is under way and another one.
  std::size_t SweepAll(Timestamp now) {
    const std::size_t removed = EndRound(now);
    return removed + EndRound(now);
  }

  PresenceIndex index_{{.ttl_ms = kTtlMs}};
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRESENCE_PRESENCE_INDEX_FIXTURE_H_
