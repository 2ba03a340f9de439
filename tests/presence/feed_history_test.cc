// A million events in the lives of feeds, beside the slow twin.

#include "support/feed_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "presence/look_counts.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Eq;

using FeedHistoryTest = SeededTest;

// ASSERTs end the test at the first difference: what follows it means nothing.
#define ASSERT_AGREES(difference) ASSERT_THAT(difference, Eq(std::nullopt))

class FeedHistoryOfCrowd : public SeededTest, public ::testing::WithParamInterface<Crowd> {};

TEST_P(FeedHistoryOfCrowd, EveryReplayIsWhatTheTwinShows) {
  FeedHistory history(random_.Bits(), {.users = 40, .feeds = 12});
  history.Gather(GetParam());
  for (std::size_t i = 0; i < Scaled(40'000); ++i) ASSERT_AGREES(history.Event());
  EXPECT_GT(history.counts().enters, history.counts().events / 20);
  EXPECT_GT(history.counts().leaves, history.counts().events / 20);
}

INSTANTIATE_TEST_SUITE_P(Crowds, FeedHistoryOfCrowd, ::testing::ValuesIn(Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

TEST_F(FeedHistoryTest, WithIntervals) {
  FeedHistory history(random_.Bits(), {.users = 30, .feeds = 20, .with_intervals = true});
  for (std::size_t i = 0; i < Scaled(120'000); ++i) ASSERT_AGREES(history.Event());
}

class FeedHistoryWithVisibilities : public SeededTest,
                                    public ::testing::WithParamInterface<Crowd> {};

TEST_P(FeedHistoryWithVisibilities, EveryReplayIsWhatTheTwinShows) {
  FeedHistory history(random_.Bits(), {.users = 40, .feeds = 12, .with_visibilities = true});
  history.Gather(GetParam());
  for (std::size_t i = 0; i < Scaled(20'000); ++i) ASSERT_AGREES(history.Event());
}

INSTANTIATE_TEST_SUITE_P(Crowds, FeedHistoryWithVisibilities, ::testing::ValuesIn(Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

TEST_F(FeedHistoryTest, WithLittleRoomForWhatIsPending) {
  FeedHistory history(random_.Bits(), {.users = 30, .feeds = 20, .max_pending = 3});
  for (std::size_t i = 0; i < Scaled(120'000); ++i) ASSERT_AGREES(history.Event());
  EXPECT_GT(history.counts().resyncs, 0u);
}

TEST_F(FeedHistoryTest, ManyUsersAndFewTicks) {
  FeedHistory history(random_.Bits(), {.users = 600, .feeds = 30, .events_per_tick = 400});
  for (std::size_t i = 0; i < Scaled(160'000); ++i) ASSERT_AGREES(history.Event());
}

TEST_F(FeedHistoryTest, ManyFeedsThatLookTogether) {
  FeedHistory history(random_.Bits(),
                      {.users = 300, .feeds = 3'000, .alike = true, .events_per_tick = 16});
  const Crowd cities{.name = "Cities", .place = AroundCities};
  history.Gather(cities);
  ASSERT_AGREES(history.Fill());
  for (std::size_t i = 0; i < Scaled(320); ++i) ASSERT_AGREES(history.Event());
  const auto looks = presence::LookCounts::Of(history.feeds());
  EXPECT_GT(looks.alone, 0u);
  EXPECT_GT(looks.together, 0u);
  EXPECT_GT(looks.again, 0u);
  EXPECT_GT(looks.in_scenes, 0u);
  EXPECT_LT(looks.in_scenes, looks.together + looks.again);
}

// Everybody watches fifty: most look in scenes, whoever moves.
TEST_F(FeedHistoryTest, ManyFeedsThatShowPartsOfScenes) {
  for (const int events_per_tick : {4, 400}) {
    FeedHistory history(
        random_.Bits(),
        {.users = 600, .feeds = 600, .alike = true, .events_per_tick = events_per_tick});
    const Crowd cities{.name = "Cities", .place = AroundCities};
    history.Gather(cities);
    ASSERT_AGREES(history.Fill());
    for (std::size_t i = 0; i < Scaled(400); ++i) ASSERT_AGREES(history.Event());
    const auto looks = presence::LookCounts::Of(history.feeds());
    EXPECT_GT(looks.in_scenes, looks.alone / 10);
  }
}

TEST_F(FeedHistoryTest, ManyShortHistoriesOfFewUsers) {
  for (std::size_t i = 0; i < Scaled(800); ++i) {
    FeedHistory history(random_.Bits(), {.users = 1 + random_.Below(12),
                                         .feeds = 1 + random_.Below(6),
                                         .ttl_ms = random_.Between(1, 3'000),
                                         .with_intervals = random_.OneIn(2),
                                         .with_visibilities = random_.OneIn(2),
                                         .events_per_tick = 3});
    for (int j = 0; j < 150; ++j) ASSERT_AGREES(history.Event());
  }
}

}  // namespace
}  // namespace moyeo::testing
