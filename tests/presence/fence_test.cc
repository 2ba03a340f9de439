// What fence.h promises, fact by fact.

#include "moyeo/fence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "presence_index_fixture.h"
#include "support/places.h"
#include "support/region_twin.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Kind = FenceEvent::Kind;

constexpr double kEast = 1.5707963267948966;  // radians from north

// So many metres east of Seoul.
LatLng EastOfSeoul(double meters) { return Offset(kSeoul, meters, kEast); }

class FenceTest : public PresenceIndexTest {
 protected:
  FenceId Add(const FenceOptions& options) {
    const absl::StatusOr<FenceId> fence = fences_.Add(options);
    EXPECT_THAT(fence, IsOk());
    return fence.value_or(FenceId{});
  }

  // A circle of 100 m around Seoul.
  static FenceOptions Seoul() { return {.region = FenceCircle{kSeoul, 100}}; }

  // What a tick tells, in the order in which it tells.
  using Told = std::vector<std::tuple<Kind, FenceId, UserId>>;
  Told Tick(Timestamp now = kNow) {
    events_.clear();
    const auto result =
        fences_.Tick(now, [&](const FenceEvent& event) { events_.push_back(event); });
    EXPECT_THAT(result, IsOk());
    if (result.ok()) {
      result_ = *result;
      EXPECT_EQ(result_.events, events_.size());
    }
    Told told;
    for (const FenceEvent& event : events_) told.emplace_back(event.kind, event.fence, event.user);
    return told;
  }

  Fences fences_{index_, {.max_fences = 100, .max_inside = 3}};
  std::vector<FenceEvent> events_;
  FenceTickResult result_;
};

// ---- What is told ----

TEST_F(FenceTest, WhoComesInEntersAndWhoGoesExits) {
  const FenceId fence = Add(Seoul());
  See(kBob, kBusan);
  EXPECT_THAT(Tick(), IsEmpty());
  See(kBob, EastOfSeoul(50), kNow + kMs);
  EXPECT_THAT(Tick(kNow + kMs), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  EXPECT_THAT(events_, ElementsAre(FenceEvent{.kind = Kind::kEnter,
                                              .fence = fence,
                                              .user = kBob,
                                              .position = Canonical(EastOfSeoul(50)).value(),
                                              .last_seen = kNow + kMs,
                                              .since = kNow + kMs}));
  EXPECT_EQ(result_.inside, 1u);
  See(kBob, kBusan, kNow + 2 * kMs);
  EXPECT_THAT(Tick(kNow + 2 * kMs), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
  // As of the tick that last found them inside.
  EXPECT_THAT(events_, ElementsAre(FenceEvent{.kind = Kind::kExit,
                                              .fence = fence,
                                              .user = kBob,
                                              .position = Canonical(EastOfSeoul(50)).value(),
                                              .last_seen = kNow + kMs,
                                              .since = kNow + kMs}));
  EXPECT_EQ(result_.inside, 0u);
}

TEST_F(FenceTest, AMoveWithinIsNotTold) {
  Add(Seoul());
  See(kBob, EastOfSeoul(50));
  Tick();
  See(kBob, EastOfSeoul(-50));
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FenceTest, WhoWasThereBeforeTheFenceIsNotTold) {
  See(kBob, kSeoul);
  const FenceId fence = Add(Seoul());
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_EQ(result_.inside, 1u);
  index_.Remove(kBob);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
}

TEST_F(FenceTest, WhoWasThereBeforeTheFenceIsToldWhenAsked) {
  See(kBob, kSeoul);
  FenceOptions options = Seoul();
  options.tells_those_inside = true;
  const FenceId fence = Add(options);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FenceTest, AFenceBesideOthersFindsThoseWhoDoNotMove) {
  See(kBob, kSeoul);
  Add({.region = FenceCircle{kBusan, 100}});
  Tick();
  FenceOptions options = Seoul();
  options.tells_those_inside = true;
  const FenceId fence = Add(options);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  // The leaf was clear of fences before this one came.
  See(kCy, EastOfSeoul(1));
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kCy)));
}

