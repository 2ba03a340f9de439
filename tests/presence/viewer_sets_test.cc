#include "presence/viewer_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace moyeo::presence {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNull;
using ::testing::Pointee;

TEST(ViewerSetsTest, ASetThatWasHandedOutStaysAsItWas) {
  ViewerSets sets(10);
  EXPECT_TRUE(sets.Set(1, {5, 3}));
  const std::shared_ptr<const ViewerSets::Members> before = sets.Of(1);
  EXPECT_TRUE(sets.Add(1, 4));
  EXPECT_THAT(before, Pointee(ElementsAre(3u, 5u)));
  EXPECT_THAT(sets.Of(1), Pointee(ElementsAre(3u, 4u, 5u)));
}

TEST(ViewerSetsTest, AnEmptySetIsNone) {
  ViewerSets sets(10);
  EXPECT_THAT(sets.Of(1), IsNull());
  EXPECT_TRUE(sets.Add(1, 2));
  sets.Remove(1, 2);
  EXPECT_THAT(sets.Of(1), IsNull());
  EXPECT_TRUE(sets.Set(1, {2}));
  EXPECT_TRUE(sets.Set(1, {}));
  EXPECT_THAT(sets.Of(1), IsNull());
}

TEST(ViewerSetsTest, WhatDoesNotFitChangesNothing) {
  ViewerSets sets(2);
  EXPECT_TRUE(sets.Set(1, {7, 7, 8, 8}));
  EXPECT_FALSE(sets.Add(1, 9));
  EXPECT_TRUE(sets.Add(1, 8));
  EXPECT_FALSE(sets.Set(1, {1, 2, 3}));
  EXPECT_THAT(sets.Of(1), Pointee(ElementsAre(7u, 8u)));
}

TEST(ViewerSetsTest, EveryChangeRaisesTheVersionAndNothingElseDoes) {
  ViewerSets sets(10);
  const std::uint64_t first = sets.version();
  sets.Remove(1, 2);
  EXPECT_EQ(sets.version(), first);
  EXPECT_TRUE(sets.Add(1, 2));
  const std::uint64_t second = sets.version();
  EXPECT_GT(second, first);
  EXPECT_TRUE(sets.Add(1, 2));
  EXPECT_EQ(sets.version(), second);
  sets.Remove(1, 2);
  EXPECT_GT(sets.version(), second);
}

}  // namespace
}  // namespace moyeo::presence
