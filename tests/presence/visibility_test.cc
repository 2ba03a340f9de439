// Who sees whom, and where.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "presence_index_fixture.h"
#include "support/cloak_twin.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kIntervalMs = 300'000;
constexpr std::chrono::milliseconds kInterval{kIntervalMs};

// A position with a known cell around it: the cell's centre, more than 250 m from each border.
const LatLng kMiddle = CloakCenter(kSeoul, 14);
LatLng NorthOfTheMiddle(double meters) { return {kMiddle.lat + meters / 111'195, kMiddle.lng}; }

class VisibilityTest : public PresenceIndexTest {
 protected:
  void Be(UserId user, Visibility visibility) {
    ASSERT_THAT(index_.SetVisibility(user, visibility), IsOk());
  }
  void SeesExactly(UserId viewer, UserId member) {
    ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, viewer, member), IsOk());
  }

  // Where `viewer`, or a stranger, sees `user`.
  std::optional<LatLng> Seen(UserId user, std::optional<UserId> viewer = std::nullopt,
                             Timestamp now = kNow) {
    for (const Neighbor& n : Near(kSeoul, {.limit = std::nullopt, .viewer = viewer}, now)) {
      if (n.user == user) return n.position;
    }
    return std::nullopt;
  }
};

TEST_F(VisibilityTest, UsersAreExactUnlessTheIndexSaysOtherwise) {
  EXPECT_EQ(index_.VisibilityOf(kAda), Visibility::kExact);
  PresenceIndex cloaking({.default_visibility = Visibility::kCloaked});
  EXPECT_EQ(cloaking.VisibilityOf(kAda), Visibility::kCloaked);
  ASSERT_THAT(cloaking.Move(kAda, NorthOfTheMiddle(100), kNow), IsOk());
  EXPECT_EQ(cloaking.Nearby(kSeoul, {}, kNow)->at(0).position, kMiddle);
  ASSERT_THAT(cloaking.SetVisibility(kAda, Visibility::kExact), IsOk());
  EXPECT_NE(cloaking.Nearby(kSeoul, {}, kNow)->at(0).position, kMiddle);
}

TEST_F(VisibilityTest, ACloakedUserIsAtTheCentreOfTheirCellForEverythingThatAStrangerCanAsk) {
  const LatLng place = NorthOfTheMiddle(200);
  See(kAda, place);
  Be(kAda, Visibility::kCloaked);
  EXPECT_EQ(Seen(kAda), kMiddle);
  EXPECT_THAT(Near(kMiddle, {.radius_m = 0}), ElementsAre(Neighbor{kAda, kMiddle, 0, kNow}));
  EXPECT_THAT(WhoIsNear(place, {.radius_m = 150}), IsEmpty());
  EXPECT_EQ(index_.CountWithin(place, 150, kNow).value(), 0u);
  EXPECT_EQ(index_.CountWithin(kMiddle, 1, kNow).value(), 1u);
  NearbyBatchResult batch;
  ASSERT_THAT(index_.NearbyBatch({{kMiddle}}, {}, kNow, batch), IsOk());
  EXPECT_EQ(batch[0][0].position, kMiddle);
}

TEST_F(VisibilityTest, TheHostFindsACloakedUserWhereTheyAre) {
  const LatLng place = Canonical(NorthOfTheMiddle(200)).value();
  Be(kAda, Visibility::kCloaked);
  See(kAda, place);
  EXPECT_EQ(Where(kAda), place);
  Be(kAda, Visibility::kHidden);
  EXPECT_EQ(Where(kAda), place);
}

TEST_F(VisibilityTest, ACloakedUserAsksFromWhereTheyAre) {
  Be(kAda, Visibility::kCloaked);
  See(kAda, NorthOfTheMiddle(200));
  See(kBob, NorthOfTheMiddle(210));
  EXPECT_THAT(WhoIsNear(kAda, {.radius_m = 20}), ElementsAre(kBob));
}

TEST_F(VisibilityTest, NobodySeesAHiddenUserWhoSeesOthers) {
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  Be(kAda, Visibility::kHidden);
  SeesExactly(kBob, kAda);
  EXPECT_THAT(WhoIsNear(kSeoul), ElementsAre(kBob));
  EXPECT_THAT(WhoIsNear(kBob), IsEmpty());
  EXPECT_THAT(WhoIsNear(kAda), ElementsAre(kBob));
  EXPECT_EQ(index_.CountWithin(kSeoul, 10, kNow).value(), 1u);
  EXPECT_EQ(index_.size(), 2u);
}

