// What feed.h promises, fact by fact.

#include "moyeo/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "presence_index_fixture.h"
#include "support/faults.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Kind = FeedDelta::Kind;

constexpr LatLng kNearSeoul{37.5658, 126.9751};
constexpr LatLng kAlsoNearSeoul{37.5600, 126.9753};

class FeedTest : public PresenceIndexTest {
 protected:
  FeedId Watch(const FeedOptions& options) {
    const absl::StatusOr<FeedId> feed = feeds_.Subscribe(options);
    EXPECT_THAT(feed, IsOk());
    return feed.value_or(FeedId{});
  }

  FeedId WatchSeoul(FeedDelivery delivery = FeedDelivery::kSink) {
    return Watch({.center = kSeoul, .radius_m = 5'000, .delivery = delivery});
  }

  // What a tick tells of all feeds, in the order in which it tells.
  using Told = std::vector<std::pair<Kind, UserId>>;
  Told Tick(Timestamp now = kNow) {
    deltas_.clear();
    sequences_.clear();
    const auto result = feeds_.Tick(now, [&](const FeedUpdate& update) {
      deltas_.insert(deltas_.end(), update.deltas.begin(), update.deltas.end());
      sequences_.push_back(update.sequence);
    });
    EXPECT_THAT(result, IsOk());
    if (result.ok()) due_ = result->due;
    return Brief(deltas_);
  }

  Told Collect(FeedId feed) {
    EXPECT_THAT(feeds_.Collect(feed, collection_), IsOk());
    return Brief(collection_.deltas);
  }

  std::vector<Neighbor> Resync(FeedId feed, Timestamp now = kNow) {
    EXPECT_THAT(feeds_.Resync(feed, now, snapshot_), IsOk());
    return snapshot_.neighbors;
  }

  static Told Brief(const std::vector<FeedDelta>& deltas) {
    Told told;
    for (const FeedDelta& delta : deltas) told.emplace_back(delta.kind, delta.user);
    return told;
  }

  NearbyFeeds feeds_{index_, {.max_feeds = 100, .max_pending = 3}};
  std::vector<FeedDelta> deltas_;
  std::vector<std::uint64_t> sequences_;
  std::size_t due_ = 0;
  FeedCollection collection_;
  FeedSnapshot snapshot_;
};

// ---- What is told ----

TEST_F(FeedTest, TheFirstTickTellsWhoIsThereAsEntering) {
  See(kBob, kNearSeoul, kNow - kMs, 0);
  See(kAda, kBusan);
  WatchSeoul();
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
  EXPECT_THAT(deltas_,
              ElementsAre(FeedDelta{.kind = Kind::kEnter,
                                    .user = kBob,
                                    .position = Canonical(kNearSeoul).value(),
                                    .distance_m = DistanceMeters(kSeoul, kNearSeoul).value(),
                                    .last_seen = kNow - kMs}));
}

TEST_F(FeedTest, AMoveWithinIsAMove) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick();
  See(kBob, kAlsoNearSeoul, kNow + kMs);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kMove, kBob)));
  EXPECT_EQ(deltas_[0].position, Canonical(kAlsoNearSeoul).value());
  EXPECT_EQ(deltas_[0].distance_m, DistanceMeters(kSeoul, kAlsoNearSeoul).value());
  EXPECT_EQ(deltas_[0].last_seen, kNow + kMs);
}

TEST_F(FeedTest, AMoveAwayIsALeaveFromWhereTheyWereShown) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick();
  See(kBob, kBusan);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob)));
  EXPECT_EQ(deltas_[0].position, Canonical(kNearSeoul).value());
}

TEST_F(FeedTest, ExpiryIsALeaveAtTheTtlAndNotAMillisecondBefore) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick();
  EXPECT_THAT(Tick(kNow + kTtl - kMs), IsEmpty());
  EXPECT_THAT(Tick(kNow + kTtl), ElementsAre(Pair(Kind::kLeave, kBob)));
  SweepAll(kNow + kTtl);
  EXPECT_THAT(Tick(kNow + kTtl), IsEmpty());
}

TEST_F(FeedTest, WhereTimeGoesBackTheExpiredAreBack) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick(kNow + kTtl);
  EXPECT_THAT(Tick(kNow), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, RemovalIsALeave) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick();
  index_.Remove(kBob);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob)));
}

