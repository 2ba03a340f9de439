// A real process, real files, and kill -9. MOYEO_TEST_SEED chooses the moments.

#include "durability/kills.h"

#include <gtest/gtest.h>

#include <iostream>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

TEST(KillsTest, WhatWasAcknowledgedIsThereAfterKillMinusNine) {
  KillCounts counts;
  const auto difference = RunKills(TestSeed(), Scaled(30), counts);
  ASSERT_FALSE(difference.has_value()) << *difference;
  EXPECT_GT(counts.acknowledged, 0u);
  std::cout << counts.ToString() << '\n';
}

}  // namespace
}  // namespace moyeo::testing
