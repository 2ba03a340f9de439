// What was acknowledged is there after every crash, and damage is not taken for the truth.
// MOYEO_TEST_SEED chooses the histories.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <iostream>

#include "journal/crash_history.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

TEST(CrashTest, WhatWasAcknowledgedSurvivesACrashAtEveryChange) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.crashes < Scaled(10'000); ++seed) {
    const auto difference = RunCrashes(seed, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

TEST(CrashTest, AFaultAtAnyCallLosesNothing) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.faults < Scaled(1'500); ++seed) {
    const auto difference = RunFaults(seed, /*stride=*/20, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

TEST(CrashTest, AFaultAtEveryCallOfAHistoryLosesNothing) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.faults < Scaled(500); ++seed) {
    const auto difference = RunFaults(seed, /*stride=*/1, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

TEST(CrashTest, AFlippedBitIsDetectedOrHarmless) {
  CrashCounts counts;
  for (std::uint64_t seed = TestSeed(); counts.flips < Scaled(3'000); ++seed) {
    const auto difference = RunFlips(seed, /*flips=*/100, counts);
    ASSERT_FALSE(difference.has_value()) << *difference;
  }
  std::cout << counts.ToString() << '\n';
}

}  // namespace
}  // namespace moyeo::testing
