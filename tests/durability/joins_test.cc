// Never one member too many, never a free seat refused, however many ask at once. The million is
// scripts/soak joins.

#include "durability/joins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "moyeo/engine.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

TEST(JoinsTest, EverySeatIsTakenAndNoFreeOneRefused) {
  const auto engine = Engine::OpenInMemory({.max_users = 1'000, .commands_per_snapshot = 0});
  ASSERT_THAT(engine, IsOk());
  JoinCounts counts;
  const auto difference =
      RunJoins(**engine, {.joins = Scaled(50'000), .threads = 8, .seed = TestSeed()}, counts);
  ASSERT_FALSE(difference.has_value()) << *difference;
  std::cout << counts.ToString() << '\n';
}

}  // namespace
}  // namespace moyeo::testing
