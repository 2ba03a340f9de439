// What a stranger can find out of users who move.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <set>
#include <vector>

#include "privacy/attacks.h"
#include "privacy/pursuit.h"
#include "privacy/trial.h"
#include "support/places.h"
#include "support/print.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

constexpr double kWalking = 1.4;  // metres a second

class PrivacyOfMovers : public SeededTest {
 protected:
  Pursuit PursueWalkers(const Guess& guess, const PresenceOptions& index = {}) {
    return Pursue(guess, kWalking, index, {.victims = Scaled(40), .seed = random_.Bits()});
  }
};

// Were cells shown as they are entered, the border would be a better guess than the centre.
TEST_F(PrivacyOfMovers, AWalkerIsNoNearerToTheBorderThanToTheCentreWhenTheCellChanges) {
  const Errors in_time = PursueWalkers(AtTheBorder).errors;
  ASSERT_GE(in_time.of_attack_m.size(), 100u);
  EXPECT_GT(in_time.MedianOfAttack(), in_time.MedianOfCenter());

  const Errors at_once = PursueWalkers(AtTheBorder, {.cloak_interval_ms = 1}).errors;
  EXPECT_LT(at_once.MedianOfAttack(), 0.8 * at_once.MedianOfCenter());
}

TEST_F(PrivacyOfMovers, TheTimeOfAChangeIsNotThatOfTheCrossing) {
  std::vector<double> lag_s = PursueWalkers(AtTheBorder).lag_s;
  std::ranges::sort(lag_s);
  // By the schedule alone they spread over five minutes.
  EXPECT_GT(lag_s[lag_s.size() * 9 / 10] - lag_s[lag_s.size() / 10], 150);
  EXPECT_GT(lag_s[lag_s.size() / 2], 100);
}

// The times of the reports by which it is decided where the victim is shown: somebody who jumps to
// another cell with each report is shown in another one with these alone.
std::set<Timestamp> TimesThatCount(LatLng start, std::size_t questions) {
  constexpr double kJumpMeters = 5'000;
  const Path jumps =
      Walk(start, 1, kJumpMeters / std::chrono::duration<double>(World::kBetweenReports).count());
  World world({.middle = start, .path = jumps});
  Stranger stranger(world, questions);
  std::set<Timestamp> times = {World::kBeginning};
  LatLng before =
      stranger.Nearby(start, {.limit = std::nullopt, .filter = {.all_of = kVictimsAttributes}})
          .at(0)
          .position;
  while (stranger.left() > 0) {
    const Neighbor victim =
        stranger.Nearby(start, {.limit = std::nullopt, .filter = {.all_of = kVictimsAttributes}})
            .at(0);
    if (victim.position != before) times.insert(victim.last_seen);
    before = victim.position;
  }
  return times;
}

// The documented remainder, and nothing beyond it: of two people who are at the same place once an
// interval, wherever they are meanwhile, a stranger is told the same.
TEST_F(PrivacyOfMovers, WhereTheyAreBetweenTheFirstReportsOfIntervalsStaysWithThem) {
  constexpr std::size_t kQuestions = 1'000;
  for (std::size_t i = 0; i < Scaled(10); ++i) {
    const LatLng cell = SomeCell(random_);
    const std::set<Timestamp> times = TimesThatCount(cell, kQuestions);
    ASSERT_GE(times.size(), 9u);
    const Path walk =
        Walk(InCellOf(cell, random_), random_.Uniform(0, 2 * std::numbers::pi), kWalking);
    const Path detours = [&](Timestamp now) {
      return times.contains(now) ? walk(now) : NearTo(cell, 20'000, random_);
    };
    const Path all_detours = [&](Timestamp) { return NearTo(cell, 20'000, random_); };
    const std::uint64_t seed = random_.Bits();
    for (const Attack& attack : Attacks()) {
      const auto transcript = [&](const Path& path) {
        World world({.middle = cell, .crowd_seed = seed, .path = path});
        Stranger stranger(world, kQuestions);
        attack.guess(stranger, cell);
        return stranger.transcript();
      };
      const std::uint64_t of_walk = transcript(walk);
      EXPECT_EQ(of_walk, transcript(detours)) << attack.name << " around " << Describe(cell);
      EXPECT_NE(of_walk, transcript(all_detours)) << attack.name << " around " << Describe(cell);
    }
  }
}

}  // namespace
}  // namespace moyeo::testing
