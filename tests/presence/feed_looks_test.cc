// Feeds near each other that look together: what they share must not outlive what it was read from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "moyeo/feed.h"
#include "presence/look_counts.h"
#include "presence_index_fixture.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using presence::LookCounts;

// Ten viewers of one place, who have looked at it before.
class FeedLooksTest : public PresenceIndexTest {
 protected:
  static UserId Viewer(std::size_t i) { return UserId{100 + i}; }

  void WatchSeoul() {
    for (std::size_t i = 0; i < kViewers; ++i) {
      EXPECT_THAT(feeds_.Subscribe({.center = kSeoul, .viewer = Viewer(i), .radius_m = 5'000}),
                  IsOk());
    }
    Tick([](const FeedUpdate&) {});
  }

  FeedTickResult Tick(const NearbyFeeds::Sink& sink) {
    const LookCounts before = LookCounts::Of(feeds_);
    const auto result = feeds_.Tick(kNow, sink);
    EXPECT_THAT(result, IsOk());
    const LookCounts after = LookCounts::Of(feeds_);
    together_ = after.together + after.again - before.together - before.again;
    return result.value_or(FeedTickResult{});
  }

  static constexpr std::size_t kViewers = 10;
  NearbyFeeds feeds_{index_};
  std::size_t together_ = 0;  // looks of the last tick
};

TEST_F(FeedLooksTest, FeedsOfOnePlaceLookTogether) {
  WatchSeoul();
  See(kBob, kSeoul);
  EXPECT_EQ(Tick([](const FeedUpdate&) {}).updates, kViewers);
  EXPECT_EQ(together_, kViewers);
}

TEST_F(FeedLooksTest, FeedsOfOnePlaceAndSeveralFiltersLookTogetherByFilter) {
  for (std::size_t i = 0; i < 3 * kViewers; ++i) {
    const auto any_of = static_cast<std::uint32_t>(i % 3 << 1);
    EXPECT_THAT(
        feeds_.Subscribe({.center = kSeoul, .radius_m = 5'000, .filter = {.any_of = any_of}}),
        IsOk());
  }
  Tick([](const FeedUpdate&) {});
  See(kBob, kSeoul, kNow, 0b110);
  EXPECT_EQ(Tick([](const FeedUpdate&) {}).updates, 3 * kViewers);
  EXPECT_EQ(together_, 3 * kViewers);
}

TEST_F(FeedLooksTest, WhoIsHiddenFromASinkEntersNoOtherFeed) {
  WatchSeoul();
  See(kBob, kSeoul);
  const FeedTickResult tick = Tick([&](const FeedUpdate&) {
    EXPECT_THAT(index_.SetVisibility(kBob, Visibility::kHidden), IsOk());
  });
  EXPECT_EQ(tick.updates, 1u);
  EXPECT_EQ(together_, 1u);
}

TEST_F(FeedLooksTest, WhoIsCloakedFromASinkIsShownNowhereElseExactly) {
  WatchSeoul();
  See(kBob, kSeoul);
  std::vector<LatLng> shown;
  Tick([&](const FeedUpdate& update) {
    for (const FeedDelta& delta : update.deltas) shown.push_back(delta.position);
    EXPECT_THAT(index_.SetVisibility(kBob, Visibility::kCloaked), IsOk());
  });
  ASSERT_EQ(shown.size(), kViewers);
  EXPECT_EQ(shown[0], Canonical(kSeoul).value());
  const std::vector<Neighbor> now = Near(kSeoul);
  ASSERT_EQ(now.size(), 1u);
  EXPECT_NE(now[0].position, shown[0]);
  for (std::size_t i = 1; i < kViewers; ++i) EXPECT_EQ(shown[i], now[0].position) << i;
}

TEST_F(FeedLooksTest, WhoIsBlockedFromASinkEntersNoOtherFeed) {
  WatchSeoul();
  See(kBob, kSeoul);
  const FeedTickResult tick = Tick([&](const FeedUpdate&) {
    for (std::size_t i = 0; i < kViewers; ++i) {
      EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, Viewer(i), kBob), IsOk());
    }
  });
  EXPECT_EQ(tick.updates, 1u);
}

// A village of 40, where the fiftieth user is one of a city next to it.
TEST_F(FeedLooksTest, AVillageCopiesNoCity) {
  const LatLng village{37.5, 128};
  for (std::size_t i = 0; i < 40; ++i) See(UserId{i}, village);
  SeeCrowd(20'000, {37.5, 128.1});
  for (std::size_t i = 0; i < kViewers; ++i) {
    EXPECT_THAT(feeds_.Subscribe({.center = village}), IsOk());
  }
  Tick([](const FeedUpdate&) {});
  See(UserId{0}, kSeoul);
  EXPECT_EQ(Tick([](const FeedUpdate&) {}).updates, kViewers);
  EXPECT_EQ(together_, 0u);
  EXPECT_LT(feeds_.MemoryUsage().ticks, 3u << 20);
}

}  // namespace
}  // namespace moyeo::testing
