// What presence.h promises about who is held, fact by fact.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "moyeo/presence.h"
#include "presence_index_fixture.h"
#include "support/faults.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PresenceOptionsTest, DefaultsAreValid) {
  EXPECT_THAT(PresenceOptions{}.Validate(), IsOk());
  EXPECT_EQ(PresenceOptions{}.ttl_ms, 60'000);
}

TEST(PresenceOptionsTest, TtlIsWithinItsLimits) {
  EXPECT_THAT(PresenceOptions{.ttl_ms = 1}.Validate(), IsOk());
  EXPECT_THAT(PresenceOptions{.ttl_ms = PresenceOptions::kMaxTtlMs}.Validate(), IsOk());
  EXPECT_THAT(PresenceOptions{.ttl_ms = 0}.Validate(), IsInvalid("ttl_ms"));
  EXPECT_THAT(PresenceOptions{.ttl_ms = -1}.Validate(), IsInvalid("ttl_ms"));
  EXPECT_THAT(PresenceOptions{.ttl_ms = PresenceOptions::kMaxTtlMs + 1}.Validate(),
              IsInvalid("ttl_ms"));
}

TEST(PresenceOptionsTest, MaxUsersIsWithinItsLimits) {
  EXPECT_THAT(PresenceOptions{.max_users = 1}.Validate(), IsOk());
  EXPECT_THAT(PresenceOptions{.max_users = PresenceOptions::kMaxUsersLimit}.Validate(), IsOk());
  EXPECT_THAT(PresenceOptions{.max_users = 0}.Validate(), IsInvalid("max_users"));
  EXPECT_THAT(PresenceOptions{.max_users = PresenceOptions::kMaxUsersLimit + 1}.Validate(),
              IsInvalid("max_users"));
}

// ---- Move and Find ----

TEST_F(PresenceIndexTest, AMovedUserIsFound) {
  See(kAda, kSeoul, kNow, 5);
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kSeoul, kNow, 5}));
}

TEST_F(PresenceIndexTest, AnUnknownUserIsNotFound) {
  EXPECT_EQ(index_.Find(kAda, kNow), std::nullopt);
  See(kAda, kSeoul);
  EXPECT_EQ(index_.Find(kBob, kNow), std::nullopt);
}

TEST_F(PresenceIndexTest, ThePositionHeldIsCanonical) {
  See(kAda, {37.56650004, 180});
  EXPECT_EQ(Where(kAda), (LatLng{37.5665, -180}));
  EXPECT_EQ(Near(kSeoul).front().position, (LatLng{37.5665, -180}));
}

TEST_F(PresenceIndexTest, ALaterMoveReplacesThePosition) {
  See(kAda, kSeoul);
  See(kAda, kBusan, kNow + kMs);
  EXPECT_EQ(index_.Find(kAda, kNow + kMs), (Presence{kBusan, kNow + kMs, 0}));
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = 1'000}), IsEmpty());
  EXPECT_THAT(WhoIsNear(kBusan, {.radius_m = 1'000}), ElementsAre(kAda));
}

TEST_F(PresenceIndexTest, AnOlderMoveIsIgnoredAndOk) {
  See(kAda, kSeoul, kNow, 5);
  EXPECT_THAT(index_.Move(kAda, kBusan, kNow - kMs, 6), IsOk());
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kSeoul, kNow, 5}));
  EXPECT_THAT(WhoIsNear(kBusan, {.radius_m = 1'000}), IsEmpty());
}

TEST_F(PresenceIndexTest, AtEqualTimesTheLaterCallWins) {
  See(kAda, kSeoul, kNow, 5);
  See(kAda, kBusan, kNow, 6);
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kBusan, kNow, 6}));
}

TEST_F(PresenceIndexTest, AMoveToTheSameSpotRenewsLastSeen) {
  See(kAda, kSeoul);
  See(kAda, kSeoul, kNow + kTtl);
  EXPECT_EQ(Where(kAda, kNow + kTtl), kSeoul);
  EXPECT_EQ(Near(kSeoul, kEverybody, kNow + kTtl).front().last_seen, kNow + kTtl);
}

