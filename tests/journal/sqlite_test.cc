// What is true of the journal that SQLite keeps alone: files, processes, damage, copies.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "journal/tampered_journal.h"
#include "support/faulty_vfs.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SqliteJournalTest : public TamperedJournalTest {
 protected:
  // By another SQLite, which knows nothing of journals.
  void ExecuteElsewhere(const std::string& sql) { Execute(sql, nullptr); }

  absl::Status TryToOpen(const SqliteJournalOptions& options = {}) {
    return OpenSqliteJournal(directory_.string(), options).status();
  }

  bool AnyFileHas(const std::string& bytes) const {
    const std::vector<std::string> names = Files();
    return std::ranges::any_of(names, [&](const std::string& name) {
      return ContentsOf(directory_ / name).find(bytes) != std::string::npos;
    });
  }
};

TEST_F(SqliteJournalTest, EverythingIsThereAfterOpeningAgain) {
  OpenSqlite();
  AppendRecords(5);
  ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, 1)}, .purge_by = kTime}), IsOk());
  const std::string bytes = WriteSomeSnapshot(4, 100'000);
  ASSERT_THAT(journal_->Forget(4), IsOk());
  OpenSqlite();
  EXPECT_EQ(journal_->last(), 5u);
  EXPECT_EQ(journal_->forgotten(), 4u);
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime, .through = 5}));
  EXPECT_THAT(ReadAll(), ElementsAre(SomeRecord(5)));
  EXPECT_EQ(Find(1, 1), SomeMessage(1, 1));
  EXPECT_EQ(ReadSnapshotOf(4), bytes);
}

TEST_F(SqliteJournalTest, IsOnlyCreatedWhenAsked) {
  EXPECT_THAT(TryToOpen({.create_if_missing = false}), IsNotFound());
  EXPECT_FALSE(std::filesystem::exists(directory_));
  std::filesystem::create_directory(directory_);
  EXPECT_THAT(TryToOpen({.create_if_missing = false}), IsNotFound());
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_THAT(TryToOpen(), IsOk());
  EXPECT_THAT(TryToOpen({.create_if_missing = false}), IsOk());
}

TEST_F(SqliteJournalTest, ADirectoryOfSomethingElseIsLeftAlone) {
  std::filesystem::create_directory(directory_);
  std::ofstream(directory_ / "thesis.txt") << "mine";
  EXPECT_THAT(TryToOpen(), IsDataLoss("thesis.txt"));
  EXPECT_THAT(Files(), ElementsAre("thesis.txt"));
}

TEST_F(SqliteJournalTest, AnotherDatabaseIsNoJournal) {
  std::filesystem::create_directory(directory_);
  ExecuteElsewhere("CREATE TABLE t (x)");
  const std::string before = ContentsOf(directory_ / "journal.db");
  EXPECT_THAT(TryToOpen(), IsDataLoss("journal.db"));
  EXPECT_EQ(ContentsOf(directory_ / "journal.db"), before);
  std::ofstream(directory_ / "journal.db") << std::string(10'000, 'x');
  EXPECT_THAT(TryToOpen(), IsDataLoss("journal.db"));
}

TEST_F(SqliteJournalTest, OneAtATimeHasItOpen) {
  OpenSqlite();
  EXPECT_THAT(TryToOpen(), IsError(absl::StatusCode::kUnavailable, HasSubstr("open elsewhere")));
  journal_.reset();
  EXPECT_THAT(TryToOpen(), IsOk());
}

TEST_F(SqliteJournalTest, ANewerFormatIsRefused) {
  OpenSqlite();
  journal_.reset();
  TamperWith("PRAGMA user_version = 3");
  EXPECT_THAT(TryToOpen(), IsFailedPrecondition("format 3"));
}

TEST_F(SqliteJournalTest, SomebodyWhoReadsDoesNotKeepOthersWaiting) {
  OpenSqlite();
  AppendRecords(5);
  WriteSomeSnapshot(5, 1);
  const journal::PageGuard guard(sqlite3_vfs_find(nullptr));
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open_v2((directory_ / "journal.db").c_str(), &reader, SQLITE_OPEN_READWRITE,
                            guard.name().c_str()),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM records", nullptr, nullptr, nullptr),
            SQLITE_OK);
  std::atomic<bool> is_forgotten = false;
  std::thread forgetting([&] {
    EXPECT_THAT(journal_->Forget(5), IsOk());
    is_forgotten = true;
  });
  // It waits for the reader, and the others do not.
  while (journal_->forgotten() < 5) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) AppendRecords(1);
  EXPECT_FALSE(is_forgotten);
  EXPECT_EQ(sqlite3_exec(reader, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_close(reader), SQLITE_OK);
  forgetting.join();
  EXPECT_TRUE(is_forgotten);
}

