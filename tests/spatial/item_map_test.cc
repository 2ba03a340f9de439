#include "spatial/item_map.h"

#include <gtest/gtest.h>

#include <optional>
#include <unordered_map>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

class ItemMapTest : public testing::SeededTest {
 protected:
  static std::optional<Where> Find(const ItemMap& map, std::uint64_t id) {
    const std::optional<ItemMap::Found> found = map.Find(id);
    return found ? std::optional(found->where()) : std::nullopt;
  }
};

TEST_F(ItemMapTest, AnEmptyMapHasNothing) {
  ItemMap map;
  EXPECT_FALSE(map.Find(0));
  EXPECT_FALSE(map.Find(UINT64_MAX));
  EXPECT_EQ(map.size(), 0u);
}

TEST_F(ItemMapTest, EveryIdIsAnId) {
  ItemMap map;
  map.Set(0, Where(1, 2));
  map.Set(UINT64_MAX, Where(Where::kMaxLeaf, 127));
  EXPECT_EQ(Find(map, 0), Where(1, 2));
  EXPECT_EQ(Find(map, UINT64_MAX), Where(Where::kMaxLeaf, 127));
}

TEST_F(ItemMapTest, WhatWasFoundIsCurrentUntilTheIdIsElsewhere) {
  ItemMap map;
  map.Set(7, Where(1, 2));
  const ItemMap::Found found = *map.Find(7);
  EXPECT_TRUE(found.IsCurrent());
  map.Set(7, Where(1, 3));
  EXPECT_FALSE(found.IsCurrent());
}

TEST_F(ItemMapTest, ShrinksAsItEmpties) {
  ItemMap map;
  const std::size_t ids = 1'000'000;
  for (std::uint64_t id = 0; id < ids; ++id) map.Set(id, Where(0, 0));
  EXPECT_GT(map.bytes(), 12 * ids);
  for (std::uint64_t id = 100; id < ids; ++id) map.Erase(id);
  for (int i = 0; i < 2; ++i) map.EndGracePeriod();
  EXPECT_LE(map.bytes(), sizeof(map) + 3 * kHugePageBytes);
  for (std::uint64_t id = 0; id < 100; ++id) EXPECT_TRUE(map.Find(id));
}

TEST_F(ItemMapTest, AgreesWithAStandardMap) {
  for (const std::uint64_t ids : {10u, 1'000u, 50'000u}) {
    ItemMap map;
    std::unordered_map<std::uint64_t, std::uint32_t> twin;
    for (std::size_t i = 0; i < testing::Scaled(300'000); ++i) {
      // In sequence, as a database hands them out, or far apart.
      const std::uint64_t id = random_.Below(ids) << (random_.OneIn(2) ? 0 : 40);
      if (random_.OneIn(3) && twin.contains(id)) {
        map.Erase(id);
        twin.erase(id);
        if (random_.OneIn(100)) map.EndGracePeriod();
      } else {
        const Where where(random_.Bits32() >> 8, random_.Below(128));
        map.Set(id, where);
        twin[id] = where.bits();
      }
      const std::uint64_t asked = random_.Below(ids);
      const auto found = twin.find(asked);
      ASSERT_EQ(Find(map, asked),
                found == twin.end() ? std::nullopt : std::optional(Where(found->second)));
      ASSERT_EQ(map.size(), twin.size());
    }
    for (const auto& [id, where] : twin) ASSERT_EQ(Find(map, id), Where(where));
  }
}

}  // namespace
}  // namespace moyeo::spatial
