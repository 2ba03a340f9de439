// Every kind of query, everywhere on the sphere, beside a plain list with haversines in long
// double.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
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
using ::testing::Eq;

constexpr std::int64_t kTtlMs = 60'000;
constexpr Timestamp kNow{milliseconds{1'700'000'000'000}};
constexpr double kHalfGlobe = kEarthRadiusMeters * std::numbers::pi;

#define ASSERT_AGREES(difference) ASSERT_THAT(difference, Eq(std::nullopt))

constexpr std::array<std::optional<double>, 20> kRadii = {std::nullopt,
                                                          0.0,
                                                          std::numeric_limits<double>::denorm_min(),
                                                          0.001,
                                                          0.0111,
                                                          0.1,
                                                          1.0,
                                                          10.0,
                                                          1'000.0,
                                                          100'000.0,
                                                          5'000'000.0,
                                                          kHalfGlobe / 2,
                                                          12'000'000.0,
                                                          19'999'999.0,
                                                          kHalfGlobe - 1'000,
                                                          kHalfGlobe - 0.01,
                                                          kHalfGlobe,
                                                          20'100'000.0,
                                                          1e9,
                                                          std::numeric_limits<double>::max()};

constexpr std::array<AttributeFilter, 8> kFilters = {{
    {},
    {.all_of = 0b1},
    {.all_of = 0b110},
    {.any_of = 0b111000},
    {.none_of = 0b1},
    {.all_of = 0b1, .any_of = 0b110, .none_of = 0b1000},
    {.all_of = 0x8000'0000, .any_of = 0xffff'ffff},
    {.all_of = 0b1, .none_of = 0b1},
}};

class SphereTest : public SeededTest {
 protected:
  // `count` users of `crowd`, seen at times of which some are past their ttl and some are to come.
  void Fill(std::size_t count, const Crowd& crowd) {
    for (std::size_t i = 0; i < count; ++i) {
      // Ids in no order, so that ties are not by chance in the order of insertion.
      users_.push_back(UserId{random_.Bits()});
      Place(users_.back(), crowd.place(random_));
    }
    // The tree has seen changes before it is asked.
    for (std::size_t i = 0; i < count / 4; ++i) {
      const UserId user = random_.Pick(users_);
      if (random_.OneIn(3)) {
        ASSERT_EQ(index_.Remove(user), oracle_.Remove(user));
      } else {
        Place(user, crowd.place(random_));
      }
    }
    ASSERT_EQ(index_.size(), oracle_.size());
  }

  void Place(UserId user, LatLng position) {
    const Timestamp seen = kNow + milliseconds(random_.Between(-2 * kTtlMs, kTtlMs));
    const std::uint32_t attributes = random_.Bits32();
    ASSERT_THAT(index_.Move(user, position, seen, attributes), IsOk());
    oracle_.Move(user, position, seen, attributes);
  }

