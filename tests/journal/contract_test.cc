// What journal.h promises, of the journal in memory and of the one that SQLite keeps.

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal_fixture.h"
#include "support/together.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

class ContractTest : public JournalTest, public ::testing::WithParamInterface<bool> {
 protected:
  ContractTest() : in_memory_(GetParam()) { Open(); }

  void Open() {
    journal_.reset();
    if (in_memory_) {
      journal_ = NewMemoryJournal();
    } else {
      OpenSqlite();
    }
  }

  const bool in_memory_;
};

INSTANTIATE_TEST_SUITE_P(Of, ContractTest, ::testing::Bool(),
                         [](const auto& of) { return of.param ? "Memory" : "Sqlite"; });

TEST_P(ContractTest, ANewJournalIsEmpty) {
  EXPECT_EQ(journal_->last(), 0u);
  EXPECT_EQ(journal_->forgotten(), 0u);
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
  EXPECT_THAT(ReadAll(), IsEmpty());
  EXPECT_THAT(*journal_->Snapshots(), IsEmpty());
}

TEST_P(ContractTest, RecordsAreReadAsTheyWereAppended) {
  const std::vector<JournalRecord> records = {
      {.sequence = 1, .time = kMinTimestamp, .command = ""},
      {.sequence = 2,
       .time = kMaxTimestamp,
       .request_id = RequestId{0},
       .rules_version = std::numeric_limits<std::uint32_t>::max(),
       .command = std::string("not text \0 \xff", 12)},
      {.sequence = 3,
       .request_id = RequestId{std::numeric_limits<std::uint64_t>::max()},
       .command = std::string(3'000'000, 'x')}};
  EXPECT_THAT(journal_->Append({.records = records}), IsOk());
  EXPECT_EQ(journal_->last(), 3u);
  EXPECT_EQ(ReadAll(), records);
}

TEST_P(ContractTest, ReadGivesThoseAfterUpToALimit) {
  AppendRecords(5);
  std::vector<JournalRecord> records = {SomeRecord(99)};
  EXPECT_THAT(journal_->Read(1, 2, records), IsOk());
  EXPECT_THAT(records, ElementsAre(SomeRecord(2), SomeRecord(3)));
  EXPECT_THAT(journal_->Read(3, std::numeric_limits<std::size_t>::max(), records), IsOk());
  EXPECT_THAT(records, ElementsAre(SomeRecord(4), SomeRecord(5)));
  EXPECT_THAT(journal_->Read(3, 0, records), IsOk());
  EXPECT_THAT(records, IsEmpty());
  EXPECT_THAT(journal_->Read(5, 1, records), IsOk());
  EXPECT_THAT(records, IsEmpty());
  EXPECT_THAT(journal_->Read(6, 1, records), IsOk());
  EXPECT_THAT(records, IsEmpty());
}

TEST_P(ContractTest, SequencesMustGoOn) {
  AppendRecords(2);
  for (const std::vector<std::uint64_t>& wrong :
       {std::vector<std::uint64_t>{2}, {4}, {0}, {3, 5}, {3, 3}}) {
    JournalBatch batch{.messages = {SomeMessage(1, 1)}, .purge_by = kTime};
    for (const std::uint64_t sequence : wrong) batch.records.push_back(SomeRecord(sequence));
    EXPECT_THAT(journal_->Append(batch), IsInvalid("sequence"));
  }
  EXPECT_EQ(journal_->last(), 2u);
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
  EXPECT_EQ(Find(1, 1), std::nullopt);
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(3)}}), IsOk());
}

TEST_P(ContractTest, AnEmptyBatchIsFine) {
  EXPECT_THAT(journal_->Append({}), IsOk());
  EXPECT_EQ(journal_->last(), 0u);
}

TEST_P(ContractTest, NumbersOfARoomMustGoOn) {
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2)}}), IsOk());
  for (const std::vector<MessageNumber>& wrong :
       {std::vector<MessageNumber>{2}, {4}, {0}, {1}, {3, 5}, {3, 3}}) {
    JournalBatch batch{.records = {SomeRecord(1)}, .messages = {SomeMessage(2, 1)}};
    for (const MessageNumber number : wrong) batch.messages.push_back(SomeMessage(1, number));
    EXPECT_THAT(journal_->Append(batch), IsInvalid("of room 1"));
  }
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(2, 2)}}), IsInvalid("1 comes next"));
  EXPECT_EQ(journal_->last(), 0u);
  EXPECT_EQ(Find(2, 1), std::nullopt);
  EXPECT_EQ(Find(1, 3), std::nullopt);
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 3)}}), IsOk());
  EXPECT_THAT(journal_->Append({.messages = {RemovedRoom{MeetupId{1}}, SomeMessage(1, 4)}}),
              IsInvalid("1 comes next"));
}