TEST_F(PresenceIndexTest, ANewUserHasNoAttributes) {
  See(kAda, kSeoul);
  EXPECT_EQ(AttributesOf(kAda), 0);
}

TEST_F(PresenceIndexTest, AMoveWithoutAttributesKeepsThem) {
  See(kAda, kSeoul, kNow, 0xffff'ffff);
  See(kAda, kBusan, kNow);
  EXPECT_EQ(AttributesOf(kAda), 0xffff'ffff);
}

TEST_F(PresenceIndexTest, WhoeverComesBackAfterTheirTtlIsNewSweptOrNot) {
  for (const bool is_swept : {false, true}) {
    for (const LatLng back_at : {kSeoul, kTokyo}) {
      See(kAda, kSeoul, kNow, 5);
      See(kBob, kSeoul, kNow + kMs, 5);
      const Timestamp back = kNow + kTtl;
      if (is_swept) {
        while (!index_.Expire(back).complete) {
        }
      }
      See(kAda, back_at, back);
      See(kBob, back_at, back);
      EXPECT_EQ(index_.Find(kAda, back)->attributes, 0u);
      EXPECT_EQ(index_.Find(kBob, back)->attributes, 5u);
      index_.Clear();
    }
  }
}

TEST_F(PresenceIndexTest, AMoveWithAttributesReplacesThem) {
  See(kAda, kSeoul, kNow, 0b0110);
  See(kAda, kSeoul, kNow, 0b1000);
  EXPECT_EQ(AttributesOf(kAda), 0b1000);
  See(kAda, kSeoul, kNow, 0);
  EXPECT_EQ(AttributesOf(kAda), 0);
}

TEST_F(PresenceIndexTest, EveryIdIsValid) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  const std::vector<UserId> users = {UserId{0},          UserId{1},          UserId{0x7fff'ffff},
                                     UserId{1ull << 32}, UserId{1ull << 63}, UserId{kMax - 1},
                                     UserId{kMax}};
  for (const UserId user : users) EXPECT_EQ(Where(user), std::nullopt);
  for (const UserId user : users) See(user, kSeoul);
  EXPECT_EQ(WhoIsNear(kSeoul), users);
  for (const UserId user : users) EXPECT_TRUE(index_.Remove(user));
  EXPECT_EQ(index_.size(), 0);
}

TEST_F(PresenceIndexTest, AWrongLatitudeIsRefusedAndNamed) {
  See(kAda, kSeoul);
  for (const double lat : kWrongLatitudes) {
    EXPECT_THAT(index_.Move(kAda, {lat, 0}, kNow + kMs, 9), IsWrongLatitude());
    EXPECT_THAT(index_.Move(kBob, {lat, 0}, kNow), IsWrongLatitude());
  }
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kSeoul, kNow, 0}));
  EXPECT_EQ(index_.size(), 1);
}

TEST_F(PresenceIndexTest, AWrongLongitudeIsRefusedAndNamed) {
  See(kAda, kSeoul);
  for (const double lng : kWrongLongitudes) {
    EXPECT_THAT(index_.Move(kAda, {0, lng}, kNow + kMs, 9), IsWrongLongitude());
    EXPECT_THAT(index_.Move(kBob, {0, lng}, kNow), IsWrongLongitude());
  }
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kSeoul, kNow, 0}));
  EXPECT_EQ(index_.size(), 1);
}

TEST_F(PresenceIndexTest, AWrongTimeIsRefusedAndNamed) {
  See(kAda, kSeoul);
  for (const Timestamp seen : kWrongTimes) {
    EXPECT_THAT(index_.Move(kAda, kBusan, seen), IsInvalid("seen"));
    EXPECT_THAT(index_.Move(kBob, kBusan, seen), IsInvalid("seen"));
  }
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kSeoul, kNow, 0}));
  EXPECT_EQ(index_.size(), 1);
}

