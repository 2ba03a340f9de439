#include "examples/crowd/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace moyeo_crowd {
namespace {

// The same from all the values, sorted.
std::int64_t SlowPercentile(std::vector<std::int64_t> values, double percent) {
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(static_cast<double>(values.size()) * percent / 100);
  return values[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

TEST(HistogramTest, AnEmptyOneHasOnlyZeros) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Percentile(50), 0);
  EXPECT_EQ(histogram.Max(), 0);
}

TEST(HistogramTest, ShortDurationsAreExact) {
  Histogram histogram;
  std::vector<std::int64_t> values;
  for (std::int64_t value = 2'047; value >= 0; --value) {
    histogram.Add(value);
    values.push_back(value);
  }
  for (const double percent : {0.0, 0.1, 1.0, 50.0, 99.0, 99.9, 100.0}) {
    EXPECT_EQ(histogram.Percentile(percent), SlowPercentile(values, percent)) << percent;
  }
}

TEST(HistogramTest, LongOnesAreAtMostAThousandthTooGreat) {
  std::mt19937_64 random(1);
  Histogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 10'000; ++i) {
    const double magnitude = std::uniform_real_distribution<double>(0, 39)(random);
    values.push_back(static_cast<std::int64_t>(std::exp2(magnitude)));
    histogram.Add(values.back());
  }
  for (double percent = 0; percent <= 100; percent += 0.37) {
    const auto exact = static_cast<double>(SlowPercentile(values, percent));
    const auto told = static_cast<double>(histogram.Percentile(percent));
    EXPECT_GE(told, exact) << percent;
    EXPECT_LE(told, exact * 1.001) << percent;
  }
  EXPECT_EQ(histogram.Max(), *std::max_element(values.begin(), values.end()));
  EXPECT_EQ(histogram.Percentile(100), histogram.Max());
}

TEST(HistogramTest, WhatIsOutOfItsRangeCountsAsItsEnds) {
  Histogram histogram;
  histogram.Add(-5);
  EXPECT_EQ(histogram.Percentile(100), 0);
  histogram.Add(Histogram::kMostMicros + 1);
  EXPECT_EQ(histogram.Percentile(100), Histogram::kMostMicros);
  EXPECT_EQ(histogram.count(), 2);
}

TEST(HistogramTest, ClearedItIsEmpty) {
  Histogram histogram;
  histogram.Add(7);
  histogram.Clear();
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Percentile(99), 0);
  EXPECT_EQ(histogram.Max(), 0);
}

}  // namespace
}  // namespace moyeo_crowd
