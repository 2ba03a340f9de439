// Half a million events in the lives of fences, beside the slow twin.

#include "support/fence_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Eq;

using FenceHistoryTest = SeededTest;

// ASSERTs end the test at the first difference: what follows it means nothing.
#define ASSERT_AGREES(difference) ASSERT_THAT(difference, Eq(std::nullopt))

class FenceHistoryOfCrowd : public SeededTest, public ::testing::WithParamInterface<Crowd> {};

TEST_P(FenceHistoryOfCrowd, WhatIsToldIsWhatTheTwinTells) {
  FenceHistory history(random_.Bits(), {.users = 40, .fences = 12});
  history.Gather(GetParam());
  for (std::size_t i = 0; i < Scaled(20'000); ++i) ASSERT_AGREES(history.Event());
  EXPECT_GT(history.counts().enters, history.counts().ticks / 50);
  EXPECT_GT(history.counts().exits, history.counts().ticks / 50);
  EXPECT_GT(history.counts().dwells, 0u);
}

TEST_P(FenceHistoryOfCrowd, AlsoWithThoseWhoAreCloakedOrHidden) {
  FenceHistory history(random_.Bits(), {.users = 40, .fences = 12, .with_visibilities = true});
  history.Gather(GetParam());
  for (std::size_t i = 0; i < Scaled(20'000); ++i) ASSERT_AGREES(history.Event());
}

INSTANTIATE_TEST_SUITE_P(Crowds, FenceHistoryOfCrowd, ::testing::ValuesIn(Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

// More fences than users: most leaves meet too many to compare each with all.
TEST_F(FenceHistoryTest, ManySmallFencesAndFewUsers) {
  FenceHistory history(random_.Bits(),
                       {.users = 20, .fences = 300, .events_per_tick = 20, .largest_m = 1e4});
  for (std::size_t i = 0; i < Scaled(20'000); ++i) ASSERT_AGREES(history.Event());
}

TEST_F(FenceHistoryTest, ManyUsersAndFewTicks) {
  FenceHistory history(
      random_.Bits(),
      {.users = 600, .fences = 30, .with_visibilities = true, .events_per_tick = 400});
  for (std::size_t i = 0; i < Scaled(80'000); ++i) ASSERT_AGREES(history.Event());
}

TEST_F(FenceHistoryTest, ManyShortHistoriesOfFewUsers) {
  for (std::size_t i = 0; i < Scaled(800); ++i) {
    FenceHistory history(random_.Bits(), {.users = 1 + random_.Below(12),
                                          .fences = 1 + random_.Below(6),
                                          .ttl_ms = random_.Between(1, 3'000),
                                          .with_visibilities = random_.OneIn(2),
                                          .events_per_tick = 3});
    for (int j = 0; j < 150; ++j) ASSERT_AGREES(history.Event());
  }
}

}  // namespace
}  // namespace moyeo::testing