TEST_F(PresenceIndexTest, TheCornersOfTheValidRangeAreAccepted) {
  for (const double lat : {-90.0, 90.0}) {
    for (const double lng : {-180.0, 180.0}) {
      See(kAda, {lat, lng});
      EXPECT_EQ(Where(kAda), (LatLng{lat, -180}));
    }
  }
  See(kAda, kSeoul, kMaxTimestamp);
  See(kBob, kSeoul, kMinTimestamp);
  EXPECT_EQ(Where(kAda, kMaxTimestamp), kSeoul);
  EXPECT_EQ(Where(kBob, kMinTimestamp), kSeoul);
}

// ---- Time to live ----

TEST_F(PresenceIndexTest, AUserIsThereUntilOneMillisecondBeforeTheirTtl) {
  See(kAda, kSeoul);
  const Timestamp last = kNow + kTtl - kMs;
  EXPECT_EQ(Where(kAda, last), kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul, kEverybody, last), ElementsAre(kAda));
  EXPECT_EQ(index_.CountWithin(kSeoul, 0, last).value(), 1);
  EXPECT_THAT(WhoIsNear(kAda, kEverybody, last), IsEmpty());
}

TEST_F(PresenceIndexTest, AtTheirTtlAUserIsGoneFromEveryQueryUnswept) {
  See(kAda, kSeoul);
  See(kBob, kSeoul, kNow + kMs);
  const Timestamp gone = kNow + kTtl;
  EXPECT_EQ(Where(kAda, gone), std::nullopt);
  EXPECT_THAT(WhoIsNear(kSeoul, kEverybody, gone), ElementsAre(kBob));
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 1}, gone), ElementsAre(kBob));
  EXPECT_THAT(WhoIsNear(kBob, kEverybody, gone), IsEmpty());
  EXPECT_EQ(index_.CountWithin(kSeoul, 10, gone).value(), 1);
  EXPECT_THAT(index_.NearbyUser(kAda, kEverybody, gone), IsNotFound());
  NearbyBatchResult batch;
  ASSERT_THAT(index_.NearbyBatch(std::array{kSeoul}, kEverybody, gone, batch), IsOk());
  EXPECT_THAT(UsersOf(batch[0]), ElementsAre(kBob));
}

TEST_F(PresenceIndexTest, AQueryBeforeLastSeenStillSeesTheUser) {
  See(kAda, kSeoul);
  EXPECT_EQ(Where(kAda, kNow - std::chrono::hours(24)), kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul, kEverybody, kMinTimestamp), ElementsAre(kAda));
  EXPECT_EQ(index_.CountWithin(kSeoul, 0, kMinTimestamp).value(), 1);
}

TEST_F(PresenceIndexTest, AnExpiredUserComesBackWithTheirNextMove) {
  See(kAda, kSeoul);
  See(kAda, kBusan, kNow + 2 * kTtl);
  EXPECT_EQ(Where(kAda, kNow + 2 * kTtl), kBusan);
  EXPECT_EQ(index_.size(), 1);
}

TEST(PresenceIndexTtlTest, TheShortestTtlIsOneMillisecond) {
  PresenceIndex index({.ttl_ms = 1});
  ASSERT_THAT(index.Move(kAda, kSeoul, kNow), IsOk());
  EXPECT_TRUE(index.Find(kAda, kNow));
  EXPECT_FALSE(index.Find(kAda, kNow + kMs));
}

TEST(PresenceIndexTtlTest, TheLongestTtlReachesPastEveryTime) {
  PresenceIndex index({.ttl_ms = PresenceOptions::kMaxTtlMs});
  ASSERT_THAT(index.Move(kAda, kSeoul, kMaxTimestamp), IsOk());
  ASSERT_THAT(index.Move(kBob, kSeoul, kMinTimestamp), IsOk());
  EXPECT_TRUE(index.Find(kAda, kMaxTimestamp));
  EXPECT_TRUE(index.Find(kBob, Timestamp{} - kMs));
  EXPECT_FALSE(index.Find(kBob, Timestamp{}));
}