TEST_F(VisibilityTest, WhoSeesExactlyFindsAFriendWhereTheyReallyAre) {
  Be(kAda, Visibility::kCloaked);
  const LatLng place = Canonical(NorthOfTheMiddle(240)).value();
  See(kAda, place);
  SeesExactly(kBob, kAda);
  EXPECT_EQ(Seen(kAda, kBob), place);
  EXPECT_EQ(Seen(kAda, kCy), kMiddle);
  // Within the radius though the cell's centre is not; and the other way round.
  EXPECT_THAT(WhoIsNear(place, {.radius_m = 10, .viewer = kBob}), ElementsAre(kAda));
  EXPECT_THAT(WhoIsNear(kMiddle, {.radius_m = 10, .viewer = kBob}), IsEmpty());
}

TEST_F(VisibilityTest, AFriendTakesTheirPlaceInTheOrderBeforeTheLimit) {
  for (const UserId user : {kAda, kCy}) Be(user, Visibility::kCloaked);
  See(kAda, NorthOfTheMiddle(150));
  See(kCy, NorthOfTheMiddle(90));
  See(kDee, NorthOfTheMiddle(120));
  for (const UserId user : {kAda, kCy}) SeesExactly(kBob, user);
  const NearbyQuery as_bob{.limit = 2, .viewer = kBob};
  EXPECT_THAT(WhoIsNear(kMiddle, as_bob), ElementsAre(kCy, kDee));
  EXPECT_THAT(WhoIsNear(NorthOfTheMiddle(150), as_bob), ElementsAre(kAda, kDee));
}

TEST_F(VisibilityTest, TheFilterHoldsForFriendsToo) {
  Be(kAda, Visibility::kCloaked);
  See(kAda, kSeoul, kNow, 0b01);
  SeesExactly(kBob, kAda);
  EXPECT_THAT(WhoIsNear(kSeoul, {.filter = {.all_of = 0b10}, .viewer = kBob}), IsEmpty());
  EXPECT_THAT(WhoIsNear(kSeoul, {.filter = {.all_of = 0b01}, .viewer = kBob}), ElementsAre(kAda));
}

TEST_F(VisibilityTest, NeverSeesCountsMoreThanSeesExactly) {
  Be(kAda, Visibility::kCloaked);
  See(kAda, kSeoul);
  SeesExactly(kBob, kAda);
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kBob, kAda), IsOk());
  EXPECT_EQ(Seen(kAda, kBob), std::nullopt);
  index_.RemoveFromViewerSet(ViewerSet::kNeverSees, kBob, kAda);
  EXPECT_NE(Seen(kAda, kBob), std::nullopt);
}

TEST_F(VisibilityTest, WhomAViewerNeverSeesDoesNotCountTowardsTheLimit) {
  See(kAda, kSeoul);
  See(kCy, kBusan);
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kBob, kAda), IsOk());
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 1, .viewer = kBob}), ElementsAre(kCy));
}

TEST_F(VisibilityTest, AViewerCountsAsManyAsTheyFind) {
  const LatLng place = NorthOfTheMiddle(240);
  for (const UserId user : {kAda, kBob, kCy, kDee}) See(user, place);
  Be(kBob, Visibility::kCloaked);
  Be(kCy, Visibility::kCloaked);
  SeesExactly(kAda, kBob);
  SeesExactly(kAda, kAda);
  EXPECT_EQ(index_.CountWithin(place, 10, kNow).value(), 2u);
  EXPECT_EQ(index_.CountWithin(place, 10, kNow, {}, kDee).value(), 1u);
  EXPECT_EQ(index_.CountWithin(place, 10, kNow, {}, kAda).value(), 2u);
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, kDee), IsOk());
  for (const auto viewer : {std::optional<UserId>(), std::optional(kAda), std::optional(kDee)}) {
    for (const double radius : {10.0, 1'000.0}) {
      EXPECT_EQ(index_.CountWithin(place, radius, kNow, {}, viewer).value(),
                Near(place, {.radius_m = radius, .limit = std::nullopt, .viewer = viewer}).size());
    }
  }
  EXPECT_EQ(index_.CountWithin(place, 10, kNow, {}, kAda).value(), 1u);
}

TEST_F(VisibilityTest, AViewerIsNotInTheirOwnAnswer) {
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 1, .viewer = kAda}), ElementsAre(kBob));
  SeesExactly(kAda, kAda);
  Be(kAda, Visibility::kCloaked);
  EXPECT_THAT(WhoIsNear(kSeoul, {.limit = 1, .viewer = kAda}), ElementsAre(kBob));
}

