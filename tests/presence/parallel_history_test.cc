// Histories by several threads at once, whose every answer is judged by what can have been true.

#include "support/parallel_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Eq;

class ParallelHistoryOfScene : public SeededTest, public ::testing::WithParamInterface<Scene> {
 protected:
  void Live(const ParallelHistoryOptions& options) {
    ParallelHistory history(random_.Bits(), options);
    for (std::size_t round = 0; round < 3; ++round) {
      ASSERT_THAT(history.Round(GetParam()), Eq(std::nullopt));
    }
    ASSERT_THAT(history.Clear(), Eq(std::nullopt));
  }
};

TEST_P(ParallelHistoryOfScene, EveryAnswerAboutACrowdIsTrue) {
  Live({.users = 1'200, .questions = Scaled(120)});
}

// Who are in each other's way all the time.
TEST_P(ParallelHistoryOfScene, EveryAnswerAboutAFewIsTrue) {
  Live({.users = 40, .questions = Scaled(800)});
}

INSTANTIATE_TEST_SUITE_P(Scenes, ParallelHistoryOfScene, ::testing::ValuesIn(kScenes),
                         [](const auto& scene) { return Name(scene.param); });

TEST(ParallelHistoryTest, MemoryIsTheSameFromRoundToRound) {
  ParallelHistory history(TestSeed(), {.users = 400, .questions = 20});
  for (std::size_t round = 0; round < 4 * ParallelHistory::kRoundsToSettle; ++round) {
    ASSERT_THAT(history.Round(kScenes[round % kScenes.size()]), Eq(std::nullopt));
  }
  ASSERT_THAT(history.Clear(), Eq(std::nullopt));
  ASSERT_THAT(history.Round(Scene::kWander), Eq(std::nullopt));
  ASSERT_THAT(history.Clear(), Eq(std::nullopt));
}

}  // namespace
}  // namespace moyeo::testing
