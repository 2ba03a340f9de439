#include "spatial/item_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

class BlockArenaTest : public testing::SeededTest {
 protected:
  // Fills a block with what tells it from all others.
  static void Mark(ItemBlock block) { std::fill_n(block.memory(), block.bytes(), MarkOf(block)); }
  static bool IsMarked(ItemBlock block) {
    return std::all_of(block.memory(), block.memory() + block.bytes(),
                       [&](std::byte b) { return b == MarkOf(block); });
  }
  static std::byte MarkOf(ItemBlock block) {
    return static_cast<std::byte>(reinterpret_cast<std::uintptr_t>(block.memory()) >> 6);
  }

  BlockArena arena_;
};

TEST_F(BlockArenaTest, AnEmptyArenaHasTakenNothing) { EXPECT_EQ(arena_.bytes(), 0u); }

TEST_F(BlockArenaTest, AFewBlocksTakeLittle) {
  arena_.Allocate(kMaxGroups);
  EXPECT_LE(arena_.bytes(), 16'384u);
}

TEST_F(BlockArenaTest, ABlockGivenBackIsTheNextOfItsSize) {
  const ItemBlock block = arena_.Allocate(3);
  arena_.Allocate(3);
  arena_.Free(block);
  EXPECT_NE(arena_.Allocate(2).memory(), nullptr);
  EXPECT_EQ(arena_.Allocate(3).memory(), block.memory());
}

TEST_F(BlockArenaTest, BlocksAreAlignedAndApart) {
  std::vector<ItemBlock> blocks;
  for (std::size_t i = 0; i < testing::Scaled(60'000); ++i) {
    if (!blocks.empty() && random_.OneIn(3)) {
      std::swap(blocks[random_.Below(blocks.size())], blocks.back());
      ASSERT_TRUE(IsMarked(blocks.back()));
      arena_.Free(blocks.back());
      blocks.pop_back();
    } else {
      const std::size_t groups = 1 + random_.Below(kMaxGroups);
      blocks.push_back(arena_.Allocate(groups));
      ASSERT_EQ(blocks.back().groups(), groups);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blocks.back().memory()) % 64, 0u);
      Mark(blocks.back());
    }
  }
  for (const ItemBlock block : blocks) ASSERT_TRUE(IsMarked(block));
}

TEST_F(BlockArenaTest, WhenAllIsGivenBackTheMemoryGoes) {
  std::vector<ItemBlock> blocks;
  for (int i = 0; i < 20'000; ++i) blocks.push_back(arena_.Allocate(1 + random_.Below(8)));
  const std::size_t full = arena_.bytes();
  for (const ItemBlock block : blocks) arena_.Free(block);
  EXPECT_LT(arena_.bytes(), full / 4);
}

TEST_F(BlockArenaTest, WhereLittleIsUsedBlocksMoveTogetherAndTheMemoryGoes) {
  std::vector<ItemBlock> blocks;
  for (int i = 0; i < 40'000; ++i) blocks.push_back(arena_.Allocate(1 + random_.Below(8)));
  const std::size_t full = arena_.bytes();
  EXPECT_FALSE(std::ranges::any_of(
      blocks, [&](ItemBlock block) { return arena_.AllocateInstead(block).has_value(); }));

  std::erase_if(blocks, [&](ItemBlock block) {
    const bool goes = !random_.OneIn(10);
    if (goes) arena_.Free(block);
    return goes;
  });
  std::size_t used = 0;
  for (int round = 0; round < 2; ++round) {
    for (ItemBlock& block : blocks) {
      Mark(block);
      if (const std::optional<ItemBlock> other = arena_.AllocateInstead(block)) {
        ASSERT_EQ(other->groups(), block.groups());
        arena_.Free(block);
        block = *other;
        Mark(block);
      }
      used += round == 0 ? block.bytes() : 0;
    }
  }
  for (const ItemBlock block : blocks) ASSERT_TRUE(IsMarked(block));
  EXPECT_LT(arena_.bytes(), full / 4);
  EXPECT_LT(arena_.bytes(), 2 * used);
}

TEST_F(BlockArenaTest, TheSameToAndFroTakesNoMoreMemory) {
  std::vector<ItemBlock> blocks;
  for (int i = 0; i < 5'000; ++i) blocks.push_back(arena_.Allocate(1 + random_.Below(8)));
  std::size_t most_at_first = 0;
  std::size_t most_at_last = 0;
  for (std::size_t round = 0; round < 200; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      ItemBlock& block = blocks[random_.Below(blocks.size())];
      arena_.Free(block);
      block = arena_.Allocate(1 + random_.Below(8));
    }
    std::size_t& most = round < 100 ? most_at_first : most_at_last;
    most = std::max(most, arena_.bytes());
  }
  EXPECT_LE(most_at_last, most_at_first + most_at_first / 4);
}

}  // namespace
}  // namespace moyeo::spatial
