#include "spatial/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

TEST(PagesTest, MemoryIsZeroAndAligned) {
  for (const std::size_t bytes : {std::size_t{1}, kPageBytes, kHugePageBytes, 3 * kHugePageBytes}) {
    const Pages pages(bytes, Pages::Size::kSmall);
    ASSERT_GE(pages.bytes(), bytes);
    const std::size_t alignment = bytes < kHugePageBytes ? kPageBytes : kHugePageBytes;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages.data()) % alignment, 0u);
    EXPECT_TRUE(std::all_of(pages.data(), pages.data() + bytes,
                            [](std::byte b) { return b == std::byte{0}; }));
    pages.data()[pages.bytes() - 1] = std::byte{1};
  }
}

TEST(PagesTest, WhatIsNotWrittenIsNotTaken) {
  const Pages pages(kHugePageBytes, Pages::Size::kSmall);
  EXPECT_EQ(pages.BytesTaken(0), 0u);
  EXPECT_EQ(pages.BytesTaken(1), kPageBytes);
  EXPECT_EQ(pages.BytesTaken(kHugePageBytes), kHugePageBytes);
}

TEST(PagesTest, MovingHandsTheMemoryOver) {
  Pages from(kPageBytes, Pages::Size::kSmall);
  std::byte* const data = from.data();
  const Pages to = std::move(from);
  EXPECT_EQ(to.data(), data);
}

class PieceArenaTest : public testing::SeededTest {
 protected:
  PieceArena arena_;
};

TEST_F(PieceArenaTest, PiecesAreAlignedAndApart) {
  struct Piece {
    std::byte* memory;
    std::size_t bytes;
    std::byte mark;
  };
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < testing::Scaled(20'000); ++i) {
    if (!pieces.empty() && random_.OneIn(2)) {
      std::swap(pieces[random_.Below(pieces.size())], pieces.back());
      const Piece& piece = pieces.back();
      ASSERT_TRUE(std::all_of(piece.memory, piece.memory + piece.bytes,
                              [&](std::byte b) { return b == piece.mark; }));
      arena_.Free(piece.memory);
      pieces.pop_back();
    } else {
      const std::size_t bytes = random_.OneIn(100) ? 300'000 : 1 + random_.Below(3'000);
      const auto mark = static_cast<std::byte>(i);
      pieces.push_back({arena_.Allocate(bytes), bytes, mark});
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(pieces.back().memory) % 64, 0u);
      std::fill_n(pieces.back().memory, bytes, mark);
    }
  }
}

TEST_F(PieceArenaTest, AFewPiecesTakeLittle) {
  arena_.Allocate(1'000);
  EXPECT_LE(arena_.bytes(), 2 * kPageBytes);
}

TEST_F(PieceArenaTest, AGenerationThatIsGivenUpGoesBack) {
  std::size_t most = 0;
  std::vector<std::byte*> pieces;
  for (std::size_t generation = 1; generation <= 6; ++generation) {
    std::vector<std::byte*> next;
    for (int i = 0; i < 100; ++i) next.push_back(arena_.Allocate(generation * 50'000));
    for (std::byte* piece : pieces) arena_.Free(piece);
    pieces = std::move(next);
    most = std::max(most, arena_.bytes());
    EXPECT_LE(arena_.bytes(), generation * 50'000 * 100 + 4 * kHugePageBytes);
  }
  for (std::byte* piece : pieces) arena_.Free(piece);
  EXPECT_LE(arena_.bytes(), kPageBytes);
}

}  // namespace
}  // namespace moyeo::spatial
