#include "spatial/cell.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "spatial/support.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

using CellTest = testing::SeededTest;

TEST_F(CellTest, GridStartsInTheSouthWestAndEndsAtTheNorthPole) {
  EXPECT_EQ(ToGrid(At(-90, -180)), (GridPoint{0, 0}));
  EXPECT_EQ(ToGrid(At(0, 0)), (GridPoint{1'800'000'000, 1'800'000'000}));
  EXPECT_EQ(ToGrid(At(90, 179.9999999)), (GridPoint{3'600'000'000, 3'599'999'999}));
}

TEST_F(CellTest, EveryLayoutNumbersSixteenDifferentChildren) {
  for (int lat_splits = 0; lat_splits <= 4; ++lat_splits) {
    const Layout layout(lat_splits);
    std::array<int, 16> seen{};
    for (std::uint32_t row = 0; row < 1u << layout.lat_splits(); ++row) {
      for (std::uint32_t column = 0; column < 1u << layout.lng_splits(); ++column) {
        ++seen[static_cast<std::size_t>(layout.Child(row, column))];
      }
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 16) << lat_splits;
  }
}

// Down from the whole map to one grid point, at each step: the child that a position falls into
// contains it, and no other run of the same size does.
TEST_F(CellTest, ExactlyOneRunOfChildrenContainsAPosition) {
  for (int repeat = 0; repeat < 300; ++repeat) {
    const GridPoint grid = ToGrid(AnyPosition(random_));
    Cell cell;
    while (!cell.IsPoint()) {
      const Layout layout = LayoutOf(cell);
      const int child = ChildOf(cell, layout, grid);
      for (int log2_run = 0; log2_run <= 4; ++log2_run) {
        const int run = 1 << log2_run;
        for (int first = 0; first < 16; first += run) {
          const bool is_in = first <= child && child < first + run;
          ASSERT_EQ(CellOfRun(cell, layout, first, log2_run).Contains(grid), is_in);
        }
      }
      cell = CellOfRun(cell, layout, child, 0);
    }
    EXPECT_EQ(cell.corner, grid);
  }
}

TEST_F(CellTest, AWholeRunIsTheCellItself) {
  Cell cell;
  EXPECT_EQ(CellOfRun(cell, LayoutOf(cell), 0, 4), cell);
}

// Sixteen levels lead from the map to a point; after the first few, cells between the polar circles
// are no more than four times as long as wide.
TEST_F(CellTest, CellsAreNearlySquareOnTheGround) {
  for (int repeat = 0; repeat < 300; ++repeat) {
    const Position position = At(random_.Uniform(-66, 66), random_.Uniform(-180, 180));
    Cell cell;
    for (int level = 0; level < 12; ++level) {
      const Layout layout = LayoutOf(cell);
      cell = CellOfRun(cell, layout, ChildOf(cell, layout, ToGrid(position)), 0);
      if (level < 3) continue;
      const double height = std::ldexp(0.5, cell.lat_bits);
      const double width = std::ldexp(std::cos(position.lat * kRadiansPerUnit), cell.lng_bits);
      EXPECT_LT(std::abs(std::log2(width / height)), 2) << position.lat << " level " << level;
    }
  }
}

TEST_F(CellTest, CellsAtAPoleAreNoSlivers) {
  for (const double lat : {90.0, -90.0}) {
    Cell cell;
    for (int level = 0; level < 8; ++level) {
      const Layout layout = LayoutOf(cell);
      cell = CellOfRun(cell, layout, ChildOf(cell, layout, ToGrid(At(lat, 12))), 0);
      EXPECT_GE(std::ldexp(kRadiansPerUnit, cell.lng_bits), 0.5) << level;
    }
  }
}

}  // namespace
}  // namespace moyeo::spatial
