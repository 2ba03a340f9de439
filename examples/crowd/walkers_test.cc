#include "examples/crowd/walkers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace moyeo_crowd {
namespace {

using moyeo::DistanceMeters;
using moyeo::LatLng;

moyeo_demo::Place Town(LatLng position, std::uint64_t population) {
  return {.name = "Town",
          .search_name = "town",
          .country = "KR",
          .position = position,
          .population = population};
}

const std::vector<moyeo_demo::Place> kSeoul = {Town({37.5665, 126.978}, 10'000'000)};

TEST(WalkersTest, AStepIsAsLongAsSpeedAndTimeSay) {
  Walkers walkers(kSeoul, {.users = 100, .speed_mps = 1.5});
  for (std::size_t person = 0; person < walkers.size(); ++person) {
    const LatLng before = walkers.At(person);
    const LatLng after = walkers.Walk(person, 4);
    EXPECT_EQ(after, walkers.At(person));
    EXPECT_NEAR(DistanceMeters(before, after).value(), 6, 0.1);
    EXPECT_EQ(moyeo::Canonical(after).value(), after);
  }
}

TEST(WalkersTest, NobodyGetsFarFromHome) {
  Walkers walkers(kSeoul, {.users = 20, .speed_mps = 10});
  for (std::size_t person = 0; person < walkers.size(); ++person) {
    const LatLng home = walkers.At(person);
    double farthest_m = 0;
    for (int step = 0; step < 500; ++step) {
      const double away_m = DistanceMeters(home, walkers.Walk(person, 10)).value();
      farthest_m = std::max(farthest_m, away_m);
    }
    EXPECT_LE(farthest_m, Walkers::kRangeMeters + 101);
    EXPECT_GE(farthest_m, Walkers::kRangeMeters / 2);
  }
}

TEST(WalkersTest, HomesAreScatteredAsAsked) {
  const Walkers walkers(kSeoul, {.users = 10'000, .scatter_m = 8'000});
  double sum = 0;
  for (std::size_t person = 0; person < walkers.size(); ++person) {
    const double away_m = DistanceMeters(kSeoul[0].position, walkers.At(person)).value();
    sum += away_m * away_m;
  }
  // Two dimensions.
  EXPECT_NEAR(std::sqrt(sum / 2 / 10'000), 8'000, 200);
}

TEST(WalkersTest, PlacesAreHomeToPeopleInProportionToTheirPopulation) {
  const std::vector<moyeo_demo::Place> places = {Town({0, 0}, 3'000), Town({50, 50}, 1'000)};
  const Walkers walkers(places, {.users = 4'000, .scatter_m = 0});
  int in_the_first = 0;
  for (std::size_t person = 0; person < walkers.size(); ++person) {
    const double away_m = DistanceMeters(places[0].position, walkers.At(person)).value();
    if (away_m < 10'000) ++in_the_first;
  }
  EXPECT_NEAR(in_the_first, 3'000, 150);
}

TEST(WalkersTest, TheSameSeedGivesTheSameWalk) {
  Walkers one(kSeoul, {.users = 10, .seed = 5});
  Walkers same(kSeoul, {.users = 10, .seed = 5});
  Walkers other(kSeoul, {.users = 10, .seed = 6});
  EXPECT_EQ(one.Walk(3, 2), same.Walk(3, 2));
  EXPECT_NE(one.Walk(3, 2), other.Walk(3, 2));
}

TEST(WalkersTest, OneCanWalkOverThePoleAndTheAntimeridian) {
  for (const LatLng start : {LatLng{90, 0}, LatLng{-89.9999, 12}, LatLng{0, 180}}) {
    const std::vector<moyeo_demo::Place> places = {Town(start, 1)};
    Walkers walkers(places, {.users = 1, .speed_mps = 20, .scatter_m = 0});
    for (int step = 0; step < 1'000; ++step) {
      const LatLng before = walkers.At(0);
      // As if it were flat there is not quite true where meridians meet.
      EXPECT_LE(DistanceMeters(before, walkers.Walk(0, 1)).value(), 40);
    }
  }
}

}  // namespace
}  // namespace moyeo_crowd