TEST_P(ContractTest, MessagesAreFoundByRoomAndNumber) {
  const JournalMessage extreme{.room = MeetupId{std::numeric_limits<std::uint64_t>::max()},
                               .number = 1,
                               .author = UserId{std::numeric_limits<std::uint64_t>::max()},
                               .time = kMinTimestamp,
                               .text = "모여"};
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2), extreme}}),
              IsOk());
  EXPECT_THAT(Find(1, 2), Optional(SomeMessage(1, 2)));
  EXPECT_EQ(*journal_->FindMessage(extreme.room, extreme.number), extreme);
  EXPECT_EQ(Find(1, 0), std::nullopt);
  EXPECT_EQ(Find(1, 3), std::nullopt);
  EXPECT_EQ(Find(1, std::numeric_limits<MessageNumber>::max()), std::nullopt);
  EXPECT_EQ(Find(2, 1), std::nullopt);
}

TEST_P(ContractTest, EveryMessageOfLongRoomsIsFound) {
  constexpr MessageNumber kMessages = 300;
  for (MessageNumber number = 1; number <= kMessages;) {
    JournalBatch batch;
    for (std::size_t i = 0; i < 7 && number <= kMessages; ++i, ++number) {
      for (const std::uint64_t room : {1, 2}) batch.messages.push_back(SomeMessage(room, number));
    }
    ASSERT_THAT(journal_->Append(batch), IsOk());
    // Some are known from before it was opened, and some from after a snapshot.
    if (number % 5 == 0) WriteSomeSnapshot(0, 1);
    if (number % 4 == 0 && !in_memory_) Open();
  }
  for (const std::uint64_t room : {1, 2}) {
    for (MessageNumber number = 1; number <= kMessages; ++number) {
      ASSERT_THAT(Find(room, number), Optional(SomeMessage(room, number)));
    }
  }
}

TEST_P(ContractTest, ManyMessagesAreFoundAtOnceInTheOrderAsked) {
  EXPECT_THAT(
      journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2), SomeMessage(2, 1),
                                     SomeMessage(1, 3), SomeMessage(2, 2)}}),
      IsOk());
  const std::vector<MessageNumber> numbers = {3, 4, 1, 3, 2};
  const auto found = journal_->FindMessages(MeetupId{1}, numbers);
  ASSERT_THAT(found, IsOk());
  EXPECT_THAT(*found, ElementsAre(SomeMessage(1, 3), std::nullopt, SomeMessage(1, 1),
                                  SomeMessage(1, 3), SomeMessage(1, 2)));
  EXPECT_THAT(*journal_->FindMessages(MeetupId{1}, {}), IsEmpty());
}

TEST_P(ContractTest, MessageChangesComeInTheirOrder) {
  JournalMessage again = SomeMessage(2, 1);
  again.text = "again";
  JournalMessage emptied = SomeMessage(1, 1);
  emptied.text = "";
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), EmptiedMessage{MeetupId{1}, 1},
                                             SomeMessage(2, 1), SomeMessage(2, 2),
                                             RemovedRoom{MeetupId{2}}, again}}),
              IsOk());
  EXPECT_THAT(Find(1, 1), Optional(emptied));
  EXPECT_THAT(Find(2, 1), Optional(again));
  EXPECT_EQ(Find(2, 2), std::nullopt);
}

