// Journals that earlier versions have left in tests/golden. Each is opened for ever. A new format
// or new rules get one more, by moyeo_write_golden_journal; none is written anew.
//
// Dee was erased before a snapshot; after it come eight commands, and another snapshot.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/engine_fixture.h"
#include "society/snapshot.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// By the rules of this version.
constexpr std::uint64_t kHash = 17'917'914'176'169'969'439U;
constexpr MeetupId kMeetup{1};

class GoldenJournalTest : public EngineTest, public ::testing::WithParamInterface<const char*> {
 protected:
  // Opening changes files: it is a copy that is opened.
  void SetUp() override {
    std::filesystem::copy(std::filesystem::path(MOYEO_GOLDEN) / GetParam(), directory_);
  }

  std::vector<JournalRecord> Records() const {
    std::vector<JournalRecord> records;
    const auto journal = OpenSqliteJournal(directory_.string());
    EXPECT_THAT(journal, IsOk());
    if (!journal.ok()) return {};
    EXPECT_THAT((*journal)->Read((*journal)->forgotten(), 100, records), IsOk());
    return records;
  }
};

TEST_P(GoldenJournalTest, IsWithoutDamage) {
  const auto damage = FindJournalDamage(directory_.string(), {.create_if_missing = false});
  ASSERT_THAT(damage, IsOk());
  EXPECT_THAT(*damage, IsEmpty());
}

TEST_P(GoldenJournalTest, GoesOnWhereItsSnapshotWasMade) {
  Open();
  EXPECT_EQ(engine_->Statistics().commands, 14u);
  EXPECT_EQ(engine_->Statistics().last_snapshot, 14u);
  EXPECT_EQ(engine_->ViewProfile(kAda, kBob)->nickname, "밥");
  EXPECT_THAT(engine_->Friends(kAda)->items, ElementsAre(Field(&UserSummary::user, kBob)));
  EXPECT_THAT(engine_->Blocked(kAda)->items, ElementsAre(Field(&UserSummary::user, kCy)));
  EXPECT_EQ(engine_->ViewMeetup(kBob, kMeetup)->summary.title, "바둑 Go");
  const std::vector<MessageView> messages = engine_->Messages(kAda, kMeetup)->items;
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_TRUE(messages[0].deleted);
  EXPECT_EQ(messages[0].text, "");
  EXPECT_EQ(messages[1].text, "안녕, on my way");
  EXPECT_EQ(Try(UserId{0xffff'ffff'ffff'ffff}, Register{.nickname = "Dee"}), Reject::kErasedActor);

  now_ += kHour / 2;
  Do(kBob, PostMessage{kMeetup, "there"});
  const auto hash = engine_->Hash();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Open();
  EXPECT_EQ(engine_->Hash(), hash);
}

TEST_P(GoldenJournalTest, HasItsHash) {
  Open();
  EXPECT_EQ(*engine_->Hash(), kHash);
}

TEST_P(GoldenJournalTest, HasItsRecords) {
  const std::vector<JournalRecord> records = Records();
  ASSERT_EQ(records.size(), 8u);
  EXPECT_EQ(records[0].sequence, 7u);
  EXPECT_THAT(GetParam(), EndsWith("-rules-" + std::to_string(records[0].rules_version)));
  EXPECT_THAT(records[4].command, HasSubstr("안녕, on my way"));
  EXPECT_EQ(records[7].request_id, RequestId{0xffff'ffff'ffff'ffff});
}

// If this fails and is meant to, it is for kRulesVersion to rise.
TEST_P(GoldenJournalTest, ItsCommandsStillLeadToWhatTheyDid) {
  if (Records().front().rules_version != society::kRulesVersion) {
    GTEST_SKIP() << "they are refused, as replay_test.cc has it";
  }
  for (const auto& file : std::filesystem::directory_iterator(directory_)) {
    if (file.path().filename().string().starts_with("snapshot-14-")) {
      std::filesystem::resize_file(file.path(), 4'096);
    }
  }
  Open();
  EXPECT_EQ(engine_->Statistics().last_snapshot, 6u);
  EXPECT_EQ(*engine_->Hash(), kHash);
}

INSTANTIATE_TEST_SUITE_P(Formats, GoldenJournalTest,
                         ::testing::Values("format-1-rules-1", "format-1-rules-2",
                                           "format-2-rules-2"),
                         [](const auto& golden) {
                           std::string name = golden.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace moyeo::testing
