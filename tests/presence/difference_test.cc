#include "presence/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "support/seeds.h"

namespace moyeo::presence {
namespace {

using spatial::Hit;
using spatial::Position;
using testing::SeededTest;

using DifferenceTest = SeededTest;

// Replaying the changes over what was shown gives what was found; ids small, so that they meet.
TEST_F(DifferenceTest, LeadsFromOneAnswerToTheNext) {
  Difference difference;
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t ids = 1 + random_.Below(random_.OneIn(50) ? 600 : 20);
    const std::uint64_t spread = random_.OneIn(2) ? 1 : 0x9e3779b97f4a7c15;
    const auto some_place = [&] {
      return Position{static_cast<std::int32_t>(random_.Below(2)),
                      static_cast<std::int32_t>(random_.Below(2))};
    };
    std::map<std::uint64_t, Position> before;
    std::map<std::uint64_t, Position> after;
    std::vector<Hit> found;
    for (std::size_t i = 0; i < ids; ++i) {
      const std::uint64_t id = i * spread;
      if (random_.OneIn(2)) before[id] = some_place();
      if (!random_.OneIn(2)) continue;
      after[id] = some_place();
      found.push_back({1.5, id, after[id], 77});
    }
    for (std::size_t i = found.size(); i > 1; --i) std::swap(found[i - 1], found[random_.Below(i)]);
    std::vector<Shown> shown;
    for (const auto& [id, position] : before) shown.push_back({id, position});

    difference.Find(shown, found);
    EXPECT_EQ(difference.empty(), before == after);
    std::size_t changes = 0;
    for (const auto& run : {difference.leaves(), difference.enters(), difference.moves()}) {
      EXPECT_TRUE(std::ranges::is_sorted(run, {}, &Change::id));
      changes += run.size();
      for (const Change& change : run) {
        EXPECT_EQ(change.kind != Change::Kind::kEnter, before.contains(change.id));
        if (change.kind != Change::Kind::kEnter) {
          EXPECT_EQ(change.before, before[change.id]);
        }
        if (change.kind == Change::Kind::kLeave) {
          before.erase(change.id);
          continue;
        }
        EXPECT_EQ(change.distance_m, 1.5);
        EXPECT_EQ(change.stamp, 77);
        EXPECT_TRUE(change.kind == Change::Kind::kEnter || change.before != change.after);
        before[change.id] = change.after;
      }
    }
    EXPECT_EQ(difference.size(), changes);
    ASSERT_EQ(before, after);
    std::vector<Shown> expected;
    for (const auto& [id, position] : after) expected.push_back({id, position});
    ASSERT_TRUE(std::ranges::equal(difference.now(), expected));
  }
}

TEST_F(DifferenceTest, WhereSomeHaveMovedAndNobodyCameOrWentTheShortWayIsTheSame) {
  for (int round = 0; round < 1'000; ++round) {
    std::vector<Shown> shown;
    std::vector<Hit> found;
    std::vector<Hit> moved;
    for (std::uint64_t id = 0; id < random_.Below(40); ++id) {
      shown.push_back({id, {1, 2}});
      const bool moves = random_.OneIn(3);
      found.push_back({1.5, id, moves ? Position{3, 4} : Position{1, 2}, 77});
      if (moves) moved.push_back(found.back());
    }
    Difference whole;
    whole.Find(shown, found);
    Difference difference;
    difference.FindMoves(shown, moved);
    EXPECT_EQ(difference.size(), moved.size());
    EXPECT_TRUE(std::ranges::equal(difference.now(), whole.now()));
    EXPECT_TRUE(
        std::ranges::equal(difference.moves(), whole.moves(), [](const Change& a, const Change& b) {
          return a.kind == b.kind && a.id == b.id && a.before == b.before && a.after == b.after &&
                 a.distance_m == b.distance_m && a.stamp == b.stamp;
        }));
  }
}

}  // namespace
}  // namespace moyeo::presence
