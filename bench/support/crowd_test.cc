#include "bench/support/crowd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <unordered_map>

namespace moyeo::bench {
namespace {

Sightings Everybody(const Crowd& crowd) {
  Sightings all;
  crowd.ForEachBatch([&](auto users, auto positions, Timestamp) {
    all.users.insert(all.users.end(), users.begin(), users.end());
    all.positions.insert(all.positions.end(), positions.begin(), positions.end());
  });
  return all;
}

std::set<UserId> UsersOf(const Sightings& sightings) {
  return {sightings.users.begin(), sightings.users.end()};
}

class CrowdTest : public testing::TestWithParam<Distribution> {
 protected:
  static constexpr std::size_t kSize = 5'000;

  Crowd MakeCrowd(std::uint64_t seed) const { return Crowd(kSize, GetParam(), seed); }
};

INSTANTIATE_TEST_SUITE_P(Distributions, CrowdTest,
                         testing::Values(Distribution::kCity, Distribution::kUniform),
                         [](const auto& test) { return std::string(Name(test.param)); });

TEST_P(CrowdTest, SameSeedGivesTheSameInput) {
  Crowd a = MakeCrowd(5);
  Crowd b = MakeCrowd(5);
  EXPECT_EQ(Everybody(a).users, Everybody(b).users);
  EXPECT_EQ(Everybody(a).positions, Everybody(b).positions);
  EXPECT_EQ(a.Walk(100).positions, b.Walk(100).positions);
  EXPECT_EQ(a.Sample(100).users, b.Sample(100).users);
  EXPECT_EQ(a.Strangers(100).positions, b.Strangers(100).positions);
  EXPECT_EQ(a.DrawPlaces(100), b.DrawPlaces(100));
}

TEST_P(CrowdTest, AnotherSeedGivesOtherPositions) {
  EXPECT_NE(Everybody(MakeCrowd(5)).positions, Everybody(MakeCrowd(6)).positions);
}

TEST_P(CrowdTest, UsersAreDifferentAndPositionsCanonical) {
  const Sightings all = Everybody(MakeCrowd(5));
  EXPECT_EQ(UsersOf(all).size(), kSize);
  for (const LatLng position : all.positions) EXPECT_EQ(Canonical(position).value(), position);
}

TEST_P(CrowdTest, StepsAreAtMostThirtyMetersFromWhereTheUserWas) {
  Crowd crowd = MakeCrowd(5);
  const Sightings all = Everybody(crowd);
  std::unordered_map<UserId, LatLng> where;
  for (std::size_t i = 0; i < all.size(); ++i) where[all.users[i]] = all.positions[i];

  const Sightings steps = crowd.Walk(20'000);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    LatLng& position = where.at(steps.users[i]);
    EXPECT_LT(DistanceMeters(position, steps.positions[i]).value(), 30.02);
    position = steps.positions[i];
  }
}

TEST_P(CrowdTest, SampleIsOfDifferentUsersOfTheCrowdWhereTheyAreNow) {
  Crowd crowd = MakeCrowd(5);
  crowd.Walk(1'000);
  const Sightings sample = crowd.Sample(kSize);
  EXPECT_EQ(UsersOf(sample), UsersOf(Everybody(crowd)));
}

TEST_P(CrowdTest, StrangersAreNeverMetAgain) {
  Crowd crowd = MakeCrowd(5);
  std::set<UserId> met = UsersOf(Everybody(crowd));
  met.merge(UsersOf(crowd.Strangers(100)));
  met.merge(UsersOf(crowd.Strangers(100)));
  EXPECT_EQ(met.size(), kSize + 200);
}

TEST_P(CrowdTest, EverybodyWasSeenWithinTheSpreadBeforeNow) {
  const Crowd crowd = MakeCrowd(5);
  crowd.ForEachBatch([&](auto, auto, Timestamp seen) {
    EXPECT_LE(seen, crowd.now());
    EXPECT_GE(seen + std::chrono::milliseconds{Crowd::kFirstSeenSpreadMs}, crowd.now());
  });
}

TEST(PlacesTest, LargestCityHasItsShareAndItsSpread) {
  Random random(1);
  const Places places(Distribution::kCity, random);
  // The densest of many draws lies in the largest city, which has 1 / H(200) = 17 % of the people;
  // 1 - exp(-4.5) = 98.9 % of them within three sigma of its centre.
  constexpr int kDraws = 2'000;
  std::vector<LatLng> drawn(kDraws);
  for (LatLng& place : drawn) place = places.Draw(random);
  int most = 0;
  for (const LatLng center : drawn) {
    int near = 0;
    for (const LatLng place : drawn) near += DistanceMeters(center, place).value() < 24'000;
    most = std::max(most, near);
  }
  EXPECT_NEAR(most, 0.17 * kDraws, 0.03 * kDraws);
}

TEST(PlacesTest, SpotIsTenMetersWideAndStaysSo) {
  Crowd near(1'000, Distribution::kSpot, 5);
  Crowd same(1'000, Distribution::kSameSpot, 5);
  const LatLng spot = same.DrawPlaces(1).front();
  for (const LatLng position : near.Walk(1'000).positions) {
    EXPECT_LT(DistanceMeters(spot, position).value(), 10.02);
  }
  for (const LatLng position : same.Walk(1'000).positions) EXPECT_EQ(position, spot);
}

TEST(PlacesTest, OceanIsFarFromPeople) {
  Random random(1);
  const Places places(Distribution::kCity, random);
  std::vector<LatLng> people(1'000);
  for (LatLng& person : people) person = places.Draw(random);
  for (int i = 0; i < 20; ++i) {
    const LatLng ocean = places.DrawOcean(random);
    for (const LatLng person : people) EXPECT_GT(DistanceMeters(ocean, person).value(), 400'000);
  }
}

TEST(TravelTest, GoesTheDistanceAcrossPolesAndTheAntimeridian) {
  for (const LatLng from : {LatLng{0, 0}, {90, 0}, {-90, 0}, {89.9999, 12}, {37.5, -180}}) {
    for (int tenths = 0; tenths < 63; ++tenths) {
      const LatLng to = Travel(from, tenths / 10.0, 5'000);
      EXPECT_NEAR(DistanceMeters(from, to).value(), 5'000, 0.02);
    }
  }
}

}  // namespace
}  // namespace moyeo::bench
