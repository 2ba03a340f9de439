#include "spatial/neighborhood.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "spatial/support.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

using NeighborhoodTest = testing::SeededTest;

TEST_F(NeighborhoodTest, WhatItCoversItFindsAsTheTreeDoes) {
  std::size_t covered = 0;
  for (const testing::Crowd& crowd : testing::Crowds()) {
    SCOPED_TRACE(crowd.name);
    ItemTree tree;
    for (std::uint64_t id = 0; id < 2'000; ++id) {
      tree.Put({id, *ToPosition(crowd.place(random_)), random_.Between(0, 3), random_.Bits32()});
    }
    for (std::size_t i = 0; i < testing::Scaled(60); ++i) {
      const Position middle = *ToPosition(crowd.place(random_));
      const double radius_m = std::pow(10, random_.Uniform(-1, 7.3));
      ItemFilter filter;
      if (random_.OneIn(2)) filter.stamp_above = random_.Between(-1, 3);
      if (random_.OneIn(4)) filter.any_of = random_.Bits32();
      for (const ScanLoops* loops : AvailableScanLoops()) {
        Search search(*loops);
        Neighborhood neighborhood(*loops);
        ASSERT_TRUE(neighborhood.Gather(search, tree, middle, radius_m, filter));
        for (int j = 0; j < 10; ++j) {
          const Position center =
              *ToPosition(testing::NearTo(ToDegrees(middle), radius_m, random_));
          const double distance_m = DistanceFrom(middle)(center);
          const double look_m = (radius_m - distance_m) * random_.Uniform(0, 1.2);
          if (look_m < 0) continue;
          EXPECT_EQ(neighborhood.Covers(center, look_m), distance_m + look_m + 1e-3 <= radius_m);
          if (!neighborhood.Covers(center, look_m)) continue;
          ++covered;
          const std::size_t limit = 1 + random_.Below(random_.OneIn(2) ? 5 : 3'000);
          std::vector<Hit> hits;
          neighborhood.FindNearest(center, look_m, limit, hits);
          std::ranges::sort(hits, [](const Hit& a, const Hit& b) { return a < b; });
          ASSERT_TRUE(search.FindNearest(tree, center, look_m, limit, filter));
          ASSERT_TRUE(std::ranges::equal(search.Hits(), hits));
        }
      }
    }
  }
  EXPECT_GT(covered, 1'000u);
}

}  // namespace
}  // namespace moyeo::spatial
