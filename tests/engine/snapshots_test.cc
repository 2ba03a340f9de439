// Snapshots: when they replace what, and what they are good for.

#include <algorithm>
#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine_fixture.h"

namespace moyeo::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// In memory, where snapshots come to harm.
class FragileJournal final : public JournalOver {
 public:
  FragileJournal() : JournalOver(NewMemoryJournal()) {}

  absl::StatusOr<std::unique_ptr<SnapshotWriter>> WriteSnapshot(std::uint64_t sequence) override {
    if (before_writing != nullptr) before_writing();
    if (harms_next) {
      damaged.insert(sequence);
    } else {
      damaged.erase(sequence);
    }
    return JournalOver::WriteSnapshot(sequence);
  }
  absl::StatusOr<std::unique_ptr<SnapshotReader>> ReadSnapshot(
      std::uint64_t sequence) const override {
    if (damaged.contains(sequence)) return absl::DataLossError("a bad sector");
    return JournalOver::ReadSnapshot(sequence);
  }

  std::function<void()> before_writing;
  bool harms_next = false;
  std::set<std::uint64_t> damaged;
};

class EngineSnapshotsTest : public EngineTest {
 protected:
  void OpenFragile(EngineOptions options = {}) {
    auto journal = std::make_unique<FragileJournal>();
    journal_ = journal.get();
    auto opened = Engine::Open(std::move(journal), std::move(options));
    ASSERT_THAT(opened, IsOk());
    engine_ = *std::move(opened);
  }

  std::vector<std::filesystem::path> SnapshotFiles() const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
      if (file.path().filename().string().starts_with("snapshot-")) files.push_back(file.path());
    }
    std::ranges::sort(files);
    return files;
  }

  FragileJournal* journal_ = nullptr;
};

TEST_F(EngineSnapshotsTest, ASnapshotThatCannotBeReadBackReplacesNothing) {
  OpenFragile();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Befriend(kAda, kBob);
  Do(kAda, Erase{});
  journal_->harms_next = true;
  EXPECT_THAT(engine_->Snapshot(), IsError(absl::StatusCode::kDataLoss, HasSubstr("bad sector")));
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(4, 7));
  EXPECT_EQ(journal_->forgotten(), 0u);
  EXPECT_EQ(engine_->Statistics().snapshots, 1u);
  EXPECT_EQ(engine_->Statistics().last_snapshot, 4u);

  journal_->harms_next = false;
  EXPECT_THAT(engine_->Snapshot(), IsOk());
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(7));
  EXPECT_EQ(journal_->forgotten(), 7u);
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
}

TEST_F(EngineSnapshotsTest, OneThatCouldNotBeReadBackForAWhileIsTheLastOneAfterAll) {
  OpenFragile();
  Register4();
  journal_->harms_next = true;
  EXPECT_THAT(engine_->Snapshot(), IsError(absl::StatusCode::kDataLoss, HasSubstr("bad sector")));
  EXPECT_EQ(engine_->Statistics().last_snapshot, 0u);
  journal_->damaged.clear();
  EXPECT_THAT(engine_->Snapshot(), IsOk());
  EXPECT_EQ(engine_->Statistics().last_snapshot, 4u);
}

TEST_F(EngineSnapshotsTest, APurgeThatFailsIsTriedAgainThoughNothingElseHappens) {
  std::latch has_failed(1);
  OpenFragile({.erase_within_ms = 10'000, .log = [&](std::string_view line) {
                 if (line.starts_with("no snapshot")) has_failed.count_down();
               }});
  Register4();
  Do(kAda, Erase{});
  journal_->harms_next = true;
  now_ += std::chrono::milliseconds(9'000);  // a tenth earlier than it must be
  EXPECT_EQ(*engine_->NextDue(), now_);
  Do(std::nullopt, Advance{});
  has_failed.wait();
  journal_->harms_next = false;
  now_ += std::chrono::minutes(1);
  ASSERT_EQ(*engine_->NextDue(), now_);
  Do(std::nullopt, Advance{});
  while (engine_->Statistics().snapshots == 0) std::this_thread::yield();
  ASSERT_THAT(engine_->Close(), IsOk());
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
}

TEST_F(EngineSnapshotsTest, OneThatIsDamagedLaterIsMadeAgainFromTheOneBefore) {
  OpenFragile();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Befriend(kAda, kBob);
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  journal_->damaged = {6};
  Do(kAda, Block{kCy});
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  EXPECT_THAT(*journal_->Snapshots(), Contains(4)) << "the good one that it was made from";
  EXPECT_EQ(journal_->forgotten(), 4u);
}

