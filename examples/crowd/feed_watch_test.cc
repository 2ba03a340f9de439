#include "examples/crowd/feed_watch.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace moyeo_crowd {
namespace {

constexpr std::uint64_t kFirst = 100;
constexpr std::int64_t kInterval = 1'000'000;

// One who watches others, whose ids are from kFirst on.
class FeedWatchTest : public testing::Test {
 protected:
  void Enters(std::int64_t arrival_us, std::vector<Shown> who) {
    Near near;
    near.enter = std::move(who);
    feed_.Deliver(near, arrival_us, trails_, kFirst, tally_);
  }

  void Moves(std::int64_t arrival_us, std::vector<Shown> who) {
    Near near;
    near.move = std::move(who);
    feed_.Deliver(near, arrival_us, trails_, kFirst, tally_);
  }

  static Shown At(std::uint64_t user, PositionE7 position) {
    return {.user = kFirst + user, .position = position, .distance_m = 0, .is_cloaked = false};
  }

  FeedWatch feed_{kInterval};
  Trails trails_{3};
  Tally tally_;
};

TEST_F(FeedWatchTest, AMoveIsTimedFromWhenThatVeryPositionWasSent) {
  trails_.Add(1, {5, 5}, 4'000);
  trails_.Add(1, {6, 6}, 4'500);
  Moves(5'000, {At(1, {6, 6})});
  EXPECT_EQ(tally_.delay.count(), 1);
  EXPECT_EQ(tally_.delay.Max(), 500);
  Moves(6'000, {At(1, {5, 5})});
  EXPECT_EQ(tally_.delay.Max(), 2'000);
  EXPECT_EQ(tally_.unknown, 0);
}

TEST_F(FeedWatchTest, EveryDeltaCounts) {
  Near near;
  near.enter = {At(0, {1, 1}), At(1, {2, 2})};
  near.move = {At(2, {3, 3})};
  near.leave = {kFirst};
  feed_.Deliver(near, 5'000, trails_, kFirst, tally_);
  EXPECT_EQ(tally_.deliveries, 1);
  EXPECT_EQ(tally_.deltas, 4);
}

TEST_F(FeedWatchTest, AMoveNobodySentIsUnknown) {
  trails_.Add(1, {5, 5}, 4'000);
  Moves(5'000, {At(1, {5, 6})});
  EXPECT_EQ(tally_.unknown, 1);
  EXPECT_EQ(tally_.delay.count(), 0);
}

TEST_F(FeedWatchTest, WhoIsCloakedOrNotOfTheCrowdIsNotTimed) {
  Shown cloaked = At(1, {5, 5});
  cloaked.is_cloaked = true;
  Moves(5'000, {cloaked, At(3, {5, 5}), At(~std::uint64_t{0}, {5, 5})});
  EXPECT_EQ(tally_.unknown, 0);
  EXPECT_EQ(tally_.delay.count(), 0);
}

TEST_F(FeedWatchTest, WhoEntersMayHaveBeenThereLong) {
  trails_.Add(1, {5, 5}, 4'000);
  Enters(5'000, {At(1, {5, 5})});
  EXPECT_EQ(tally_.delay.count(), 0);
}

TEST_F(FeedWatchTest, ADeliveryLateByMoreThanAnIntervalIsMissed) {
  trails_.Add(1, {1, 1}, 5'100'000);
  Moves(5'300'000, {At(1, {1, 1})});
  trails_.Add(1, {2, 2}, 6'100'000);
  Moves(7'400'000, {At(1, {2, 2})});
  EXPECT_EQ(tally_.late.Max(), 1'100'000);
  EXPECT_EQ(tally_.missed, 1);
}

TEST_F(FeedWatchTest, AMoveThatALaterOneHidWasOwedAllTheSame) {
  trails_.Add(1, {1, 1}, 5'100'000);
  Moves(5'300'000, {At(1, {1, 1})});
  trails_.Add(1, {2, 2}, 6'100'000);
  trails_.Add(1, {3, 3}, 7'350'000);
  Moves(7'400'000, {At(1, {3, 3})});
  EXPECT_EQ(tally_.delay.Max(), 200'000);
  EXPECT_EQ(tally_.late.Max(), 1'100'000);
}

TEST_F(FeedWatchTest, AMoveThatWasStillUnderWayWasNotOwed) {
  trails_.Add(1, {1, 1}, 5'100'000);
  Moves(5'300'000, {At(1, {1, 1})});
  trails_.Add(1, {2, 2}, 6'300'000 - FeedWatch::kTransitMicros + 1);
  Moves(7'300'000, {At(1, {2, 2})});
  EXPECT_EQ(tally_.late.Max(), 0);
  trails_.Add(1, {3, 3}, 8'300'000 - FeedWatch::kTransitMicros);
  Moves(9'300'000, {At(1, {3, 3})});
  EXPECT_EQ(tally_.late.Max(), 1'000'000);
}

TEST_F(FeedWatchTest, ShownAreWhoEnteredAndDidNotLeave) {
  Enters(5'000, {At(0, {1, 1}), At(1, {1, 1})});
  EXPECT_EQ(feed_.shown(), 2);
  Near near;
  near.leave = {kFirst};
  feed_.Deliver(near, 6'000, trails_, kFirst, tally_);
  EXPECT_EQ(feed_.shown(), 1);
  near = {};
  near.is_reset = true;
  near.enter = {At(0, {1, 1}), At(1, {1, 1}), At(2, {1, 1})};
  feed_.Deliver(near, 7'000, trails_, kFirst, tally_);
  EXPECT_EQ(feed_.shown(), 3);
}

TEST_F(FeedWatchTest, AFeedThatFallsSilentIsOverdue) {
  constexpr std::int64_t kMove = 3'000'000;
  EXPECT_FALSE(feed_.IsOverdue(1'000'000'000, kMove));
  Enters(5'000'000, {At(0, {1, 1})});
  EXPECT_FALSE(feed_.IsOverdue(5'000'000 + kMove + 2 * kInterval, kMove));
  EXPECT_TRUE(feed_.IsOverdue(5'000'001 + kMove + 2 * kInterval, kMove));
}

}  // namespace
}  // namespace moyeo_crowd
