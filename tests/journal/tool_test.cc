// The program moyeo-journal.

#include <stdio.h>
#include <sys/wait.h>

#include <string>

#include "journal/tampered_journal.h"

namespace moyeo::testing {
namespace {

using ::testing::StartsWith;

class ToolTest : public TamperedJournalTest {
 protected:
  // What it prints, and its exit code.
  struct Outcome {
    std::string output;
    int code;
  };

  Outcome Run(const std::string& arguments) {
    const std::string command = MOYEO_JOURNAL_TOOL " " + arguments + " 2>&1";
    FILE* const pipe = popen(command.c_str(), "r");
    std::string output;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) output += static_cast<char>(c);
    return {.output = output, .code = WEXITSTATUS(pclose(pipe))};
  }

  void MakeJournal() {
    OpenSqlite();
    ASSERT_THAT(journal_->Append({.records = {{.sequence = 1,
                                               .time = kTime,
                                               .request_id = RequestId{0xffff'ffff'ffff'ffff},
                                               .rules_version = 1,
                                               .command = R"({"kind":"b","body":{"a":1}})"},
                                              {.sequence = 2, .command = "not JSON"},
                                              SomeRecord(3)},
                                  .messages = {SomeMessage(5, 1)}}),
                IsOk());
    WriteSomeSnapshot(3, 100'000);
    journal_.reset();
  }

  const std::string& at() {
    at_ = " '" + directory_.string() + "'";
    return at_;
  }

 private:
  std::string at_;
};

constexpr char kFirst[] =
    R"({"sequence":1,"time":1700000000000,"request_id":"18446744073709551615",)"
    R"("rules_version":1,"command":{"kind":"b","body":{"a":1}}})";
constexpr char kSecond[] = R"({"sequence":2,"time":0,"rules_version":0,"command":"not JSON"})";

TEST_F(ToolTest, ListPrintsRecords) {
  MakeJournal();
  EXPECT_THAT(Run("list" + at()).output,
              StartsWith(std::string(kFirst) + "\n" + kSecond + "\n{\"sequence\":3,"));
  const Outcome some = Run("list --after 1 --limit 1" + at());
  EXPECT_EQ(some.output, std::string(kSecond) + "\n");
  EXPECT_EQ(some.code, 0);
}

TEST_F(ToolTest, ExportPrintsRecordsAndMessages) {
  MakeJournal();
  const Outcome outcome = Run("export" + at());
  EXPECT_THAT(outcome.output, StartsWith("{\"record\":" + std::string(kFirst) + "}\n"));
  EXPECT_THAT(outcome.output,
              HasSubstr(R"({"message":{"room":"5","number":1,"author":"31","time":1700000000001,)"
                        R"("text":"message 1 of room 5"}})"));
  EXPECT_EQ(outcome.code, 0);
}

TEST_F(ToolTest, CheckFindsNothingWhereAllIsWell) {
  MakeJournal();
  const Outcome outcome = Run("check" + at());
  EXPECT_EQ(outcome.output, "all is as it was written\n");
  EXPECT_EQ(outcome.code, 0);
}

TEST_F(ToolTest, CheckNamesEveryPlace) {
  MakeJournal();
  TamperWith("UPDATE records SET time = 1 WHERE sequence <> 2; UPDATE posts SET text = 'other'");
  const std::filesystem::path snapshot = directory_ / SnapshotFiles().front();
  std::fstream(snapshot, std::ios::in | std::ios::out | std::ios::binary).seekp(50'000) << '!';
  const Outcome outcome = Run("check" + at());
  EXPECT_THAT(outcome.output, HasSubstr("journal.db: record 1 is not"));
  EXPECT_THAT(outcome.output, HasSubstr("journal.db: record 3 is not"));
  EXPECT_THAT(outcome.output, HasSubstr("journal.db: message 1 of room 5 is not"));
  EXPECT_THAT(outcome.output, HasSubstr(snapshot.filename().string() + ": page 13 is not"));
  EXPECT_THAT(outcome.output, HasSubstr("4 places are damaged"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(Run("list" + at()).code, 1);
}

TEST_F(ToolTest, CompactGivesSpaceBack) {
  OpenSqlite();
  AppendRecords(5'000);
  WriteSomeSnapshot(4'990, 10);
  ASSERT_THAT(journal_->Forget(4'990), IsOk());
  const Outcome refused = Run("compact" + at());
  EXPECT_THAT(refused.output, HasSubstr("is open elsewhere"));
  EXPECT_EQ(refused.code, 1);
  journal_.reset();
  const auto before = std::filesystem::file_size(directory_ / "journal.db");
  EXPECT_EQ(Run("compact" + at()).code, 0);
  EXPECT_LT(std::filesystem::file_size(directory_ / "journal.db"), before / 5);
  EXPECT_EQ(Run("check" + at()).code, 0);
  OpenSqlite();
  EXPECT_EQ(ReadAll().size(), 10u);
}

TEST_F(ToolTest, NothingIsMadeWhereThereIsNoJournal) {
  for (const char* const command : {"list", "check", "export", "compact"}) {
    EXPECT_EQ(Run(command + at()).code, 1) << command;
  }
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(ToolTest, SaysHowItIsUsed) {
  const Outcome help = Run("--help");
  EXPECT_EQ(help.code, 0);
  for (const char* const command : {"list", "check", "export", "compact"}) {
    EXPECT_THAT(help.output, HasSubstr(command));
  }
  EXPECT_EQ(Run("").code, 2);
  EXPECT_EQ(Run("list").code, 2);
  EXPECT_EQ(Run("list --limit x" + at()).code, 2);
}

}  // namespace
}  // namespace moyeo::testing
