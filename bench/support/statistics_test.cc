#include "bench/support/statistics.h"

#include <gtest/gtest.h>

namespace moyeo::bench {
namespace {

TEST(PercentileTest, OfOneValueIsThatValue) {
  EXPECT_EQ(Percentile(std::vector{7.0}, 0), 7);
  EXPECT_EQ(Percentile(std::vector{7.0}, 10), 7);
  EXPECT_EQ(Percentile(std::vector{7.0}, 100), 7);
}

TEST(PercentileTest, ReachesFromLeastToGreatest) {
  const std::vector<double> sorted = {1, 2, 4, 8};
  EXPECT_EQ(Percentile(sorted, 0), 1);
  EXPECT_EQ(Percentile(sorted, 100), 8);
}

TEST(PercentileTest, InterpolatesBetweenNeighbors) {
  const std::vector<double> sorted = {1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(Percentile(sorted, 50), 3);
  EXPECT_DOUBLE_EQ(Percentile(sorted, 10), 1.3);
  EXPECT_DOUBLE_EQ(Percentile(sorted, 90), 6.8);
}

TEST(SummarizeTest, TakesValuesInAnyOrder) {
  const Summary summary = Summarize({11, 3, 1, 5, 7, 9, 2, 10, 4, 8, 6});
  EXPECT_DOUBLE_EQ(summary.median, 6);
  EXPECT_DOUBLE_EQ(summary.p10, 2);
  EXPECT_DOUBLE_EQ(summary.p90, 10);
}

}  // namespace
}  // namespace moyeo::bench
