#include "presence/feed_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace moyeo::presence {
namespace {

class FeedTableTest : public ::testing::Test {
 protected:
  std::uint32_t& GenerationAt(std::uint32_t place) {
    return table_.ChunkOf(place).feeds[place % FeedTable::kFeedsPerChunk].generation;
  }

  FeedTable table_{1};
};

TEST_F(FeedTableTest, APlaceIsTakenAgain) {
  const std::uint32_t place = table_.Take().value();
  EXPECT_EQ(table_.Take(), std::nullopt);
  GenerationAt(place) = 2;
  table_.GiveBack(place);
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_EQ(table_.Take(), place);
}

TEST_F(FeedTableTest, APlaceWhoseGenerationsAreUsedUpIsTakenNoMore) {
  const std::uint32_t place = table_.Take().value();
  GenerationAt(place) = 0;  // after 2^32 - 1
  table_.GiveBack(place);
  EXPECT_EQ(table_.size(), 0u);
  const std::optional<std::uint32_t> other = table_.Take();
  ASSERT_NE(other, std::nullopt);
  EXPECT_NE(other, place);
}

}  // namespace
}  // namespace moyeo::presence