TEST_P(ContractTest, ARemovedRoomIsGoneAndMayBeginAnew) {
  EXPECT_THAT(
      journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2), SomeMessage(2, 1)}}),
      IsOk());
  WriteSomeSnapshot(0, 1);
  EXPECT_THAT(journal_->Append({.messages = {RemovedRoom{MeetupId{1}}}}), IsOk());
  EXPECT_EQ(Find(1, 1), std::nullopt);
  EXPECT_EQ(Find(1, 2), std::nullopt);
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 1)}}), IsOk());
  EXPECT_THAT(journal_->Forget(0), IsOk());
  EXPECT_THAT(Find(1, 1), Optional(SomeMessage(1, 1)));
  EXPECT_EQ(Find(1, 2), std::nullopt);
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 2), RemovedRoom{MeetupId{2}}}}),
              IsOk());
  EXPECT_THAT(journal_->Forget(0), IsOk());
  if (!in_memory_) Open();
  EXPECT_THAT(Find(1, 2), Optional(SomeMessage(1, 2)));
  EXPECT_EQ(Find(2, 1), std::nullopt);
}

TEST_P(ContractTest, AnEmptiedMessageKeepsAllButItsText) {
  EXPECT_THAT(journal_->Append({.messages = {SomeMessage(1, 1), SomeMessage(1, 2)}}), IsOk());
  EXPECT_THAT(journal_->Append({.messages = {EmptiedMessage{MeetupId{1}, 1}}}), IsOk());
  JournalMessage emptied = SomeMessage(1, 1);
  emptied.text = "";
  EXPECT_THAT(Find(1, 1), Optional(emptied));
  EXPECT_THAT(Find(1, 2), Optional(SomeMessage(1, 2)));
}

TEST_P(ContractTest, ToEmptyOrRemoveWhatThereIsNotDoesNothing) {
  AppendRecords(1);
  EXPECT_THAT(
      journal_->Append({.messages = {SomeMessage(1, 1), EmptiedMessage{MeetupId{1}, 2},
                                     EmptiedMessage{MeetupId{2}, 1}, RemovedRoom{MeetupId{2}}}}),
      IsOk());
  EXPECT_THAT(Find(1, 1), Optional(SomeMessage(1, 1)));
  EXPECT_EQ(Find(1, 2), std::nullopt);
}

TEST_P(ContractTest, ASnapshotIsReadAsItWasWritten) {
  AppendRecords(2);
  const std::string bytes = WriteSomeSnapshot(2, 2'500'000);
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(2u));
  EXPECT_EQ(ReadSnapshotOf(2), bytes);
}

TEST_P(ContractTest, ASnapshotMayBeEmptyAndOfNoRecords) {
  EXPECT_EQ(WriteSomeSnapshot(0, 0), "");
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(0u));
  EXPECT_EQ(ReadSnapshotOf(0), "");
}

TEST_P(ContractTest, PiecesOfASnapshotAreOfAFewMegabytesAtMost) {
  WriteSomeSnapshot(0, 9'000'000);
  const auto reader = journal_->ReadSnapshot(0);
  ASSERT_THAT(reader, IsOk());
  std::string piece;
  do {
    ASSERT_THAT((*reader)->Read(piece), IsOk());
    EXPECT_LE(piece.size(), 4u << 20);
  } while (!piece.empty());
  EXPECT_THAT((*reader)->Read(piece), IsOk());
  EXPECT_EQ(piece, "");
}

TEST_P(ContractTest, SnapshotsAreListedBySequence) {
  AppendRecords(12);
  WriteSomeSnapshot(10, 1);
  WriteSomeSnapshot(9, 1);
  WriteSomeSnapshot(12, 1);
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(9u, 10u, 12u));
}

TEST_P(ContractTest, ASnapshotNotCommittedLeavesNothing) {
  {
    auto writer = journal_->WriteSnapshot(0);
    ASSERT_THAT(writer, IsOk());
    EXPECT_THAT((*writer)->Write(std::string(3'000'000, 'x')), IsOk());
    EXPECT_THAT(*journal_->Snapshots(), IsEmpty());
    EXPECT_THAT(journal_->ReadSnapshot(0), IsNotFound());
  }
  EXPECT_THAT(*journal_->Snapshots(), IsEmpty());
  EXPECT_THAT(SnapshotFiles(), IsEmpty());
}

TEST_P(ContractTest, OneSnapshotIsWrittenAtATime) {
  AppendRecords(1);
  {
    const auto writer = journal_->WriteSnapshot(0);
    ASSERT_THAT(writer, IsOk());
    EXPECT_THAT(journal_->WriteSnapshot(1), IsFailedPrecondition("another"));
    EXPECT_THAT((*writer)->Commit(), IsOk());
    EXPECT_THAT(journal_->WriteSnapshot(1), IsFailedPrecondition("another"));
  }
  EXPECT_THAT(journal_->WriteSnapshot(1), IsOk());
  EXPECT_THAT(journal_->WriteSnapshot(1), IsOk());
}