TEST_F(VisibilityTest, WhoAsksAroundThemselvesIsTheViewerAndNobodyElse) {
  See(kAda, kSeoul);
  EXPECT_THAT(index_.NearbyUser(kAda, {.viewer = kAda}, kNow),
              IsError(absl::StatusCode::kInvalidArgument, HasSubstr("viewer")));
}

// ---- The schedule of cloaks ----

TEST_F(VisibilityTest, WhoMovesWithinTheirCellStaysAtItsCentre) {
  Be(kAda, Visibility::kCloaked);
  for (int i = 0; i < 50; ++i) {
    const Timestamp now = kNow + i * kTtl / 2;
    See(kAda, NorthOfTheMiddle(4 * i), now);
    EXPECT_EQ(Seen(kAda, std::nullopt, now), kMiddle);
  }
}

TEST_F(VisibilityTest, WhoStandsAtABorderStaysInTheCellWhereTheyWereFirst) {
  PresenceIndex index({.ttl_ms = kTtlMs, .cloak_interval_ms = 1});
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kCloaked), IsOk());
  // To find the border, go north until the cell is another.
  double border_m = 200;
  while (CloakCenter(NorthOfTheMiddle(border_m), 14) == kMiddle) border_m += 1;
  for (int i = 0; i < 50; ++i) {
    const Timestamp now = kNow + i * kMs;
    const double wavering_m = i % 2 == 0 ? -10 : 10;
    ASSERT_THAT(index.Move(kAda, NorthOfTheMiddle(border_m + wavering_m), now), IsOk());
    EXPECT_EQ(index.Nearby(kSeoul, {}, now)->at(0).position, kMiddle);
  }
}

TEST_F(VisibilityTest, WhoCrossesManyCellsChangesTheirsOncePerInterval) {
  PresenceIndex index({.ttl_ms = kTtlMs, .cloak_interval_ms = kIntervalMs});
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kCloaked), IsOk());
  // A kilometre a minute, for ten intervals, seen every second.
  int changes = 0;
  LatLng shown = kMiddle;
  for (Timestamp now = kNow; now < kNow + 10 * kInterval; now += std::chrono::seconds{1}) {
    const double minutes = static_cast<double>((now - kNow) / kMs) / 60'000;
    ASSERT_THAT(index.Move(kAda, NorthOfTheMiddle(1'000 * minutes), now), IsOk());
    const LatLng seen = index.Nearby(kSeoul, {}, now)->at(0).position;
    changes += seen != shown;
    shown = seen;
  }
  EXPECT_EQ(changes, 10);
}

TEST_F(VisibilityTest, WhoComesAndGoesAtABorderIsShownInOneCell) {
  Be(kAda, Visibility::kCloaked);
  double border_m = 200;
  while (CloakCenter(NorthOfTheMiddle(border_m), 14) == kMiddle) border_m += 1;
  Timestamp now = kNow;
  for (int i = 0; i < 60; ++i) {
    now += 2 * kInterval;
    const double wavering_m = i % 2 == 0 ? -10 : 10;
    See(kAda, NorthOfTheMiddle(border_m + wavering_m), now);
    EXPECT_EQ(Seen(kAda, std::nullopt, now), kMiddle);
    switch (i % 6) {
      case 1:
        EXPECT_TRUE(index_.Remove(kAda));
        break;
      case 2:
        SweepAll(now + kTtl);
        break;
      case 3:
        index_.Clear();
        break;
      case 4:
        Be(kAda, Visibility::kHidden);
        Be(kAda, Visibility::kCloaked);
        break;
      default:
        break;
    }
  }
}

TEST_F(VisibilityTest, WhoComesBackElsewhereIsShownThereInTheNextInterval) {
  Be(kAda, Visibility::kCloaked);
  See(kAda, kMiddle);
  See(kAda, kBusan, kNow + kInterval);
  EXPECT_EQ(Seen(kAda, std::nullopt, kNow + kInterval), CloakCenter(kBusan, 14));
}

TEST_F(VisibilityTest, AMoveFromTheFutureFreezesNoCloak) {
  Be(kAda, Visibility::kCloaked);
  See(kAda, kMiddle, kNow + 100 * kInterval);
  index_.Remove(kAda);
  See(kAda, NorthOfTheMiddle(5'000), kNow);
  EXPECT_EQ(Seen(kAda), CloakCenter(NorthOfTheMiddle(5'000), 14));
}

// The sweep has come to strangers' index, and not yet to where the cloaked really are.
TEST_F(VisibilityTest, ARefusedMoveOfWhoIsHalfSweptChangesNothing) {
  constexpr std::size_t kUsers = 9'000;
  PresenceIndex index(
      {.ttl_ms = kTtlMs, .max_users = kUsers, .default_visibility = Visibility::kCloaked});
  for (std::size_t i = 0; i < kUsers; ++i) {
    ASSERT_THAT(index.Move(UserId{i}, kMiddle, kNow), IsOk());
  }
  const Timestamp later = kNow + kTtl;
  ASSERT_FALSE(index.Expire(later).complete);
  ASSERT_LT(index.size(), kUsers);
  for (std::size_t i = kUsers; index.size() < kUsers; ++i) {
    ASSERT_THAT(index.Move(UserId{i}, kMiddle, later), IsOk());
  }
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kUsers; ++i) {
    if (index.Move(UserId{i}, kMiddle, later).ok()) continue;
    ++refused;
    EXPECT_EQ(index.Find(UserId{i}, later), std::nullopt);
  }
  EXPECT_GT(refused, 0u);
}

TEST_F(VisibilityTest, OnlyMakingThemExactForgetsWhereACloakedUserWasShown) {
  PresenceIndex index({.ttl_ms = kTtlMs, .cloak_interval_ms = 1});
  double border_m = 200;
  while (CloakCenter(NorthOfTheMiddle(border_m), 14) == kMiddle) border_m += 1;
  const auto shown_across_the_border = [&](Timestamp now) {
    EXPECT_THAT(index.Move(kAda, NorthOfTheMiddle(border_m + 10), now), IsOk());
    return index.Nearby(kSeoul, {}, now)->at(0).position;
  };
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kCloaked), IsOk());
  ASSERT_THAT(index.Move(kAda, kMiddle, kNow), IsOk());
  EXPECT_EQ(shown_across_the_border(kNow + kMs), kMiddle);
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kExact), IsOk());
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kCloaked), IsOk());
  EXPECT_NE(shown_across_the_border(kNow + 2 * kMs), kMiddle);
}