TEST_F(EngineSnapshotsTest, OpeningPassesADamagedOneOverAndSaysSo) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Befriend(kAda, kBob);
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Do(kAda, Block{kCy});
  const auto hash = engine_->Hash();
  engine_.reset();
  std::vector<std::filesystem::path> files = SnapshotFiles();
  ASSERT_EQ(files.size(), 2u);
  std::filesystem::resize_file(files[1], 4'096);

  std::vector<std::string> lines;
  Open({.log = [&](std::string_view line) { lines.emplace_back(line); }});
  EXPECT_EQ(engine_->Hash(), hash);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("snapshot 6 is passed over")));

  engine_.reset();
  std::filesystem::resize_file(files[0], 4'096);
  EXPECT_THAT(TryToOpen(), IsError(absl::StatusCode::kDataLoss, HasSubstr("snapshot-4-")));
}

TEST_F(EngineSnapshotsTest, WhoMakesThemIsHeardInTheLog) {
  std::vector<std::string> lines;
  OpenFragile({.log = [&](std::string_view line) { lines.emplace_back(line); }});
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  EXPECT_THAT(lines, ElementsAre("snapshot 4"));
}

// ---- Closing

TEST_F(EngineSnapshotsTest, ClosingGivesASnapshotUp) {
  OpenFragile();
  Register4();
  std::latch has_begun(1);
  journal_->before_writing = [&] {
    has_begun.count_down();
    while (engine_->settings().ok()) std::this_thread::yield();
  };
  std::thread making([&] {
    EXPECT_THAT(engine_->Snapshot(), IsError(absl::StatusCode::kCancelled, HasSubstr("closed")));
  });
  has_begun.wait();
  EXPECT_THAT(engine_->Close(), IsOk());
  EXPECT_THAT(*journal_->Snapshots(), IsEmpty());
  making.join();
}

TEST_F(EngineSnapshotsTest, ClosingGivesOneInTheBackgroundUp) {
  OpenFragile({.commands_per_snapshot = 3});
  std::latch has_begun(1);
  journal_->before_writing = [&] {
    has_begun.count_down();
    while (engine_->settings().ok()) std::this_thread::yield();
  };
  Register4();
  has_begun.wait();
  EXPECT_THAT(engine_->Close(), IsOk());
  EXPECT_THAT(*journal_->Snapshots(), IsEmpty());
  EXPECT_EQ(engine_->Statistics().snapshots, 0u);
}

TEST_F(EngineSnapshotsTest, WhatIsClosedAnswersNothingThatLasts) {
  Open();
  Register4();
  EXPECT_THAT(engine_->Close(), IsOk());
  const auto is_closed =
      IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("the engine is closed"));
  EXPECT_THAT(Give(kAda, EditProfile{.status = "late"}), is_closed);
  EXPECT_THAT(engine_->ApplyBatch({}), is_closed);
  EXPECT_THAT(engine_->NextDue(), is_closed);
  EXPECT_THAT(engine_->settings(), is_closed);
  EXPECT_THAT(engine_->ViewProfile(kAda, kBob), is_closed);
  EXPECT_THAT(engine_->Export(kAda), is_closed);
  EXPECT_THAT(engine_->Hash(), is_closed);
  EXPECT_THAT(engine_->Snapshot(), is_closed);
  EXPECT_THAT(engine_->Backup((scratch_ / "copy").string()), is_closed);
  EXPECT_THAT(
      engine_->Subscribe(0, {.on_event = [](const Event&) {}, .on_resync = [](std::uint64_t) {}})
          .status(),
      is_closed);
  EXPECT_EQ(engine_->Statistics().commands, 4u);
  EXPECT_THAT(engine_->Move(kAda, kPlaza, now_), IsOk());
  EXPECT_THAT(engine_->Close(), IsOk()) << "again";
  Open();
  EXPECT_EQ(engine_->ViewProfile(kAda, kBob)->nickname, "Bob");
}

TEST_F(EngineSnapshotsTest, ClosingSaysWhatDidNotBecomeDurable) {
  const absl::Status full = absl::ResourceExhaustedError("the disk is full");
  absl::Status failure;
  OpenOver([&] { return failure; });
  Do(kAda, Register{.nickname = "Ada"});
  failure = full;
  EXPECT_EQ(Give(kBob, Register{.nickname = "Bob"}).status(), full);
  EXPECT_EQ(engine_->Close(), full);
  EXPECT_EQ(engine_->Close(), full) << "again";
}

}  // namespace
}  // namespace moyeo::testing
