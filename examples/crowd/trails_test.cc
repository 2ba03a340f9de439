#include "examples/crowd/trails.h"

#include <gtest/gtest.h>

#include <optional>

namespace moyeo_crowd {
namespace {

TEST(TrailsTest, APositionIsKnownAgainWithItsTime) {
  Trails trails(2);
  trails.Add(1, {10, 20}, 100);
  trails.Add(1, {10, 21}, 200);
  EXPECT_EQ(trails.WhenSent(1, {10, 20}), 100);
  EXPECT_EQ(trails.WhenSent(1, {10, 21}), 200);
  EXPECT_EQ(trails.WhenSent(1, {11, 20}), std::nullopt);
  EXPECT_EQ(trails.WhenSent(0, {10, 20}), std::nullopt);
}

TEST(TrailsTest, OfAPositionSentTwiceTheLaterTimeCounts) {
  Trails trails(1);
  trails.Add(0, {10, 20}, 100);
  trails.Add(0, {0, 0}, 200);
  trails.Add(0, {10, 20}, 300);
  EXPECT_EQ(trails.WhenSent(0, {10, 20}), 300);
}

TEST(TrailsTest, OnlyTheLatestAreRemembered) {
  Trails trails(1);
  for (int i = 0; i <= static_cast<int>(Trails::kSteps); ++i) trails.Add(0, {i, i}, 100 + i);
  EXPECT_EQ(trails.WhenSent(0, {0, 0}), std::nullopt);
  EXPECT_EQ(trails.WhenSent(0, {1, 1}), 101);
}

TEST(TrailsTest, TheFirstAfterATimeIsFound) {
  Trails trails(1);
  EXPECT_EQ(trails.FirstSentAfter(0, 0), std::nullopt);
  trails.Add(0, {1, 1}, 100);
  trails.Add(0, {2, 2}, 200);
  trails.Add(0, {3, 3}, 300);
  EXPECT_EQ(trails.FirstSentAfter(0, 99), 100);
  EXPECT_EQ(trails.FirstSentAfter(0, 100), 200);
  EXPECT_EQ(trails.FirstSentAfter(0, 300), std::nullopt);
}

}  // namespace
}  // namespace moyeo_crowd
