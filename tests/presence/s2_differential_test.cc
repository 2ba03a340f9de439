// The answers of PresenceIndex beside those of S2ClosestPointQuery.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

#include "moyeo/presence.h"
#include "support/oracle.h"
#include "support/places.h"
#include "support/s2_twin.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::Eq;

constexpr Timestamp kNow{milliseconds{1'700'000'000'000}};

class S2DifferentialTest : public SeededTest {
 protected:
  // Half of the users in cities, half anywhere, a few where indexes go wrong.
  void Fill(std::size_t count) {
    std::vector<UserId> users;
    std::vector<LatLng> positions;
    for (std::size_t i = 0; i < count; ++i) {
      users.push_back(UserId{i});
      positions.push_back(SomePlace());
      oracle_.Move(users.back(), positions.back(), kNow);
    }
    ASSERT_EQ(index_.MoveBatch(users, positions, kNow).value().applied, count);
    twin_.emplace(oracle_, kNow);
  }

  LatLng SomePlace() {
    if (random_.OneIn(20)) return random_.Pick(Crowds()).place(random_);
    return random_.OneIn(2) ? AroundCities(random_) : Anywhere(random_);
  }

  void Ask(LatLng center, const NearbyQuery& query) {
    ASSERT_THAT(index_.Nearby(center, query, kNow, answer_), IsOk());
    ASSERT_THAT(twin_->Difference(center, query, answer_, tally_), Eq(std::nullopt));
  }

  // Chords in doubles tell distances to some nanometres: few users are closer than that to the edge
  // of an answer.
  void ExpectFewBorderlines() {
    RecordProperty("queries", static_cast<int>(tally_.queries));
    RecordProperty("neighbors", static_cast<int>(tally_.neighbors));
    RecordProperty("borderline", static_cast<int>(tally_.borderline));
    RecordProperty("ties", static_cast<int>(tally_.ties));
    EXPECT_LE(tally_.borderline, 2 + tally_.neighbors / 10'000);
  }

  PresenceIndex index_;
  Oracle oracle_{{}};
  std::optional<S2Twin> twin_;
  std::vector<Neighbor> answer_;
  Tally tally_;
};

TEST_F(S2DifferentialTest, TheNearestAreTheSame) {
  Fill(Scaled(100'000));
  for (std::size_t i = 0; i < Scaled(8'000); ++i) {
    Ask(SomePlace(), {.limit = random_.OneIn(100) ? 2'000 : 1 + random_.Below(100)});
  }
  ExpectFewBorderlines();
}

TEST_F(S2DifferentialTest, ThoseWithinARadiusAreTheSame) {
  Fill(Scaled(100'000));
  for (std::size_t i = 0; i < Scaled(6'000); ++i) {
    // From a metre to a thousand kilometres, every order of magnitude alike.
    Ask(SomePlace(), {.radius_m = std::pow(10, random_.Uniform(0, 6)), .limit = std::nullopt});
  }
  ExpectFewBorderlines();
}

TEST_F(S2DifferentialTest, TheNearestWithinARadiusAreTheSame) {
  Fill(Scaled(100'000));
  for (std::size_t i = 0; i < Scaled(8'000); ++i) {
    Ask(SomePlace(),
        {.radius_m = std::pow(10, random_.Uniform(1, 7)), .limit = 1 + random_.Below(60)});
  }
  ExpectFewBorderlines();
}

TEST_F(S2DifferentialTest, AnswersAcrossTheGlobeAreTheSame) {
  Fill(Scaled(10'000));
  for (std::size_t i = 0; i < Scaled(200); ++i) {
    Ask(SomePlace(), {.radius_m = random_.Uniform(1e6, 2.1e7), .limit = std::nullopt});
    Ask(SomePlace(),
        {.limit = random_.OneIn(2) ? std::nullopt : std::optional(oracle_.size() - 1)});
  }
  ExpectFewBorderlines();
}

TEST_F(S2DifferentialTest, AnswersAmongUsersInOddPlacesAreTheSame) {
  for (const Crowd& crowd : Crowds()) {
    SCOPED_TRACE(crowd.name);
    index_.Clear();
    oracle_.Clear();
    for (std::size_t i = 0; i < Scaled(3'000); ++i) {
      const LatLng place = crowd.place(random_);
      ASSERT_THAT(index_.Move(UserId{i}, place, kNow), IsOk());
      oracle_.Move(UserId{i}, place, kNow);
    }
    twin_.emplace(oracle_, kNow);
    for (std::size_t i = 0; i < Scaled(200); ++i) {
      Ask(crowd.place(random_), {.limit = 1 + random_.Below(60)});
      Ask(crowd.place(random_),
          {.radius_m = std::pow(10, random_.Uniform(-2, 7)), .limit = std::nullopt});
    }
  }
}

}  // namespace
}  // namespace moyeo::testing
