#include "spatial/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace moyeo::spatial {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ArrivalsTest : public ::testing::Test {
 protected:
  std::vector<std::uint64_t> Since(std::uint64_t since) {
    std::vector<std::uint64_t> ids;
    EXPECT_TRUE(arrivals_.CopySince(since, ids));
    return ids;
  }

  Arrivals arrivals_;
};

TEST_F(ArrivalsTest, NobodyHasArrivedAtFirst) {
  EXPECT_THAT(Since(arrivals_.settled()), IsEmpty());
}

TEST_F(ArrivalsTest, TheyAreToldInOrder) {
  const std::uint64_t before = arrivals_.settled();
  arrivals_.Add(7);
  arrivals_.Add(3);
  EXPECT_THAT(Since(before), ElementsAre(7, 3));
}

TEST_F(ArrivalsTest, WhoeverIsOnTheWayWhenASearchBeginsIsToldAtItsEnd) {
  arrivals_.Add(1);
  arrivals_.Settle();
  arrivals_.Add(2);
  const std::uint64_t before = arrivals_.settled();
  arrivals_.Settle();
  arrivals_.Add(3);
  EXPECT_THAT(Since(before), ElementsAre(2, 3));
}

TEST_F(ArrivalsTest, TheyAreTakenDownBitByBit) {
  std::uint64_t since = arrivals_.settled();
  std::vector<std::uint64_t> ids;
  arrivals_.Add(1);
  arrivals_.Add(2);
  EXPECT_TRUE(arrivals_.CopySince(since, ids));
  arrivals_.Add(3);
  EXPECT_TRUE(arrivals_.CopySince(since, ids));
  EXPECT_THAT(ids, ElementsAre(1, 2, 3));
}

TEST(BoundedArrivalsTest, OfTooManyItSaysSo) {
  Arrivals arrivals(3);
  const std::uint64_t before = arrivals.settled();
  for (const std::uint64_t id : {7, 8, 9}) arrivals.Add(id);
  arrivals.Settle();
  std::uint64_t since = before;
  std::vector<std::uint64_t> ids;
  EXPECT_TRUE(arrivals.CopySince(since, ids));
  EXPECT_THAT(ids, ElementsAre(7, 8, 9));

  arrivals.Add(10);
  since = before;
  EXPECT_FALSE(arrivals.CopySince(since, ids));
  ids.clear();
  since = before + 1;
  EXPECT_TRUE(arrivals.CopySince(since, ids));
  EXPECT_THAT(ids, ElementsAre(8, 9, 10));
}

}  // namespace
}  // namespace moyeo::spatial