TEST_P(ContractTest, ASnapshotIsOfRecordsThatThereAre) {
  AppendRecords(5);
  EXPECT_THAT(journal_->WriteSnapshot(6), IsInvalid("sequence"));
  WriteSomeSnapshot(3, 1);
  EXPECT_THAT(journal_->Forget(3), IsOk());
  EXPECT_THAT(journal_->WriteSnapshot(2), IsInvalid("sequence"));
  EXPECT_THAT(journal_->WriteSnapshot(3), IsOk());
}

TEST_P(ContractTest, ASnapshotIsReplacedWhenTheNextOneIsCommitted) {
  const std::string first = WriteSomeSnapshot(0, 10);
  const auto reader = journal_->ReadSnapshot(0);
  ASSERT_THAT(reader, IsOk());
  {
    const auto writer = journal_->WriteSnapshot(0);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Write("second"), IsOk());
    EXPECT_EQ(ReadSnapshotOf(0), first);
    ASSERT_THAT((*writer)->Commit(), IsOk());
    EXPECT_EQ(ReadSnapshotOf(0), "second");
  }
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(0u));
  std::string bytes;
  EXPECT_THAT((*reader)->Read(bytes), IsOk());
  EXPECT_EQ(bytes, first);
  if (!in_memory_) {
    EXPECT_THAT(SnapshotFiles(), SizeIs(1));
  }
}

TEST_P(ContractTest, ForgettingWantsASnapshot) {
  AppendRecords(3);
  WriteSomeSnapshot(2, 1);
  EXPECT_THAT(journal_->Forget(1), IsFailedPrecondition("snapshot"));
  EXPECT_THAT(journal_->Forget(3), IsFailedPrecondition("snapshot"));
  EXPECT_EQ(journal_->forgotten(), 0u);
}

TEST_P(ContractTest, ForgottenAreTheRecordsUpToASnapshotAndThoseBefore) {
  AppendRecords(2'500);
  for (const std::uint64_t sequence : {0, 100, 2'100, 2'400}) WriteSomeSnapshot(sequence, 10);
  EXPECT_THAT(journal_->Forget(2'100), IsOk());
  EXPECT_EQ(journal_->forgotten(), 2'100u);
  EXPECT_EQ(journal_->last(), 2'500u);
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(2'100u, 2'400u));
  std::vector<JournalRecord> records;
  EXPECT_THAT(journal_->Read(2'099, 1, records),
              IsError(absl::StatusCode::kOutOfRange, HasSubstr("2100")));
  EXPECT_THAT(journal_->Read(2'100, 1, records), IsOk());
  EXPECT_THAT(records, ElementsAre(SomeRecord(2'101)));
  if (!in_memory_) {
    EXPECT_THAT(SnapshotFiles(), SizeIs(2));
  }
}

TEST_P(ContractTest, AllMayBeForgottenAndItGoesOn) {
  AppendRecords(2);
  WriteSomeSnapshot(2, 1);
  EXPECT_THAT(journal_->Forget(2), IsOk());
  EXPECT_THAT(journal_->Forget(2), IsOk());
  EXPECT_EQ(journal_->last(), 2u);
  EXPECT_THAT(ReadAll(), IsEmpty());
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(3)}}), IsOk());
  EXPECT_THAT(ReadAll(), ElementsAre(SomeRecord(3)));
}

TEST_P(ContractTest, ASnapshotOfWhatIsForgottenMeanwhileIsNotCommitted) {
  AppendRecords(2);
  WriteSomeSnapshot(2, 1);
  const auto writer = journal_->WriteSnapshot(1);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(journal_->Forget(2), IsOk());
  EXPECT_THAT((*writer)->Commit(), IsFailedPrecondition("forgotten"));
  EXPECT_THAT(*journal_->Snapshots(), ElementsAre(2u));
}

TEST_P(ContractTest, APurgeIsPendingUntilItsRecordsAreForgotten) {
  AppendRecords(3);
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(4)}, .purge_by = kTime}), IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime, .through = 4}));
  AppendRecords(1);
  WriteSomeSnapshot(3, 1);
  WriteSomeSnapshot(4, 1);
  EXPECT_THAT(journal_->Forget(3), IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime, .through = 4}));
  EXPECT_THAT(journal_->Forget(4), IsOk());
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
}

