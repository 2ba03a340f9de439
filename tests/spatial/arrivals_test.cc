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
    EXPECT_TRUE(arrivals_.Since(since, ids));
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

TEST_F(ArrivalsTest, OfTooManyItSaysSo) {
  const std::uint64_t before = arrivals_.settled();
  std::vector<std::uint64_t> ids;
  std::uint64_t added = 0;
  while (arrivals_.Since(before, ids)) {
    ASSERT_EQ(ids.size(), added);
    for (int i = 0; i < 1'000; ++i) arrivals_.Add(added++);
    arrivals_.Settle();
    ASSERT_LT(added, 1'000'000u);
  }
  EXPECT_THAT(Since(arrivals_.settled()), IsEmpty());
  EXPECT_THAT(Since(arrivals_.settled() - 2), ElementsAre(added - 2, added - 1));
}

}  // namespace
}  // namespace moyeo::spatial
