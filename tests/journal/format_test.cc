// src/journal/FORMAT.md, word for word.

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/checksum.h"
#include "journal/journal_fixture.h"
#include "journal/page_guard.h"
#include "journal/rows.h"
#include "journal/snapshot_file.h"
#include "support/faulty_vfs.h"
#include "support/markdown.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> BlocksOf(const std::string& kind) {
  return testing::BlocksOf(MOYEO_FORMAT, kind);
}

class FormatTest : public JournalTest {
 protected:
  // Writes the database that `statements` make.
  static void Make(const std::string& path, const journal::PageGuard& guard,
                   const std::vector<std::string>& statements) {
    auto database = journal::CreateDatabase(path, guard.name());
    ASSERT_THAT(database, IsOk());
    for (const std::string& statement : statements) {
      ASSERT_THAT(database->Execute(statement.c_str()), IsOk()) << statement;
    }
  }

  // A journal of format 1 with nothing but these messages, by room and number.
  static void MakeFormat1(const std::string& path, const journal::PageGuard& guard,
                          const std::vector<JournalMessage>& messages) {
    const std::vector<std::string> sql = BlocksOf("sql");
    const auto number = [](std::uint64_t of) {
      return std::to_string(static_cast<std::int64_t>(of));
    };
    const std::uint64_t meta = journal::Checksum("meta")
                                   .Number(std::uint64_t{2})
                                   .Number(std::uint64_t{0})
                                   .Number(std::uint64_t{0})
                                   .Number(std::uint64_t{0})
                                   .value();
    std::vector<std::string> statements = {
        "PRAGMA user_version = 1; PRAGMA application_id = 0x6d6f7965;",
        "CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), commits INTEGER NOT NULL,"
        " last INTEGER NOT NULL, forgotten INTEGER NOT NULL, purges INTEGER NOT NULL,"
        " checksum INTEGER NOT NULL); INSERT INTO meta VALUES (1, 2, 0, 0, 0, " +
            number(meta) + ")",
        sql[1], sql[4]};
    for (const JournalMessage& message : messages) {
      const std::int64_t time = message.time.time_since_epoch().count();
      const std::uint64_t checksum = journal::Checksum("messages")
                                         .Number(ToNumber(message.room))
                                         .Number(message.number)
                                         .Number(ToNumber(message.author))
                                         .Number(time)
                                         .Text(message.text)
                                         .value();
      statements.push_back("INSERT INTO messages VALUES (" + number(ToNumber(message.room)) + ", " +
                           number(message.number) + ", " + number(ToNumber(message.author)) + ", " +
                           std::to_string(time) + ", '" + message.text + "', " + number(checksum) +
                           ")");
    }
    Make(path, guard, statements);
  }

  static std::vector<JournalMessage> MessagesOfRooms(std::uint64_t rooms, MessageNumber numbers) {
    std::vector<JournalMessage> messages;
    for (std::uint64_t room = 1; room <= rooms; ++room) {
      for (MessageNumber number = 1; number <= numbers; ++number) {
        messages.push_back(SomeMessage(room, number));
      }
    }
    return messages;
  }
};