TEST_F(FenceTest, ExitsComeBeforeEntersAndEntersBeforeDwells) {
  FenceOptions options = Seoul();
  options.dwell_ms = 10;
  const FenceId seoul = Add(options);
  const FenceId wide = Add({.region = FenceCircle{kSeoul, 200}});
  const FenceId busan = Add({.region = FenceCircle{kBusan, 100}});
  Tick();
  See(kAda, kSeoul);
  Tick();
  See(kBob, kBusan);
  Tick();
  See(kAda, kSeoul, kNow + 10 * kMs);
  See(kBob, EastOfSeoul(150), kNow + 10 * kMs);
  EXPECT_THAT(Tick(kNow + 10 * kMs), ElementsAre(std::tuple(Kind::kExit, busan, kBob),
                                                 std::tuple(Kind::kEnter, wide, kBob),
                                                 std::tuple(Kind::kDwell, seoul, kAda)));
}

TEST_F(FenceTest, OfOneKindTheyComeByFenceThenUser) {
  const FenceId first = Add(Seoul());
  const FenceId second = Add({.region = FenceCircle{kBusan, 100}});
  See(kCy, kSeoul);
  See(kAda, kBusan);
  Tick();
  See(kCy, kBusan);
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  EXPECT_THAT(
      Tick(),
      ElementsAre(std::tuple(Kind::kExit, first, kCy), std::tuple(Kind::kExit, second, kAda),
                  std::tuple(Kind::kEnter, first, kAda), std::tuple(Kind::kEnter, first, kBob),
                  std::tuple(Kind::kEnter, second, kCy)));
}

TEST_F(FenceTest, ExpiryIsAnExitAtTheTtlAndNotAMillisecondBefore) {
  const FenceId fence = Add(Seoul());
  See(kBob, kSeoul);
  Tick();
  EXPECT_THAT(Tick(kNow + kTtl - kMs), IsEmpty());
  EXPECT_THAT(Tick(kNow + kTtl), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
}

TEST_F(FenceTest, WhereTimeGoesBackTheExpiredAreBack) {
  const FenceId fence = Add(Seoul());
  See(kBob, kSeoul);
  Tick(kNow + kTtl);
  EXPECT_THAT(Tick(kNow), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
}

TEST_F(FenceTest, RemovalAndClearingAreExits) {
  const FenceId fence = Add(Seoul());
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  Tick();
  index_.Remove(kAda);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kAda)));
  index_.Clear();
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
  See(kBob, kSeoul);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
}

TEST_F(FenceTest, AFilterThatDoesNotFitAnyMoreIsAnExit) {
  FenceOptions options = Seoul();
  options.filter = {.all_of = 1};
  const FenceId fence = Add(options);
  See(kBob, kSeoul, kNow, 0);
  EXPECT_THAT(Tick(), IsEmpty());
  See(kBob, kSeoul, kNow, 1);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  See(kBob, kSeoul, kNow, 2);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
}

TEST_F(FenceTest, ARemovedFenceTellsNothing) {
  const FenceId fence = Add(Seoul());
  See(kBob, kSeoul);
  Tick();
  EXPECT_TRUE(fences_.Remove(fence));
  EXPECT_FALSE(fences_.Remove(fence));
  EXPECT_EQ(fences_.size(), 0u);
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_EQ(result_.inside, 0u);
  // Nor does one that takes its place begin with its users.
  FenceOptions options = Seoul();
  options.tells_those_inside = true;
  const FenceId other = Add(options);
  EXPECT_NE(other, fence);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, other, kBob)));
}

TEST_F(FenceTest, ASinkMayAddAndRemove) {
  const FenceId fence = Add(Seoul());
  Tick();
  See(kBob, kSeoul);
  const auto result = fences_.Tick(kNow, [&](const FenceEvent& event) {
    EXPECT_TRUE(fences_.Remove(event.fence));
    Add({.region = FenceCircle{kSeoul, 1}, .tells_those_inside = true});
    EXPECT_THAT(fences_.Tick(kNow, [](const FenceEvent&) {}),
                IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("under way")));
  });
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->events, 1u);
  EXPECT_EQ(fences_.NameOf(fence), std::nullopt);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, FenceId{2}, kBob)));
}

