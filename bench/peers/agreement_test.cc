#include "bench/peers/agreement.h"

#include <gtest/gtest.h>

namespace moyeo::bench {
namespace {

constexpr double kHair = 5e-7;  // metres; within the tolerance

Neighbor At(double distance_m, std::uint64_t user) {
  return {.user = UserId{user},
          .position = {1, 2},
          .distance_m = distance_m,
          .last_seen = Timestamp{std::chrono::milliseconds{5}}};
}

constexpr Question kWithin100{.radius_m = 100, .limit = std::nullopt};
constexpr Question kNearest2{.radius_m = std::nullopt, .limit = 2};

using Answer = std::vector<Neighbor>;

bool Agree(const Answer& a, const Answer& b, const Question& question) {
  const bool agree = !Disagreement(a, b, question);
  EXPECT_EQ(agree, !Disagreement(b, a, question));
  return agree;
}

TEST(AgreementTest, EqualAnswersAgree) {
  EXPECT_TRUE(Agree({}, {}, kWithin100));
  EXPECT_TRUE(Agree({At(1, 7), At(2, 8)}, {At(1, 7), At(2, 8)}, kWithin100));
}

TEST(AgreementTest, NobodyMayBeMissing) {
  EXPECT_FALSE(Agree({At(1, 7), At(2, 8)}, {At(1, 7)}, kWithin100));
  EXPECT_FALSE(Agree({At(1, 7), At(2, 8)}, {At(1, 7)}, kNearest2));
  EXPECT_FALSE(Agree({At(1, 7)}, {At(1, 8)}, kWithin100));
}

TEST(AgreementTest, BorderOfTheRadiusMayFallEitherWay) {
  EXPECT_TRUE(Agree({At(1, 7), At(100, 8)}, {At(1, 7)}, kWithin100));
  EXPECT_FALSE(Agree({At(1, 7), At(99.9, 8)}, {At(1, 7)}, kWithin100));
}

TEST(AgreementTest, LastPlaceMayGoToEitherOfTwoEquallyFarAway) {
  EXPECT_TRUE(Agree({At(1, 7), At(2, 8)}, {At(1, 7), At(2 + kHair, 9)}, kNearest2));
  EXPECT_FALSE(Agree({At(1, 7), At(2, 8)}, {At(1, 7), At(2.1, 9)}, kNearest2));
}

TEST(AgreementTest, EquallyFarAwayMayChangePlaces) {
  EXPECT_TRUE(Agree({At(1, 7), At(1 + kHair, 8)}, {At(1, 8), At(1, 7)}, kWithin100));
  EXPECT_FALSE(Agree({At(1, 7), At(2, 8)}, {At(2, 8), At(1, 7)}, kWithin100));
}

TEST(AgreementTest, DistancesPositionsAndTimesMustBeTheSame) {
  const Neighbor neighbor = At(1, 7);
  EXPECT_TRUE(Agree({neighbor}, {At(1 + kHair, 7)}, kWithin100));
  EXPECT_FALSE(Agree({neighbor}, {At(1.00001, 7)}, kWithin100));

  Neighbor elsewhere = neighbor;
  elsewhere.position.lng += 1e-7;
  EXPECT_FALSE(Agree({neighbor}, {elsewhere}, kWithin100));

  Neighbor later = neighbor;
  later.last_seen += std::chrono::milliseconds{1};
  EXPECT_FALSE(Agree({neighbor}, {later}, kWithin100));
}

TEST(AgreementTest, TwiceTheSameUserOrTooManyIsWrongEvenIfBothSaySo) {
  const Answer twice = {At(1, 7), At(1, 7)};
  EXPECT_FALSE(Agree(twice, twice, kWithin100));
  const Answer many = {At(1, 7), At(2, 8), At(3, 9)};
  EXPECT_FALSE(Agree(many, many, kNearest2));
}

TEST(AgreementTest, EngineThatRoundsMayBeAsFarOffAsItSays) {
  constexpr Tolerance kCoarse{.position_degrees = 1e-6, .distance_m = 0.1};
  const Answer exact = {At(1, 7), At(2, 8)};
  Answer rounded = {At(1.09, 7), At(1.95, 8)};
  rounded[0].position.lat += 5e-7;
  EXPECT_TRUE(Disagreement(exact, rounded, kWithin100));
  EXPECT_FALSE(Disagreement(exact, rounded, kWithin100, kCoarse));

  rounded[1].distance_m = 2.2;
  EXPECT_TRUE(Disagreement(exact, rounded, kWithin100, kCoarse));
}

TEST(AgreementTest, LongitudesAreComparedRoundTheGlobe) {
  Neighbor west = At(1, 7);
  Neighbor east = At(1, 7);
  west.position.lng = -180;
  east.position.lng = 179.9999999;
  EXPECT_FALSE(Disagreement(Answer{west}, Answer{east}, kWithin100, {.position_degrees = 1e-6}));
}

}  // namespace
}  // namespace moyeo::bench
