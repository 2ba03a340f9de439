#include "spatial/stable_array.h"

#include <gtest/gtest.h>

namespace moyeo::spatial {
namespace {

TEST(StableArrayTest, ElementsStayWhereTheyAreWhileItGrows) {
  StableArray<int, 2> array;
  const int* first = &array[array.Add()];
  for (int i = 0; i < 100; ++i) array.Add();
  EXPECT_EQ(first, &array[0]);
  EXPECT_EQ(array.size(), 101u);
}

TEST(StableArrayTest, EveryNumberHasItsOwnElement) {
  StableArray<std::uint32_t, 2> array;
  for (std::uint32_t i = 0; i < 1'000; ++i) array[array.Add()] = i;
  for (std::uint32_t i = 0; i < 1'000; ++i) EXPECT_EQ(array[i], i);
}

TEST(StableArrayTest, RemovedNumbersAreHandedOutAgainAfterTwoGracePeriods) {
  StableArray<int, 2> array;
  array.Add();
  const std::uint32_t second = array.Add();
  array[second] = 7;
  array.Remove(second);
  EXPECT_EQ(array.size(), 1u);
  const std::uint32_t third = array.Add();
  array.EndGracePeriod();
  const std::uint32_t fourth = array.Add();
  EXPECT_NE(third, second);
  EXPECT_NE(fourth, second);
  EXPECT_EQ(array[second], 7);
  array.EndGracePeriod();
  EXPECT_EQ(array.size(), 3u);
  EXPECT_EQ(array.Add(), second);
  EXPECT_EQ(array[second], 0);
}

}  // namespace
}  // namespace moyeo::spatial
