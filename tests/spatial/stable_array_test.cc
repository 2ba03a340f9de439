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

TEST(StableArrayTest, RemovedNumbersAreHandedOutAgainWithNewElements) {
  StableArray<int, 2> array;
  array.Add();
  const std::uint32_t second = array.Add();
  array[second] = 7;
  array.Remove(second);
  EXPECT_EQ(array.size(), 1u);
  EXPECT_EQ(array.Add(), second);
  EXPECT_EQ(array[second], 0);
}

}  // namespace
}  // namespace moyeo::spatial