  LatLng SomeCenter(const Crowd& crowd) {
    switch (random_.Below(8)) {
      case 0:
        return Anywhere(random_);
      case 1:
        return AntipodeOf(crowd.place(random_));
      case 2:
        return NearTo(AntipodeOf(crowd.place(random_)), 10, random_);
      case 3:
        return SomeoneHeld()->second.position;
      case 4:
        return AtLimits(random_);
      case 5:
        return NearTo(SomeoneHeld()->second.position, 1'000, random_);
      default:
        return crowd.place(random_);
    }
  }

  Timestamp SomeTime() {
    const Timestamp seen = SomeoneHeld()->second.last_seen;
    switch (random_.Below(6)) {
      case 0:
        return seen + milliseconds(kTtlMs);
      case 1:
        return seen + milliseconds(kTtlMs - 1);
      case 2:
        return kNow - milliseconds(3 * kTtlMs);
      case 3:
        return kNow + milliseconds(random_.Between(-kTtlMs, 2 * kTtlMs));
      default:
        return kNow;
    }
  }

  std::map<UserId, Oracle::Held>::const_iterator SomeoneHeld() {
    const auto held = oracle_.users().lower_bound(UserId{random_.Bits()});
    return held == oracle_.users().end() ? oracle_.users().begin() : held;
  }

  // Every radius with every limit at `center`; filter and time at random.
  void AskEverythingAt(LatLng center) {
    const Survey survey(oracle_, center);
    const std::size_t all = oracle_.size();
    std::vector<Neighbor> answer;
    for (const std::optional<double>& radius : kRadii) {
      for (const std::optional<std::size_t> limit :
           std::initializer_list<std::optional<std::size_t>>{
               1, 2, 10, 50, std::max<std::size_t>(all, 2) - 1, all, all + 1, std::nullopt}) {
        const NearbyQuery query{
            .radius_m = radius,
            .limit = limit,
            .filter = random_.OneIn(2) ? AttributeFilter{} : random_.Pick(kFilters)};
        const Timestamp now = SomeTime();
        ASSERT_THAT(index_.Nearby(center, query, now, answer), IsOk());
        ASSERT_AGREES(survey.Difference(query, now, answer, tally_));
        if (radius && !limit) {
          ASSERT_EQ(index_.CountWithin(center, *radius, now, query.filter).value(), answer.size());
        }
      }
    }
  }

  // Who is within 1e-8 m of a radius is rare, but for a crowd whose few places are at right angles:
  // a quarter of the globe is a radius too, and everybody on one such place is on its verge.
  void ExpectFewBorderlines() const {
    EXPECT_LE(tally_.borderline, 2 + oracle_.size() / 10 + tally_.neighbors / 10'000);
  }

  std::vector<UserId> users_;
  PresenceIndex index_{{.ttl_ms = kTtlMs}};
  Oracle oracle_{{.ttl_ms = kTtlMs}};
  Tally tally_;
};

class SphereOfCrowd : public SphereTest, public ::testing::WithParamInterface<Crowd> {};

TEST_P(SphereOfCrowd, EveryRadiusAndLimitAgreesWithTheTwin) {
  Fill(Scaled(4'000), GetParam());
  for (std::size_t i = 0; i < Scaled(24); ++i) AskEverythingAt(SomeCenter(GetParam()));
  RecordProperty("queries", static_cast<int>(tally_.queries));
  RecordProperty("neighbors", static_cast<int>(tally_.neighbors));
  RecordProperty("borderline", static_cast<int>(tally_.borderline));
  RecordProperty("ties", static_cast<int>(tally_.ties));
  ExpectFewBorderlines();
}

TEST_P(SphereOfCrowd, UsersAskTheirOwnSurroundings) {
  Fill(Scaled(3'000), GetParam());
  std::vector<Neighbor> answer;
  for (std::size_t i = 0; i < Scaled(80); ++i) {
    const auto [user, held] = *SomeoneHeld();
    const Survey survey(oracle_, held.position);
    for (const std::optional<double>& radius : kRadii) {
      const NearbyQuery query{.radius_m = radius, .limit = 1 + random_.Below(60)};
      ASSERT_THAT(index_.NearbyUser(user, query, held.last_seen, answer), IsOk());
      ASSERT_AGREES(survey.Difference(query, held.last_seen, answer, tally_, user));
    }
  }
}

TEST_P(SphereOfCrowd, AnswersOfABatchAreThoseOfSingleQuestions) {
  Fill(Scaled(3'000), GetParam());
  std::vector<LatLng> centers;
  std::vector<Survey> surveys;
  for (std::size_t i = 0; i < Scaled(40); ++i) {
    centers.push_back(SomeCenter(GetParam()));
    surveys.emplace_back(oracle_, centers.back());
  }
  NearbyBatchResult result;
  for (const std::optional<double>& radius : kRadii) {
    const NearbyQuery query{.radius_m = radius, .filter = random_.Pick(kFilters)};
    ASSERT_THAT(index_.NearbyBatch(centers, query, kNow, result), IsOk());
    ASSERT_EQ(result.size(), centers.size());
    for (std::size_t i = 0; i < centers.size(); ++i) {
      ASSERT_AGREES(surveys[i].Difference(query, kNow, result[i], tally_));
    }
  }
}

// A radius that is a user's own distance includes them; the next smaller number does not.
TEST_P(SphereOfCrowd, TheRadiusIsInclusiveToTheLastBit) {
  Fill(Scaled(2'000), GetParam());
  std::vector<Neighbor> answer;
  for (std::size_t i = 0; i < Scaled(30); ++i) {
    const LatLng center = SomeCenter(GetParam());
    const Survey survey(oracle_, center);
    for (std::size_t j = 0; j < 20; ++j) {
      const auto [user, held] = *SomeoneHeld();
      const double distance = DistanceMeters(center, held.position).value();
      const auto is_found_within = [&, id = user, seen = held.last_seen](double radius) {
        const NearbyQuery query{.radius_m = radius, .limit = std::nullopt};
        EXPECT_THAT(index_.Nearby(center, query, seen, answer), IsOk());
        EXPECT_THAT(survey.Difference(query, seen, answer, tally_), Eq(std::nullopt));
        return std::any_of(answer.begin(), answer.end(),
                           [&](const Neighbor& neighbor) { return neighbor.user == id; });
      };
      ASSERT_TRUE(is_found_within(distance));
      if (distance > 0) {
        ASSERT_FALSE(is_found_within(std::nextafter(distance, 0.0)));
      }
    }
  }
}

TEST_P(SphereOfCrowd, DistancesAreTrueToNanometers) {
  Fill(100, GetParam());
  for (std::size_t i = 0; i < Scaled(60'000); ++i) {
    const LatLng a = Canonical(GetParam().place(random_)).value();
    const LatLng b = Canonical(SomeCenter(GetParam())).value();
    const double distance = DistanceMeters(a, b).value();
    // From degrees in doubles, which are off by less than 1e-14 each: 1e-9 m.
    ASSERT_NEAR(distance, static_cast<double>(TrueDistanceMeters(a.lat, a.lng, b.lat, b.lng)),
                kToleranceMeters + 2e-9)
        << ::testing::PrintToString(a) << " to " << ::testing::PrintToString(b);
    ASSERT_EQ(distance, DistanceMeters(b, a).value());
  }
}

INSTANTIATE_TEST_SUITE_P(Crowds, SphereOfCrowd, ::testing::ValuesIn(Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

TEST_F(SphereTest, ABigCrowdOfEveryKindAgreesWithTheTwin) {
  Fill(Scaled(40'000), Crowds().back());
  for (std::size_t i = 0; i < Scaled(5); ++i) AskEverythingAt(SomeCenter(Crowds().back()));
  ExpectFewBorderlines();
}

// Fewer users than a leaf holds, and none.
TEST_F(SphereTest, ASmallCrowdAgreesWithTheTwin) {
  for (std::size_t i = 0; i < Scaled(200); ++i) {
    index_.Clear();
    oracle_.Clear();
    const std::size_t count = 1 + random_.Below(4);
    for (std::size_t j = 0; j < count; ++j) {
      Place(UserId{random_.Bits()}, random_.Pick(Crowds()).place(random_));
    }
    AskEverythingAt(SomeCenter(Crowds().back()));
  }
}

}  // namespace
}  // namespace moyeo::testing
