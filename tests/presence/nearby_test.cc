// What presence.h promises about who is near whom, fact by fact.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
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

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using NearbyTest = PresenceIndexTest;

TEST(NearbyQueryTest, AsksForTheFiftyNearestByDefault) {
  EXPECT_EQ(NearbyQuery{}.limit, 50);
  EXPECT_EQ(NearbyQuery{}.radius_m, std::nullopt);
}

// ---- Nearby ----

TEST_F(NearbyTest, TheNearestComeFirst) {
  See(kAda, kTokyo);
  See(kBob, kBusan);
  See(kCy, kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kCy, kBob, kAda));
  EXPECT_THAT(WhoIsNear(kTokyo), ElementsAre(kAda, kBob, kCy));
}

TEST_F(NearbyTest, ANeighborTellsWhoWhereHowFarAndWhen) {
  See(kAda, kBusan, kNow - kMs);
  EXPECT_THAT(Near(kSeoul), ElementsAre(Neighbor{
                                kAda, kBusan, DistanceMeters(kSeoul, kBusan).value(), kNow - kMs}));
}

TEST_F(NearbyTest, DistancesAreMeasuredFromTheCanonicalCenter) {
  See(kAda, {10, 20});
  EXPECT_EQ(Near({10.00000004, 20.00000004}).front().distance_m, 0);
  EXPECT_THAT(WhoIsNear({10.00000004, 20.00000004}, {.radius_m = 0}), ElementsAre(kAda));
}

TEST_F(NearbyTest, TiesAreOrderedById) {
  for (const UserId user : {kDee, kBob, kCy, kAda}) See(user, kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kAda, kBob, kCy, kDee));
  EXPECT_THAT(WhoIsNear(kBusan), ElementsAre(kAda, kBob, kCy, kDee));
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 2}), ElementsAre(kAda, kBob));
}

TEST_F(NearbyTest, TiesBetweenDifferentPlacesAreOrderedById) {
  See(UserId{4}, {0, 0.001});
  See(UserId{3}, {0, -0.001});
  See(UserId{2}, {0, 0.001});
  See(UserId{1}, {0, -0.001});
  EXPECT_THAT(WhoIsNear({0, 0}, {.limit = 3}), ElementsAre(kAda, kBob, kCy));
}

TEST_F(NearbyTest, IdsAreOrderedAsUnsignedNumbers) {
  See(UserId{1ull << 63}, kSeoul);
  See(UserId{1}, kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(UserId{1}, UserId{1ull << 63}));
}

TEST_F(NearbyTest, TheRadiusIsInclusive) {
  See(kAda, kBusan);
  const double distance = DistanceMeters(kSeoul, kBusan).value();
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = distance}), ElementsAre(kAda));
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = std::nextafter(distance, 0)}), IsEmpty());
  EXPECT_EQ(index_.CountWithin(kSeoul, distance, kNow).value(), 1);
  EXPECT_EQ(index_.CountWithin(kSeoul, std::nextafter(distance, 0), kNow).value(), 0);
}

TEST_F(NearbyTest, ARadiusOfZeroFindsWhoIsOnTheSpot) {
  See(kAda, kSeoul);
  See(kBob, {kSeoul.lat + kUnit, kSeoul.lng});
  See(kCy, kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = 0}), ElementsAre(kAda, kCy));
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = -0.0}), ElementsAre(kAda, kCy));
}

TEST_F(NearbyTest, WithoutARadiusTheWholeGlobeIsSearched) {
  See(kAda, {-37.5665, -53.022});
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kAda));
  EXPECT_NEAR(Near(kSeoul).front().distance_m, kHalfGlobe, 1e-8);
}

