// What a stranger can find out of users whose meetups they join.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "privacy/attacks.h"
#include "privacy/world.h"
#include "society/society.h"
#include "support/print.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

enum class Meeting { kNotJoined, kJoined, kConfirmed };

// A society whose events the index is told of, as a host does.
class Host {
 public:
  explicit Host(PresenceIndex& index) : index_(index) {}

  Outcome Do(UserId actor, CommandBody body) {
    std::vector<Event> events;
    const Outcome outcome = society_.Apply(
        {.time = World::kBeginning, .actor = actor, .body = std::move(body)}, events);
    EXPECT_TRUE(outcome.accepted()) << SentenceOf(outcome.reject);
    for (const Event& event : events) Take(event.body);
    return outcome;
  }

 private:
  void Take(const EventBody& body) {
    if (const auto* changed = std::get_if<VisibilityChanged>(&body)) {
      EXPECT_THAT(index_.SetVisibility(changed->user, changed->visibility), IsOk());
    } else if (const auto* sees = std::get_if<SeesExactlyChanged>(&body)) {
      Change(ViewerSet::kSeesExactly, *sees);
    } else if (const auto* never = std::get_if<NeverSeesChanged>(&body)) {
      Change(ViewerSet::kNeverSees, *never);
    }
  }

  template <typename Changed>
  void Change(ViewerSet set, const Changed& changed) {
    for (const UserId user : changed.added) {
      EXPECT_THAT(index_.AddToViewerSet(set, changed.viewer, user), IsOk());
    }
    for (const UserId user : changed.removed) {
      index_.RemoveFromViewerSet(set, changed.viewer, user);
    }
  }

  PresenceIndex& index_;
  society::Society society_;
};

// The victim hosts a meetup half an hour ahead, which the attacker's account joins, or not; in the
// end it is confirmed, or not.
void Meet(World& world, Meeting meeting) {
  using std::chrono::minutes;
  Host host(world.index());
  host.Do(kVictim, Register{.nickname = "victim"});
  host.Do(Stranger::kAccount, Register{.nickname = "attacker", .visibility = Visibility::kExact});
  const auto created = host.Do(kVictim, CreateMeetup{.title = "Chess",
                                                     .start = World::kBeginning + minutes(30),
                                                     .end = World::kBeginning + minutes(600)});
  if (meeting == Meeting::kNotJoined) return;
  host.Do(Stranger::kAccount, JoinMeetup{*created.meetup});
  if (meeting == Meeting::kJoined) return;
  host.Do(Stranger::kAccount, ConfirmMeetup{*created.meetup});
  host.Do(kVictim, ConfirmMeetup{*created.meetup});
}

using PrivacyOfHosts = SeededTest;

TEST_F(PrivacyOfHosts, WhoJoinsAMeetupThatAnybodyCanJoinIsAnsweredAsBefore) {
  for (std::size_t i = 0; i < Scaled(5); ++i) {
    const LatLng cell = SomeCell(random_);
    const LatLng place = InCellOf(cell, random_);
    const std::uint64_t seed = random_.Bits();
    for (const Attack& attack : Attacks()) {
      const auto transcript = [&](Meeting meeting) {
        World world({.middle = cell, .crowd_seed = seed, .path = Home(place, 0, seed).path});
        Meet(world, meeting);
        Stranger stranger(world, 1'000);
        attack.guess(stranger, cell);
        return stranger.transcript();
      };
      const std::uint64_t before = transcript(Meeting::kNotJoined);
      EXPECT_EQ(transcript(Meeting::kJoined), before) << attack.name << " at " << Describe(place);
      // A member of one that is about to start does see where the others are.
      if (attack.name == "FencedIn") {
        EXPECT_NE(transcript(Meeting::kConfirmed), before);
      }
    }
  }
}

TEST_F(PrivacyOfHosts, AMemberOfAConfirmedMeetupSeesTheHostInTheHourBeforeTheStart) {
  const LatLng cell = SomeCell(random_);
  const LatLng place = Canonical(InCellOf(cell, random_)).value();
  const auto seen = [&](Meeting meeting) {
    World world({.middle = cell, .crowd_seed = 1, .path = Home(place, 0, 1).path});
    Meet(world, meeting);
    Stranger stranger(world, 1);
    stranger.Stand(cell);
    return stranger.NearbyAccount({.limit = 1, .filter = {.all_of = kVictimsAttributes}})
        .at(0)
        .position;
  };
  EXPECT_EQ(seen(Meeting::kJoined), cell);
  EXPECT_EQ(seen(Meeting::kConfirmed), place);
}

}  // namespace
}  // namespace moyeo::testing