// ---- Dwelling ----

TEST_F(FenceTest, ADwellIsToldOnceAndOnTheMillisecond) {
  FenceOptions options = Seoul();
  options.dwell_ms = 1'000;
  const FenceId fence = Add(options);
  Tick(kNow - kMs);
  See(kBob, kSeoul);
  Tick();
  EXPECT_THAT(Tick(kNow + milliseconds(999)), IsEmpty());
  EXPECT_THAT(Tick(kNow + milliseconds(1'000)), ElementsAre(std::tuple(Kind::kDwell, fence, kBob)));
  EXPECT_EQ(events_[0].since, kNow);
  EXPECT_THAT(Tick(kNow + milliseconds(5'000)), IsEmpty());
}

TEST_F(FenceTest, WhoComesBackBeginsAnotherStay) {
  FenceOptions options = Seoul();
  options.dwell_ms = 1'000;
  const FenceId fence = Add(options);
  See(kBob, kSeoul);
  Tick();
  See(kBob, kBusan);
  Tick(kNow + milliseconds(900));
  See(kBob, kSeoul);
  Tick(kNow + milliseconds(950));
  EXPECT_THAT(Tick(kNow + milliseconds(1'949)), IsEmpty());
  EXPECT_THAT(Tick(kNow + milliseconds(1'950)), ElementsAre(std::tuple(Kind::kDwell, fence, kBob)));
}

TEST_F(FenceTest, ThoseInsideFromTheFirstDwellToo) {
  See(kBob, kSeoul);
  FenceOptions options = Seoul();
  options.dwell_ms = 1'000;
  const FenceId fence = Add(options);
  Tick();
  EXPECT_THAT(Tick(kNow + milliseconds(1'000)), ElementsAre(std::tuple(Kind::kDwell, fence, kBob)));
}

// ---- Regions ----

TEST_F(FenceTest, ACircleIsInclusive) {
  const LatLng edge = Canonical(EastOfSeoul(100)).value();
  const double radius_m = DistanceMeters(kSeoul, edge).value();
  const FenceId just = Add({.region = FenceCircle{kSeoul, radius_m}});
  Add({.region = FenceCircle{kSeoul, std::nextafter(radius_m, 0)}});
  Tick();
  See(kBob, edge);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, just, kBob)));
}

TEST_F(FenceTest, APolygonMayGoEitherWayRound) {
  const LatLng south_west{37, 126};
  const LatLng south_east{37, 128};
  const LatLng north{39, 127};
  const FenceId one = Add({.region = FencePolygon{{south_west, south_east, north}}});
  const FenceId other = Add({.region = FencePolygon{{north, south_east, south_west}}});
  Tick();
  See(kBob, kSeoul);
  See(kCy, kBusan);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, one, kBob),
                                  std::tuple(Kind::kEnter, other, kBob)));
}

TEST_F(FenceTest, APolygonMayCrossTheAntimeridianOrHoldAPole) {
  const FenceId antimeridian =
      Add({.region = FencePolygon{{{-1, 179}, {-1, -179}, {1, -179}, {1, 179}}}});
  const FenceId pole = Add({.region = FencePolygon{{{80, 0}, {80, 120}, {80, -120}}}});
  Tick();
  See(kAda, {0, 180});
  See(kBob, {90, 45});
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, antimeridian, kAda),
                                  std::tuple(Kind::kEnter, pole, kBob)));
}

// Two squares that share an edge along a meridian, and somebody on it.
TEST_F(FenceTest, APositionOnASharedEdgeIsInOneOfTwoPolygons) {
  Add({.region = FencePolygon{{{0, 0}, {0, 10}, {10, 10}, {10, 0}}}});
  Add({.region = FencePolygon{{{0, 10}, {0, 20}, {10, 20}, {10, 10}}}});
  Tick();
  See(kAda, {0, 10});
  See(kBob, {5, 10});
  Tick();
  EXPECT_EQ(result_.inside, 2u);
}

TEST_F(FenceTest, CellsAreThoseOfTheirIds) {
  const FenceId fence = Add({.region = FenceCells{{CellIdAt(kSeoul, 12), CellIdAt(kTokyo, 30)}}});
  Tick();
  See(kAda, kSeoul);
  See(kBob, kTokyo);
  See(kCy, kBusan);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kAda),
                                  std::tuple(Kind::kEnter, fence, kBob)));
}

TEST_F(FenceTest, WhoIsInsideStaysSoUpToTheMargin) {
  FenceOptions options = Seoul();
  options.margin_m = 20;
  const FenceId fence = Add(options);
  See(kBob, EastOfSeoul(119));
  EXPECT_THAT(Tick(), IsEmpty());
  See(kBob, EastOfSeoul(99));
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  See(kBob, EastOfSeoul(119));
  EXPECT_THAT(Tick(), IsEmpty());
  See(kBob, EastOfSeoul(121));
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
  See(kBob, EastOfSeoul(119));
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FenceTest, PolygonsAndCellsHaveMarginsToo) {
  const double degree_m = kHalfGlobe / 180;
  Add({.region = FencePolygon{{{-1, -1}, {-1, 0}, {1, 0}, {1, -1}}}, .margin_m = 20});
  // A cell of the first level has the equator and the meridian 45 for two of its edges.
  Add({.region = FenceCells{{CellIdAt({1, 44}, 1)}}, .margin_m = 20});
  See(kAda, {-0.5, -0.5});
  See(kBob, {0.5, 44.9});
  Tick();
  EXPECT_EQ(result_.inside, 2u);
  See(kAda, {-0.5, 19 / degree_m});
  See(kBob, {-19 / degree_m, 44.9});
  Tick();
  EXPECT_EQ(result_.inside, 2u);
  See(kAda, {-0.5, 21 / degree_m});
  See(kBob, {-21 / degree_m, 44.9});
  Tick();
  EXPECT_EQ(result_.inside, 0u);
}

// ---- Who sees whom ----

TEST_F(FenceTest, TheHostSeesTheCloakedWhereTheyAre) {
  ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kCloaked), IsOk());
  const FenceId fence = Add({.region = FenceCircle{kSeoul, 1}});
  Tick();
  See(kBob, kSeoul);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  EXPECT_EQ(events_[0].position, Canonical(kSeoul).value());
}

TEST_F(FenceTest, WhereTheCloakedAreShownIsNothingToTheHost) {
  ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kCloaked), IsOk());
  See(kBob, kSeoul);
  const LatLng shown = Near(kSeoul).at(0).position;
  Add({.region = FenceCircle{shown, 1}, .tells_those_inside = true});
  EXPECT_THAT(Tick(), IsEmpty());
  const FenceId of_user =
      Add({.region = FenceCircle{shown, 1}, .owner = kAda, .tells_those_inside = true});
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, of_user, kBob)));
  EXPECT_EQ(events_[0].position, shown);
}

