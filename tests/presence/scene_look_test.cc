#include "presence/scene_look.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "presence/arguments.h"
#include "spatial/search.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::presence {
namespace {

using spatial::Hit;
using spatial::ItemTree;
using spatial::Neighborhood;
using spatial::Position;
using spatial::Search;
using testing::Scaled;

// Users around a place, and feeds that now and then look at them in a scene. What a feed is told is
// replayed, and compared with what a search finds.
class SceneLookTest : public testing::SeededTest {
 protected:
  struct Watcher {
    Position center;
    Position looked_from;
    double radius_m = 0;
    Feed feed;
    std::map<std::uint64_t, Position> replay;
  };

  static constexpr std::size_t kUsers = 150;
  static constexpr double kWidthMeters = 1'000;

  Position SomePlace() {
    if (are_on_spots_) return spots_[random_.Below(spots_.size())];
    return *spatial::ToPosition(testing::NearTo(middle_, kWidthMeters, random_));
  }

  void MoveSomebody() {
    const std::uint64_t id = random_.Below(kUsers) * 0x9e3779b97f4a7c15;
    if (random_.OneIn(8)) {
      tree_.Erase(id);
      return;
    }
    const std::optional<spatial::Item> held = tree_.Find(id);
    const bool is_near = held && !are_on_spots_ && !random_.OneIn(4);
    tree_.Put({id,
               is_near ? *spatial::ToPosition(
                             testing::NearTo(spatial::ToDegrees(held->position), 20, random_))
                       : SomePlace(),
               ++stamp_});
  }

  std::vector<Hit> FindBySearch(const Watcher& watcher) {
    Search search;
    EXPECT_TRUE(search.FindWithin(tree_, watcher.center, watcher.radius_m, {}));
    std::vector<Hit> hits;
    for (const Hit& hit : search.Hits()) {
      if (hits.size() < watcher.feed.limit && hit.id != watcher.feed.viewer) hits.push_back(hit);
    }
    return hits;
  }

  void Expect(Watcher& watcher, std::span<const FeedDelta> deltas) {
    const std::vector<Hit> expected = FindBySearch(watcher);
    std::map<std::uint64_t, Hit> hits;
    for (const Hit& hit : expected) hits[hit.id] = hit;
    EXPECT_TRUE(std::ranges::is_sorted(deltas, {}, [](const FeedDelta& delta) {
      return std::pair(delta.kind, ToNumber(delta.user));
    }));
    for (const FeedDelta& delta : deltas) {
      const std::uint64_t id = ToNumber(delta.user);
      EXPECT_EQ(watcher.replay.contains(id), delta.kind != FeedDelta::Kind::kEnter);
      if (delta.kind == FeedDelta::Kind::kLeave) {
        EXPECT_EQ(delta.position, spatial::ToDegrees(watcher.replay[id]));
        EXPECT_EQ(delta.last_seen, kMinTimestamp);
        watcher.replay.erase(id);
        continue;
      }
      ASSERT_TRUE(hits.contains(id));
      const Hit& hit = hits[id];
      EXPECT_EQ(delta.position, spatial::ToDegrees(hit.position));
      EXPECT_EQ(delta.distance_m, hit.distance_m);
      EXPECT_EQ(delta.last_seen, FromMillis(hit.stamp));
      if (delta.kind == FeedDelta::Kind::kMove) {
        EXPECT_NE(watcher.replay[id], hit.position);
      }
      watcher.replay[id] = hit.position;
    }
    std::map<std::uint64_t, Position> now;
    for (const Hit& hit : expected) now[hit.id] = hit.position;
    EXPECT_EQ(watcher.replay, now);
    std::vector<Shown> shown;
    watcher.feed.shown.Read(shown);
    std::map<std::uint64_t, Position> kept;
    for (const Shown& user : shown) kept[user.id] = user.position;
    EXPECT_EQ(kept, now);
  }

