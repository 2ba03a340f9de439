#include "spatial/neighborhood.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
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

TEST_F(NeighborhoodTest, AsManyAreCopiedAsMayBeAndWhereThereIsOneMoreNobody) {
  ItemTree tree;
  const Position middle{370'000'000, 1'270'000'000};
  for (std::uint64_t id = 0; id < 2'000; ++id) tree.Put({id, middle, 1});
  Search search;
  Neighborhood neighborhood;
  EXPECT_FALSE(neighborhood.Covers(middle, 0));
  ASSERT_TRUE(neighborhood.Gather(search, tree, middle, 100, {}, 2'000));
  EXPECT_EQ(neighborhood.size(), 2'000u);
  EXPECT_TRUE(neighborhood.Covers(middle, 50));
  ASSERT_TRUE(neighborhood.Gather(search, tree, middle, 100, {}, 1'999));
  EXPECT_EQ(neighborhood.size(), 0u);
  EXPECT_FALSE(neighborhood.Covers(middle, 0));
}

// Some of those within a circle are remembered; then a few move, come or go. Where it says that
// they are there still, a search finds just them, and the moved ones where it says.
TEST_F(NeighborhoodTest, WhoIsThereStillIsFoundByASearchToo) {
  std::size_t still = 0;
  std::size_t with_moves = 0;
  for (std::size_t i = 0; i < testing::Scaled(3'000); ++i) {
    ItemTree tree;
    const Position middle = *ToPosition(random_.Pick(testing::Crowds()).place(random_));
    const auto some_place = [&] {
      return *ToPosition(testing::NearTo(ToDegrees(middle), 400, random_));
    };
    for (std::uint64_t id = 0; id < 60; ++id) tree.Put({id, some_place(), 1});
    const Position center = some_place();
    const double radius_m = random_.Uniform(0, 400);
    Search search;
    ASSERT_TRUE(search.FindWithin(tree, center, radius_m, {}));
    std::vector<Placed> items;
    const std::uint64_t other = random_.Below(60);
    for (const Hit& hit : search.Hits()) {
      if (hit.id != other) items.push_back({hit.id, hit.position});
    }
    std::ranges::sort(items, {}, &Placed::id);

    for (std::size_t changes = random_.Below(4); changes > 0; --changes) {
      const std::uint64_t id = random_.Below(70);
      if (random_.OneIn(4)) {
        tree.Erase(id);
      } else {
        const std::optional<Item> held = tree.Find(id);
        const double step_m = random_.OneIn(2) ? 10 : 400;
        tree.Put({id,
                  held ? *ToPosition(testing::NearTo(ToDegrees(held->position), step_m, random_))
                       : some_place(),
                  2});
      }
    }
    Neighborhood neighborhood;
    ASSERT_TRUE(neighborhood.Gather(search, tree, middle, 1'000, {}));
    ASSERT_TRUE(neighborhood.Covers(center, radius_m));
    std::vector<Hit> moved;
    if (!neighborhood.HasStill(center, radius_m, items, other, moved)) continue;
    ++still;
    with_moves += !moved.empty();
    for (const Hit& hit : moved) {
      const auto item = std::ranges::find(items, hit.id, &Placed::id);
      ASSERT_NE(item, items.end());
      ASSERT_NE(item->position, hit.position);
      ASSERT_EQ(hit.stamp, 2);
      ASSERT_EQ(hit.distance_m, DistanceFrom(center)(hit.position));
      item->position = hit.position;
    }
    ASSERT_TRUE(search.FindWithin(tree, center, radius_m, {}));
    std::vector<Placed> found;
    for (const Hit& hit : search.Hits()) {
      if (hit.id != other) found.push_back({hit.id, hit.position});
    }
    std::ranges::sort(found, {}, &Placed::id);
    ASSERT_EQ(found, items);
  }
  EXPECT_GT(still, testing::Scaled(3'000) / 10);
  EXPECT_GT(with_moves, testing::Scaled(3'000) / 50);
}

}  // namespace
}  // namespace moyeo::spatial