TEST_F(FenceTest, AnOwnerSeesFriendsWhereTheyAreFromTheTickAfterTheyBecomeFriends) {
  ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kCloaked), IsOk());
  See(kBob, kSeoul);
  const FenceId fence = Add({.region = FenceCircle{kSeoul, 1}, .owner = kAda});
  EXPECT_THAT(Tick(), IsEmpty());
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, kAda, kBob), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
  index_.RemoveFromViewerSet(ViewerSet::kSeesExactly, kAda, kBob);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
}

TEST_F(FenceTest, BlockingIsAnExitAndItsEndAnEnter) {
  const FenceId fence = Add({.region = FenceCircle{kSeoul, 100}, .owner = kAda});
  Add({.region = FenceCircle{kSeoul, 100}, .owner = kCy});
  See(kBob, kSeoul);
  Tick();
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, kBob), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
  index_.RemoveFromViewerSet(ViewerSet::kNeverSees, kAda, kBob);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
}

TEST_F(FenceTest, OwnersAreNotInTheirOwnFences) {
  See(kAda, kSeoul);
  Add({.region = FenceCircle{kSeoul, 100}, .owner = kAda, .tells_those_inside = true});
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(FenceTest, HidingIsAnExitForAll) {
  const FenceId of_host = Add(Seoul());
  const FenceId of_user = Add({.region = FenceCircle{kSeoul, 100}, .owner = kAda});
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, kAda, kBob), IsOk());
  See(kBob, kSeoul);
  Tick();
  ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kHidden), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, of_host, kBob),
                                  std::tuple(Kind::kExit, of_user, kBob)));
  ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kExact), IsOk());
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, of_host, kBob),
                                  std::tuple(Kind::kEnter, of_user, kBob)));
}