TEST_F(SqliteJournalTest, AnUnknownStorageLayerIsRefused) {
  EXPECT_THAT(TryToOpen({.vfs = "tape"}), IsInvalid("tape"));
}

TEST_F(SqliteJournalTest, AnySqliteReadsIt) {
  OpenSqlite();
  AppendRecords(300);
  journal_.reset();
  ExecuteElsewhere("PRAGMA integrity_check; SELECT command FROM records");
  OpenSqlite();
  EXPECT_EQ(ReadAll().size(), 300u);
}

TEST_F(SqliteJournalTest, WhatAnotherSqliteWritesIsTakenForDamage) {
  OpenSqlite();
  AppendRecords(5);
  journal_.reset();
  ExecuteElsewhere("DELETE FROM records WHERE sequence = 4");
  EXPECT_THAT(TryToOpen(), IsDataLoss("page"));
}

TEST_F(SqliteJournalTest, ADamagedRecordIsReportedAfterTheIntactOnes) {
  OpenSqlite();
  AppendRecords(5);
  journal_.reset();
  TamperWith("UPDATE records SET command = 'other' WHERE sequence = 4");
  OpenSqlite();
  std::vector<JournalRecord> records;
  EXPECT_THAT(journal_->Read(0, 10, records), IsDataLoss("record 4"));
  EXPECT_THAT(records, ElementsAre(SomeRecord(1), SomeRecord(2), SomeRecord(3)));
  EXPECT_THAT(journal_->Read(4, 10, records), IsOk());
  EXPECT_THAT(records, ElementsAre(SomeRecord(5)));
}

TEST_F(SqliteJournalTest, AMissingRecordIsReported) {
  OpenSqlite();
  AppendRecords(5);
  journal_.reset();
  TamperWith("DELETE FROM records WHERE sequence = 4");
  OpenSqlite();
  std::vector<JournalRecord> records;
  EXPECT_THAT(journal_->Read(0, 10, records), IsDataLoss("record 4 is missing"));
  journal_.reset();
  TamperWith("DELETE FROM records WHERE sequence = 5");
  EXPECT_THAT(TryToOpen(), IsDataLoss("from 1 to 5"));
}

TEST_F(SqliteJournalTest, ADamagedMessageIsReported) {
  OpenSqlite();
  ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2)}}), IsOk());
  journal_.reset();
  TamperWith("UPDATE posts SET author = 7 WHERE number = 2");
  OpenSqlite();
  EXPECT_EQ(Find(1, 1), SomeMessage(1, 1));
  EXPECT_THAT(journal_->FindMessage(MeetupId{1}, 2), IsDataLoss("message 2 of room 1"));
}

TEST_F(SqliteJournalTest, ADamagedMessageCanBeEmptied) {
  OpenSqlite();
  for (MessageNumber number = 1; number <= 3; ++number) {
    ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, number)}}), IsOk());
  }
  WriteSomeSnapshot(0, 1);
  journal_.reset();
  // One that is damaged, and one to which there is no way.
  TamperWith("UPDATE posts SET author = 7, previous = 99 WHERE number = 2");
  OpenSqlite();
  ASSERT_THAT(journal_->Append(
                  {.messages = {EmptiedMessage{MeetupId{1}, 2}, EmptiedMessage{MeetupId{1}, 1}}}),
              IsOk());
  EXPECT_THAT(journal_->FindMessage(MeetupId{1}, 2), IsDataLoss("message 2 of room 1 is not"));
  EXPECT_EQ(Find(1, 3), SomeMessage(1, 3));
  ASSERT_THAT(journal_->Forget(0), IsOk());
  EXPECT_FALSE(AnyFileHas("message 1 of"));
  EXPECT_FALSE(AnyFileHas("message 2 of"));
  EXPECT_TRUE(AnyFileHas("message 3 of"));
}

TEST_F(SqliteJournalTest, AMissingMessageIsReported) {
  OpenSqlite();
  ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2),
                                             SomeMessage(1, 3), SomeMessage(1, 4)}}),
              IsOk());
  journal_.reset();
  TamperWith("DELETE FROM posts WHERE number = 3");
  EXPECT_THAT(TryToOpen(), IsDataLoss("message 3 of room 1 is missing"));
}

