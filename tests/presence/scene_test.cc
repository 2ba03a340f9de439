#include "presence/scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace moyeo::presence {
namespace {

using spatial::Placed;
using ::testing::ElementsAre;

SceneHold Make(ScenePool& pool, std::size_t users) {
  std::vector<std::uint64_t> ids(users);
  std::iota(ids.begin(), ids.end(), 1);
  const std::vector<std::int32_t> coordinates(users, 7);
  return pool.Make(ids, coordinates, coordinates);
}

TEST(SceneTest, HasTheUsersOfWhomItWasMade) {
  ScenePool pool;
  const SceneHold scene =
      pool.Make(std::vector<std::uint64_t>{3, 8}, std::vector<std::int32_t>{1, 2},
                std::vector<std::int32_t>{-1, -2});
  EXPECT_THAT(scene->users(), ElementsAre(Placed{3, {1, -1}}, Placed{8, {2, -2}}));
}

TEST(SceneTest, LastsAsLongAsSomebodyHoldsIt) {
  ScenePool pool;
  SceneHold first = Make(pool, 100);
  const std::size_t bytes = pool.bytes_held();
  EXPECT_GE(bytes, 100 * sizeof(Placed));
  SceneHold second = SceneHold::On(*first);
  SceneHold third = std::move(first);
  EXPECT_FALSE(first);
  third = SceneHold();
  EXPECT_EQ(pool.bytes_held(), bytes);
  EXPECT_EQ(second->users().size(), 100u);
  second = SceneHold();
  EXPECT_EQ(pool.bytes_held(), 0u);
}

TEST(SceneTest, OneThatIsHeldNoMoreIsUsedForTheNextThatFits) {
  ScenePool pool;
  const Scene* const before = Make(pool, 100).get();
  EXPECT_GT(pool.bytes_kept(), 0u);
  EXPECT_NE(Make(pool, 1'000).get(), before);
  const SceneHold smaller = Make(pool, 70);
  EXPECT_EQ(smaller.get(), before);
  EXPECT_EQ(smaller->users().size(), 70u);
}

TEST(SceneTest, OnlySoManyAreKept) {
  ScenePool pool;
  {
    std::vector<SceneHold> scenes;
    for (int i = 0; i < 1'000; ++i) scenes.push_back(Make(pool, 640));
    EXPECT_GT(pool.bytes_held(), 9u << 20);
  }
  EXPECT_EQ(pool.bytes_held(), 0u);
  EXPECT_LE(pool.bytes_kept(), (1u << 20) + (1u << 14));
}

}  // namespace
}  // namespace moyeo::presence
