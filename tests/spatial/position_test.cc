#include "spatial/position.h"

#include <gtest/gtest.h>

#include <cmath>

#include "spatial/support.h"
#include "support/oracle.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

using PositionTest = testing::SeededTest;

TEST_F(PositionTest, EveryPositionSurvivesTheWayThroughDegrees) {
  for (int i = 0; i < 100'000; ++i) {
    const Position position{static_cast<std::int32_t>(random_.Between(-kQuarterTurn, kQuarterTurn)),
                            static_cast<std::int32_t>(random_.Between(-kHalfTurn, kHalfTurn - 1))};
    ASSERT_EQ(ToPosition(ToDegrees(position)), position);
  }
}

TEST_F(PositionTest, DistancesAreTrueToNanometresAndSymmetricToTheBit) {
  for (int i = 0; i < 100'000; ++i) {
    const Position a = AnyPosition(random_);
    const Position b =
        random_.OneIn(2) ? AnyPosition(random_) : *ToPosition(testing::AntipodeOf(ToDegrees(a)));
    const double meters = DistanceFrom(a)(b);
    const long double unit = 1e-7L;
    const auto truth = static_cast<double>(
        testing::TrueDistanceMeters(a.lat * unit, a.lng * unit, b.lat * unit, b.lng * unit));
    ASSERT_NEAR(meters, truth, 5e-9 + truth * 1e-15);
    ASSERT_EQ(meters, DistanceFrom(b)(a));
  }
}

TEST_F(PositionTest, HaversineOfMetersGrowsFromZeroToOne) {
  EXPECT_EQ(HaversineOfMeters(0), 0);
  EXPECT_NEAR(HaversineOfMeters(kEarthRadiusMeters * kPi / 2), 0.5, 1e-15);
  EXPECT_EQ(HaversineOfMeters(kEarthRadiusMeters * kPi), 1);
  EXPECT_EQ(HaversineOfMeters(INFINITY), 1);
}

}  // namespace
}  // namespace moyeo::spatial