// ---- Changes of visibility ----

TEST_F(VisibilityTest, AChangeShowsAtOnce) {
  const LatLng place = Canonical(NorthOfTheMiddle(100)).value();
  See(kAda, place, kNow, 5);
  for (int round = 0; round < 2; ++round) {
    for (const Visibility from : {Visibility::kExact, Visibility::kCloaked, Visibility::kHidden}) {
      for (const Visibility to : {Visibility::kExact, Visibility::kCloaked, Visibility::kHidden}) {
        Be(kAda, from);
        Be(kAda, to);
        EXPECT_EQ(index_.VisibilityOf(kAda), to);
        EXPECT_EQ(Seen(kAda), to == Visibility::kExact     ? std::optional(place)
                              : to == Visibility::kCloaked ? std::optional(kMiddle)
                                                           : std::nullopt);
        EXPECT_EQ(index_.Find(kAda, kNow), (Presence{place, kNow, 5}));
        EXPECT_EQ(index_.size(), 1u);
      }
    }
  }
}

TEST_F(VisibilityTest, AVisibilityOutlivesItsUsersAbsence) {
  See(kAda, kSeoul);
  Be(kAda, Visibility::kHidden);
  EXPECT_TRUE(index_.Remove(kAda));
  EXPECT_FALSE(index_.Remove(kAda));
  index_.Clear();
  SweepAll(kNow + kTtl);
  See(kAda, kSeoul);
  EXPECT_EQ(index_.VisibilityOf(kAda), Visibility::kHidden);
  EXPECT_THAT(WhoIsNear(kSeoul), IsEmpty());
}

TEST_F(VisibilityTest, EverybodyExpiresAndIsSweptOnce) {
  Be(kAda, Visibility::kCloaked);
  Be(kBob, Visibility::kHidden);
  for (const UserId user : {kAda, kBob, kCy}) See(user, kSeoul);
  SeesExactly(kDee, kAda);
  EXPECT_EQ(index_.size(), 3u);
  EXPECT_EQ(Seen(kAda, kDee, kNow + kTtl), std::nullopt);
  EXPECT_EQ(Where(kBob, kNow + kTtl), std::nullopt);
  EXPECT_EQ(SweepAll(kNow + kTtl), 3u);
  EXPECT_EQ(index_.size(), 0u);
}

TEST_F(VisibilityTest, ALateMoveIsIgnoredWhateverTheVisibility) {
  for (const Visibility visibility : {Visibility::kCloaked, Visibility::kHidden}) {
    const UserId user{100 + static_cast<std::uint64_t>(visibility)};
    Be(user, visibility);
    See(user, kSeoul);
    const auto result = index_.MoveBatch({{user}}, {{kBusan}}, kNow - kMs);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->ignored, 1u);
    EXPECT_EQ(Where(user), kSeoul);
  }
}