TEST_F(FormatTest, TheExampleIsAJournal) {
  const std::vector<std::string> sql = BlocksOf("sql");
  ASSERT_THAT(sql, SizeIs(5));
  EXPECT_EQ("\n" + sql[0], journal::kSchemaOf2);
  EXPECT_EQ("\n" + sql[1], journal::kSchemaOf1And2);
  EXPECT_EQ("\n" + sql[3], journal::kSnapshotSchema);

  std::filesystem::create_directory(directory_);
  const journal::PageGuard guard(sqlite3_vfs_find(nullptr));
  Make((directory_ / "journal.db").string(), guard,
       {"PRAGMA user_version = 2; PRAGMA application_id = 0x6d6f7965;", sql[0], sql[1], sql[2]});
  OpenSqlite();
  EXPECT_THAT(ReadAll(), ElementsAre(JournalRecord{.sequence = 1,
                                                   .time = kTime,
                                                   .request_id = RequestId{0xffff'ffff'ffff'ffff},
                                                   .rules_version = 1,
                                                   .command = R"({"kind":"post"})"},
                                     JournalRecord{.sequence = 2,
                                                   .time = kTime + milliseconds(1),
                                                   .rules_version = 1,
                                                   .command = R"({"kind":"advance"})"}));
  JournalMessage message{
      .room = MeetupId{12}, .number = 1, .author = UserId{7}, .time = kTime, .text = "모여"};
  EXPECT_EQ(Find(12, 1), message);
  message.number = 2;
  message.text = "";
  EXPECT_EQ(Find(12, 2), message);
  EXPECT_EQ(journal_->pending_purge(),
            (PendingPurge{.by = kTime + milliseconds(86'400'000), .through = 2}));
  EXPECT_EQ(Find(13, 1), (JournalMessage{.room = MeetupId{13},
                                         .number = 1,
                                         .author = UserId{7},
                                         .time = kTime + milliseconds(1),
                                         .text = "here"}));
  AppendRecords(1);
  ASSERT_THAT(journal_->Append({.messages = {SomeMessage(12, 3), SomeMessage(13, 2)}}), IsOk());
  journal_.reset();
  EXPECT_THAT(*FindJournalDamage(directory_.string()), IsEmpty());
}

TEST_F(FormatTest, MessagesOfFormat1BecomePosts) {
  std::filesystem::create_directory(directory_);
  const journal::PageGuard guard(sqlite3_vfs_find(nullptr));
  std::vector<JournalMessage> messages = MessagesOfRooms(50, 21);
  for (std::size_t i = 0; i < messages.size(); i += 7) messages[i].text.clear();
  MakeFormat1((directory_ / "journal.db").string(), guard, messages);
  for (int opened = 0; opened < 2; ++opened) {
    OpenSqlite();
    for (const JournalMessage& message : messages) {
      ASSERT_EQ(*journal_->FindMessage(message.room, message.number), message);
    }
  }
  EXPECT_EQ(Find(50, 22), std::nullopt);
  ASSERT_THAT(
      journal_->Append({.messages = {SomeMessage(1, 22), SomeMessage(51, 1),
                                     EmptiedMessage{MeetupId{2}, 3}, RemovedRoom{MeetupId{3}}}}),
      IsOk());
  EXPECT_EQ(Find(1, 22), SomeMessage(1, 22));
  EXPECT_EQ(Find(2, 3)->text, "");
  EXPECT_EQ(Find(3, 1), std::nullopt);
  WriteSomeSnapshot(0, 1);
  ASSERT_THAT(journal_->Forget(0), IsOk());
  journal_.reset();
  EXPECT_THAT(*FindJournalDamage(directory_.string()), IsEmpty());
}

TEST_F(FormatTest, ADamagedOrMissingMessageOfFormat1IsReportedAndNothingIsChanged) {
  std::filesystem::create_directory(directory_);
  const journal::PageGuard guard(sqlite3_vfs_find(nullptr));
  const std::string path = (directory_ / "journal.db").string();
  std::vector<JournalMessage> messages = MessagesOfRooms(3, 5);
  messages.erase(messages.begin() + 6);
  MakeFormat1(path, guard, messages);
  const auto open = [&] { return OpenSqliteJournal(directory_.string()).status(); };
  EXPECT_THAT(open(), IsDataLoss("message 2 of room 2 is missing"));
  EXPECT_THAT(open(), IsDataLoss("message 2 of room 2 is missing"));
  for (const char* const sql : {"DELETE FROM messages WHERE room = 2",
                                "UPDATE messages SET author = 1 WHERE room = 3 AND number = 2"}) {
    auto database = journal::Database::Open(path, guard.name(), journal::Database::Mode::kWrite);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(database->Execute(sql), IsOk());
  }
  EXPECT_THAT(open(), IsDataLoss("message 2 of room 3 is not"));
}

TEST_F(FormatTest, ACrashAtAnyChangeWhileFormat1IsLeftLosesNothing) {
  FaultyDisk disk;
  const std::vector<JournalMessage> messages = MessagesOfRooms(20, 9);
  {
    const journal::PageGuard guard(sqlite3_vfs_find(disk.name().c_str()));
    MakeFormat1("disk/journal.db", guard, messages);
  }
  Random random(TestSeed());
  std::uint64_t crashes = 0;
  disk.BeforeChanges([&] {
    ++crashes;
    DiskImage image = disk.image().Copy();
    image.Crash(random);
    const FaultyDisk after(std::move(image));
    const auto journal = OpenSqliteJournal("disk", {.vfs = after.name()});
    ASSERT_THAT(journal, IsOk());
    for (const JournalMessage& message : messages) {
      ASSERT_EQ(*(*journal)->FindMessage(message.room, message.number), message);
    }
  });
  EXPECT_THAT(OpenSqliteJournal("disk", {.vfs = disk.name()}), IsOk());
  EXPECT_GT(crashes, 20u);
}

TEST_F(FormatTest, TheBytesOfTheExampleHaveItsChecksum) {
  const std::vector<std::string> hex = BlocksOf("hex");
  ASSERT_THAT(hex, SizeIs(1));
  const std::string bytes = BytesOf(hex[0]);
  EXPECT_THAT(bytes, SizeIs(15 + 8 + 8 + 9 + 8 + 8 + 15));
  const std::string checksum = std::to_string(static_cast<std::int64_t>(journal::Xxh3(bytes)));
  EXPECT_THAT(BlocksOf("sql")[2], HasSubstr(checksum));
}

TEST_F(FormatTest, PagesEndInTheirChecksums) {
  OpenSqlite();
  AppendRecords(100);
  journal_.reset();
  const std::string file = ContentsOf(directory_ / "journal.db");
  ASSERT_EQ(file.size() % 4096, 0u);
  for (std::uint64_t page = 1; page * 4096 <= file.size(); ++page) {
    const std::string_view bytes = std::string_view(file).substr((page - 1) * 4096, 4096);
    const std::uint64_t sum = journal::Xxh3(bytes.substr(0, 4088)) ^ page * 0x9E3779B97F4A7C15;
    for (std::size_t i = 0; i < 7; ++i) {
      ASSERT_EQ(static_cast<unsigned char>(bytes[4088 + i]), sum >> 8 * i & 0xff);
    }
    ASSERT_EQ(bytes[4095], 0x6d);
  }
}

}  // namespace
}  // namespace moyeo::testing