TEST_F(FeedTest, ClearingTheIndexIsALeaveOfAll) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick();
  index_.Clear();
  index_.Clear();
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob)));
}

TEST_F(FeedTest, AMaskThatNoLongerPassesIsALeave) {
  See(kBob, kNearSeoul, kNow, 0b1);
  Watch({.center = kSeoul, .filter = {.all_of = 0b1}});
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
  See(kBob, kNearSeoul, kNow, 0b0);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob)));
}

TEST_F(FeedTest, BeingSeenAgainAtTheSamePlaceIsNothing) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  Tick();
  See(kBob, kNearSeoul, kNow + kMs);
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_THAT(sequences_, IsEmpty());
}

TEST_F(FeedTest, ACentreThatMovesTellsNothingOfThoseWhoStay) {
  See(kAda, kSeoul);
  See(kBob, kNearSeoul);
  Watch({.center = kAda, .radius_m = 5'000});
  Tick();
  See(kAda, kAlsoNearSeoul);
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FeedTest, SomebodyNearerPushesTheLastOut) {
  See(kBob, kAlsoNearSeoul);
  Watch({.center = kSeoul, .limit = 1});
  Tick();
  See(kCy, kNearSeoul);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob), Pair(Kind::kEnter, kCy)));
  index_.Remove(kCy);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kCy), Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, OnOneSpotTheLeastIdsAreShown) {
  SeeCrowd(300, kSeoul);
  const FeedId feed = Watch({.center = kSeoul, .limit = 3});
  EXPECT_THAT(Tick(), SizeIs(3));
  See(UserId{999}, kSeoul);
  EXPECT_THAT(Tick(),
              ElementsAre(Pair(Kind::kLeave, UserId{1'002}), Pair(Kind::kEnter, UserId{999})));
  EXPECT_THAT(UsersOf(Resync(feed)), ElementsAre(UserId{999}, UserId{1'000}, UserId{1'001}));
}

TEST_F(FeedTest, DeltasComeAsLeavesEntersAndMovesEachById) {
  for (const UserId user : {UserId{9}, UserId{3}, UserId{5}, UserId{7}}) See(user, kNearSeoul);
  WatchSeoul();
  Tick();
  See(UserId{9}, kBusan);
  See(UserId{3}, kBusan);
  See(UserId{7}, kAlsoNearSeoul);
  See(UserId{5}, kAlsoNearSeoul);
  See(UserId{8}, kNearSeoul);
  See(UserId{2}, kNearSeoul);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, UserId{3}), Pair(Kind::kLeave, UserId{9}),
                                  Pair(Kind::kEnter, UserId{2}), Pair(Kind::kEnter, UserId{8}),
                                  Pair(Kind::kMove, UserId{5}), Pair(Kind::kMove, UserId{7})));
}

// ---- Centre and viewer ----

TEST_F(FeedTest, TheUserAtTheCentreIsNotInTheirOwnList) {
  See(kAda, kSeoul);
  See(kBob, kNearSeoul);
  Watch({.center = kAda});
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, TheViewerOfAPointIsNotInTheirOwnList) {
  See(kAda, kSeoul);
  See(kBob, kNearSeoul);
  Watch({.center = kSeoul, .viewer = kAda, .limit = 1});
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, APointWithoutViewerShowsEverybody) {
  See(kAda, kSeoul);
  Watch({.center = kSeoul});
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kAda)));
}

TEST_F(FeedTest, WithoutTheUserAtItsCentreAFeedIsEmptyAndFillsAgain) {
  See(kBob, kNearSeoul, kNow + kTtl);
  Watch({.center = kAda});
  EXPECT_THAT(Tick(), IsEmpty());  // not here yet
  See(kAda, kSeoul);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
  EXPECT_THAT(Tick(kNow + kTtl), ElementsAre(Pair(Kind::kLeave, kBob)));  // expired
  See(kAda, kSeoul, kNow + kTtl);
  EXPECT_THAT(Tick(kNow + kTtl), ElementsAre(Pair(Kind::kEnter, kBob)));
  index_.Remove(kAda);
  EXPECT_THAT(Tick(kNow + kTtl), ElementsAre(Pair(Kind::kLeave, kBob)));
}