TEST(PresenceIndexTtlTest, TheEndsOfTimeExpireToo) {
  PresenceIndex index({.ttl_ms = kTtlMs});
  ASSERT_THAT(index.Move(kAda, kSeoul, kMinTimestamp), IsOk());
  EXPECT_TRUE(index.Find(kAda, kMinTimestamp + kTtl - kMs));
  EXPECT_FALSE(index.Find(kAda, kMinTimestamp + kTtl));
  EXPECT_FALSE(index.Find(kAda, kMaxTimestamp));
}

// ---- Remove ----

TEST_F(PresenceIndexTest, ARemovedUserIsForgotten) {
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  EXPECT_TRUE(index_.Remove(kAda));
  EXPECT_EQ(Where(kAda), std::nullopt);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kBob));
  EXPECT_EQ(index_.size(), 1);
}

TEST_F(PresenceIndexTest, RemovingWhoIsNotHeldIsFalse) {
  EXPECT_FALSE(index_.Remove(kAda));
  See(kAda, kSeoul);
  EXPECT_TRUE(index_.Remove(kAda));
  EXPECT_FALSE(index_.Remove(kAda));
}

TEST_F(PresenceIndexTest, RemovingAnExpiredUserWhoIsStillHeldIsTrue) {
  See(kAda, kSeoul, kNow - 10 * kTtl);
  EXPECT_TRUE(index_.Remove(kAda));
  EXPECT_EQ(index_.size(), 0);
}

TEST_F(PresenceIndexTest, ALateMoveBringsARemovedUserBackUntilItExpires) {
  See(kAda, kSeoul, kNow, 7);
  index_.Remove(kAda);
  See(kAda, kBusan, kNow - kMs);
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kBusan, kNow - kMs, 0}));
  EXPECT_EQ(Where(kAda, kNow + kTtl - 2 * kMs), kBusan);
  EXPECT_EQ(Where(kAda, kNow + kTtl - kMs), std::nullopt);
}

// ---- MoveBatch ----

TEST_F(PresenceIndexTest, ABatchMovesEverybody) {
  const std::array users = {kAda, kBob, kCy};
  const std::array positions = {kSeoul, kBusan, kTokyo};
  const auto result = index_.MoveBatch(users, positions, kNow, std::array{1u, 2u, 3u});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied, 3);
  EXPECT_EQ(result->ignored, 0);
  EXPECT_THAT(result->refusals, IsEmpty());
  EXPECT_TRUE(result->ok());
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kSeoul, kNow, 1}));
  EXPECT_EQ(index_.Find(kBob, kNow), (Presence{kBusan, kNow, 2}));
  EXPECT_EQ(index_.Find(kCy, kNow), (Presence{kTokyo, kNow, 3}));
}

TEST_F(PresenceIndexTest, AnEmptyBatchMovesNobody) {
  const auto result = index_.MoveBatch({}, {}, kNow);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied + result->ignored + result->refusals.size(), 0);
}

TEST_F(PresenceIndexTest, ABatchWithoutAttributesKeepsThem) {
  See(kAda, kSeoul, kNow, 7);
  ASSERT_THAT(index_.MoveBatch(std::array{kAda, kBob}, std::array{kBusan, kBusan}, kNow), IsOk());
  EXPECT_EQ(AttributesOf(kAda), 7);
  EXPECT_EQ(AttributesOf(kBob), 0);
}

TEST_F(PresenceIndexTest, ABatchCountsWhatItIgnores) {
  See(kAda, kSeoul, kNow + kMs);
  See(kBob, kSeoul, kNow);
  const auto result =
      index_.MoveBatch(std::array{kAda, kBob, kCy}, std::array{kBusan, kBusan, kBusan}, kNow);
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->ok());
  EXPECT_EQ(result->applied, 2);
  EXPECT_EQ(result->ignored, 1);
  EXPECT_EQ(Where(kAda), kSeoul);
  EXPECT_EQ(Where(kBob), kBusan);
}