  void Run(std::size_t ticks) {
    middle_ =
        spatial::ToDegrees(*spatial::ToPosition(random_.Pick(testing::Crowds()).place(random_)));
    for (Position& spot : spots_) {
      spot = *spatial::ToPosition(testing::NearTo(middle_, kWidthMeters, random_));
    }
    are_on_spots_ = random_.OneIn(3);
    for (std::size_t i = 0; i < 2 * kUsers; ++i) MoveSomebody();
    for (std::size_t i = 0; i < 6; ++i) {
      Watcher& watcher = watchers_.emplace_back();
      watcher.center = watcher.looked_from = SomePlace();
      watcher.radius_m = random_.Uniform(100, kWidthMeters);
      watcher.feed.limit = 1 + static_cast<std::uint32_t>(random_.Below(60));
      watcher.feed.has_viewer = random_.OneIn(2);
      watcher.feed.viewer = random_.Below(kUsers) * 0x9e3779b97f4a7c15;
      if (!watcher.feed.has_viewer) watcher.feed.viewer = 1;  // nobody
    }
    for (std::size_t tick = 0; tick < ticks; ++tick) {
      const std::size_t moves = random_.OneIn(2) ? random_.Below(4) : random_.Below(2 * kUsers);
      for (std::size_t i = 0; i < moves; ++i) MoveSomebody();
      Search search;
      Neighborhood neighborhood;
      ASSERT_TRUE(neighborhood.Gather(search, tree_, *spatial::ToPosition(middle_),
                                      3 * kWidthMeters + random_.Uniform(0, 100), {}));
      neighborhood.SortById();
      look_.Begin(scenes_.Make(neighborhood.ids(), neighborhood.lats(), neighborhood.lngs()),
                  neighborhood);
      for (Watcher& watcher : watchers_) {
        if (random_.OneIn(3)) continue;
        if (random_.OneIn(5)) watcher.center = SomePlace();
        const double look_m =
            random_.OneIn(4) ? random_.Uniform(0, watcher.radius_m) : watcher.radius_m;
        const SceneLook::Circle circle{
            .center = watcher.center,
            .look_m = std::max<double>(
                look_m, std::min<double>(watcher.feed.reach_m * 1.2, watcher.radius_m)),
            .radius_m = watcher.radius_m,
            .has_moved = watcher.center != watcher.looked_from};
        const SceneLook::Found found = look_.Look(watcher.feed, circle, neighborhood);
        if (found == SceneLook::Found::kNothing) {
          std::vector<Hit> hits = FindBySearch(watcher);
          std::erase_if(hits, [&](const Hit& hit) { return hit.distance_m > circle.look_m; });
          EXPECT_LT(hits.size(), watcher.feed.limit);
          continue;
        }
        watcher.looked_from = watcher.center;
        again_ += found == SceneLook::Found::kAgain;
        anew_ += found == SceneLook::Found::kAnew;
        const std::span<const FeedDelta> deltas = look_.Deltas();
        Difference difference;
        look_.Write(difference, neighborhood);
        ASSERT_EQ(difference.size(), deltas.size());
        ASSERT_EQ(look_.changes(), deltas.size());
        std::size_t i = 0;
        for (const auto& changes : {difference.leaves(), difference.enters(), difference.moves()}) {
          for (const Change& change : changes) {
            EXPECT_EQ(UserId{change.id}, deltas[i].user);
            if (change.kind != Change::Kind::kEnter) {
              EXPECT_EQ(change.before, watcher.replay[change.id]);
            }
            if (change.kind != Change::Kind::kLeave) {
              EXPECT_EQ(spatial::ToDegrees(change.after), deltas[i].position);
              EXPECT_EQ(change.distance_m, deltas[i].distance_m);
              EXPECT_EQ(FromMillis(change.stamp), deltas[i].last_seen);
            }
            ++i;
          }
        }
        ASSERT_NO_FATAL_FAILURE(Expect(watcher, deltas));
      }
      if (random_.OneIn(10)) {
        // By themselves for a while.
        for (Watcher& watcher : watchers_) {
          std::vector<Shown> shown;
          watcher.feed.shown.Read(shown);
          watcher.feed.shown.Assign(shown);
        }
      }
    }
    watchers_.clear();
    look_.End();
    EXPECT_EQ(scenes_.bytes_held(), 0u);
    for (std::uint64_t id = 0; id < kUsers; ++id) tree_.Erase(id * 0x9e3779b97f4a7c15);
  }

  ScenePool scenes_;
  ItemTree tree_;
  SceneLook look_;
  std::vector<Watcher> watchers_;
  LatLng middle_;
  std::array<Position, 3> spots_;
  bool are_on_spots_ = false;
  std::int64_t stamp_ = 0;
  std::size_t again_ = 0;
  std::size_t anew_ = 0;
};

TEST_F(SceneLookTest, WhatIsToldLeadsToWhatASearchFinds) {
  for (std::size_t i = 0; i < Scaled(150); ++i) {
    ASSERT_NO_FATAL_FAILURE(Run(30));
    if (HasFailure()) return;
  }
  EXPECT_GT(again_, Scaled(150));
  EXPECT_GT(anew_, Scaled(150));
}

}  // namespace
}  // namespace moyeo::presence
