// A journal in a directory of its own, and what to put into it.

#ifndef MOYEO_TESTS_JOURNAL_JOURNAL_FIXTURE_H_
#define MOYEO_TESTS_JOURNAL_JOURNAL_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "moyeo/journal.h"
#include "support/scratch_directory.h"
#include "support/status.h"

namespace moyeo::testing {

using ::testing::HasSubstr;

inline constexpr Timestamp kTime{std::chrono::milliseconds(1'700'000'000'000)};

template <typename What>
auto IsFailedPrecondition(What what) {
  return IsError(absl::StatusCode::kFailedPrecondition, HasSubstr(what));
}

template <typename What>
auto IsDataLoss(What what) {
  return IsError(absl::StatusCode::kDataLoss, HasSubstr(what));
}

// Always the same one of the same sequence.
inline JournalRecord SomeRecord(std::uint64_t sequence) {
  return {.sequence = sequence,
          .time = kTime + std::chrono::milliseconds(sequence),
          .request_id = sequence % 3 == 0 ? std::optional(RequestId{sequence * 77}) : std::nullopt,
          .rules_version = 1,
          .command = absl::StrCat(R"({"command":")", sequence, R"(","kind":"some_command"})")};
}

inline JournalMessage SomeMessage(std::uint64_t room, MessageNumber number) {
  return {.room = MeetupId{room},
          .number = number,
          .author = UserId{number * 31},
          .time = kTime + std::chrono::milliseconds(number),
          .text = absl::StrCat("message ", number, " of room ", room)};
}

inline std::string ContentsOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

class JournalTest : public ::testing::Test {
 protected:
  void OpenSqlite() {
    journal_.reset();
    auto opened = OpenSqliteJournal(directory_.string());
    ASSERT_THAT(opened, IsOk());
    journal_ = *std::move(opened);
  }

  void AppendRecords(std::size_t count) {
    JournalBatch batch;
    for (std::size_t i = 1; i <= count; ++i) {
      batch.records.push_back(SomeRecord(journal_->last() + i));
    }
    ASSERT_THAT(journal_->Append(batch), IsOk());
  }

  std::vector<JournalRecord> ReadAll() const {
    std::vector<JournalRecord> all;
    std::vector<JournalRecord> some;
    do {
      const std::uint64_t after = all.empty() ? journal_->forgotten() : all.back().sequence;
      const absl::Status status = journal_->Read(after, 1'000, some);
      EXPECT_THAT(status, IsOk());
      if (!status.ok()) break;
      all.insert(all.end(), some.begin(), some.end());
    } while (!some.empty());
    return all;
  }

  std::optional<JournalMessage> Find(std::uint64_t room, MessageNumber number) const {
    const auto found = journal_->FindMessage(MeetupId{room}, number);
    EXPECT_THAT(found, IsOk());
    return found.ok() ? *found : std::nullopt;
  }

  std::string WriteSomeSnapshot(std::uint64_t sequence, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * i >> 7);
    const auto writer = journal_->WriteSnapshot(sequence);
    EXPECT_THAT(writer, IsOk());
    if (!writer.ok()) return {};
    for (std::size_t at = 0; at < size; at += 700'001) {
      EXPECT_THAT((*writer)->Write(std::string_view(bytes).substr(at, 700'001)), IsOk());
    }
    EXPECT_THAT((*writer)->Commit(), IsOk());
    return bytes;
  }

  std::string ReadSnapshotOf(std::uint64_t sequence) const {
    const auto reader = journal_->ReadSnapshot(sequence);
    EXPECT_THAT(reader, IsOk());
    if (!reader.ok()) return "no snapshot";
    std::string bytes;
    std::string piece;
    do {
      const absl::Status status = (*reader)->Read(piece);
      EXPECT_THAT(status, IsOk());
      if (!status.ok()) return "no bytes";
      bytes += piece;
    } while (!piece.empty());
    return bytes;
  }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(directory_)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::vector<std::string> SnapshotFiles() const {
    std::vector<std::string> names = Files();
    std::erase_if(names, [](const std::string& name) { return !name.starts_with("snapshot-"); });
    return names;
  }

  const ScratchDirectory scratch_;
  std::filesystem::path directory_ = scratch_ / "journal";
  std::unique_ptr<Journal> journal_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_JOURNAL_JOURNAL_FIXTURE_H_
