// Histories of moves, removals, sweeps and the passing of time, beside the slow twin.

#include "support/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Eq;

using HistoryTest = SeededTest;

// ASSERTs end the test at the first difference: what follows it means nothing.
#define ASSERT_AGREES(difference) ASSERT_THAT(difference, Eq(std::nullopt))

const Crowd& CrowdNamed(const std::string& name) {
  for (const Crowd& crowd : Crowds()) {
    if (crowd.name == name) return crowd;
  }
  ADD_FAILURE() << "no crowd " << name;
  return Crowds().front();
}

class HistoryOfCrowd : public SeededTest, public ::testing::WithParamInterface<Crowd> {};

TEST_P(HistoryOfCrowd, AgreesWithTheTwinThroughout) {
  constexpr std::size_t kUsers = Scaled(2'400);
  History history(random_.Bits(), {.users = kUsers});
  history.Gather(GetParam());
  for (std::size_t phase = 0; phase < Scaled(16); ++phase) {
    for (std::size_t i = 0; i < 400; ++i) ASSERT_AGREES(history.Change());
    ASSERT_AGREES(history.Check(10));
  }
  // Who is within 1e-8 m of a radius or of the last one is rare, but where a crowd has few places:
  // everybody on one of them is on the verge together.
  EXPECT_LE(history.tally().borderline, 2 + kUsers / 10 + history.tally().neighbors / 10'000);
}

INSTANTIATE_TEST_SUITE_P(Crowds, HistoryOfCrowd, ::testing::ValuesIn(Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

TEST_F(HistoryTest, EverybodyGathersOnOneSpotAndDispersesAgain) {
  History history(random_.Bits(), {.users = Scaled(6'000)});
  for (std::size_t round = 0; round < 3; ++round) {
    ASSERT_AGREES(history.Migrate(CrowdNamed("AroundCities")));
    ASSERT_AGREES(history.Check(5));
    ASSERT_AGREES(history.Migrate(CrowdNamed("OnOneSpot")));
    ASSERT_AGREES(history.Check(5));
    for (std::size_t i = 0; i < 500; ++i) ASSERT_AGREES(history.Change());
    ASSERT_AGREES(history.Check(5));
    ASSERT_AGREES(history.Migrate(CrowdNamed("Anywhere")));
    ASSERT_AGREES(history.Check(5));
  }
}

TEST_F(HistoryTest, CrowdsMigrateBetweenPlacesOfEveryKind) {
  History history(random_.Bits(), {.users = Scaled(4'000)});
  for (std::size_t i = 0; i < 14; ++i) {
    ASSERT_AGREES(history.Migrate(random_.Pick(Crowds())));
    ASSERT_AGREES(history.Check(4));
    for (std::size_t j = 0; j < 100; ++j) ASSERT_AGREES(history.Change());
    ASSERT_AGREES(history.Check(4));
  }
}

TEST_F(HistoryTest, TheWorldEmptiesAndFillsAgain) {
  History history(random_.Bits(), {.users = Scaled(4'000), .index = {.ttl_ms = 500}});
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_AGREES(history.Migrate(random_.Pick(Crowds())));
    ASSERT_AGREES(history.Check(4));
    if (i % 2 == 0) {
      ASSERT_AGREES(history.Clear());
    } else {
      // Long enough for most to expire, at some 50 ms a change.
      for (std::size_t j = 0; j < 300; ++j) ASSERT_AGREES(history.Change());
      ASSERT_AGREES(history.SweepAll());
    }
    ASSERT_AGREES(history.Check(4));
  }
}

TEST_F(HistoryTest, AnIndexThatIsMostlyFullRefusesAndRecovers) {
  const std::size_t users = Scaled(1'200);
  History history(random_.Bits(),
                  {.users = users, .index = {.ttl_ms = 5'000, .max_users = users / 2 + 1}});
  for (std::size_t phase = 0; phase < Scaled(24); ++phase) {
    for (std::size_t i = 0; i < 300; ++i) ASSERT_AGREES(history.Change());
    ASSERT_AGREES(history.Check(4));
  }
}

TEST_F(HistoryTest, ManyShortHistoriesOfFewUsers) {
  for (std::size_t i = 0; i < Scaled(400); ++i) {
    History history(random_.Bits(), {.users = 1 + random_.Below(12),
                                     .index = {.ttl_ms = random_.Between(1, 3'000)}});
    for (std::size_t j = 0; j < 60; ++j) {
      ASSERT_AGREES(history.Change());
      ASSERT_AGREES(history.Check(1));
    }
  }
}

}  // namespace
}  // namespace moyeo::testing