TEST_F(FeedTest, AUserMayHaveSeveralFeeds) {
  See(kAda, kSeoul);
  See(kBob, kNearSeoul);
  const FeedId one = Watch({.center = kAda});
  const FeedId other = Watch({.center = kAda});
  EXPECT_NE(one, other);
  EXPECT_THAT(Tick(), SizeIs(2));
  EXPECT_TRUE(feeds_.End(one));
  index_.Remove(kBob);
  EXPECT_THAT(Tick(), SizeIs(1));
}

// ---- Sets ----

TEST_F(FeedTest, WhomTheViewerNeverSeesTakesNobodysPlace) {
  See(kAda, kSeoul);
  See(kBob, kNearSeoul);
  See(kCy, kAlsoNearSeoul);
  Watch({.center = kAda, .limit = 1});
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, kBob), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kCy)));
}

TEST_F(FeedTest, AChangeOfTheSetIsEnterOrLeave) {
  See(kBob, kNearSeoul);
  Watch({.center = kSeoul, .viewer = kAda});
  Tick();
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, kBob), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob)));
  index_.RemoveFromViewerSet(ViewerSet::kNeverSees, kAda, kBob);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
  EXPECT_THAT(index_.SetViewerSet(ViewerSet::kNeverSees, kAda, {{kBob, kCy}}), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob)));
  EXPECT_THAT(index_.SetViewerSet(ViewerSet::kNeverSees, kAda, {}), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, SetsOfOthersAndOfTheOtherKindHideNobody) {
  See(kBob, kNearSeoul);
  Watch({.center = kSeoul, .viewer = kAda});
  Watch({.center = kSeoul});
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kCy, kBob), IsOk());
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, kAda, kBob), IsOk());
  EXPECT_THAT(Tick(), SizeIs(2));
}

TEST_F(FeedTest, ASetTellsItsMembersByIdAndOnce) {
  EXPECT_THAT(index_.SetViewerSet(ViewerSet::kSeesExactly, kAda, {{kCy, kBob, kCy}}), IsOk());
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, kAda, kBob), IsOk());
  EXPECT_THAT(index_.MembersOf(ViewerSet::kSeesExactly, kAda), ElementsAre(kBob, kCy));
  EXPECT_THAT(index_.MembersOf(ViewerSet::kNeverSees, kAda), IsEmpty());
  index_.RemoveFromViewerSet(ViewerSet::kSeesExactly, kAda, kCy);
  index_.RemoveFromViewerSet(ViewerSet::kSeesExactly, kAda, kCy);
  EXPECT_THAT(index_.MembersOf(ViewerSet::kSeesExactly, kAda), ElementsAre(kBob));
}

TEST_F(FeedTest, ASetHoldsSoManyAndNotOneMore) {
  std::vector<UserId> members;
  for (std::size_t i = 0; i < PresenceIndex::kMaxSetMembers; ++i) members.push_back(UserId{i});
  members.push_back(UserId{0});  // twice is once
  EXPECT_THAT(index_.SetViewerSet(ViewerSet::kNeverSees, kAda, members), IsOk());
  const UserId another{PresenceIndex::kMaxSetMembers};
  const auto is_full = IsError(absl::StatusCode::kResourceExhausted, HasSubstr("kMaxSetMembers"));
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, another), is_full);
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, UserId{0}), IsOk());
  EXPECT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, kAda, another), IsOk());
  members.push_back(another);
  EXPECT_THAT(index_.SetViewerSet(ViewerSet::kNeverSees, kAda, members), is_full);
  EXPECT_THAT(index_.MembersOf(ViewerSet::kNeverSees, kAda), SizeIs(PresenceIndex::kMaxSetMembers));
}

// ---- Change and End ----

TEST_F(FeedTest, AChangedRadiusTellsTheDifference) {
  See(kBob, kNearSeoul);
  See(kCy, kBusan);
  const FeedId feed = WatchSeoul();
  Tick();
  EXPECT_THAT(feeds_.Change(feed, {.center = kSeoul, .radius_m = 1'000'000}), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kCy)));
  EXPECT_THAT(feeds_.Change(feed, {.center = kSeoul, .radius_m = 10}), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob), Pair(Kind::kLeave, kCy)));
}

