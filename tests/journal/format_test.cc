// src/journal/FORMAT.md, word for word.

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

#include "journal/checksum.h"
#include "journal/journal_fixture.h"
#include "journal/page_guard.h"
#include "journal/rows.h"
#include "journal/snapshot_file.h"
#include "support/markdown.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::vector<std::string> BlocksOf(const std::string& kind) {
  return testing::BlocksOf(MOYEO_FORMAT, kind);
}

class FormatTest : public JournalTest {};

TEST_F(FormatTest, TheExampleIsAJournal) {
  const std::vector<std::string> sql = BlocksOf("sql");
  ASSERT_THAT(sql, SizeIs(3));
  EXPECT_EQ("\n" + sql[0], journal::kSchema);
  EXPECT_EQ("\n" + sql[2], journal::kSnapshotSchema);

  std::filesystem::create_directory(directory_);
  {
    const journal::PageGuard guard(sqlite3_vfs_find(nullptr));
    auto database = journal::CreateDatabase((directory_ / "journal.db").string(), guard.name());
    ASSERT_THAT(database, IsOk());
    const std::string identity = "PRAGMA user_version = 1; PRAGMA application_id = 0x6d6f7965;";
    for (const std::string& statements : {identity, sql[0], sql[1]}) {
      ASSERT_THAT(database->Execute(statements.c_str()), IsOk());
    }
  }
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
  AppendRecords(1);
}

TEST_F(FormatTest, TheBytesOfTheExampleHaveItsChecksum) {
  const std::vector<std::string> hex = BlocksOf("hex");
  ASSERT_THAT(hex, SizeIs(1));
  const std::string bytes = BytesOf(hex[0]);
  EXPECT_THAT(bytes, SizeIs(15 + 8 + 8 + 9 + 8 + 8 + 15));
  const std::string checksum = std::to_string(static_cast<std::int64_t>(journal::Xxh3(bytes)));
  EXPECT_THAT(BlocksOf("sql")[1], HasSubstr(checksum));
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