TEST_F(VisibilityTest, HiddenUsersCountTowardsMaxUsers) {
  PresenceIndex index({.max_users = 1});
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kHidden), IsOk());
  ASSERT_THAT(index.Move(kAda, kSeoul, kNow), IsOk());
  ASSERT_THAT(index.Move(kAda, kBusan, kNow), IsOk());
  EXPECT_THAT(index.Move(kBob, kSeoul, kNow),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_users")));
}

TEST_F(VisibilityTest, AsManyUsersMayDifferFromTheDefaultAsMayBeHeld) {
  PresenceIndex index({.max_users = 2});
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kHidden), IsOk());
  ASSERT_THAT(index.SetVisibility(kBob, Visibility::kCloaked), IsOk());
  EXPECT_THAT(index.SetVisibility(kCy, Visibility::kHidden),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_users")));
  EXPECT_EQ(index.VisibilityOf(kCy), Visibility::kExact);
  ASSERT_THAT(index.SetVisibility(kAda, Visibility::kExact), IsOk());
  EXPECT_THAT(index.SetVisibility(kCy, Visibility::kHidden), IsOk());
}

TEST_F(VisibilityTest, WhatIsNoVisibilityIsRefused) {
  EXPECT_THAT(index_.SetVisibility(kAda, static_cast<Visibility>(3)),
              IsError(absl::StatusCode::kInvalidArgument, HasSubstr("visibility")));
  const auto is_wrong = [](const char* option) {
    return IsError(absl::StatusCode::kInvalidArgument, HasSubstr(option));
  };
  EXPECT_THAT((PresenceOptions{.default_visibility = static_cast<Visibility>(3)}.Validate()),
              is_wrong("default_visibility"));
  for (const int level : {-1, PresenceOptions::kMaxCloakLevel + 1}) {
    EXPECT_THAT((PresenceOptions{.cloak_level = level}.Validate()), is_wrong("cloak_level"));
  }
  for (const std::int64_t ms : {std::int64_t{0}, PresenceOptions::kMaxCloakIntervalMs + 1}) {
    EXPECT_THAT((PresenceOptions{.cloak_interval_ms = ms}.Validate()),
                is_wrong("cloak_interval_ms"));
  }
}

TEST_F(VisibilityTest, MemoryOfVisibilitiesAndSetsIsCounted) {
  const std::size_t before = index_.MemoryUsage().sets;
  SeesExactly(kAda, kBob);
  const std::size_t with_a_set = index_.MemoryUsage().sets;
  EXPECT_GT(with_a_set, before);
  Be(kAda, Visibility::kHidden);
  EXPECT_GT(index_.MemoryUsage().sets, with_a_set);
}

// ---- Feeds ----

TEST_F(VisibilityTest, HidingIsALeaveAndShowingAnEnter) {
  using Kind = FeedDelta::Kind;
  NearbyFeeds feeds(index_);
  ASSERT_THAT(feeds.Subscribe({.center = kSeoul}), IsOk());
  See(kAda, kSeoul);
  std::vector<Kind> told;
  const auto tick = [&] {
    const auto result = feeds.Tick(kNow, [&](const FeedUpdate& update) {
      for (const FeedDelta& delta : update.deltas) told.push_back(delta.kind);
    });
    EXPECT_THAT(result, IsOk());
  };
  tick();
  Be(kAda, Visibility::kHidden);
  tick();
  Be(kAda, Visibility::kCloaked);
  tick();
  Be(kAda, Visibility::kExact);
  tick();
  EXPECT_THAT(told, ElementsAre(Kind::kEnter, Kind::kLeave, Kind::kEnter, Kind::kMove));
}

TEST_F(VisibilityTest, AFeedShowsFriendsWhereTheyAreAndStrangersTheCell) {
  Be(kAda, Visibility::kCloaked);
  const LatLng place = Canonical(NorthOfTheMiddle(120)).value();
  See(kAda, place);
  SeesExactly(kBob, kAda);
  NearbyFeeds feeds(index_);
  const FeedId as_bob = feeds.Subscribe({.center = kSeoul, .viewer = kBob}).value();
  const FeedId as_stranger = feeds.Subscribe({.center = kSeoul}).value();
  FeedSnapshot snapshot;
  ASSERT_THAT(feeds.Resync(as_bob, kNow, snapshot), IsOk());
  EXPECT_EQ(snapshot.neighbors.at(0).position, place);
  ASSERT_THAT(feeds.Resync(as_stranger, kNow, snapshot), IsOk());
  EXPECT_EQ(snapshot.neighbors.at(0).position, kMiddle);
}

}  // namespace
}  // namespace moyeo::testing
