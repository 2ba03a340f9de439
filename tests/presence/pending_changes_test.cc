#include "presence/pending_changes.h"

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

using PendingChangesTest = SeededTest;

// However many answers lie between, what is pending is the difference of the last and the first.
TEST_F(PendingChangesTest, AreTheDifferenceOfTheLastAnswerToTheFirst) {
  for (int round = 0; round < 2'000; ++round) {
    Difference step;
    Difference whole;
    PendingChanges pending;
    std::vector<Shown> first;
    std::vector<Shown> last;
    const std::size_t steps = 1 + random_.Below(6);
    for (std::size_t i = 0; i <= steps; ++i) {
      std::vector<Hit> found;
      for (std::uint64_t id = 0; id < 12; ++id) {
        if (random_.OneIn(2)) continue;
        found.push_back({0,
                         id,
                         {static_cast<std::int32_t>(random_.Below(2)), 0},
                         static_cast<std::int64_t>(i)});
      }
      step.Find(last, found);
      if (i > 0) pending.Add(step);
      last.assign(step.now().begin(), step.now().end());
      if (i == 0) first = last;
      if (i == steps) whole.Find(first, found);
    }
    std::vector<Change> expected;
    for (const auto& run : {whole.leaves(), whole.enters(), whole.moves()}) {
      expected.insert(expected.end(), run.begin(), run.end());
    }
    std::ranges::sort(expected, {}, &Change::id);
    ASSERT_EQ(pending.changes().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Change& change = pending.changes()[i];
      ASSERT_EQ(change.kind, expected[i].kind);
      ASSERT_EQ(change.id, expected[i].id);
      if (change.kind != Change::Kind::kEnter) {
        ASSERT_EQ(change.before, expected[i].before);
      }
      if (change.kind != Change::Kind::kLeave) {
        ASSERT_EQ(change.after, expected[i].after);
      }
    }
  }
}

}  // namespace
}  // namespace moyeo::presence