// Whoever blocks the owner, hides, or is a friend no more does not say by that where they are.
TEST_F(FenceTest, AnExitTellsAUserNoPlaceButThatOfTheEventBefore) {
  const std::vector<std::function<void()>> ends = {
      [&] { ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, kBob), IsOk()); },
      [&] { index_.RemoveFromViewerSet(ViewerSet::kSeesExactly, kAda, kBob); },
      [&] { ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kHidden), IsOk()); }};
  for (const auto& end : ends) {
    for (const auto dwell_ms : {std::optional<std::int64_t>(), std::optional<std::int64_t>(1)}) {
      ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kCloaked), IsOk());
      ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kSeesExactly, kAda, kBob), IsOk());
      index_.RemoveFromViewerSet(ViewerSet::kNeverSees, kAda, kBob);
      const FenceId fence = Add({.region = FenceCircle{kSeoul, 1},
                                 .owner = kAda,
                                 .dwell_ms = dwell_ms,
                                 .tells_those_inside = true});
      See(kBob, EastOfSeoul(0.2));
      EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
      See(kBob, EastOfSeoul(0.4));
      Tick(kNow + kMs);
      See(kBob, EastOfSeoul(0.6));
      EXPECT_THAT(Tick(kNow + kMs), IsEmpty());
      end();
      EXPECT_THAT(Tick(kNow + kMs), ElementsAre(std::tuple(Kind::kExit, fence, kBob)));
      EXPECT_EQ(events_.at(0).position, Canonical(EastOfSeoul(dwell_ms ? 0.4 : 0.2)).value());
      EXPECT_TRUE(fences_.Remove(fence));
    }
  }
}

// ---- Bounds ----

TEST_F(FenceTest, ThereMayBeMaxFencesAndNotOneMore) {
  std::vector<FenceId> fences;
  for (int i = 0; i < 100; ++i) fences.push_back(Add(Seoul()));
  const auto full = IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_fences"));
  EXPECT_THAT(fences_.Add(Seoul()), full);
  Tick();
  EXPECT_THAT(fences_.Add(Seoul()), full);
  EXPECT_TRUE(fences_.Remove(fences[0]));
  EXPECT_THAT(fences_.Add(Seoul()), IsOk());
}

