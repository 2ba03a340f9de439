#include "spatial/haversine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "spatial/sphere_math.h"
#include "spatial/support.h"
#include "support/oracle.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

constexpr double kRelativeError = 2e-6;  // what haversine.h promises

double TrueHaversine(Position a, Position b) {
  const long double unit = 1e-7L;
  const long double meters =
      testing::TrueDistanceMeters(a.lat * unit, a.lng * unit, b.lat * unit, b.lng * unit);
  const long double sine = std::sin(meters / (2 * static_cast<long double>(kEarthRadiusMeters)));
  return static_cast<double>(sine * sine);
}

float Approximate(const QueryPoint& center, Position p) {
  return HaversineBetween(p, CosLat<float>(p.lat), center.position());
}

// A position from a centimetre to some kilometres from `p`, or anywhere.
Position NearOrFar(Position p, testing::Random& random) {
  if (random.OneIn(4)) return AnyPosition(random);
  const double meters = std::pow(10, random.Uniform(-2, 5));
  return *ToPosition(
      testing::Offset(ToDegrees(p), meters, random.Uniform(0, 2 * std::numbers::pi)));
}

// A random cell of any size that contains `p`.
Cell CellAround(Position p, testing::Random& random) {
  Cell cell;
  for (std::size_t level = random.Below(16); level > 0; --level) {
    const Layout layout = LayoutOf(cell);
    cell = CellOfRun(cell, layout, ChildOf(cell, layout, ToGrid(p)), 0);
  }
  return cell;
}

using HaversineTest = testing::SeededTest;

TEST_F(HaversineTest, ApproximationIsWithinThePromisedError) {
  for (int i = 0; i < 300'000; ++i) {
    const Position a = AnyPosition(random_);
    const Position b = NearOrFar(a, random_);
    const double truth = TrueHaversine(a, b);
    ASSERT_NEAR(Approximate(QueryPoint(a), b), truth, truth * kRelativeError)
        << a.lat << ' ' << a.lng << " to " << b.lat << ' ' << b.lng;
  }
}

TEST_F(HaversineTest, NothingInAChildIsNearerThanItsBound) {
  for (int i = 0; i < 300'000; ++i) {
    const Position p = AnyPosition(random_);
    const Cell cell = CellAround(p, random_);
    const Layout layout = LayoutOf(cell);
    const QueryPoint center(NearOrFar(p, random_));
    const auto child = static_cast<std::size_t>(ChildOf(cell, layout, ToGrid(p)));
    ASSERT_LE(center.ChildBounds(cell, layout)[child], Approximate(center, p) * kSlack);
  }
}

TEST_F(HaversineTest, NothingOutsideACellIsNearerThanItsOutsideBound) {
  int outside = 0;
  for (int i = 0; i < 300'000; ++i) {
    const Position inside = AnyPosition(random_);
    const Cell cell = CellAround(inside, random_);
    const Position p = NearOrFar(inside, random_);
    if (cell.Contains(ToGrid(p))) continue;
    ++outside;
    const QueryPoint center(inside);
    ASSERT_LE(center.OutsideBound(cell), Approximate(center, p) * kSlack);
  }
  EXPECT_GT(outside, 10'000);
}

// A search would still be right if every bound were 0, but not fast.
TEST_F(HaversineTest, BoundsOfSmallCellsAreTight) {
  const Position seoul = At(37.5665, 126.978);
  Cell cell;
  for (int level = 0; level < 9; ++level) {
    const Layout layout = LayoutOf(cell);
    cell = CellOfRun(cell, layout, ChildOf(cell, layout, ToGrid(seoul)), 0);
  }
  for (int i = 0; i < 1'000; ++i) {
    const QueryPoint center(*ToPosition(
        testing::Offset(ToDegrees(seoul), 20'000, random_.Uniform(0, 2 * std::numbers::pi))));
    const Layout layout = LayoutOf(cell);
    const std::array<float, 16> bounds = center.ChildBounds(cell, layout);
    const float least = *std::min_element(bounds.begin(), bounds.end());
    EXPECT_GT(least, HaversineOfMeters(19'000)) << i;
  }
}

}  // namespace
}  // namespace moyeo::spatial