TEST_F(NearbyTest, ARadiusOfHalfTheGlobeOrMoreFindsEverybody) {
  SeeMany(1'000);
  const std::size_t all = index_.size();
  for (const double radius : {kHalfGlobe + 1e-7, 1e9, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(Near(kSeoul, {.radius_m = radius, .limit = std::nullopt}).size(), all);
    EXPECT_EQ(index_.CountWithin(kSeoul, radius, kNow).value(), all);
  }
}

TEST_F(NearbyTest, AtMostLimitAreAnswered) {
  SeeCrowd(60, kSeoul);
  EXPECT_EQ(Near(kSeoul, NearbyQuery{}).size(), 50);
  EXPECT_EQ(Near(kSeoul, {.limit = 1}).size(), 1);
  EXPECT_EQ(Near(kSeoul, {.limit = 59}).size(), 59);
  EXPECT_EQ(Near(kSeoul, {.limit = 60}).size(), 60);
  EXPECT_EQ(Near(kSeoul, {.limit = std::numeric_limits<std::size_t>::max()}).size(), 60);
  EXPECT_EQ(Near(kSeoul, {.limit = std::nullopt}).size(), 60);
}

TEST_F(NearbyTest, LimitAndRadiusHoldTogether) {
  See(kAda, kSeoul);
  See(kBob, kBusan);
  See(kCy, kTokyo);
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = 400'000, .limit = 5}), ElementsAre(kAda, kBob));
  EXPECT_THAT(WhoIsNear(kSeoul, {.radius_m = 400'000, .limit = 1}), ElementsAre(kAda));
}

TEST_F(NearbyTest, TheAntimeridianIsNoBorder) {
  See(kAda, {-16.8, 179.9999});
  See(kBob, {-16.8, -179.9999});
  See(kCy, {-16.8, 180});
  EXPECT_THAT(WhoIsNear({-16.8, -180}, {.radius_m = 100}), ElementsAre(kCy, kAda, kBob));
  EXPECT_THAT(WhoIsNear({-16.8, 180}, {.radius_m = 0}), ElementsAre(kCy));
}

TEST_F(NearbyTest, AtAPoleEveryLongitudeIsTheSameSpot) {
  See(kAda, {90, 10});
  See(kBob, {90, -170});
  See(kCy, {-90, 10});
  EXPECT_THAT(WhoIsNear({90, 77}, {.radius_m = 0}), ElementsAre(kAda, kBob));
  EXPECT_THAT(WhoIsNear({-90, -77}, {.radius_m = 0}), ElementsAre(kCy));
}

TEST_F(NearbyTest, ThePoleIsNoBorder) {
  See(kAda, {89.9999, 0});
  See(kBob, {89.9999, 180});
  EXPECT_THAT(WhoIsNear(kAda, {.radius_m = 25}), ElementsAre(kBob));
}

TEST_F(NearbyTest, ACenterAtFaultIsNamed) {
  for (const double lat : kWrongLatitudes) {
    EXPECT_THAT(index_.Nearby({lat, 0}, {}, kNow), IsWrongLatitude());
    EXPECT_THAT(index_.CountWithin({lat, 0}, 1, kNow), IsWrongLatitude());
  }
  for (const double lng : kWrongLongitudes) {
    EXPECT_THAT(index_.Nearby({0, lng}, {}, kNow), IsWrongLongitude());
    EXPECT_THAT(index_.CountWithin({0, lng}, 1, kNow), IsWrongLongitude());
  }
}

TEST_F(NearbyTest, ARadiusAtFaultIsNamed) {
  See(kAda, kSeoul);
  NearbyBatchResult batch;
  for (const double radius : kWrongRadii) {
    EXPECT_THAT(index_.Nearby(kSeoul, {.radius_m = radius}, kNow), IsInvalid("radius"));
    EXPECT_THAT(index_.NearbyUser(kAda, {.radius_m = radius}, kNow), IsInvalid("radius"));
    EXPECT_THAT(index_.NearbyBatch(std::array{kSeoul}, {.radius_m = radius}, kNow, batch),
                IsInvalid("radius"));
    EXPECT_THAT(index_.CountWithin(kSeoul, radius, kNow), IsInvalid("radius"));
  }
}

TEST_F(NearbyTest, ALimitOfZeroIsNamed) {
  See(kAda, kSeoul);
  NearbyBatchResult batch;
  EXPECT_THAT(index_.Nearby(kSeoul, {.limit = 0}, kNow), IsInvalid("limit"));
  EXPECT_THAT(index_.NearbyUser(kAda, {.limit = 0}, kNow), IsInvalid("limit"));
  EXPECT_THAT(index_.NearbyBatch(std::array{kSeoul}, {.limit = 0}, kNow, batch),
              IsInvalid("limit"));
  EXPECT_THAT(index_.NearbyBatch({}, {.limit = 0}, kNow, batch), IsInvalid("limit"));
}

TEST_F(NearbyTest, ATimeAtFaultIsNamed) {
  See(kAda, kSeoul);
  NearbyBatchResult batch;
  for (const Timestamp now : kWrongTimes) {
    EXPECT_THAT(index_.Nearby(kSeoul, {}, now), IsInvalid("now"));
    EXPECT_THAT(index_.NearbyUser(kAda, {}, now), IsInvalid("now"));
    EXPECT_THAT(index_.NearbyBatch(std::array{kSeoul}, {}, now, batch), IsInvalid("now"));
    EXPECT_THAT(index_.CountWithin(kSeoul, 1, now), IsInvalid("now"));
  }
}

TEST_F(NearbyTest, AnErrorLeavesTheResultAsItWas) {
  See(kAda, kSeoul);
  std::vector<Neighbor> result = Near(kBusan);
  const std::vector<Neighbor> before = result;
  EXPECT_THAT(index_.Nearby({91, 0}, {}, kNow, result), IsWrongLatitude());
  EXPECT_THAT(index_.Nearby(kSeoul, {.radius_m = -1}, kNow, result), IsInvalid("radius"));
  EXPECT_THAT(index_.Nearby(kSeoul, {.limit = 0}, kNow, result), IsInvalid("limit"));
  EXPECT_THAT(index_.Nearby(kSeoul, {}, kMaxTimestamp + kMs, result), IsInvalid("now"));
  EXPECT_THAT(index_.NearbyUser(kBob, {}, kNow, result), IsNotFound());
  EXPECT_THAT(index_.NearbyUser(kAda, {.limit = 0}, kNow, result), IsInvalid("limit"));
  EXPECT_EQ(result, before);
}

TEST_F(NearbyTest, TheSecondFormReplacesTheContentAndReusesTheMemory) {
  SeeCrowd(300, kSeoul);
  std::vector<Neighbor> result;
  ASSERT_THAT(index_.Nearby(kSeoul, kEverybody, kNow, result), IsOk());
  ASSERT_EQ(result.size(), 300);
  const Neighbor* const data = result.data();
  const std::size_t capacity = result.capacity();

  ASSERT_THAT(index_.Nearby(kBusan, {.limit = 20}, kNow, result), IsOk());
  EXPECT_EQ(result, Near(kBusan, {.limit = 20}));
  ASSERT_THAT(index_.NearbyUser(UserId{1'000}, kEverybody, kNow, result), IsOk());
  EXPECT_EQ(result.size(), 299);
  ASSERT_THAT(index_.Nearby(kSeoul, kEverybody, kNow, result), IsOk());
  EXPECT_EQ(result, Near(kSeoul));
  EXPECT_EQ(result.data(), data);
  EXPECT_EQ(result.capacity(), capacity);
}

TEST_F(NearbyTest, AnEmptyAnswerReplacesTheContentToo) {
  See(kAda, kSeoul);
  std::vector<Neighbor> result = Near(kSeoul);
  ASSERT_THAT(index_.Nearby(kBusan, {.radius_m = 1}, kNow, result), IsOk());
  EXPECT_THAT(result, IsEmpty());
}

// ---- Filters ----

class FilterTest : public NearbyTest {
 protected:
  FilterTest() {
    See(kAda, kSeoul, kNow, 0b000);
    See(kBob, kSeoul, kNow, 0b001);
    See(kCy, kSeoul, kNow, 0b011);
    See(kDee, kSeoul, kNow, 0x8000'0000);
  }
};

TEST_F(FilterTest, TheDefaultAdmitsEverybody) {
  EXPECT_THAT(WhoPasses({}), ElementsAre(kAda, kBob, kCy, kDee));
}

TEST_F(FilterTest, AllOfAsksForEveryBit) {
  EXPECT_THAT(WhoPasses({.all_of = 0b001}), ElementsAre(kBob, kCy));
  EXPECT_THAT(WhoPasses({.all_of = 0b011}), ElementsAre(kCy));
  EXPECT_THAT(WhoPasses({.all_of = 0b111}), IsEmpty());
}

TEST_F(FilterTest, AnyOfAsksForOneBit) {
  EXPECT_THAT(WhoPasses({.any_of = 0b110}), ElementsAre(kCy));
  EXPECT_THAT(WhoPasses({.any_of = 0x8000'0001}), ElementsAre(kBob, kCy, kDee));
  EXPECT_THAT(WhoPasses({.any_of = 0b100}), IsEmpty());
}

TEST_F(FilterTest, NoneOfAsksForNoBit) {
  EXPECT_THAT(WhoPasses({.none_of = 0b001}), ElementsAre(kAda, kDee));
  EXPECT_THAT(WhoPasses({.none_of = 0xffff'ffff}), ElementsAre(kAda));
}

TEST_F(FilterTest, TheThreePartsHoldTogether) {
  EXPECT_THAT(WhoPasses({.all_of = 0b001, .any_of = 0b111, .none_of = 0b010}), ElementsAre(kBob));
  EXPECT_THAT(WhoPasses({.any_of = 0b011, .none_of = 0b010}), ElementsAre(kBob));
  EXPECT_THAT(WhoPasses({.all_of = 0b001, .none_of = 0b001}), IsEmpty());
}

TEST_F(FilterTest, WhoDoesNotPassTakesNoPlaceInTheLimit) {
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 2, .filter = {.any_of = 0x8000'0001}}),
              ElementsAre(kBob, kCy));
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 1, .filter = {.all_of = 0x8000'0000}}),
              ElementsAre(kDee));
}

TEST_F(FilterTest, EveryQueryHonoursIt) {
  const AttributeFilter filter{.all_of = 0b001};
  EXPECT_EQ(index_.CountWithin(kSeoul, 10, kNow, filter).value(), 2);
  EXPECT_THAT(WhoIsNear(kAda, {.filter = filter}), ElementsAre(kBob, kCy));
  NearbyBatchResult batch;
  ASSERT_THAT(index_.NearbyBatch(std::array{kSeoul}, {.filter = filter}, kNow, batch), IsOk());
  EXPECT_THAT(UsersOf(batch[0]), ElementsAre(kBob, kCy));
}

TEST_F(FilterTest, TheAskingUserNeedNotPass) {
  EXPECT_THAT(WhoIsNear(kAda, {.filter = {.any_of = 0b010}}), ElementsAre(kCy));
}

TEST_F(FilterTest, AMoveThatChangesTheMaskChangesTheAnswer) {
  See(kAda, kSeoul, kNow, 0b100);
  EXPECT_THAT(WhoPasses({.all_of = 0b100}), ElementsAre(kAda));
  See(kAda, kSeoul, kNow, 0);
  EXPECT_THAT(WhoPasses({.all_of = 0b100}), IsEmpty());
}

// ---- NearbyUser ----

TEST_F(NearbyTest, TheAskingUserIsNotInTheirOwnList) {
  See(kAda, kSeoul);
  See(kBob, kBusan);
  EXPECT_THAT(WhoIsNear(kAda), ElementsAre(kBob));
  EXPECT_THAT(WhoIsNear(kAda, {.radius_m = 0}), IsEmpty());
}

TEST_F(NearbyTest, TheAskingUserTakesNoPlaceInTheLimit) {
  for (const UserId user : {kAda, kBob, kCy, kDee}) See(user, kSeoul);
  EXPECT_THAT(WhoIsNear(kAda, {.limit = 2}), ElementsAre(kBob, kCy));
  EXPECT_THAT(WhoIsNear(kBob, {.limit = 2}), ElementsAre(kAda, kCy));
  EXPECT_THAT(WhoIsNear(kDee, {.limit = 2}), ElementsAre(kAda, kBob));
  EXPECT_THAT(WhoIsNear(kDee, {.limit = 3}), ElementsAre(kAda, kBob, kCy));
  EXPECT_THAT(WhoIsNear(kDee, {.limit = std::numeric_limits<std::size_t>::max()}),
              ElementsAre(kAda, kBob, kCy));
}

TEST_F(NearbyTest, AUserInACrowdOnOneSpotSeesTheOthers) {
  SeeCrowd(1'000, kSeoul);
  for (const std::uint64_t id : {1'000, 1'499, 1'999}) {
    const std::vector<UserId> near = WhoIsNear(UserId{id}, {.radius_m = 0, .limit = 999});
    EXPECT_EQ(near.size(), 999);
    EXPECT_THAT(near, Not(::testing::Contains(UserId{id})));
  }
}

TEST_F(NearbyTest, NearbyUserMeasuresFromTheUsersPosition) {
  See(kAda, kSeoul);
  See(kBob, kBusan);
  EXPECT_THAT(index_.NearbyUser(kAda, kEverybody, kNow).value(),
              ElementsAre(Neighbor{kBob, kBusan, DistanceMeters(kSeoul, kBusan).value(), kNow}));
}

TEST_F(NearbyTest, NearbyUserOfWhoIsNotHeldIsNotFound) {
  EXPECT_THAT(index_.NearbyUser(kAda, {}, kNow), IsNotFound());
  See(kAda, kSeoul);
  index_.Remove(kAda);
  EXPECT_THAT(index_.NearbyUser(kAda, {}, kNow), IsNotFound());
}

// ---- NearbyBatch ----

TEST_F(NearbyTest, ABatchAnswersInTheOrderOfTheQuestions) {
  See(kAda, kSeoul);
  See(kBob, kBusan);
  NearbyBatchResult result;
  ASSERT_THAT(index_.NearbyBatch(std::array{kBusan, kTokyo, kSeoul, kBusan}, {.radius_m = 400'000},
                                 kNow, result),
              IsOk());
  EXPECT_EQ(result.size(), 4);
  EXPECT_THAT(result.offsets, ElementsAre(0, 2, 2, 4, 6));
  EXPECT_THAT(UsersOf(result[0]), ElementsAre(kBob, kAda));
  EXPECT_THAT(result[1], IsEmpty());
  EXPECT_THAT(UsersOf(result[2]), ElementsAre(kAda, kBob));
  EXPECT_THAT(UsersOf(result[3]), ElementsAre(kBob, kAda));
}

TEST_F(NearbyTest, ABatchOfNoQuestionsHasNoAnswers) {
  See(kAda, kSeoul);
  NearbyBatchResult result;
  ASSERT_THAT(index_.NearbyBatch(std::array{kSeoul, kSeoul}, {}, kNow, result), IsOk());
  ASSERT_THAT(index_.NearbyBatch({}, {}, kNow, result), IsOk());
  EXPECT_EQ(result.size(), 0);
  EXPECT_THAT(result.offsets, ElementsAre(0));
  EXPECT_THAT(result.neighbors, IsEmpty());
}

TEST_F(NearbyTest, ABatchAskedOfAnEmptyIndexHasEmptyAnswers) {
  NearbyBatchResult result;
  ASSERT_THAT(index_.NearbyBatch(std::array{kSeoul, kBusan}, {}, kNow, result), IsOk());
  EXPECT_THAT(result.offsets, ElementsAre(0, 0, 0));
}

TEST(NearbyBatchResultTest, ANewResultAnswersNothing) { EXPECT_EQ(NearbyBatchResult{}.size(), 0); }

TEST_F(NearbyTest, TheFirstCenterAtFaultInABatchIsNamed) {
  See(kAda, kSeoul);
  NearbyBatchResult result;
  ASSERT_THAT(index_.NearbyBatch(std::array{kSeoul}, {}, kNow, result), IsOk());
  std::vector<LatLng> centers(30, kSeoul);
  centers[17] = {91, 0};
  centers[23] = {kNaN, 0};
  EXPECT_THAT(index_.NearbyBatch(centers, {}, kNow, result),
              IsError(absl::StatusCode::kInvalidArgument,
                      AllOf(HasSubstr("17"), HasSubstr("lat"), Not(HasSubstr("23")))));
  EXPECT_THAT(result.offsets, ElementsAre(0, 1));
  EXPECT_THAT(UsersOf(result[0]), ElementsAre(kAda));
}

TEST_F(NearbyTest, ABatchAtFaultLeavesTheResultAsItWas) {
  See(kAda, kSeoul);
  NearbyBatchResult result;
  ASSERT_THAT(index_.NearbyBatch(std::array{kSeoul}, {}, kNow, result), IsOk());
  EXPECT_THAT(index_.NearbyBatch(std::array{kSeoul}, {.radius_m = -1}, kNow, result),
              IsInvalid("radius"));
  EXPECT_THAT(index_.NearbyBatch(std::array{kSeoul}, {}, kMinTimestamp - kMs, result),
              IsInvalid("now"));
  EXPECT_THAT(result.offsets, ElementsAre(0, 1));
  EXPECT_THAT(UsersOf(result[0]), ElementsAre(kAda));
}

TEST_F(NearbyTest, ABatchReusesTheMemory) {
  SeeCrowd(100, kSeoul);
  const std::vector<LatLng> centers(20, kSeoul);
  NearbyBatchResult result;
  ASSERT_THAT(index_.NearbyBatch(centers, kEverybody, kNow, result), IsOk());
  ASSERT_EQ(result.neighbors.size(), 2'000);
  const Neighbor* const neighbors = result.neighbors.data();
  const std::size_t* const offsets = result.offsets.data();
  const std::size_t capacity = result.neighbors.capacity();
  for (const std::optional<std::size_t> limit : {std::optional<std::size_t>(3), kEverybody.limit}) {
    ASSERT_THAT(index_.NearbyBatch(centers, {.limit = limit}, kNow, result), IsOk());
    EXPECT_EQ(result.neighbors.size(), 20 * limit.value_or(100));
    EXPECT_EQ(result.neighbors.data(), neighbors);
    EXPECT_EQ(result.neighbors.capacity(), capacity);
    EXPECT_EQ(result.offsets.data(), offsets);
  }
}

// ---- CountWithin ----

TEST_F(NearbyTest, CountWithinIsTheSizeOfAnAnswerWithoutLimit) {
  SeeMany(2'000);
  for (const double radius : {0.0, 1e5, 1e6, 5e6, 1e7, 1.5e7, 2e7}) {
    EXPECT_EQ(index_.CountWithin(kSeoul, radius, kNow).value(),
              Near(kSeoul, {.radius_m = radius, .limit = std::nullopt}).size());
  }
}

}  // namespace
}  // namespace moyeo::testing