TEST_P(ContractTest, EachPurgeKeepsItsTime) {
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(1)}, .purge_by = kTime}), IsOk());
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(2)}, .purge_by = kTime + milliseconds(1)}),
              IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime, .through = 1}));
  WriteSomeSnapshot(1, 1);
  EXPECT_THAT(journal_->Forget(1), IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime + milliseconds(1), .through = 2}));
  WriteSomeSnapshot(2, 1);
  EXPECT_THAT(journal_->Forget(2), IsOk());
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
}

TEST_P(ContractTest, APurgeWhileOthersAreForgottenWaitsForItsOwnTime) {
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(1)}, .purge_by = kTime}), IsOk());
  WriteSomeSnapshot(1, 1);
  EXPECT_THAT(journal_->Append({.records = {SomeRecord(2)}, .purge_by = kTime + milliseconds(5)}),
              IsOk());
  EXPECT_THAT(journal_->Forget(1), IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime + milliseconds(5), .through = 2}));
}

TEST_P(ContractTest, AnEarlierTimeForALaterRecordHoldsForThoseBefore) {
  for (const std::int64_t ms : {3, 5, 5, 2, 2, 9}) {
    EXPECT_THAT(journal_->Append({.records = {SomeRecord(journal_->last() + 1)},
                                  .purge_by = kTime + milliseconds(ms)}),
                IsOk());
  }
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime + milliseconds(2), .through = 5}));
  WriteSomeSnapshot(4, 1);
  EXPECT_THAT(journal_->Forget(4), IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime + milliseconds(2), .through = 5}));
  WriteSomeSnapshot(5, 1);
  EXPECT_THAT(journal_->Forget(5), IsOk());
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime + milliseconds(9), .through = 6}));
}

TEST_P(ContractTest, OfTwoTimesForOneRecordTheEarlierHolds) {
  AppendRecords(1);
  for (const std::int64_t ms : {4, 7, 3, 3}) {
    EXPECT_THAT(journal_->Append({.purge_by = kTime + milliseconds(ms)}), IsOk());
  }
  EXPECT_EQ(journal_->pending_purge(), (PendingPurge{.by = kTime + milliseconds(3), .through = 1}));
  WriteSomeSnapshot(1, 1);
  EXPECT_THAT(journal_->Forget(1), IsOk());
  EXPECT_EQ(journal_->pending_purge(), std::nullopt);
}

TEST_P(ContractTest, AnyThreadMayCallAnyMethod) {
  constexpr std::uint64_t kRecords = 300;
  Complaints complaints;
  std::atomic<bool> done = false;
  const auto read = [&] {
    std::vector<JournalRecord> records;
    while (!done) {
      const std::uint64_t after = journal_->forgotten();
      const absl::Status status = journal_->Read(after, 50, records);
      if (!absl::IsOutOfRange(status)) complaints.Expect(status);
      for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i] != SomeRecord(after + 1 + i)) complaints.Add("another record");
      }
      complaints.Expect(journal_->FindMessage(MeetupId{1}, after).status());
      complaints.Expect(journal_->Snapshots().status());
    }
  };
  RunTogether({read, read,
               [&] {
                 for (std::uint64_t i = 1; i <= kRecords; ++i) {
                   complaints.Expect(journal_->Append(
                       {.records = {SomeRecord(i)}, .messages = {SomeMessage(1, i)}}));
                 }
                 done = true;
               },
               [&] {
                 while (!done) {
                   const std::uint64_t sequence = journal_->last();
                   {
                     const auto writer = journal_->WriteSnapshot(sequence);
                     complaints.Expect(writer.status());
                     if (writer.ok()) complaints.Expect((*writer)->Commit());
                   }
                   complaints.Expect(journal_->Forget(sequence));
                   complaints.Expect(journal_->ReadSnapshot(sequence).status());
                 }
               }});
  EXPECT_THAT(complaints.Take(), IsEmpty());
  EXPECT_EQ(journal_->last(), kRecords);
}

}  // namespace
}  // namespace moyeo::testing