TEST_F(PresenceIndexTest, AMoveAtFaultInABatchIsRefusedAlone) {
  See(kBob, kSeoul, kNow - kMs);
  const auto result =
      index_.MoveBatch(std::array{kAda, kBob, kCy, kDee},
                       std::array{kSeoul, LatLng{91, 0}, kTokyo, LatLng{0, kNaN}}, kNow);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied, 2);
  EXPECT_FALSE(result->ok());
  ASSERT_EQ(result->refusals.size(), 2);
  EXPECT_EQ(result->refusals[0].index, 1);
  EXPECT_THAT(result->refusals[0].why, IsWrongLatitude());
  EXPECT_EQ(result->refusals[1].index, 3);
  EXPECT_THAT(result->refusals[1].why, IsWrongLongitude());
  EXPECT_EQ(Where(kBob), kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kAda, kBob, kCy));
}

TEST_F(PresenceIndexTest, OfOneUsersMovesInABatchTheLastWins) {
  const auto result = index_.MoveBatch(std::array{kAda, kBob, kAda, kAda},
                                       std::array{kSeoul, kSeoul, kTokyo, kBusan}, kNow,
                                       std::array{1u, 2u, 3u, 4u});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied, 4);
  EXPECT_EQ(index_.Find(kAda, kNow), (Presence{kBusan, kNow, 4}));
  EXPECT_EQ(index_.size(), 2);
}

