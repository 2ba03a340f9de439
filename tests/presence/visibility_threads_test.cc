// Movers, hosts who change visibilities and sets, and people who ask, all at once. Some users are
// never exact from beginning to end: no stranger may see one of them anywhere but at the centre of
// a cell, whatever else goes on; and some are hidden all the time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "moyeo/presence.h"
#include "support/cloak_twin.h"
#include "support/places.h"
#include "support/print.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/together.h"

namespace moyeo::testing {
namespace {

using ::testing::IsEmpty;

constexpr LatLng kCenter{35.2643897, 45};  // a corner of three cube faces
constexpr int kLevel = 14;
constexpr std::uint64_t kUsers = 300;

// By id: those who are sometimes exact, those who are cloaked or hidden, those who are hidden.
bool IsSometimesExact(UserId user) { return ToNumber(user) % 3 == 0; }
bool IsAlwaysHidden(UserId user) { return ToNumber(user) % 3 == 2; }

class VisibilityThreadsTest : public SeededTest {
 protected:
  void Move(std::size_t operations, Random random) {
    std::vector<UserId> users(16);
    std::vector<LatLng> places(16);
    for (std::size_t i = 0; i < operations; ++i) {
      const Timestamp seen{std::chrono::milliseconds{clock_.fetch_add(1)}};
      const UserId user{random.Below(kUsers)};
      if (random.OneIn(20)) {
        index_.Remove(user);
      } else if (random.OneIn(4)) {
        for (std::size_t j = 0; j < users.size(); ++j) {
          users[j] = UserId{random.Below(kUsers)};
          places[j] = NearTo(kCenter, 3'000, random);
        }
        complaints_.Expect(index_.MoveBatch(users, places, seen).status());
      } else {
        complaints_.Expect(index_.Move(user, NearTo(kCenter, 3'000, random), seen));
      }
      if (random.OneIn(50)) index_.Expire(seen);
      if (random.OneIn(500)) index_.Clear();
    }
  }

  void Change(std::size_t operations, Random random) {
    for (std::size_t i = 0; i < operations; ++i) {
      const UserId user{random.Below(kUsers)};
      if (!IsAlwaysHidden(user)) {
        const Visibility visibility = IsSometimesExact(user) && random.OneIn(2) ? Visibility::kExact
                                      : random.OneIn(2) ? Visibility::kCloaked
                                                        : Visibility::kHidden;
        complaints_.Expect(index_.SetVisibility(user, visibility));
      }
      const UserId viewer{random.Below(kUsers)};
      if (random.OneIn(2)) {
        complaints_.Expect(index_.AddToViewerSet(ViewerSet::kSeesExactly, viewer, user));
      } else {
        index_.RemoveFromViewerSet(ViewerSet::kSeesExactly, viewer, user);
      }
    }
  }

  void AskAsStranger(std::size_t questions, Random random) {
    for (std::size_t i = 0; i < questions; ++i) {
      const NearbyQuery query{.radius_m = random.Uniform(0, 5'000), .limit = 1 + random.Below(300)};
      const auto answer = index_.Nearby(NearTo(kCenter, 3'000, random), query, Now());
      if (!answer.ok()) return complaints_.Expect(answer.status());
      for (const Neighbor& n : *answer) {
        if (IsAlwaysHidden(n.user)) complaints_.Add("a hidden user is seen");
        if (!IsSometimesExact(n.user) && CloakCenter(n.position, kLevel) != n.position) {
          complaints_.Add("a cloaked user is seen at " + Describe(n.position));
        }
      }
    }
  }

  void AskAsFriend(std::size_t questions, Random random) {
    for (std::size_t i = 0; i < questions; ++i) {
      const UserId viewer{random.Below(kUsers)};
      const NearbyQuery query{.limit = 1 + random.Below(300), .viewer = viewer};
      const auto answer = index_.Nearby(kCenter, query, Now());
      if (!answer.ok()) return complaints_.Expect(answer.status());
      for (const Neighbor& n : *answer) {
        if (IsAlwaysHidden(n.user)) complaints_.Add("a hidden user is seen by a friend");
        if (n.user == viewer) complaints_.Add("a viewer sees themselves");
      }
    }
  }

  Timestamp Now() const { return Timestamp{std::chrono::milliseconds{clock_.load()}}; }

  std::atomic<std::int64_t> clock_ = 0;
  Complaints complaints_;
  PresenceIndex index_{{.ttl_ms = 20'000, .cloak_level = kLevel, .cloak_interval_ms = 100}};
};

TEST_F(VisibilityThreadsTest, NoStrangerSeesWhereACloakedUserIsWhateverElseGoesOn) {
  // The first change while others move already: of somebody whom it makes cloaked.
  for (std::uint64_t id = 0; id < kUsers; ++id) {
    const UserId user{id};
    if (IsAlwaysHidden(user)) complaints_.Expect(index_.SetVisibility(user, Visibility::kHidden));
    if (id % 3 == 1) complaints_.Expect(index_.SetVisibility(user, Visibility::kCloaked));
  }
  const std::size_t operations = Scaled(12'000);
  RunTogether({[&, random = Random(random_.Bits())] { Move(operations, random); },
               [&, random = Random(random_.Bits())] { Move(operations, random); },
               [&, random = Random(random_.Bits())] { Change(operations, random); },
               [&, random = Random(random_.Bits())] { AskAsStranger(operations / 8, random); },
               [&, random = Random(random_.Bits())] { AskAsFriend(operations / 8, random); }});
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

// Before anybody was anything but exact, moves take a shorter way: from then on none does.
TEST_F(VisibilityThreadsTest, WhoIsCloakedWhileTheyMoveIsShownExactlyNoMore) {
  for (std::size_t round = 0; round < Scaled(200); ++round) {
    PresenceIndex index({.cloak_level = kLevel});
    constexpr UserId kUser{7};
    std::atomic<bool> done = false;
    RunTogether({[&, random = Random(random_.Bits())]() mutable {
                   for (std::int64_t ms = 0; !done.load(); ++ms) {
                     const Timestamp seen{std::chrono::milliseconds{ms}};
                     complaints_.Expect(index.Move(kUser, NearTo(kCenter, 3'000, random), seen));
                   }
                 },
                 [&] {
                   complaints_.Expect(index.SetVisibility(kUser, Visibility::kCloaked));
                   for (int i = 0; i < 20; ++i) {
                     const auto answer = index.Nearby(kCenter, {}, Timestamp{});
                     for (const Neighbor& n : answer.value()) {
                       if (CloakCenter(n.position, kLevel) == n.position) continue;
                       complaints_.Add("a cloaked user is seen at " + Describe(n.position));
                     }
                   }
                   done.store(true);
                 }});
  }
  EXPECT_THAT(complaints_.Take(), IsEmpty());
}

}  // namespace
}  // namespace moyeo::testing