TEST_F(FenceTest, WhoIsLeftOutForWantOfRoomIsToldWhenThereIsSome) {
  const FenceId fence = Add(Seoul());
  Tick();
  SeeCrowd(3, kSeoul);
  EXPECT_THAT(Tick(), ::testing::SizeIs(3));
  EXPECT_EQ(result_, (FenceTickResult{.events = 3, .inside = 3, .left_out = 0}));
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_EQ(result_, (FenceTickResult{.events = 0, .inside = 3, .left_out = 2}));
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_EQ(result_.left_out, 2u);
  index_.Remove(UserId{1'000});
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, UserId{1'000}),
                                  std::tuple(Kind::kEnter, fence, kAda)));
  EXPECT_EQ(result_, (FenceTickResult{.events = 2, .inside = 3, .left_out = 1}));
}

TEST_F(FenceTest, WhoIsLeftOutOfAFirstLookIsNotToldAsEnteringLater) {
  SeeCrowd(4, kSeoul);
  const FenceId fence = Add(Seoul());
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_EQ(result_, (FenceTickResult{.events = 0, .inside = 3, .left_out = 1}));
  index_.Remove(UserId{1'000});
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, UserId{1'000})));
  EXPECT_EQ(result_, (FenceTickResult{.events = 1, .inside = 3, .left_out = 0}));
  index_.Remove(UserId{1'001});
  See(kAda, kSeoul);
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kExit, fence, UserId{1'001}),
                                  std::tuple(Kind::kEnter, fence, kAda)));
}

TEST_F(FenceTest, WhoIsNotSeenInsideTakesNobodysPlace) {
  SeeCrowd(10, kSeoul);
  for (std::size_t i = 0; i < 9; ++i) {
    ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, UserId{1'000 + i}), IsOk());
  }
  const FenceId fence =
      Add({.region = FenceCircle{kSeoul, 100}, .owner = kAda, .tells_those_inside = true});
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, UserId{1'009})));
  EXPECT_EQ(result_, (FenceTickResult{.events = 1, .inside = 1, .left_out = 0}));
}

TEST_F(FenceTest, MemoryIsGivenBackWithTheFences) {
  Fences fences(index_);
  const auto nothing = [](const FenceEvent&) {};
  const std::size_t before = fences.MemoryUsage().total();
  std::vector<FenceId> added;
  SeeCrowd(10'000, kSeoul);
  for (int i = 0; i < 100; ++i) added.push_back(fences.Add(Seoul()).value());
  ASSERT_THAT(fences.Tick(kNow, nothing), IsOk());
  const FenceMemoryUsage full = fences.MemoryUsage();
  EXPECT_GT(full.inside, 1'000'000u * 40);
  EXPECT_GT(full.fences, before);
  EXPECT_GT(full.ticks, 0u);
  for (const FenceId fence : added) EXPECT_TRUE(fences.Remove(fence));
  ASSERT_THAT(fences.Tick(kNow, nothing), IsOk());
  EXPECT_LT(fences.MemoryUsage().inside, full.inside / 100);
}

// ---- Arguments ----

class FenceArgumentsTest : public FenceTest {
 protected:
  void ExpectInvalid(const FenceOptions& options, const std::string& what) {
    EXPECT_THAT(options.Validate(), IsInvalid(what));
    EXPECT_THAT(fences_.Add(options), IsInvalid(what));
    EXPECT_EQ(fences_.size(), 0u);
  }
};

TEST_F(FenceArgumentsTest, ACircleHasACenterAndARadius) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  ExpectInvalid({.region = FenceCircle{{91, 0}, 1}}, "center: latitude 91");
  ExpectInvalid({.region = FenceCircle{kSeoul, -1}}, "radius_m -1");
  ExpectInvalid({.region = FenceCircle{kSeoul, kNan}}, "radius_m");
  ExpectInvalid({.region = FenceCircle{kSeoul, std::numeric_limits<double>::infinity()}},
                "radius_m");
}

TEST_F(FenceArgumentsTest, WhatIsWrongWithAPolygonIsSaid) {
  ExpectInvalid({.region = FencePolygon{}}, "vertices: a polygon has three vertices");
  ExpectInvalid({.region = FencePolygon{{{0, 0}, {0, 1}}}}, "three vertices at least, not 2");
  ExpectInvalid({.region = FencePolygon{{{0, 0}, {0, 1}, {0, 181}}}}, "vertices[2]: longitude 181");
  ExpectInvalid({.region = FencePolygon{{{0, 0}, {0, 1}, {1, 1}, {0, 0}}}}, "duplicate vertex");
  ExpectInvalid({.region = FencePolygon{{{0, 0}, {1, 1}, {0, 1}, {1, 0}}}}, "crosses");
  ExpectInvalid({.region = FencePolygon{{{0, 0}, {0, 180}, {50, 90}}}},
                "vertices: 0 and 1 are opposite ends of the Earth");
  ExpectInvalid({.region = FencePolygon{{{90, 0}, {0, 0}, {-90, 5}}}}, "2 and 0 are opposite");
}

TEST_F(FenceArgumentsTest, APolygonHasKMaxVerticesAndNotOneMore) {
  FencePolygon polygon;
  const auto round = [&](std::size_t vertices) {
    polygon.vertices.clear();
    for (std::size_t i = 0; i < vertices; ++i) {
      const double turn = 2 * std::numbers::pi * static_cast<double>(i) / double(vertices);
      polygon.vertices.push_back(Offset(kSeoul, 10'000, turn));
    }
    return FenceOptions{.region = polygon};
  };
  ExpectInvalid(round(FenceOptions::kMaxVertices + 1), "vertices are 1001, more than 1000");
  Add(round(FenceOptions::kMaxVertices));
  See(kBob, kSeoul);
  Tick();
  EXPECT_EQ(result_.inside, 1u);
}

TEST_F(FenceArgumentsTest, CellsAreS2CellsFromOneToKMaxCells) {
  ExpectInvalid({.region = FenceCells{}}, "ids: there is no cell");
  ExpectInvalid({.region = FenceCells{{CellIdAt(kSeoul, 12), 0}}}, "ids: 0 is no S2 cell");
  FenceCells cells;
  cells.ids.assign(FenceOptions::kMaxCells + 1, CellIdAt(kSeoul, 12));
  ExpectInvalid({.region = cells}, "ids are 1001, more than 1000");
  cells.ids.pop_back();
  Add({.region = cells});
}

TEST_F(FenceArgumentsTest, NamesMarginsAndStaysHaveLimits) {
  FenceOptions options = Seoul();
  options.name.assign(FenceOptions::kMaxNameBytes + 1, 'x');
  ExpectInvalid(options, "name has 256 bytes, more than 255");
  options.name.pop_back();
  options.margin_m = -1;
  ExpectInvalid(options, "margin_m -1");
  options.margin_m = std::nextafter(FenceOptions::kMaxMarginMeters, 1e9);
  ExpectInvalid(options, "margin_m");
  options.margin_m = std::numeric_limits<double>::quiet_NaN();
  ExpectInvalid(options, "margin_m nan");
  options.margin_m = FenceOptions::kMaxMarginMeters;
  options.dwell_ms = 0;
  ExpectInvalid(options, "dwell_ms 0");
  options.dwell_ms = FenceOptions::kMaxDwellMs + 1;
  ExpectInvalid(options, "dwell_ms");
  options.dwell_ms = FenceOptions::kMaxDwellMs;
  EXPECT_EQ(fences_.NameOf(Add(options)), options.name);
}

TEST_F(FenceArgumentsTest, OptionsOfTheFencesHaveLimits) {
  using Options = FencesOptions;
  EXPECT_THAT(Options{}.Validate(), IsOk());
  EXPECT_THAT(Options{.max_fences = 0}.Validate(), IsInvalid("max_fences 0"));
  EXPECT_THAT(Options{.max_fences = Options::kMaxFencesLimit + 1}.Validate(),
              IsInvalid("max_fences"));
  EXPECT_THAT(Options{.max_inside = 0}.Validate(), IsInvalid("max_inside 0"));
  EXPECT_THAT(Options{.max_inside = Options::kMaxInsideLimit + 1}.Validate(),
              IsInvalid("max_inside"));
  EXPECT_DEATH(Fences(index_, {.max_fences = 0}), "moyeo::Fences: .*max_fences");
}

TEST_F(FenceArgumentsTest, ATimeOutOfRangeChangesNothing) {
  const FenceId fence = Add(Seoul());
  Tick();
  See(kBob, kSeoul);
  EXPECT_THAT(fences_.Tick(kMaxTimestamp + kMs, [](const FenceEvent&) { FAIL(); }),
              IsInvalid("now"));
  EXPECT_THAT(Tick(), ElementsAre(std::tuple(Kind::kEnter, fence, kBob)));
}

TEST_F(FenceArgumentsTest, AnUnknownFenceCannotBeRemovedOrNamed) {
  EXPECT_FALSE(fences_.Remove(FenceId{7}));
  EXPECT_EQ(fences_.NameOf(FenceId{7}), std::nullopt);
}

}  // namespace
}  // namespace moyeo::testing