TEST_F(SqliteJournalTest, AMissingMessageOfBeforeASnapshotIsReportedWhenItIsWanted) {
  OpenSqlite();
  for (MessageNumber number = 1; number <= 4; ++number) {
    ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, number)}}), IsOk());
  }
  WriteSomeSnapshot(0, 1);
  journal_.reset();
  TamperWith("DELETE FROM posts WHERE number = 3");
  OpenSqlite();
  EXPECT_EQ(Find(1, 4), SomeMessage(1, 4));
  EXPECT_THAT(journal_->FindMessage(MeetupId{1}, 3), IsDataLoss("message 3 of room 1 is missing"));
  EXPECT_THAT(journal_->FindMessage(MeetupId{1}, 2), IsDataLoss("message 3 of room 1 is missing"));
  journal_.reset();
  EXPECT_THAT(*FindJournalDamage(directory_.string()),
              ElementsAre(HasSubstr("no way from message 4 of room 1")));
}

TEST_F(SqliteJournalTest, ADamagedRoomIsReported) {
  OpenSqlite();
  ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2)}}), IsOk());
  WriteSomeSnapshot(0, 1);
  journal_.reset();
  TamperWith("UPDATE rooms SET number = 1");
  OpenSqlite();
  EXPECT_THAT(journal_->FindMessage(MeetupId{1}, 1), IsDataLoss("room 1 is not"));
  journal_.reset();
  EXPECT_THAT(*FindJournalDamage(directory_.string()), ElementsAre(HasSubstr("room 1 is not")));
}

TEST_F(SqliteJournalTest, ARemovedRoomGoesThoughOneOfItsMessagesIsDamaged) {
  OpenSqlite();
  for (MessageNumber number = 1; number <= 4; ++number) {
    ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, number), SomeMessage(2, number)}}),
                IsOk());
  }
  WriteSomeSnapshot(0, 1);
  journal_.reset();
  TamperWith("UPDATE posts SET previous = 1 WHERE room = 1 AND number = 3");
  OpenSqlite();
  ASSERT_THAT(journal_->Append({.messages = {RemovedRoom{MeetupId{1}}}}), IsOk());
  ASSERT_THAT(journal_->Forget(0), IsOk());
  EXPECT_EQ(Find(2, 4), SomeMessage(2, 4));
  EXPECT_FALSE(AnyFileHas("of room 1"));
  EXPECT_TRUE(AnyFileHas("message 1 of room 2"));
  journal_.reset();
  EXPECT_THAT(*FindJournalDamage(directory_.string()), IsEmpty());
}

TEST_F(SqliteJournalTest, MessagesAreGoneThroughInTheOrderInWhichTheyWerePosted) {
  OpenSqlite();
  ASSERT_THAT(
      journal_->Append({.messages = {SomeMessage(2, 1), SomeMessage(1, 1), SomeMessage(3, 1),
                                     SomeMessage(2, 2), RemovedRoom{MeetupId{3}}}}),
      IsOk());
  journal_.reset();
  std::vector<JournalMessage> messages;
  ASSERT_THAT(
      ForEachJournalMessage(directory_.string(),
                            [&](const JournalMessage& message) { messages.push_back(message); }),
      IsOk());
  EXPECT_THAT(messages, ElementsAre(SomeMessage(2, 1), SomeMessage(1, 1), SomeMessage(2, 2)));
}

// Many rooms, of which a thousand messages and more are removed at once.
TEST_F(SqliteJournalTest, AllOfRemovedRoomsIsInNoFile) {
  OpenSqlite();
  constexpr std::uint64_t kRooms = 40;
  for (MessageNumber number = 1; number <= 100; ++number) {
    JournalBatch batch;
    for (std::uint64_t room = 1; room <= kRooms; ++room) {
      batch.messages.push_back(SomeMessage(room, number));
    }
    ASSERT_THAT(journal_->Append(batch), IsOk());
  }
  JournalBatch removal;
  for (std::uint64_t room = 1; room < kRooms; ++room) {
    removal.messages.emplace_back(RemovedRoom{MeetupId{room}});
  }
  ASSERT_THAT(journal_->Append(removal), IsOk());
  WriteSomeSnapshot(0, 1);
  ASSERT_THAT(journal_->Forget(0), IsOk());
  for (std::uint64_t room = 1; room < kRooms; ++room) {
    EXPECT_EQ(Find(room, 50), std::nullopt);
  }
  EXPECT_FALSE(AnyFileHas("message 50 of room 7"));
  EXPECT_TRUE(AnyFileHas("message 50 of room 40"));
  OpenSqlite();
  EXPECT_EQ(Find(kRooms, 50), SomeMessage(kRooms, 50));
  EXPECT_EQ(Find(1, 50), std::nullopt);
}

