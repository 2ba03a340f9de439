#include "examples/crowd/punctuality.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace moyeo_crowd {
namespace {

// Of an interval of 1,000.
class PunctualityTest : public testing::Test {
 protected:
  // By how much what arrives is late, where something had changed long before.
  std::optional<std::int64_t> Deliver(std::int64_t arrival_us) {
    return feed_.Deliver(arrival_us, feed_.last_arrival_us() + 1);
  }

  Punctuality feed_{1'000};
};

TEST_F(PunctualityTest, TheFirstDeliveryCannotBeJudged) { EXPECT_EQ(Deliver(5'300), std::nullopt); }

TEST_F(PunctualityTest, WhatComesOncePerIntervalIsOnTime) {
  Deliver(5'300);
  EXPECT_EQ(Deliver(6'300), 0);
  EXPECT_EQ(Deliver(7'300), 0);
}

TEST_F(PunctualityTest, LatenessDoesNotMoveTheScheduleOn) {
  Deliver(5'300);
  EXPECT_EQ(Deliver(6'350), 50);
  EXPECT_EQ(Deliver(7'310), 10);
  EXPECT_EQ(Deliver(8'300), 0);
}

TEST_F(PunctualityTest, AnEarlyDeliveryTellsThatAllBeforeWereLate) {
  Deliver(5'300);
  EXPECT_EQ(Deliver(6'200), 0);
  EXPECT_EQ(Deliver(7'300), 100);
}

TEST_F(PunctualityTest, AnIntervalInWhichNothingChangedOwesNothing) {
  Deliver(5'300);
  EXPECT_EQ(feed_.Deliver(8'305, 7'900), 5);
  EXPECT_EQ(Deliver(9'300), 0);
}

TEST_F(PunctualityTest, WhatHadChangedIsOwedFromTheNextIntervalOn) {
  Deliver(5'300);
  EXPECT_EQ(feed_.Deliver(8'305, 6'200), 2'005);
  // It was looked at in the interval that began at 8,300.
  EXPECT_EQ(Deliver(9'300), 0);
}

TEST_F(PunctualityTest, AChangeAtTheVeryBeginningIsOwedThen) {
  Deliver(5'300);
  EXPECT_EQ(feed_.Deliver(7'400, 6'300), 1'100);
}

TEST_F(PunctualityTest, AChangeDuringALateLookWasNotOwedBefore) {
  Deliver(5'300);
  EXPECT_EQ(feed_.Deliver(6'340, 6'320), 40);
}

TEST_F(PunctualityTest, AChangeShortlyBeforeAnEarlyDeliveryWasNotOwedBefore) {
  Deliver(5'300);
  EXPECT_EQ(feed_.Deliver(7'290, 6'900), 0);
  EXPECT_EQ(Deliver(8'300), 10);
}

TEST_F(PunctualityTest, WithoutAKnownChangeItWasDueInItsOwnInterval) {
  Deliver(5'300);
  EXPECT_EQ(feed_.Deliver(8'310, std::nullopt), 10);
}

TEST_F(PunctualityTest, AfterARestartTheNextOneIsTheFirst) {
  Deliver(5'300);
  feed_.Restart();
  EXPECT_EQ(Deliver(9'999), std::nullopt);
  EXPECT_EQ(Deliver(10'999), 0);
}

}  // namespace
}  // namespace moyeo_crowd
