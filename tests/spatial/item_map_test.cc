#include "spatial/item_map.h"

#include <gtest/gtest.h>

#include <unordered_map>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

using ItemMapTest = testing::SeededTest;

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
  EXPECT_EQ(map.Find(0), Where(1, 2));
  EXPECT_EQ(map.Find(UINT64_MAX), Where(Where::kMaxLeaf, 127));
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
      } else {
        const Where where(random_.Bits32() >> 8, random_.Below(128));
        map.Set(id, where);
        twin[id] = where.bits();
      }
      const std::uint64_t asked = random_.Below(ids);
      const auto found = twin.find(asked);
      ASSERT_EQ(map.Find(asked),
                found == twin.end() ? std::nullopt : std::optional(Where(found->second)));
      ASSERT_EQ(map.size(), twin.size());
    }
    for (const auto& [id, where] : twin) ASSERT_EQ(map.Find(id), Where(where));
  }
}

}  // namespace
}  // namespace moyeo::spatial