TEST_F(SqliteJournalTest, DamagedMetaIsNotOpened) {
  OpenSqlite();
  journal_.reset();
  TamperWith("UPDATE meta SET forgotten = 1, last = 1");
  EXPECT_THAT(TryToOpen(), IsDataLoss("meta"));
}

TEST_F(SqliteJournalTest, WhatIsNotOpenedForAMissingTransactionStaysAsItIs) {
  OpenSqlite();
  for (int i = 0; i < 3; ++i) AppendRecords(1);
  // As it is while it is open.
  const std::filesystem::path copy = scratch_ / "copy";
  std::filesystem::copy(directory_, copy);
  journal_.reset();
  directory_ = copy;
  const std::filesystem::path wal = directory_ / "journal.db-wal";
  std::string bytes = ContentsOf(wal);
  ASSERT_FALSE(bytes.empty());
  bytes.back() ^= 1;
  std::ofstream(wal, std::ios::binary) << bytes;
  const std::string before = ContentsOf(directory_ / "journal.db");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(TryToOpen(), IsDataLoss("transactions the last 1 are missing"));
    EXPECT_EQ(ContentsOf(wal), bytes);
    EXPECT_EQ(ContentsOf(directory_ / "journal.db"), before);
  }
  bytes.back() ^= 1;
  std::ofstream(wal, std::ios::binary) << bytes;
  OpenSqlite();
  EXPECT_EQ(journal_->last(), 3u);
}

TEST_F(SqliteJournalTest, ADamagedOrMissingPurgeIsNotOpened) {
  OpenSqlite();
  for (const std::uint64_t sequence : {1, 2}) {
    ASSERT_THAT(journal_->Append({.records = {SomeRecord(sequence)},
                                  .purge_by = kTime + std::chrono::milliseconds(sequence)}),
                IsOk());
  }
  journal_.reset();
  TamperWith("UPDATE purges SET purge_by = purge_by + 1 WHERE through = 2");
  EXPECT_THAT(TryToOpen(), IsDataLoss("purge of 2"));
  TamperWith("DELETE FROM purges WHERE through = 2");
  EXPECT_THAT(TryToOpen(), IsDataLoss("should be 2 purges, and there are 1"));
}

