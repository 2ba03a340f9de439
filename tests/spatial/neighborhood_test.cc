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

// By number, too, also where many are at one distance, and whichever item is left out.
TEST_F(NeighborhoodTest, WhatIsNumberedByIdIsFoundByNumber) {
  std::size_t found = 0;
  std::size_t cut = 0;
  for (const testing::Crowd& crowd : testing::Crowds()) {
    SCOPED_TRACE(crowd.name);
    for (std::size_t i = 0; i < testing::Scaled(60); ++i) {
      ItemTree tree;
      const std::uint64_t spread = random_.OneIn(2) ? 1 : 0x9e3779b97f4a7c15;
      const Position middle = *ToPosition(crowd.place(random_));
      const double radius_m = std::pow(10, random_.Uniform(0, 6));
      const std::size_t spots = random_.OneIn(3) ? 1 + random_.Below(5) : 1'000;
      std::vector<Position> places;
      for (std::size_t k = 0; k < spots; ++k) {
        places.push_back(*ToPosition(testing::NearTo(ToDegrees(middle), radius_m, random_)));
      }
      const std::size_t items = 1 + random_.Below(400);
      for (std::uint64_t id = 0; id < items; ++id) {
        tree.Put({id * spread, random_.Pick(places), random_.Between(0, 3)});
      }
      for (const ScanLoops* loops : AvailableScanLoops()) {
        Search search(*loops);
        Neighborhood neighborhood(*loops);
        ASSERT_TRUE(neighborhood.Gather(search, tree, middle, 2 * radius_m, {}));
        neighborhood.SortById();
        ASSERT_TRUE(std::ranges::is_sorted(neighborhood.ids()));
        const auto size = static_cast<std::uint32_t>(neighborhood.size());
        for (std::uint32_t k = 0; k < size; ++k) {
          const std::optional<Item> item = tree.Find(neighborhood.ids()[k]);
          ASSERT_TRUE(item);
          ASSERT_EQ(item->position, neighborhood.PositionOf(k));
          ASSERT_EQ(item->stamp, neighborhood.stamps()[k]);
        }
        for (int j = 0; j < 5; ++j) {
          const Position center = random_.Pick(places);
          const double look_m =
              (2 * radius_m - DistanceFrom(middle)(center)) * random_.Uniform(0, 1) - 1e-3;
          if (look_m < 0 || !neighborhood.Covers(center, look_m)) continue;
          ++found;
          const std::size_t limit = 1 + random_.Below(60);
          const std::uint32_t other = size == 0 || random_.OneIn(2)
                                          ? Neighborhood::kNone
                                          : static_cast<std::uint32_t>(random_.Below(size));
          std::vector<std::uint32_t> numbers;
          const double reach_m =
              neighborhood.FindNearestNumbers(center, look_m, limit, other, numbers);
          ASSERT_TRUE(std::ranges::is_sorted(numbers));

          ASSERT_TRUE(search.FindWithin(tree, center, look_m, {}));
          std::vector<std::uint64_t> expected;
          for (const Hit& hit : search.Hits()) {
            if (other != Neighborhood::kNone && hit.id == neighborhood.ids()[other]) continue;
            if (expected.size() < limit) {
              expected.push_back(hit.id);
              ASSERT_LE(hit.distance_m, reach_m * (1 + 1e-6));
            } else {
              ASSERT_GE(hit.distance_m, reach_m * (1 - 1e-6));
              ++cut;
            }
          }
          if (expected.size() < limit) {
            EXPECT_EQ(reach_m, look_m);
          }
          std::ranges::sort(expected);
          std::vector<std::uint64_t> ids;
          for (const std::uint32_t number : numbers) ids.push_back(neighborhood.ids()[number]);
          ASSERT_EQ(ids, expected);
          const std::span<const double> distances = neighborhood.Measure(center, numbers);
          for (std::size_t k = 0; k < numbers.size(); ++k) {
            ASSERT_EQ(distances[k], DistanceFrom(center)(neighborhood.PositionOf(numbers[k])));
          }
        }
      }
    }
  }
  EXPECT_GT(found, 1'000u);
  EXPECT_GT(cut, 1'000u);
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
