// What the journal's crash test shows of bytes, of people, meetups and messages: through the front
// door. MOYEO_TEST_SEED chooses the histories.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <iostream>

#include "durability/engine_crashes.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

TEST(EngineCrashTest, AfterACrashAtAnyChangeTheStateIsThatOfWhatWasAcknowledged) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.crashes < Scaled(2'000); ++seed) {
    const auto difference = RunEngineCrashes(seed, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

TEST(EngineCrashTest, AFaultAtAnyCallLosesNothingAndNothingIsToldAfterIt) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.faults < Scaled(400); ++seed) {
    const auto difference = RunEngineFaults(seed, /*stride=*/20, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

TEST(EngineCrashTest, AFlippedBitIsDetectedOrHarmlessToTheEngineToo) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.flips < Scaled(800); ++seed) {
    const auto difference = RunEngineFlips(seed, /*flips=*/60, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

}  // namespace
}  // namespace moyeo::testing
