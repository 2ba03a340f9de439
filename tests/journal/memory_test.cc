// What a journal is when memory runs out in the middle of a change, wherever that is.

#include <cstdint>
#include <new>
#include <optional>
#include <utility>

#include "journal/journal_fixture.h"
#include "support/scarce_memory.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;

class JournalMemoryTest : public JournalTest {
 protected:
  // What `change` says if it is given so many allocations; nullopt if they are not enough.
  template <typename Change>
  static std::optional<absl::Status> With(std::uint64_t allocations, Change change) {
    const ScarceMemory scarce(allocations);
    try {
      return change();
    } catch (const std::bad_alloc&) {
      return std::nullopt;
    }
  }

  void OpenAnew() {
    journal_.reset();
    std::filesystem::remove_all(directory_);
    OpenSqlite();
    AppendRecords(2);
  }
};

TEST_F(JournalMemoryTest, AnAppendIsDoneOrNotAndEndsWhatIsWritten) {
  std::uint64_t allocations = 0;
  // Without messages, of whose rooms there is a hash map: Abseil's do not survive that they cannot
  // grow.
  const JournalBatch batch{.records = {SomeRecord(3)}, .purge_by = kTime};
  for (;; ++allocations) {
    SCOPED_TRACE(allocations);
    OpenAnew();
    const auto done = With(allocations, [&] { return journal_->Append(batch); });
    if (done) {
      ASSERT_THAT(*done, IsOk());
      break;
    }
    // Else what it did to the purges, and not on disk, would be counted with the next change.
    const bool goes_on = journal_->Append({.messages = {SomeMessage(2, 1)}}).ok();
    OpenSqlite();
    ASSERT_NE(journal_, nullptr);
    const bool is_there = journal_->last() == 3;
    EXPECT_EQ(ReadAll().size(), is_there ? 3u : 2u);
    EXPECT_EQ(Find(2, 1).has_value(), goes_on);
    EXPECT_EQ(journal_->pending_purge().has_value(), is_there);
  }
  EXPECT_GT(allocations, 3u);
}

TEST_F(JournalMemoryTest, WhoHasNoMemoryToBeginASnapshotMayTryAgain) {
  std::uint64_t allocations = 0;
  for (;; ++allocations) {
    SCOPED_TRACE(allocations);
    OpenAnew();
    const auto begun = With(allocations, [&] { return journal_->WriteSnapshot(2).status(); });
    if (begun) {
      ASSERT_THAT(*begun, IsOk());
      break;
    }
    if (const auto again = journal_->WriteSnapshot(2); again.ok()) {
      EXPECT_THAT((*again)->Commit(), IsOk());
    } else {
      EXPECT_THAT(again, IsFailedPrecondition("until it is opened again"));
    }
    OpenSqlite();
    EXPECT_THAT(ReadAll(), ElementsAre(SomeRecord(1), SomeRecord(2)));
  }
  EXPECT_GT(allocations, 3u);
}

TEST_F(JournalMemoryTest, InMemoryNothingFollowsHalfAnAppend) {
  std::uint64_t allocations = 0;
  int refused = 0;
  const JournalBatch batch{.records = {SomeRecord(1), SomeRecord(2)},
                           .messages = {SomeMessage(1, 1), SomeMessage(1, 2)},
                           .purge_by = kTime};
  for (;; ++allocations) {
    SCOPED_TRACE(allocations);
    journal_ = NewMemoryJournal();
    const auto done = With(allocations, [&] { return journal_->Append(batch); });
    if (done) {
      ASSERT_THAT(*done, IsOk());
      break;
    }
    const absl::Status next = journal_->Append({.messages = {SomeMessage(2, 1)}});
    if (next.ok()) {
      EXPECT_EQ(journal_->last(), 0u) << "it had not begun";
      EXPECT_EQ(Find(1, 1), std::nullopt);
      continue;
    }
    ++refused;
    EXPECT_THAT(next, IsFailedPrecondition("append"));
    EXPECT_THAT(journal_->WriteSnapshot(0), IsFailedPrecondition("append"));
  }
  EXPECT_GT(refused, 2);
}

}  // namespace
}  // namespace moyeo::testing
