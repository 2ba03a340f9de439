#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "attempts.h"
#include "connections.h"
#include "rate.h"

namespace moyeo::server {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kNow{milliseconds{1'700'000'000'000}};

TEST(Bucket, IsFilledAtItsRateUpToItsBurst) {
  const Rate rate{.per_second = 2, .burst = 3};
  Bucket bucket(rate);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.Take(kNow));
  EXPECT_FALSE(bucket.Take(kNow));
  EXPECT_FALSE(bucket.Take(kNow + milliseconds(499)));
  EXPECT_TRUE(bucket.Take(kNow + milliseconds(500)));
  EXPECT_FALSE(bucket.Take(kNow + milliseconds(500)));
  const Timestamp later = kNow + milliseconds(1'000'000);
  EXPECT_TRUE(bucket.IsFull(later));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.Take(later));
  EXPECT_FALSE(bucket.Take(later));
  EXPECT_FALSE(bucket.Take(kNow)) << "time that goes back gives nothing";
}

TEST(Counted, CountsEachNameByItself) {
  const Rate rate{.per_second = 1, .burst = 1};
  Counted counted(rate, 10);
  EXPECT_TRUE(counted.May("a", kNow));
  EXPECT_TRUE(counted.Take("a", kNow));
  EXPECT_FALSE(counted.May("a", kNow));
  EXPECT_FALSE(counted.Take("a", kNow));
  EXPECT_TRUE(counted.Take("b", kNow));
  EXPECT_TRUE(counted.May("a", kNow + milliseconds(1'000)));
}

TEST(Counted, KeepsOnlySoManyNamesAndForgetsThoseForgiven) {
  const Rate rate{.per_second = 1, .burst = 2};
  Counted counted(rate, 2);
  EXPECT_TRUE(counted.Take("a", kNow));
  EXPECT_TRUE(counted.Take("b", kNow));
  EXPECT_FALSE(counted.Take("c", kNow));
  EXPECT_TRUE(counted.Take("c", kNow + milliseconds(1'000)));
}

TEST(Connections, AreCountedInAllAndByAddress) {
  Connections connections(3, 2);
  auto first = connections.Enter("::1");
  auto second = connections.Enter("::1");
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_FALSE(connections.Enter("::1").has_value());
  auto third = connections.Enter("::2");
  EXPECT_TRUE(third.has_value());
  EXPECT_FALSE(connections.Enter("::3").has_value());
  EXPECT_EQ(connections.size(), 3U);
  {
    const Connections::Slot moved = *std::move(first);
    EXPECT_EQ(moved.address(), "::1");
    first.reset();
    EXPECT_EQ(connections.size(), 3U);
  }
  EXPECT_EQ(connections.size(), 2U);
  EXPECT_TRUE(connections.Enter("::1").has_value());
}

}  // namespace
}  // namespace moyeo::server
