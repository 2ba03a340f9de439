// Histories by several threads at once, whose every answer is judged by what can have been true.

#include "support/parallel_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Eq;

class ParallelHistoryOfScene : public SeededTest, public ::testing::WithParamInterface<Scene> {};

TEST_P(ParallelHistoryOfScene, EveryAnswerIsTrue) {
  ParallelHistory history(random_.Bits(), {.users = 1'500, .questions = Scaled(200)});
  for (std::size_t round = 0; round < 4; ++round) {
    ASSERT_THAT(history.Round(GetParam()), Eq(std::nullopt));
  }
  ASSERT_THAT(history.Clear(), Eq(std::nullopt));
}

INSTANTIATE_TEST_SUITE_P(Scenes, ParallelHistoryOfScene, ::testing::ValuesIn(kScenes),
                         [](const auto& scene) { return Name(scene.param); });

}  // namespace
}  // namespace moyeo::testing