TEST_F(FeedTest, AChangedCentreTellsTheDifference) {
  See(kAda, kBusan);
  See(kBob, kNearSeoul);
  See(kCy, kBusan);
  const FeedId feed = WatchSeoul();
  Tick();
  EXPECT_THAT(feeds_.Change(feed, {.center = kAda, .radius_m = 5'000}), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kLeave, kBob), Pair(Kind::kEnter, kCy)));
}

TEST_F(FeedTest, AChangedFeedIsDueAtOnce) {
  const FeedOptions options{.center = kSeoul, .interval_ms = 60'000};
  const FeedId feed = Watch(options);
  Tick();
  See(kBob, kNearSeoul);
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_THAT(feeds_.Change(feed, options), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, ItsDeliveryCannotChange) {
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  EXPECT_THAT(feeds_.Change(feed, {.center = kSeoul}), IsInvalid("delivery"));
}

TEST_F(FeedTest, AnEndedFeedIsUnknown) {
  const FeedId feed = WatchSeoul();
  EXPECT_EQ(feeds_.size(), 1u);
  EXPECT_TRUE(feeds_.End(feed));
  EXPECT_EQ(feeds_.size(), 0u);
  EXPECT_FALSE(feeds_.End(feed));
  EXPECT_THAT(feeds_.Change(feed, {.center = kSeoul}), IsNotFound());
  EXPECT_THAT(feeds_.Collect(feed, collection_), IsNotFound());
  EXPECT_THAT(feeds_.Resync(feed, kNow, snapshot_), IsNotFound());
  EXPECT_FALSE(feeds_.End(FeedId{12'345}));
}

TEST_F(FeedTest, ANewFeedInThePlaceOfAnEndedOneIsAnotherAndKnowsNothingOfIt) {
  See(kBob, kNearSeoul);
  const FeedId ended = WatchSeoul();
  Tick();
  EXPECT_TRUE(feeds_.End(ended));
  const FeedId feed = WatchSeoul();
  EXPECT_NE(feed, ended);
  EXPECT_FALSE(feeds_.End(ended));
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
  EXPECT_THAT(sequences_, ElementsAre(1u));
}

TEST_F(FeedTest, ThereAreSoManyFeedsAndNotOneMore) {
  FeedId last{};
  for (int i = 0; i < 100; ++i) last = WatchSeoul();
  EXPECT_THAT(feeds_.Subscribe({.center = kSeoul}),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_feeds")));
  EXPECT_TRUE(feeds_.End(last));
  EXPECT_THAT(feeds_.Subscribe({.center = kSeoul}), IsOk());
}

// ---- Intervals ----

TEST_F(FeedTest, AFeedWithAnIntervalRestsBetweenLooks) {
  Watch({.center = kSeoul, .interval_ms = 3'000});
  std::vector<std::int64_t> looks;
  for (std::int64_t ms = 0; ms < 12'000; ms += 10) {
    See(kBob, ms % 20 == 0 ? kNearSeoul : kAlsoNearSeoul);  // there is always something to tell
    Tick(kNow + milliseconds(ms));
    if (due_ == 1) looks.push_back(ms);
  }
  ASSERT_THAT(looks, SizeIs(5));
  EXPECT_EQ(looks[0], 0);
  EXPECT_LE(looks[1], 3'000);
  for (std::size_t i = 2; i < looks.size(); ++i) EXPECT_EQ(looks[i] - looks[i - 1], 3'000);
}

TEST_F(FeedTest, TheWorkOfFeedsWithOneIntervalIsSpread) {
  NearbyFeeds feeds(index_);
  constexpr std::size_t kFeeds = 3'000;
  for (std::size_t i = 0; i < kFeeds; ++i) {
    ASSERT_THAT(feeds.Subscribe({.center = kSeoul, .interval_ms = 1'000}), IsOk());
  }
  const auto look = [&](std::int64_t ms) {
    See(kBob, ms % 200 == 0 ? kNearSeoul : kAlsoNearSeoul);
    return feeds.Tick(kNow + milliseconds(ms), [](const FeedUpdate&) {})->due;
  };
  EXPECT_EQ(look(0), kFeeds);
  for (std::int64_t ms = 100; ms <= 5'000; ms += 100) {
    const std::size_t due = look(ms);
    EXPECT_GT(due, kFeeds / 10 / 2) << ms;
    EXPECT_LT(due, kFeeds / 10 * 2) << ms;
  }
}

TEST_F(FeedTest, AfterALongPauseAllAreDueAndThenSpreadAgain) {
  NearbyFeeds feeds(index_);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_THAT(feeds.Subscribe({.center = kSeoul, .interval_ms = 1'000}), IsOk());
  }
  const auto look = [&](std::int64_t ms, LatLng place) {
    See(kBob, place);
    return feeds.Tick(kNow + milliseconds(ms), [](const FeedUpdate&) {})->due;
  };
  look(0, kNearSeoul);
  EXPECT_EQ(look(60'000, kAlsoNearSeoul), 1'000u);
  EXPECT_LT(look(60'100, kNearSeoul), 200u);
}

// ---- Collect and Resync ----

TEST_F(FeedTest, WhatIsCollectedDoesNotGoToTheSink) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_THAT(Collect(feed), ElementsAre(Pair(Kind::kEnter, kBob)));
  EXPECT_THAT(Collect(feed), IsEmpty());
}

TEST_F(FeedTest, OfSeveralMovesTheLastIsCollected) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  Collect(feed);
  See(kBob, {37.5660, 126.9760});
  Tick();
  See(kBob, kAlsoNearSeoul, kNow + kMs);
  Tick();
  EXPECT_THAT(Collect(feed), ElementsAre(Pair(Kind::kMove, kBob)));
  EXPECT_EQ(collection_.deltas[0].position, Canonical(kAlsoNearSeoul).value());
  EXPECT_EQ(collection_.deltas[0].last_seen, kNow + kMs);
}

TEST_F(FeedTest, WhatCancelsIsNotCollected) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  Collect(feed);
  See(kCy, kNearSeoul);  // comes and goes
  See(kBob, kAlsoNearSeoul);
  Tick();
  index_.Remove(kCy);
  See(kBob, kNearSeoul);  // goes and comes back
  Tick();
  EXPECT_THAT(Collect(feed), IsEmpty());
}

TEST_F(FeedTest, LeavingAndComingBackElsewhereIsAMove) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  Collect(feed);
  index_.Remove(kBob);
  Tick();
  See(kBob, kAlsoNearSeoul);
  Tick();
  EXPECT_THAT(Collect(feed), ElementsAre(Pair(Kind::kMove, kBob)));
}

TEST_F(FeedTest, AsMuchIsPendingAsMayBe) {
  SeeCrowd(3, kSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  EXPECT_THAT(Collect(feed), SizeIs(3));
  EXPECT_FALSE(collection_.needs_resync);
}

TEST_F(FeedTest, PastTheBoundAFeedNeedsAResync) {
  SeeCrowd(4, kSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  EXPECT_EQ(due_, 1u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Collect(feed), IsEmpty());
    EXPECT_TRUE(collection_.needs_resync);
  }
  EXPECT_EQ(feeds_.MemoryUsage().pending, 0u);
  EXPECT_EQ(feeds_.MemoryUsage().shown, 0u);
  See(kBob, kSeoul);
  EXPECT_THAT(feeds_.Change(feed, {.center = kSeoul, .delivery = FeedDelivery::kCollect}), IsOk());
  Tick();
  EXPECT_EQ(due_, 0u);  // it rests
  EXPECT_THAT(Resync(feed), SizeIs(5));
  index_.Remove(kBob);
  Tick();
  EXPECT_THAT(Collect(feed), ElementsAre(Pair(Kind::kLeave, kBob)));
  EXPECT_FALSE(collection_.needs_resync);
}

TEST_F(FeedTest, AFeedThatIsSeldomCollectedTakesBoundedMemory) {
  constexpr std::size_t kMaxPending = 50;
  constexpr std::size_t kBytesOfAChange = 64;  // and a little more
  NearbyFeeds feeds(index_, {.max_pending = kMaxPending});
  const auto feed =
      feeds.Subscribe({.center = kSeoul, .limit = 40, .delivery = FeedDelivery::kCollect});
  ASSERT_THAT(feed, IsOk());
  Random random(1);
  const auto move_and_tick = [&] {
    const UserId user{random.Below(1'000)};
    See(user, {37.5 + random.Uniform(0, 0.1), 127}, kNow);
    if (random.OneIn(3)) index_.Remove(UserId{random.Below(1'000)});
    ASSERT_THAT(feeds.Tick(kNow, [](const FeedUpdate&) {}), IsOk());
    ASSERT_LE(feeds.MemoryUsage().pending, (kMaxPending + 4) * kBytesOfAChange);
  };
  for (int i = 0; i < 300; ++i) move_and_tick();
  EXPECT_THAT(feeds.Resync(*feed, kNow, snapshot_), IsOk());
  EXPECT_THAT(snapshot_.neighbors, SizeIs(40));

  // Forty come and forty others go, if nobody collects for long.
  int resyncs = 0;
  for (int i = 1; i <= 3'000; ++i) {
    move_and_tick();
    if (i % 1'000 != 0) continue;
    EXPECT_THAT(feeds.Collect(*feed, collection_), IsOk());
    if (!collection_.needs_resync) continue;
    ++resyncs;
    EXPECT_THAT(feeds.Resync(*feed, kNow, snapshot_), IsOk());
  }
  EXPECT_GT(resyncs, 0);
}

TEST_F(FeedTest, ASnapshotHasEverybodyNearestFirstAndNothingIsPendingThen) {
  See(kBob, kAlsoNearSeoul);
  See(kCy, kNearSeoul);
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  EXPECT_EQ(Resync(feed), Near(kSeoul, {.radius_m = 5'000}));
  EXPECT_THAT(UsersOf(snapshot_.neighbors), ElementsAre(kCy, kBob));
  EXPECT_THAT(Collect(feed), IsEmpty());
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FeedTest, ASnapshotIsOfItsTimeAndTicksGoOnFromThere) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul();
  EXPECT_THAT(Resync(feed, kNow + kTtl), IsEmpty());
  EXPECT_THAT(Resync(feed), SizeIs(1));
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_THAT(Tick(kNow + kTtl), ElementsAre(Pair(Kind::kLeave, kBob)));
}

TEST_F(FeedTest, ASnapshotIsEmptyWithoutTheUserAtTheCentre) {
  See(kBob, kNearSeoul);
  EXPECT_THAT(Resync(Watch({.center = kAda})), IsEmpty());
}

TEST_F(FeedTest, UpdatesAndSnapshotsAreNumberedWithoutAGap) {
  const FeedId feed = WatchSeoul();
  Tick();  // nothing to tell, no number
  See(kBob, kNearSeoul);
  Tick();
  EXPECT_THAT(sequences_, ElementsAre(1u));
  Resync(feed);
  EXPECT_EQ(snapshot_.sequence, 2u);
  index_.Remove(kBob);
  Tick();
  EXPECT_THAT(sequences_, ElementsAre(3u));
}

TEST_F(FeedTest, CollectionsAreNumberedWithoutAGap) {
  const FeedId feed = WatchSeoul(FeedDelivery::kCollect);
  Tick();
  Collect(feed);
  EXPECT_EQ(collection_.sequence, 0u);
  See(kBob, kNearSeoul);
  Tick();
  Collect(feed);
  EXPECT_EQ(collection_.sequence, 1u);
  Collect(feed);
  EXPECT_EQ(collection_.sequence, 1u);
}

TEST_F(FeedTest, WhatGoesToASinkIsNotCollected) {
  EXPECT_THAT(feeds_.Collect(WatchSeoul(), collection_),
              IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("sink")));
}

// ---- Ticks ----

TEST_F(FeedTest, ASinkMayCallTheFeedsAndTheIndex) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul();
  const FeedId other = WatchSeoul(FeedDelivery::kCollect);
  std::optional<FeedId> added;
  const auto result = feeds_.Tick(kNow, [&](const FeedUpdate& update) {
    EXPECT_EQ(update.feed, feed);
    EXPECT_THAT(feeds_.Change(feed, {.center = kSeoul, .limit = 7}), IsOk());
    EXPECT_THAT(feeds_.Resync(feed, kNow, snapshot_), IsOk());
    EXPECT_THAT(feeds_.Collect(other, collection_), IsOk());
    added = Watch({.center = kSeoul});
    EXPECT_TRUE(feeds_.End(feed));
    EXPECT_THAT(index_.Move(kCy, kNearSeoul, kNow), IsOk());
    EXPECT_THAT(feeds_.Tick(kNow, [](const FeedUpdate&) {}),
                IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("under way")));
  });
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->updates, 1u);
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob), Pair(Kind::kEnter, kCy)));
}

TEST_F(FeedTest, ATickIsUnderWayAsLongAsItsTickingLives) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  {
    auto ticking = feeds_.StartTick(kNow);
    ASSERT_THAT(ticking, IsOk());
    EXPECT_THAT(feeds_.StartTick(kNow),
                IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("under way")));
    NearbyFeeds::Ticking moved = *std::move(ticking);
    EXPECT_EQ(moved.Work([](const FeedUpdate&) {}).updates, 1u);
    EXPECT_EQ(moved.Work([](const FeedUpdate&) {}).updates, 0u);
  }
  EXPECT_THAT(feeds_.StartTick(kNow), IsOk());
}

TEST_F(FeedTest, ATickingThatBecomesAnotherEndsItsOwnTick) {
  NearbyFeeds others(index_);
  auto ticking = feeds_.StartTick(kNow);
  auto of_others = others.StartTick(kNow);
  ASSERT_THAT(ticking, IsOk());
  ASSERT_THAT(of_others, IsOk());
  *ticking = *std::move(of_others);
  EXPECT_THAT(feeds_.StartTick(kNow), IsOk());
  EXPECT_THAT(others.StartTick(kNow),
              IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("under way")));
}

TEST_F(FeedTest, AnEmptySinkIsNotCalled) {
  See(kBob, kNearSeoul);
  WatchSeoul();
  const FeedId collected = WatchSeoul(FeedDelivery::kCollect);
  const auto result = feeds_.Tick(kNow, nullptr);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->updates, 0u);
  EXPECT_THAT(Collect(collected), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, TwiceItsLimitOfAFeedIsPendingAndNeverMore) {
  NearbyFeeds feeds(index_, {.max_pending = 6});
  SeeCrowd(3, kSeoul);
  const FeedId feed =
      feeds.Subscribe({.center = kSeoul, .limit = 3, .delivery = FeedDelivery::kCollect}).value();
  EXPECT_THAT(feeds.Tick(kNow, nullptr), IsOk());
  EXPECT_THAT(feeds.Collect(feed, collection_), IsOk());
  for (std::uint64_t i = 1; i <= 5; ++i) {
    for (std::uint64_t j = 0; j < 3; ++j) {
      index_.Remove(UserId{1'000 + 3 * (i - 1) + j});
      See(UserId{1'000 + 3 * i + j}, kSeoul);
    }
    EXPECT_THAT(feeds.Tick(kNow, nullptr), IsOk());
  }
  EXPECT_THAT(feeds.Collect(feed, collection_), IsOk());
  EXPECT_THAT(collection_.deltas, SizeIs(6));
}

TEST_F(FeedTest, WhoseTurnHasNotComeIsDueStill) {
  See(kBob, kNearSeoul);
  Watch({.center = kSeoul, .interval_ms = 60'000});
  EXPECT_THAT(feeds_.StartTick(kNow), IsOk());  // and nobody works
  EXPECT_THAT(Tick(), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, WhoseTurnHasNotComeWhenTimeWentBackIsDueStill) {
  Watch({.center = kSeoul, .interval_ms = 60'000});
  Tick();
  See(kBob, kNearSeoul);
  EXPECT_THAT(feeds_.StartTick(kNow - 10 * kMs), IsOk());  // and nobody works
  EXPECT_THAT(Tick(kNow - 9 * kMs), ElementsAre(Pair(Kind::kEnter, kBob)));
}

TEST_F(FeedTest, ATickTellsWhatItDid) {
  SeeCrowd(3, kSeoul);
  WatchSeoul();
  WatchSeoul();
  WatchSeoul(FeedDelivery::kCollect);
  const auto result = feeds_.Tick(kNow, [](const FeedUpdate&) {});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->due, 3u);
  EXPECT_EQ(result->updates, 2u);
  EXPECT_EQ(result->deltas, 9u);
}

TEST_F(FeedTest, MemoryIsCountedByPart) {
  SeeCrowd(50, kSeoul);
  const FeedMemoryUsage before = feeds_.MemoryUsage();
  const FeedId feed = WatchSeoul();
  Tick();
  const FeedMemoryUsage after = feeds_.MemoryUsage();
  EXPECT_GT(after.feeds, before.feeds);
  EXPECT_GT(after.shown, before.shown);
  EXPECT_GT(after.ticks, before.ticks);
  EXPECT_EQ(after.total(), after.feeds + after.shown + after.pending + after.ticks);
  EXPECT_TRUE(feeds_.End(feed));
  EXPECT_EQ(feeds_.MemoryUsage().shown, 0u);
}

// ---- Arguments at fault ----

TEST_F(FeedTest, AWrongArgumentIsRefusedAndNamedAndChangesNothing) {
  See(kBob, kNearSeoul);
  const FeedId feed = WatchSeoul();
  Tick();
  const auto expect_refused = [&](const FeedOptions& options, const auto& is_wrong) {
    EXPECT_THAT(options.Validate(), is_wrong);
    EXPECT_THAT(feeds_.Subscribe(options), is_wrong);
    EXPECT_THAT(feeds_.Change(feed, options), is_wrong);
  };
  for (const double lat : kWrongLatitudes) {
    expect_refused({.center = LatLng{lat, 0}}, IsInvalid("center: latitude"));
  }
  for (const double lng : kWrongLongitudes) {
    expect_refused({.center = LatLng{0, lng}}, IsInvalid("center: longitude"));
  }
  for (const double radius_m : kWrongRadii) {
    expect_refused({.center = kAda, .radius_m = radius_m}, IsInvalid("radius_m"));
  }
  expect_refused({.center = kAda, .viewer = kAda}, IsInvalid("viewer"));
  expect_refused({.center = kAda, .limit = 0}, IsInvalid("limit"));
  expect_refused({.center = kAda, .limit = FeedOptions::kMaxLimit + 1}, IsInvalid("limit"));
  expect_refused({.center = kAda, .interval_ms = -1}, IsInvalid("interval_ms"));
  expect_refused({.center = kAda, .interval_ms = FeedOptions::kMaxIntervalMs + 1},
                 IsInvalid("interval_ms"));
  EXPECT_EQ(feeds_.size(), 1u);
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FeedTest, TheGreatestOptionsAreAccepted) {
  SeeCrowd(20, kSeoul);
  Watch({.center = kSeoul,
         .radius_m = kHalfGlobe,
         .limit = FeedOptions::kMaxLimit,
         .interval_ms = FeedOptions::kMaxIntervalMs});
  EXPECT_THAT(Tick(), SizeIs(20));
}

TEST_F(FeedTest, AWrongTimeIsRefusedAndNamed) {
  const FeedId feed = WatchSeoul();
  for (const Timestamp time : kWrongTimes) {
    EXPECT_THAT(feeds_.Tick(time, [](const FeedUpdate&) {}), IsInvalid("now"));
    EXPECT_THAT(feeds_.StartTick(time), IsInvalid("now"));
    EXPECT_THAT(feeds_.Resync(feed, time, snapshot_), IsInvalid("now"));
  }
  for (const Timestamp time : {kMinTimestamp, kMaxTimestamp}) {
    EXPECT_THAT(feeds_.Tick(time, [](const FeedUpdate&) {}), IsOk());
  }
}

TEST_F(FeedTest, WrongOptionsOfAllFeedsAreNamed) {
  EXPECT_THAT(NearbyFeedsOptions{.max_feeds = 0}.Validate(), IsInvalid("max_feeds"));
  EXPECT_THAT(NearbyFeedsOptions{.max_feeds = NearbyFeedsOptions::kMaxFeedsLimit + 1}.Validate(),
              IsInvalid("max_feeds"));
  EXPECT_THAT(NearbyFeedsOptions{.max_pending = 0}.Validate(), IsInvalid("max_pending"));
  EXPECT_THAT(
      NearbyFeedsOptions{.max_pending = NearbyFeedsOptions::kMaxPendingLimit + 1}.Validate(),
      IsInvalid("max_pending"));
  EXPECT_THAT(NearbyFeedsOptions{.max_pending = NearbyFeedsOptions::kMaxPendingLimit}.Validate(),
              IsOk());
  EXPECT_DEATH(NearbyFeeds(index_, {.max_feeds = 0}), "max_feeds");
}

}  // namespace
}  // namespace moyeo::testing