TEST_F(PresenceIndexTest, ABigBatchIsTheSameAsItsMovesOneByOne) {
  Random random(3);
  PresenceIndex one_by_one({.ttl_ms = kTtlMs});
  std::vector<UserId> users;
  std::vector<LatLng> positions;
  for (int i = 0; i < 5'000; ++i) {
    users.push_back(UserId{random.Below(1'500)});
    positions.push_back({random.Uniform(37, 38), random.Uniform(126, 127)});
    ASSERT_THAT(one_by_one.Move(users.back(), positions.back(), kNow), IsOk());
  }
  EXPECT_EQ(index_.MoveBatch(users, positions, kNow).value().applied, 5'000);
  EXPECT_EQ(Near(kSeoul), one_by_one.Nearby(kSeoul, kEverybody, kNow).value());
}

TEST_F(PresenceIndexTest, ABatchOfDifferentLengthsMovesNobody) {
  EXPECT_THAT(index_.MoveBatch(std::array{kAda, kBob}, std::array{kSeoul}, kNow),
              IsInvalid("positions"));
  EXPECT_THAT(index_.MoveBatch({}, std::array{kSeoul}, kNow), IsInvalid("positions"));
  EXPECT_THAT(index_.MoveBatch(std::array{kAda}, {}, kNow), IsInvalid("positions"));
  EXPECT_THAT(
      index_.MoveBatch(std::array{kAda, kBob}, std::array{kSeoul, kSeoul}, kNow, std::array{1u}),
      IsInvalid("attributes"));
  EXPECT_THAT(index_.MoveBatch({}, {}, kNow, std::array{1u}), IsInvalid("attributes"));
  EXPECT_EQ(index_.size(), 0);
}

TEST_F(PresenceIndexTest, ABatchSeenOutOfRangeMovesNobody) {
  for (const Timestamp seen : kWrongTimes) {
    EXPECT_THAT(index_.MoveBatch(std::array{kAda}, std::array{kSeoul}, seen), IsInvalid("seen"));
  }
  EXPECT_EQ(index_.size(), 0);
}

// ---- max_users ----

class FullIndexTest : public PresenceIndexTest {
 protected:
  FullIndexTest() {
    EXPECT_THAT(full_.Move(kAda, kSeoul, kNow), IsOk());
    EXPECT_THAT(full_.Move(kBob, kSeoul, kNow), IsOk());
    EXPECT_THAT(full_.Move(kCy, kSeoul, kNow), IsOk());
  }

  PresenceIndex full_{{.ttl_ms = kTtlMs, .max_users = 3}};
};

TEST_F(FullIndexTest, OneUserPastTheLimitIsRefused) {
  EXPECT_EQ(full_.size(), 3);
  EXPECT_THAT(full_.Move(kDee, kSeoul, kNow), IsExhausted());
  EXPECT_EQ(full_.Find(kDee, kNow), std::nullopt);
  EXPECT_EQ(full_.size(), 3);
}

TEST_F(FullIndexTest, ThoseWhoAreHeldStillMove) {
  EXPECT_THAT(full_.Move(kCy, kBusan, kNow), IsOk());
  EXPECT_EQ(full_.Find(kCy, kNow)->position, kBusan);
}

TEST_F(FullIndexTest, ExpiredUsersCountUntilTheyAreSwept) {
  const Timestamp later = kNow + kTtl;
  EXPECT_THAT(full_.Move(kDee, kSeoul, later), IsExhausted());
  while (!full_.Expire(later).complete) {
  }
  EXPECT_THAT(full_.Move(kDee, kSeoul, later), IsOk());
}

TEST_F(FullIndexTest, ARemovalMakesRoomForOne) {
  full_.Remove(kAda);
  EXPECT_THAT(full_.Move(kDee, kSeoul, kNow), IsOk());
  EXPECT_THAT(full_.Move(kAda, kSeoul, kNow), IsExhausted());
}

TEST_F(FullIndexTest, ClearMakesRoomForAll) {
  full_.Clear();
  for (const UserId user : {kDee, kCy, kBob}) EXPECT_THAT(full_.Move(user, kSeoul, kNow), IsOk());
  EXPECT_THAT(full_.Move(kAda, kSeoul, kNow), IsExhausted());
}

TEST_F(FullIndexTest, ABatchRefusesWhomItCannotHoldByIndex) {
  full_.Remove(kCy);
  const auto result = full_.MoveBatch(std::array{kAda, kDee, UserId{5}, kDee, UserId{6}, kBob},
                                      std::vector<LatLng>(6, kBusan), kNow);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied, 4);
  ASSERT_EQ(result->refusals.size(), 2);
  EXPECT_EQ(result->refusals[0].index, 2);
  EXPECT_EQ(result->refusals[1].index, 4);
  EXPECT_THAT(result->refusals[0].why, IsExhausted());
  EXPECT_EQ(full_.size(), 3);
}

// ---- size, Expire, Clear, MemoryUsage ----

TEST_F(PresenceIndexTest, ANewIndexIsEmpty) {
  EXPECT_EQ(index_.size(), 0);
  EXPECT_THAT(WhoIsNear(kSeoul), IsEmpty());
  EXPECT_EQ(index_.CountWithin(kSeoul, kHalfGlobe, kNow).value(), 0);
  EXPECT_EQ(SweepAll(kNow), 0);
}

TEST_F(PresenceIndexTest, SizeCountsTheExpiredUntilTheyAreSwept) {
  See(kAda, kSeoul);
  See(kBob, kSeoul, kNow + kMs);
  EXPECT_THAT(WhoIsNear(kSeoul, kEverybody, kNow + kTtl), ElementsAre(kBob));
  EXPECT_EQ(index_.size(), 2);
  EXPECT_EQ(SweepAll(kNow + kTtl), 1);
  EXPECT_EQ(index_.size(), 1);
}

TEST_F(PresenceIndexTest, SweepingRemovesAtTheTtlAndNotAMillisecondBefore) {
  See(kAda, kSeoul);
  EXPECT_EQ(SweepAll(kNow + kTtl - kMs), 0);
  EXPECT_EQ(SweepAll(kNow + kTtl), 1);
}

TEST_F(PresenceIndexTest, ASweptUserIsGoneForQueriesOfThePastToo) {
  See(kAda, kSeoul);
  SweepAll(kNow + kTtl);
  EXPECT_EQ(Where(kAda, kNow), std::nullopt);
  EXPECT_THAT(WhoIsNear(kSeoul, kEverybody, kNow), IsEmpty());
}

TEST_F(PresenceIndexTest, OneSweepIsABoundedPieceOfWork) {
  SeeMany(100'000);
  const ExpireResult first = index_.Expire(kNow + kTtl);
  EXPECT_FALSE(first.complete);
  EXPECT_LE(first.removed, 20'000);
  EXPECT_EQ(index_.size(), 100'000 - first.removed);
  EXPECT_EQ(first.removed + SweepAll(kNow + kTtl), 100'000);
  EXPECT_EQ(index_.size(), 0);
}

TEST_F(PresenceIndexTest, OneSweepIsBoundedOnACrowdedSpotToo) {
  SeeCrowd(100'000, kSeoul);
  const ExpireResult first = index_.Expire(kNow + kTtl);
  EXPECT_FALSE(first.complete);
  EXPECT_LE(first.removed, 20'000);
  EXPECT_EQ(first.removed + SweepAll(kNow + kTtl), 100'000);
}

TEST_F(PresenceIndexTest, SweepingGoesRoundFromCallToCall) {
  SeeMany(100'000);
  SweepAll(kNow);
  for (std::size_t i = 0; i < 50'000; ++i) See(UserId{2 * i}, kSeoul, kNow + kTtl);
  EXPECT_EQ(SweepAll(kNow + kTtl), 50'000);
  EXPECT_EQ(SweepAll(kNow + kTtl), 0);
  EXPECT_EQ(SweepAll(kNow + 2 * kTtl), 50'000);
}

TEST_F(PresenceIndexTest, ARoundRemovesWhoeverWasExpiredWhenItBegan) {
  SeeMany(100'000);
  EndRound(kNow);
  EXPECT_EQ(EndRound(kNow + kTtl), 100'000);
}

TEST_F(PresenceIndexTest, ARoundEndsThoughUsersComeAndMove) {
  SeeMany(100'000);
  std::size_t removed = 0;
  std::size_t came = 0;
  for (bool complete = false; !complete && came < 1'000'000;) {
    const ExpireResult result = index_.Expire(kNow + kTtl);
    removed += result.removed;
    complete = result.complete;
    for (int i = 0; i < 100; ++i) See(UserId{1'000'000 + came++}, kSeoul, kNow + kTtl);
  }
  EXPECT_LT(came, 1'000'000);
  EXPECT_EQ(removed, 100'000);
  EXPECT_EQ(index_.size(), came);
}

// Whom an earlier call passed over, because they had not expired yet, is gone after the next round.
TEST_F(PresenceIndexTest, ASweepOfEverythingMayBeginInTheMiddleOfARound) {
  SeeMany(100'000);
  for (std::size_t i = 0; i < 50'000; ++i) {
    const UserId user{2 * i};
    See(user, *Where(user), kNow + kMs);
  }
  const ExpireResult first = index_.Expire(kNow + kTtl);
  ASSERT_FALSE(first.complete);
  EXPECT_EQ(first.removed + SweepAll(kNow + kTtl + kMs), 100'000);
  EXPECT_EQ(index_.size(), 0);
}

TEST_F(PresenceIndexTest, ClearForgetsEverybody) {
  SeeMany(10'000);
  index_.Clear();
  EXPECT_EQ(index_.size(), 0);
  EXPECT_EQ(Where(UserId{7}), std::nullopt);
  EXPECT_THAT(WhoIsNear(kSeoul), IsEmpty());
  See(kAda, kBusan, kNow - kMs);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kAda));
}

TEST_F(PresenceIndexTest, ClearReturnsTheMemory) {
  const std::size_t empty = index_.MemoryUsage().total();
  SeeMany(100'000);
  const PresenceMemoryUsage full = index_.MemoryUsage();
  // A position, an id and a time at least.
  EXPECT_GE(full.users, 100'000 * 20);
  EXPECT_GE(full.id_map, 100'000 * 4);
  EXPECT_EQ(full.total(), full.users + full.cells + full.id_map + full.sets);
  index_.Clear();
  EXPECT_LE(index_.MemoryUsage().total(), empty + full.total() / 20);
}

}  // namespace
}  // namespace moyeo::testing
