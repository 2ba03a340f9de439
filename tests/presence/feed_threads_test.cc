// Movers, ticks on several threads, and hosts who subscribe, change, collect, resync and end, all
// at once. What each feed tells is replayed and checked; when all have stopped, every feed shows
// what a fresh query gives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "support/feed_history.h"
#include "support/places.h"
#include "support/print.h"
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

// A thread takes 128 from a tick at a time: enough for two.
constexpr std::size_t kWatched = 600;

Timestamp At(std::int64_t tick) { return Timestamp{milliseconds{tick}}; }

class FeedThreadsTest : public SeededTest {
 protected:
  void Complain(std::string what) {
    const std::lock_guard lock(complaints_mutex_);
    if (complaints_.size() < 10) complaints_.push_back(std::move(what));
  }
  void Expect(const absl::Status& status) {
    if (!status.ok()) Complain(status.ToString());
  }

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

  FeedOptions SomeOptions(Random& random) {
    FeedOptions options{.center = UserId{random.Below(kUsers)}};
    if (random.OneIn(3)) {
      options.center = SomePlace(random);
      if (random.OneIn(2)) options.viewer = UserId{random.Below(kUsers)};
    }
    if (random.OneIn(2)) options.radius_m = random.Uniform(10, 3'000);
    options.limit = 1 + random.Below(30);
    return options;
  }

  // A third are cloaked.
  static Visibility SomeVisibility(Random& random) {
    switch (random.Below(6)) {
      case 0:
      case 1:
        return Visibility::kCloaked;
      case 2:
        return Visibility::kHidden;
      default:
        return Visibility::kExact;
    }
  }

  void MoveAll() {
    for (std::size_t i = 0; i < kUsers; ++i) {
      Expect(index_.SetVisibility(UserId{i}, SomeVisibility(random_)));
      Expect(index_.Move(UserId{i}, SomePlace(random_), At(clock_.fetch_add(1))));
    }
  }

  void MoveAndRemove(std::size_t operations, Random random) {
    for (std::size_t i = 0; i < operations; ++i) {
      const UserId user{random.Below(kUsers)};
      const Timestamp seen = At(clock_.fetch_add(1));
      if (random.OneIn(20)) {
        index_.Remove(user);
      } else {
        Expect(index_.Move(user, SomePlace(random), seen));
      }
      if (random.OneIn(50)) index_.Expire(seen);
      if (random.OneIn(30)) {
        const UserId other{random.Below(kUsers)};
        Expect(index_.AddToViewerSet(ViewerSet::kNeverSees, user, other));
        index_.RemoveFromViewerSet(ViewerSet::kNeverSees, other, user);
        Expect(index_.AddToViewerSet(ViewerSet::kSeesExactly, other, user));
        index_.RemoveFromViewerSet(ViewerSet::kSeesExactly, user, other);
      }
      if (random.OneIn(30)) Expect(index_.SetVisibility(user, SomeVisibility(random)));
      if (random.OneIn(10'000)) index_.Clear();
    }
  }

  // What a sink does: replays. The updates of one feed come one after another.
  void Take(const FeedUpdate& update) {
    const std::lock_guard lock(replays_mutex_);
    if (const auto wrong = replays_[update.feed].Apply(update.sequence, update.deltas)) {
      Complain(*wrong);
    }
  }

  // Ticks on two threads each. The first update of either waits until there is one of the other, or
  // until the other has found nothing left to do: so they share the work, however they are
  // scheduled.
  void Tick(std::size_t ticks) {
    for (std::size_t i = 0; i < ticks; ++i) {
      auto tick = feeds_.StartTick(At(clock_.load()));
      if (!tick.ok()) return Complain(tick.status().ToString());
      std::latch both(2);
      const auto work = [&](std::size_t thread) {
        bool is_here = false;
        const auto be_here = [&] {
          if (!std::exchange(is_here, true)) both.count_down();
        };
        const FeedTickResult result = tick->Work([&](const FeedUpdate& update) {
          be_here();
          both.wait();
          Take(update);
        });
        be_here();
        shared_ticks_[thread] += result.due > 0;
      };
      std::thread other(work, 1);
      work(0);
      other.join();
    }
  }

  // Has feeds of its own, which it collects, changes, resyncs and ends.
  void Host(std::size_t operations, Random random) {
    std::map<FeedId, FeedReplay> own;
    FeedCollection collection;
    FeedSnapshot snapshot;
    for (std::size_t i = 0; i < operations; ++i) {
      FeedOptions options = SomeOptions(random);
      options.delivery = FeedDelivery::kCollect;
      if (own.size() < 20) {
        const auto feed = feeds_.Subscribe(options);
        Expect(feed.status());
        if (!feed.ok()) return;
        if (!own.try_emplace(*feed).second) Complain("a feed id twice");
      }
      const auto chosen =
          std::next(own.begin(), static_cast<std::ptrdiff_t>(random.Below(own.size())));
      const FeedId feed = chosen->first;
      FeedReplay& replay = chosen->second;
      const auto check = [&](const std::optional<std::string>& wrong) {
        if (wrong) Complain(*wrong);
      };
      switch (random.Below(8)) {
        case 0:
          Expect(feeds_.Change(feed, options));
          break;
        case 1:
          if (!feeds_.End(feed)) Complain("a feed was gone");
          own.erase(chosen);
          break;
        case 2:
          Expect(feeds_.Resync(feed, At(clock_.load()), snapshot));
          check(replay.Apply(snapshot));
          break;
        case 3:
          feeds_.MemoryUsage();
          break;
        default:
          Expect(feeds_.Collect(feed, collection));
          if (collection.needs_resync) {
            Expect(feeds_.Resync(feed, At(clock_.load()), snapshot));
            check(replay.Apply(snapshot));
          } else if (!collection.deltas.empty()) {
            check(replay.Apply(collection.sequence, collection.deltas));
          }
      }
    }
    for (const auto& [feed, replay] : own) feeds_.End(feed);
  }

  Random NewRandom() { return Random(random_.Bits()); }

  PresenceIndex index_{{.ttl_ms = kTtlMs}};
  NearbyFeeds feeds_{index_, {.max_pending = 40}};
  std::atomic<std::int64_t> clock_{0};
  std::array<std::size_t, 2> shared_ticks_{};  // in which a thread had feeds to look at
  std::mutex replays_mutex_;
  std::map<FeedId, FeedReplay> replays_;
  std::mutex complaints_mutex_;
  std::vector<std::string> complaints_;
};

TEST_F(FeedThreadsTest, MoversTicksAndHostsAtOnce) {
  std::map<FeedId, FeedOptions> watched;
  for (std::size_t i = 0; i < kWatched; ++i) {
    const FeedOptions options = SomeOptions(random_);
    watched[feeds_.Subscribe(options).value()] = options;
  }
  MoveAll();
  constexpr std::size_t kMoves = Scaled(60'000);
  std::vector<std::function<void()>> jobs;
  for (int i = 0; i < 2; ++i) {
    jobs.push_back([this, random = NewRandom()] { MoveAndRemove(kMoves, random); });
    jobs.push_back([this, random = NewRandom()] { Host(Scaled(6'000), random); });
  }
  jobs.push_back([this] { Tick(Scaled(300)); });
  RunTogether(jobs);

  MoveAll();
  Tick(1);
  EXPECT_THAT(complaints_, IsEmpty());
  for (const std::size_t ticks : shared_ticks_) EXPECT_GT(ticks, 0u);
  EXPECT_EQ(feeds_.size(), watched.size());
  const Timestamp now = At(clock_.load());
  std::size_t shown = 0;
  for (const auto& [feed, options] : watched) {
    FeedSnapshot snapshot;
    ASSERT_THAT(feeds_.Resync(feed, now, snapshot), IsOk());
    FeedReplay::Shown fresh;
    for (const Neighbor& n : snapshot.neighbors) fresh[n.user] = n.position;
    EXPECT_EQ(replays_[feed].shown(), fresh);
    shown += fresh.size();
  }
  EXPECT_GT(shown, 0u);
}

}  // namespace
}  // namespace moyeo::testing
