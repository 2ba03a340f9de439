// What becomes of a journal when the rules change.

#include "engine/replay.h"

#include <memory>

#include "engine/engine_fixture.h"

namespace moyeo::engine {
namespace {

using ::testing::HasSubstr;
using testing::IsError;
using testing::IsOk;

constexpr std::uint32_t kNextRules = society::kRulesVersion + 1;

class ReplayTest : public testing::EngineTest {
 protected:
  // What a version with these rules would make of it.
  absl::StatusOr<Replayed> ReplayBy(std::uint32_t rules) {
    engine_.reset();
    const auto journal = OpenSqliteJournal(directory_.string());
    if (!journal.ok()) return journal.status();
    return Replay(**journal, {.rules = rules});
  }
};

TEST_F(ReplayTest, AfterASnapshotNewerRulesGoOn) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  const auto by_these = ReplayBy(society::kRulesVersion);
  const auto by_next = ReplayBy(kNextRules);
  ASSERT_THAT(by_next, IsOk());
  EXPECT_THAT(by_next->damage, IsOk());
  EXPECT_EQ(by_next->last, 4u);
  EXPECT_EQ(by_next->society.Hash(), by_these->society.Hash());
}

TEST_F(ReplayTest, CommandsOfOlderRulesAreRefused) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Befriend(testing::kAda, testing::kBob);
  EXPECT_THAT(ReplayBy(kNextRules), IsError(absl::StatusCode::kFailedPrecondition,
                                            HasSubstr("command 5 is of rules 2, not 3")));

  Open();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  const auto after_snapshot = ReplayBy(kNextRules);
  ASSERT_THAT(after_snapshot, IsOk());
  EXPECT_THAT(after_snapshot->damage, IsOk());
  EXPECT_EQ(after_snapshot->last, 6u);
}

TEST_F(ReplayTest, SnapshotsOfNewerRulesAreNotRead) {
  Open();
  Register4();
  Do(testing::kAda, Erase{});
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  EXPECT_THAT(ReplayBy(society::kRulesVersion - 1),
              IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("snapshot is of rules 2")));
}

}  // namespace
}  // namespace moyeo::engine
