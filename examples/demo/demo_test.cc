#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crowd.h"
#include "format.h"
#include "moyeo/presence.h"
#include "places.h"
#include "simulation.h"
#include "spots.h"

namespace moyeo_demo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

absl::StatusOr<std::vector<Place>> Parse(const std::string& table) {
  std::istringstream stream(table);
  return ParsePlaces(stream);
}

std::string WhyRefused(const std::string& table) {
  const absl::StatusOr<std::vector<Place>> places = Parse(table);
  EXPECT_EQ(places.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(places.status().message());
}

std::vector<std::string> Labels(const std::vector<const Place*>& places) {
  std::vector<std::string> labels;
  labels.reserve(places.size());
  for (const Place* place : places) labels.push_back(Label(*place));
  return labels;
}

double Distance(moyeo::LatLng a, moyeo::LatLng b) { return moyeo::DistanceMeters(a, b).value(); }

// Reading the table.

TEST(ParsePlaces, ReadsEveryFieldOfALine) {
  const auto places = Parse("# a comment\nReykjavík\tIS\t64.13548\t-21.89541\t118918\treykjavik\n");
  ASSERT_TRUE(places.ok()) << places.status();
  ASSERT_EQ(places->size(), 1);
  const Place& place = places->front();
  EXPECT_EQ(place.name, "Reykjavík");
  EXPECT_EQ(place.search_name, "reykjavik");
  EXPECT_EQ(place.country, "IS");
  EXPECT_EQ(place.position, (moyeo::LatLng{64.13548, -21.89541}));
  EXPECT_EQ(place.population, 118918);
}

TEST(ParsePlaces, TheLastLineNeedsNoLineBreak) {
  const auto places = Parse("A\tKR\t1\t2\t3\ta\nB\tKR\t1\t2\t3\tb");
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_EQ(places->size(), 2);
}

TEST(ParsePlaces, NamesTheLineAtFault) {
  EXPECT_THAT(WhyRefused("# a comment\nA\tKR\t1\t2\t3\ta\nB\tKR\t1\t2\n"),
              "line 3: it has 4 fields separated by tabs, not 6");
}

TEST(ParsePlaces, RefusesAnEmptyLine) {
  EXPECT_THAT(WhyRefused("A\tKR\t1\t2\t3\ta\n\n"), StartsWith("line 2: it has 1 fields"));
}

TEST(ParsePlaces, RefusesAnEmptyName) {
  EXPECT_EQ(WhyRefused("\tKR\t1\t2\t3\ta\n"), "line 1: the name is empty");
}

TEST(ParsePlaces, RefusesCoordinatesThatAreNoNumbers) {
  EXPECT_EQ(WhyRefused("A\tKR\tnorth\t2\t3\ta\n"), "line 1: the latitude 'north' is not a number");
  EXPECT_EQ(WhyRefused("A\tKR\t1\t\t3\ta\n"), "line 1: the longitude '' is not a number");
}

TEST(ParsePlaces, RefusesCoordinatesOffTheEarth) {
  EXPECT_THAT(WhyRefused("A\tKR\t90.1\t2\t3\ta\n"), StartsWith("line 1: "));
  EXPECT_THAT(WhyRefused("A\tKR\t1\t-181\t3\ta\n"), StartsWith("line 1: "));
  EXPECT_THAT(WhyRefused("A\tKR\tnan\t2\t3\ta\n"), StartsWith("line 1: "));
}

TEST(ParsePlaces, RefusesAPopulationThatIsNoWholeNumberFrom1) {
  for (const std::string population : {"0", "-5", "1.5", "many", ""}) {
    EXPECT_EQ(WhyRefused("A\tKR\t1\t2\t" + population + "\ta\n"),
              "line 1: the population '" + population + "' is not a whole number from 1");
  }
}

TEST(ParsePlaces, RefusesWhatATerminalWouldObey) {
  EXPECT_EQ(WhyRefused("A\x1b[2J\tKR\t1\t2\t3\ta\n"), "line 1: it contains a control character");
}

TEST(ParsePlaces, RefusesATableWithoutPlaces) {
  EXPECT_EQ(WhyRefused("# only a comment\n"), "there is no place in it");
}

TEST(ReadPlaces, SaysWhichFileCannotBeRead) {
  EXPECT_THAT(std::string(ReadPlaces("nowhere.tsv").status().message()),
              StartsWith("cannot open nowhere.tsv: "));
}

// Looking places up.

class PlacesTest : public ::testing::Test {
 protected:
  const std::vector<Place> places_ = Parse(
                                         "Springfield\tUS\t42.8\t-74.9\t1300\tspringfield\n"
                                         "Springfield\tUS\t37.2\t-93.3\t170000\tspringfield\n"
                                         "Springfield\tUS\t42.1\t-72.6\t150000\tspringfield\n"
                                         "Reykjavík\tIS\t64.1\t-21.9\t120000\treykjavik\n"
                                         "Seoul\tKR\t37.5\t126.9\t9400000\tseoul\n"
                                         "Seol\tPK\t31.5\t73.1\t1000\tseol\n")
                                         .value();
};

using FindPlaceTest = PlacesTest;
using SimilarPlacesTest = PlacesTest;
using ParseSpotTest = PlacesTest;

TEST_F(FindPlaceTest, TheMostPopulousOfANameIsMeant) {
  const Place* place = FindPlace(places_, "Springfield");
  ASSERT_NE(place, nullptr);
  EXPECT_EQ(place->population, 170'000);
}

TEST_F(FindPlaceTest, CaseAndAccentsDoNotMatter) {
  for (const std::string name : {"Reykjavík", "reykjavík", "Reykjavik", "REYKJAVIK"}) {
    const Place* place = FindPlace(places_, name);
    ASSERT_NE(place, nullptr) << name;
    EXPECT_EQ(place->name, "Reykjavík");
  }
}

TEST_F(FindPlaceTest, PartsOfANameFindNothing) {
  EXPECT_EQ(FindPlace(places_, "Spring"), nullptr);
  EXPECT_EQ(FindPlace(places_, ""), nullptr);
}

TEST_F(SimilarPlacesTest, MisspeltNamesComeInOrderOfSimilarityAndThenPopulation) {
  EXPECT_THAT(Labels(SimilarPlaces(places_, "Soul", 5)), ElementsAre("Seoul, KR", "Seol, PK"));
}

TEST_F(SimilarPlacesTest, BeginningsCountAsSimilarAndNamesakesAppearOnce) {
  EXPECT_THAT(Labels(SimilarPlaces(places_, "Spri", 5)), ElementsAre("Springfield, US"));
}

TEST_F(SimilarPlacesTest, GivesNoMoreThanTheLimit) {
  EXPECT_THAT(Labels(SimilarPlaces(places_, "Seo", 1)), ElementsAre("Seoul, KR"));
}

TEST_F(SimilarPlacesTest, NothingIsSimilarToNonsense) {
  EXPECT_THAT(SimilarPlaces(places_, "Qwertzuiop", 5), IsEmpty());
}

TEST_F(ParseSpotTest, TwoNumbersAreALatitudeAndALongitude) {
  const absl::StatusOr<Spot> spot = ParseSpot(places_, "-33.86,151.21");
  ASSERT_TRUE(spot.ok()) << spot.status();
  EXPECT_EQ(spot->center, (moyeo::LatLng{-33.86, 151.21}));
}

TEST_F(ParseSpotTest, AnythingElseIsTheNameOfAPlace) {
  const absl::StatusOr<Spot> spot = ParseSpot(places_, "reykjavik");
  ASSERT_TRUE(spot.ok()) << spot.status();
  EXPECT_EQ(spot->label, "Reykjavík, IS");
  EXPECT_EQ(spot->center, (moyeo::LatLng{64.1, -21.9}));
}

TEST_F(ParseSpotTest, RefusesNumbersOffTheEarth) {
  for (const std::string text : {"91,0", "0,181", "nan,0"}) {
    EXPECT_EQ(ParseSpot(places_, text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST_F(ParseSpotTest, SuggestsSimilarNamesForAnUnknownOne) {
  const absl::Status unknown = ParseSpot(places_, "Soul").status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(unknown.message(),
            "there is no place called 'Soul'; did you mean Seoul, KR; Seol, PK?");
}

TEST_F(ParseSpotTest, SuggestsNothingForNonsense) {
  EXPECT_EQ(ParseSpot(places_, "Qwertzuiop").status().message(),
            "there is no place called 'Qwertzuiop'");
}

// The crowd.

const Place kLarge{"Large", "large", "KR", {37.5, 127}, 900'000};
const Place kSmall{"Small", "small", "KR", {35.1, 129}, 100'000};

class CrowdTest : public ::testing::Test {
 protected:
  static std::vector<moyeo::LatLng> Positions(const Crowd& crowd) {
    return {crowd.positions().begin(), crowd.positions().end()};
  }

  const std::vector<Place> places_ = {kLarge, kSmall};
};

TEST_F(CrowdTest, UsersAreNumberedFrom1) {
  const Crowd crowd(places_, {.users = 3});
  EXPECT_THAT(crowd.users(), ElementsAre(moyeo::UserId{1}, moyeo::UserId{2}, moyeo::UserId{3}));
  EXPECT_EQ(crowd.positions().size(), 3);
}

TEST_F(CrowdTest, TheSameSeedGivesTheSameCrowdStepByStep) {
  Crowd one(places_, {.users = 1'000, .seed = 7});
  Crowd other(places_, {.users = 1'000, .seed = 7});
  for (int step = 0; step < 50; ++step) {
    const Crowd::Reports& reports = one.Step();
    const Crowd::Reports& other_reports = other.Step();
    ASSERT_EQ(reports.users, other_reports.users) << "step " << step;
    ASSERT_EQ(reports.positions, other_reports.positions) << "step " << step;
    ASSERT_EQ(reports.signed_out, other_reports.signed_out) << "step " << step;
  }
}

TEST_F(CrowdTest, AnotherSeedGivesAnotherCrowd) {
  const Crowd one(places_, {.users = 1'000, .seed = 7});
  const Crowd other(places_, {.users = 1'000, .seed = 8});
  EXPECT_NE(Positions(one), Positions(other));
}

TEST_F(CrowdTest, PlacesAreHomeInProportionToTheirPopulation) {
  const Crowd crowd(places_, {.users = 10'000});
  const auto in_large =
      std::count_if(crowd.users().begin(), crowd.users().end(),
                    [&](moyeo::UserId user) { return crowd.HomeOf(user).name == "Large"; });
  // The standard deviation is 30.
  EXPECT_NEAR(static_cast<double>(in_large), 9'000, 150);
}

TEST_F(CrowdTest, UsersScatterTheWiderTheMorePopulousTheirHome) {
  const Crowd crowd(places_, {.users = 20'000});
  double sum_large = 0;
  double sum_small = 0;
  int large = 0;
  int small = 0;
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    const Place& home = crowd.HomeOf(crowd.users()[i]);
    const double distance_m = Distance(home.position, crowd.positions()[i]);
    (home.name == "Large" ? sum_large : sum_small) += distance_m;
    ++(home.name == "Large" ? large : small);
  }
  // Three times as wide, since the population is nine times as large.
  EXPECT_NEAR((sum_large / large) / (sum_small / small), 3, 0.3);
}

TEST_F(CrowdTest, EverybodyPresentReportsOnceInThirtySteps) {
  Crowd crowd(places_, {.users = 1'000});
  std::vector<moyeo::UserId> reported;
  for (int step = 0; step < 30; ++step) {
    const Crowd::Reports& reports = crowd.Step();
    ASSERT_EQ(reports.users.size(), reports.positions.size());
    reported.insert(reported.end(), reports.users.begin(), reports.users.end());
  }
  std::sort(reported.begin(), reported.end());
  EXPECT_EQ(std::adjacent_find(reported.begin(), reported.end()), reported.end());
  // Some five have left.
  EXPECT_GT(reported.size(), 950);
  EXPECT_LT(reported.size(), 1'000);
}

TEST_F(CrowdTest, NobodyJumpsInTheFirstRound) {
  Crowd crowd(places_, {.users = 1'000});
  const std::vector<moyeo::LatLng> before = Positions(crowd);
  for (int step = 0; step < 30; ++step) crowd.Step();
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    EXPECT_LT(Distance(before[i], crowd.positions()[i]), 29) << "user index " << i;
  }
}

TEST_F(CrowdTest, OfThoseWhoLeaveHalfSignOutAndMostReturn) {
  Crowd crowd(places_, {.users = 10'000});
  std::vector<bool> present(crowd.size(), true);
  int left = 0;
  int signed_out = 0;
  int returned = 0;
  for (std::size_t step = 0; step < 3'000; ++step) {
    const Crowd::Reports& reports = crowd.Step();
    const std::set<moyeo::UserId> reported(reports.users.begin(), reports.users.end());
    for (std::size_t i = step % 30; i < crowd.size(); i += 30) {
      const bool reports_now = reported.contains(crowd.users()[i]);
      left += present[i] && !reports_now ? 1 : 0;
      returned += !present[i] && reports_now ? 1 : 0;
      present[i] = reports_now;
    }
    for (const moyeo::UserId user : reports.signed_out) {
      EXPECT_FALSE(reported.contains(user));
      ++signed_out;
    }
  }
  // Of 10,000 users over 100 turns, with a chance of 1 in 200 and some 5 % away. Four standard
  // deviations to each side.
  EXPECT_NEAR(left, 4'780, 280);
  EXPECT_NEAR(signed_out, left / 2.0, 140);
  EXPECT_NEAR(left - returned, 476, 90);
}

TEST(Displaced, GoesAsFarAsItIsTold) {
  const moyeo::LatLng seoul{37.5665, 126.978};
  EXPECT_NEAR(Distance(seoul, Displaced(seoul, 300, 400)), 500, 0.1);
  EXPECT_GT(Displaced(seoul, 300, 0).lat, seoul.lat);
  EXPECT_GT(Displaced(seoul, 0, 400).lng, seoul.lng);
}

TEST(Displaced, CrossesTheAntimeridianAndThePoles) {
  EXPECT_NEAR(Displaced({0, 179.9999}, 0, 1'000).lng, -179.991, 1e-3);
  const moyeo::LatLng beyond = Displaced({89.999, 30}, 1'000, 0);
  EXPECT_LT(beyond.lat, 90);
  EXPECT_NEAR(beyond.lng, -150, 1e-9);
  for (const double pole : {90.0, -90.0}) {
    EXPECT_TRUE(moyeo::Canonical(Displaced({pole, 180}, 1'000, 1'000)).ok());
  }
}

// The simulation.

TEST(Simulation, EverybodyWhoReportedLatelyIsHeldWhereTheyAre) {
  const std::vector<Place> places = {kLarge, kSmall};
  Crowd crowd(places, {.users = 500});
  moyeo::PresenceIndex index({.ttl_ms = 60'000});
  Simulation simulation(index, crowd, 1);
  ASSERT_TRUE(simulation.Arrive().ok());
  EXPECT_EQ(index.size(), 500);
  EXPECT_EQ(simulation.arrivals().count, 500);

  for (int step = 0; step < 600; ++step) ASSERT_TRUE(simulation.Step().ok());

  std::size_t present = 0;
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    const auto presence = index.Find(crowd.users()[i], simulation.now());
    if (!presence) continue;
    ++present;
    EXPECT_EQ(presence->position, moyeo::Canonical(crowd.positions()[i]).value());
  }
  EXPECT_GT(present, 400);
  EXPECT_LT(present, 500) << "in ten minutes somebody left and was forgotten";
  EXPECT_GT(simulation.queries().count, 0);
  EXPECT_GT(simulation.MedianQueryTime().count(), 0);
}

// Words and figures.

TEST(Format, CountsHaveTheirThousandsApart) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1'000), "1,000");
  EXPECT_EQ(FormatCount(1'234'567), "1,234,567");
}

TEST(Format, RatesHaveTheUnitThatSuitsThem) {
  EXPECT_EQ(FormatRate(0), "0.00 /s");
  EXPECT_EQ(FormatRate(7.25), "7.25 /s");
  EXPECT_EQ(FormatRate(999.6), "1.00 k/s");
  EXPECT_EQ(FormatRate(481'234), "481 k/s");
  EXPECT_EQ(FormatRate(999'600), "1.00 M/s");
  EXPECT_EQ(FormatRate(5'120'000), "5.12 M/s");
}

TEST(Format, DistancesHaveTheUnitThatSuitsThem) {
  EXPECT_EQ(FormatDistance(0), "0 m");
  EXPECT_EQ(FormatDistance(411.6), "412 m");
  EXPECT_EQ(FormatDistance(999.6), "1.00 km");
  EXPECT_EQ(FormatDistance(3'420), "3.42 km");
  EXPECT_EQ(FormatDistance(34'160), "34.2 km");
  EXPECT_EQ(FormatDistance(99'960), "100 km");
  EXPECT_EQ(FormatDistance(999'600), "1,000 km");
  EXPECT_EQ(FormatDistance(1'204'300), "1,204 km");
}

TEST(Format, TimesAndSizesHaveOneDecimal) {
  EXPECT_EQ(FormatMicroseconds(std::chrono::nanoseconds(8'349)), "8.3 µs");
  EXPECT_EQ(FormatMegabytes(61'234'567), "61.2 MB");
}

TEST(Compass, PointsTheShortWay) {
  EXPECT_EQ(Compass({37, 127}, {38, 127}), "N");
  EXPECT_EQ(Compass({37, 127}, {36, 127}), "S");
  EXPECT_EQ(Compass({0, 0}, {1, 1}), "NE");
  EXPECT_EQ(Compass({0, 0}, {-1, -1}), "SW");
  EXPECT_EQ(Compass({0, 179}, {0, -179}), "E");
  EXPECT_EQ(Compass({0, -179}, {0, 179}), "W");
}

TEST(Compass, EveryWayFromAPoleLeadsToTheOther) {
  EXPECT_EQ(Compass({-90, 0}, {-54.8, -68.3}), "N");
  EXPECT_EQ(Compass({90, 0}, {78.2, 15.6}), "S");
}

}  // namespace
}  // namespace moyeo_demo