TEST_F(SqliteJournalTest, ATruncatedSnapshotIsReported) {
  OpenSqlite();
  WriteSomeSnapshot(0, 100'000);
  std::filesystem::resize_file(directory_ / SnapshotFiles().front(), 8'192);
  const auto reader = journal_->ReadSnapshot(0);
  std::string bytes;
  const absl::Status status = reader.ok() ? (*reader)->Read(bytes) : reader.status();
  EXPECT_THAT(status, IsDataLoss("snapshot-0-"));
}

TEST_F(SqliteJournalTest, WhatIsForgottenIsInNoFile) {
  OpenSqlite();
  Random random(1);
  const auto secret = [](const char* what, std::uint64_t i) {
    return absl::StrCat("<", what, " ", i, ">");
  };
  constexpr std::uint64_t kRooms = 30;
  constexpr std::uint64_t kMessages = 1'500;
  const auto room_of = [](std::uint64_t i) { return MeetupId{i % kRooms}; };
  const auto message = [&](std::uint64_t i, const std::string& text) -> JournalMessage {
    return {.room = room_of(i), .number = 1 + i / kRooms, .text = text};
  };
  // Of random sizes, so that rows move between pages.
  for (std::uint64_t i = 0; i < kMessages; i += 50) {
    JournalBatch batch;
    for (std::uint64_t j = i; j < i + 50; ++j) {
      const std::string padding(random.Below(random.OneIn(20) ? 9'000 : 300), '.');
      JournalRecord record = SomeRecord(j + 1);
      record.command = absl::StrCat(secret("record", j + 1), padding);
      batch.records.push_back(record);
      batch.messages.push_back(message(j, secret("message", j) + padding));
    }
    ASSERT_THAT(journal_->Append(batch), IsOk());
  }
  // Away in several goes, and in a random order, so that pages are merged; some rooms as a whole.
  std::vector<std::uint64_t> order;
  for (std::uint64_t i = 0; i < kMessages; ++i) order.push_back(i);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  JournalBatch few;
  std::vector<std::uint64_t> gone;
  std::uint64_t forgotten = 0;
  std::uint64_t emptied = 0;
  for (const std::uint64_t i : order) {
    if (i % 3 == 0) continue;
    gone.push_back(i);
    few.messages.emplace_back(EmptiedMessage{room_of(i), 1 + i / kRooms});
    if (few.messages.size() == 10) {
      ASSERT_THAT(journal_->Append(std::exchange(few, {})), IsOk());
    }
    if (++emptied % 250 != 0) continue;
    const std::uint64_t room = 3 * (emptied / 250);
    ASSERT_THAT(journal_->Append({.messages = {RemovedRoom{MeetupId{room}}}}), IsOk());
    for (std::uint64_t j = room; j < kMessages; j += kRooms) gone.push_back(j);
    forgotten += 1 + random.Below(200);
    WriteSomeSnapshot(forgotten, 10'000);
    ASSERT_THAT(journal_->Forget(forgotten), IsOk());
    // What comes next must not bring anything back from memory.
    JournalBatch again;
    for (std::uint64_t j = 1; j <= 300; ++j) {
      again.messages.emplace_back(
          JournalMessage{.room = MeetupId{1'000 + emptied}, .number = j, .text = "x"});
    }
    ASSERT_THAT(journal_->Append(again), IsOk());
    std::string all;
    for (const std::string& name : Files()) all += ContentsOf(directory_ / name);
    for (const std::uint64_t j : gone) {
      ASSERT_EQ(all.find(secret("message", j)), std::string::npos) << "message " << j;
    }
    for (std::uint64_t j = 1; j <= forgotten; ++j) {
      ASSERT_EQ(all.find(secret("record", j)), std::string::npos) << "record " << j;
    }
    ASSERT_NE(all.find(secret("record", forgotten + 1)), std::string::npos);
  }
  EXPECT_GT(forgotten, 100u);
}

TEST_F(SqliteJournalTest, ABackupIsAJournal) {
  OpenSqlite();
  AppendRecords(2'000);
  ASSERT_THAT(journal_->Append({.messages = {SomeMessage(1, 1)}, .purge_by = kTime}), IsOk());
  const std::string bytes = WriteSomeSnapshot(1'000, 2'000'000);
  const std::filesystem::path copy = scratch_ / "copy";
  ASSERT_THAT(journal_->Backup(copy.string()), IsOk());
  EXPECT_THAT(journal_->Backup(copy.string()),
              IsError(absl::StatusCode::kAlreadyExists, HasSubstr("copy")));
  const std::vector<JournalRecord> records = ReadAll();
  AppendRecords(1);
  directory_ = copy;
  OpenSqlite();
  EXPECT_EQ(ReadAll(), records);
  EXPECT_EQ(Find(1, 1), SomeMessage(1, 1));
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime, .through = 2'000}));
  EXPECT_EQ(ReadSnapshotOf(1'000), bytes);
  AppendRecords(1);
}

TEST_F(SqliteJournalTest, ABackupThatFailsLeavesNothing) {
  OpenSqlite();
  AppendRecords(1);
  EXPECT_THAT(journal_->Backup((scratch_ / "no" / "where").string()), IsNotFound());
  WriteSomeSnapshot(0, 1);
  std::filesystem::resize_file(directory_ / SnapshotFiles().front(), 4'096);
  EXPECT_FALSE(journal_->Backup((scratch_ / "copy").string()).ok());
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "copy"));
}

TEST(SqliteJournalFaultTest, ABackupCutShortIsNoJournal) {
  FaultyDisk disk;
  auto journal = OpenSqliteJournal("disk", {.vfs = disk.name()});
  ASSERT_THAT(journal, IsOk());
  ASSERT_THAT((*journal)->Append({.records = {SomeRecord(1)}, .messages = {SomeMessage(1, 1)}}),
              IsOk());
  Random random(TestSeed());
  std::uint64_t cut = 0;
  std::uint64_t begun = 0;
  disk.BeforeChanges([&] {
    ++cut;
    DiskImage image = disk.image().Copy();
    if (random.OneIn(2)) {
      image.Settle();
    } else {
      image.Crash(random);
    }
    const FaultyDisk after(std::move(image));
    const auto copy = OpenSqliteJournal("copy", {.create_if_missing = false, .vfs = after.name()});
    if (absl::IsNotFound(copy.status())) return;
    ++begun;
    if (copy.ok()) {
      EXPECT_EQ((*copy)->last(), 1u);
      EXPECT_EQ(*(*copy)->FindMessage(MeetupId{1}, 1), SomeMessage(1, 1));
      return;
    }
    EXPECT_TRUE(absl::IsDataLoss(copy.status())) << copy.status();
    // Nor is it made one by who would begin where there is none.
    EXPECT_TRUE(absl::IsDataLoss(OpenSqliteJournal("copy", {.vfs = after.name()}).status()));
  });
  ASSERT_THAT((*journal)->Backup("copy"), IsOk());
  disk.BeforeChanges(nullptr);
  EXPECT_GT(cut, 5u);
  EXPECT_GE(begun, cut - 3);  // all but where the first file is made
  EXPECT_THAT(OpenSqliteJournal("copy", {.create_if_missing = false, .vfs = disk.name()}), IsOk());
}

TEST(SqliteJournalFaultTest, ACheckpointThatFailsIsTheReasonWhyNothingIsTaken) {
  FaultyDisk disk;
  auto journal = OpenSqliteJournal("disk", {.vfs = disk.name()});
  ASSERT_THAT(journal, IsOk());
  ASSERT_THAT((*journal)->Append({.records = {SomeRecord(1)}}), IsOk());
  ASSERT_THAT((*journal)->WriteSnapshot(0).status(), IsOk());
  auto snapshot = (*journal)->WriteSnapshot(1);
  ASSERT_THAT(snapshot, IsOk());
  ASSERT_THAT((*snapshot)->Commit(), IsOk());
  snapshot->reset();
  // Whatever of it fails: what was done is said.
  std::uint64_t failed = 0;
  const DiskImage image = disk.image().Copy();
  journal->reset();
  for (std::uint64_t call = 0; call < 200; ++call) {
    FaultyDisk again(image.Copy());
    auto opened = OpenSqliteJournal("disk", {.vfs = again.name()});
    ASSERT_THAT(opened, IsOk());
    again.FailAt(again.calls() + call, FaultyDisk::Fault::kFull);
    const absl::Status forgotten = (*opened)->Forget(1);
    if (!again.has_failed()) break;
    const absl::Status after = (*opened)->Append({.records = {SomeRecord(2)}});
    if (forgotten.ok() || after.ok()) continue;
    ++failed;
    EXPECT_THAT(after, IsFailedPrecondition("journal.db: "));
    EXPECT_THAT(after, IsFailedPrecondition("SQLite "));
  }
  EXPECT_GT(failed, 5u);
}

TEST(SqliteJournalFaultTest, AFullDiskIsResourceExhaustedAndThenNothingIsTaken) {
  FaultyDisk disk;
  auto journal = OpenSqliteJournal("disk", {.vfs = disk.name()});
  ASSERT_THAT(journal, IsOk());
  ASSERT_THAT((*journal)->Append({.records = {SomeRecord(1)}}), IsOk());
  disk.FailAt(disk.calls() + 1, FaultyDisk::Fault::kFull);
  EXPECT_THAT((*journal)->Append({.records = {SomeRecord(2)}}),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("journal.db")));
  EXPECT_THAT((*journal)->Append({.records = {SomeRecord(2)}}), IsFailedPrecondition("again"));
  EXPECT_THAT((*journal)->Append({}), IsFailedPrecondition("again"));
  EXPECT_THAT((*journal)->WriteSnapshot(0), IsFailedPrecondition("again"));
  EXPECT_EQ((*journal)->last(), 1u);
  std::vector<JournalRecord> records;
  EXPECT_THAT((*journal)->Read(0, 10, records), IsOk());
  EXPECT_THAT(records, ElementsAre(SomeRecord(1)));
  journal->reset();
  journal = OpenSqliteJournal("disk", {.vfs = disk.name()});
  ASSERT_THAT(journal, IsOk());
  EXPECT_THAT((*journal)->Append({.records = {SomeRecord((*journal)->last() + 1)}}), IsOk());
}

}  // namespace
}  // namespace moyeo::testing
