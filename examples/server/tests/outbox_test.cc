#include "outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace moyeo::server {
namespace {

using ::testing::ElementsAre;
using enum Outbox::Kept;

Frame Of(std::size_t bytes, char c = 'x') { return std::make_shared<const std::string>(bytes, c); }
Frame Of(const char* text) { return std::make_shared<const std::string>(text); }

std::vector<std::string> Taken(Outbox& outbox) {
  std::vector<std::string> taken;
  while (const Frame frame = outbox.Front()) {
    taken.push_back(*frame);
    outbox.Sent();
  }
  return taken;
}

class OutboxTest : public ::testing::Test {
 protected:
  const Outbox::Limits limits_{.position_bytes = 10, .other_bytes = 20};
  Outbox outbox_{limits_};
};

TEST_F(OutboxTest, FramesComeOutInTheirOrder) {
  EXPECT_EQ(outbox_.Add(Of("a")), kYes);
  EXPECT_TRUE(outbox_.AddPositions(Of("b")));
  EXPECT_EQ(outbox_.Add(Of("c")), kYes);
  EXPECT_EQ(outbox_.bytes(), 3U);
  EXPECT_THAT(Taken(outbox_), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(outbox_.empty());
  EXPECT_EQ(outbox_.bytes(), 0U);
  EXPECT_EQ(outbox_.Front(), nullptr);
}

TEST_F(OutboxTest, PositionsWithoutRoomAreNotKept) {
  EXPECT_TRUE(outbox_.AddPositions(Of(6)));
  EXPECT_TRUE(outbox_.AddPositions(Of(4)));
  EXPECT_FALSE(outbox_.AddPositions(Of(1)));
  EXPECT_EQ(outbox_.Add(Of("a")), kYes);
  EXPECT_EQ(Taken(outbox_).size(), 3U);
  EXPECT_TRUE(outbox_.AddPositions(Of(1)));
}

TEST_F(OutboxTest, AnEmptyBoxKeepsPositionsOfAnySize) {
  EXPECT_TRUE(outbox_.AddPositions(Of(1'000)));
  EXPECT_FALSE(outbox_.AddPositions(Of(1)));
}

TEST_F(OutboxTest, WhatHasNoRoomBecomesAResyncMark) {
  EXPECT_EQ(outbox_.Add(Of(12, 'a')), kYes);
  EXPECT_EQ(outbox_.Add(Of(8, 'b')), kYes);
  EXPECT_EQ(outbox_.Add(Of(1, 'c')), kResync);
  EXPECT_THAT(Taken(outbox_), ElementsAre(R"({"type":"resync"})"));
}

TEST_F(OutboxTest, TheFrameUnderWayIsNotThrownAway) {
  EXPECT_EQ(outbox_.Add(Of(12, 'a')), kYes);
  EXPECT_EQ(*outbox_.Front(), std::string(12, 'a'));
  EXPECT_TRUE(outbox_.AddPositions(Of("p")));
  EXPECT_EQ(outbox_.Add(Of(9, 'b')), kResync);
  EXPECT_THAT(Taken(outbox_), ElementsAre(std::string(12, 'a'), R"({"type":"resync"})"));
}

TEST_F(OutboxTest, WhoIsBehindAgainBeforeTakingAllIsBeyondHelp) {
  const Outbox::Limits limits{.position_bytes = 10, .other_bytes = 100};
  Outbox outbox(limits);
  EXPECT_EQ(outbox.Add(Of(100)), kYes);
  outbox.Front();
  EXPECT_EQ(outbox.Add(Of(1)), kResync);
  EXPECT_EQ(outbox.Add(Of(1)), kNo);
  Taken(outbox);
  EXPECT_EQ(outbox.Add(Of(100)), kYes);
  EXPECT_EQ(outbox.Add(Of(1)), kResync);
}

}  // namespace
}  // namespace moyeo::server
