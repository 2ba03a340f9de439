// Movers, ticks, and hosts who add and remove fences, all at once. What is told of each user and
// fence alternates; when all have stopped, whoever is told to be inside is whom a query finds.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "moyeo/fence.h"
#include "moyeo/presence.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"
#include "support/together.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;

constexpr LatLng kCenter{35.2643897, 45};  // a corner of three cube faces
constexpr std::int64_t kTtlMs = 20'000;
constexpr std::size_t kUsers = 400;
constexpr UserId kOwner{kUsers};  // moves never

Timestamp At(std::int64_t tick) { return Timestamp{milliseconds{tick}}; }

class FenceThreadsTest : public SeededTest {
 protected:
  using Inside = std::map<FenceId, std::set<UserId>>;

  LatLng SomePlace(Random& random) {
    switch (random.Below(8)) {
      case 0:
        return Anywhere(random);
      case 1:
        return kCenter;
      default:
        return NearTo(kCenter, 3'000, random);
    }
  }

  FenceOptions SomeOptions(Random& random) {
    FenceOptions options{
        .region = FenceCircle{SomePlace(random), random.Uniform(1, 3'000)},
        .dwell_ms = random.OneIn(2) ? std::optional<std::int64_t>(1) : std::nullopt,
        .tells_those_inside = true};
    if (random.OneIn(2)) options.owner = kOwner;
    return options;
  }

  void MoveAndRemove(std::size_t operations, Random random) {
    for (std::size_t i = 0; i < operations; ++i) {
      const UserId user{random.Below(kUsers)};
      const Timestamp seen = At(clock_.fetch_add(1));
      if (random.OneIn(20)) {
        index_.Remove(user);
      } else {
        complaints_.Expect(index_.Move(user, SomePlace(random), seen));
      }
      if (random.OneIn(50)) index_.Expire(seen);
      if (random.OneIn(40)) {
        complaints_.Expect(index_.SetVisibility(
            user, random.Pick(std::vector<Visibility>{Visibility::kExact, Visibility::kCloaked,
                                                      Visibility::kHidden})));
      }
      if (random.OneIn(30)) {
        complaints_.Expect(index_.AddToViewerSet(ViewerSet::kNeverSees, kOwner, user));
        index_.RemoveFromViewerSet(ViewerSet::kNeverSees, kOwner, UserId{random.Below(kUsers)});
      }
      if (random.OneIn(5'000)) index_.Clear();
    }
  }

  // What a sink does: replays.
  void Take(const FenceEvent& event) {
    std::set<UserId>& inside = inside_[event.fence];
    switch (event.kind) {
      case FenceEvent::Kind::kEnter:
        if (!inside.insert(event.user).second) complaints_.Add("enters, but is inside");
        break;
      case FenceEvent::Kind::kExit:
        if (inside.erase(event.user) == 0) complaints_.Add("exits, but is not inside");
        break;
      case FenceEvent::Kind::kDwell:
        if (!inside.contains(event.user)) complaints_.Add("stays, but is not inside");
    }
  }

  void Tick(std::size_t ticks) {
    for (std::size_t i = 0; i < ticks; ++i) {
      complaints_.Expect(
          fences_.Tick(At(clock_.load()), [&](const FenceEvent& event) { Take(event); }).status());
    }
  }

  // Has fences of its own, which come and go.
  void Host(std::size_t operations, Random random) {
    std::vector<FenceId> own;
    for (std::size_t i = 0; i < operations; ++i) {
      if (own.size() < 20 && random.OneIn(2)) {
        const auto fence = fences_.Add(SomeOptions(random));
        complaints_.Expect(fence.status());
        if (fence.ok()) own.push_back(*fence);
      } else if (!own.empty()) {
        if (!fences_.NameOf(own.back())) complaints_.Add("a fence has no name");
        if (!fences_.Remove(own.back())) complaints_.Add("a fence was gone");
        own.pop_back();
      }
      if (random.OneIn(10)) fences_.MemoryUsage();
    }
    for (const FenceId fence : own) fences_.Remove(fence);
  }

  Random NewRandom() { return Random(random_.Bits()); }

  PresenceIndex index_{{.ttl_ms = kTtlMs}};
  Fences fences_{index_};
  std::atomic<std::int64_t> clock_{0};
  Inside inside_;  // for the thread that ticks
  Complaints complaints_;
};

TEST_F(FenceThreadsTest, MoversTicksAndHostsAtOnce) {
  std::map<FenceId, FenceOptions> watched;
  for (int i = 0; i < 60; ++i) {
    const FenceOptions options = SomeOptions(random_);
    watched[fences_.Add(options).value()] = options;
  }
  std::vector<std::function<void()>> jobs;
  for (int i = 0; i < 2; ++i) {
    jobs.push_back([this, random = NewRandom()] { MoveAndRemove(Scaled(60'000), random); });
    jobs.push_back([this, random = NewRandom()] { Host(Scaled(6'000), random); });
  }
  jobs.push_back([this] { Tick(Scaled(3'000)); });
  RunTogether(jobs);

  Tick(1);
  EXPECT_THAT(complaints_.Take(), IsEmpty());
  EXPECT_EQ(fences_.size(), watched.size());
  const Timestamp now = At(clock_.load());
  std::size_t inside = 0;
  for (const auto& [fence, options] : watched) {
    const auto& circle = std::get<FenceCircle>(options.region);
    std::set<UserId> expected;
    if (options.owner) {
      const auto found = index_.Nearby(
          circle.center, {.radius_m = circle.radius_m, .limit = std::nullopt, .viewer = kOwner},
          now);
      ASSERT_THAT(found, IsOk());
      for (const Neighbor& n : *found) expected.insert(n.user);
    } else {
      for (std::size_t i = 0; i < kUsers; ++i) {
        const auto held = index_.Find(UserId{i}, now);
        if (!held || index_.VisibilityOf(UserId{i}) == Visibility::kHidden) continue;
        if (DistanceMeters(circle.center, held->position).value() > circle.radius_m) continue;
        expected.insert(UserId{i});
      }
    }
    EXPECT_EQ(inside_[fence], expected);
    inside += expected.size();
  }
  EXPECT_GT(inside, 0u);
}

// A change of a set may come while a tick takes in the fences of its viewer.
TEST_F(FenceThreadsTest, FencesAddedWhileASetChangesKnowItInTheEnd) {
  const std::array sets = {ViewerSet::kNeverSees, ViewerSet::kSeesExactly};
  const Timestamp now = At(0);
  complaints_.Expect(index_.Move(UserId{0}, kCenter, now));
  complaints_.Expect(index_.Move(UserId{1}, kCenter, now));
  complaints_.Expect(index_.SetVisibility(UserId{1}, Visibility::kCloaked));
  const NearbyQuery as_owner{.radius_m = 1, .limit = std::nullopt, .viewer = kOwner};
  for (std::size_t round = 0; round < Scaled(100); ++round) {
    std::vector<FenceId> own;
    for (int i = 0; i < 300; ++i) {
      own.push_back(
          fences_
              .Add({.region = FenceCircle{kCenter, 1}, .owner = kOwner, .tells_those_inside = true})
              .value());
    }
    RunTogether({[&] { Tick(1); },
                 [&, changes = 1 + random_.Below(1'000)] {
                   for (std::size_t i = 0; i < changes; ++i) {
                     const std::size_t which = i % 2;
                     const bool adds = (round + i / 2) % 2 == 0;
                     if (adds) {
                       complaints_.Expect(
                           index_.AddToViewerSet(sets[which], kOwner, UserId{which}));
                     } else {
                       index_.RemoveFromViewerSet(sets[which], kOwner, UserId{which});
                     }
                   }
                 }});
    Tick(1);
    std::set<UserId> expected;
    const std::vector<Neighbor> seen = index_.Nearby(kCenter, as_owner, now).value();
    for (const Neighbor& n : seen) expected.insert(n.user);
    for (const FenceId fence : own) {
      EXPECT_EQ(inside_[fence], expected) << "in round " << round;
      fences_.Remove(fence);
    }
    inside_.clear();
  }
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

}  // namespace
}  // namespace moyeo::testing
