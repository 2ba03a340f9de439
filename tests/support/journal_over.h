// A journal that is another one, of which tests change something.

#ifndef MOYEO_TESTS_SUPPORT_JOURNAL_OVER_H_
#define MOYEO_TESTS_SUPPORT_JOURNAL_OVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/journal.h"

namespace moyeo::testing {

class JournalOver : public Journal {
 public:
  explicit JournalOver(std::unique_ptr<Journal> journal) : journal_(std::move(journal)) {}

  absl::Status Append(const JournalBatch& batch) override { return journal_->Append(batch); }
  std::uint64_t last() const override { return journal_->last(); }
  std::uint64_t forgotten() const override { return journal_->forgotten(); }
  absl::Status Read(std::uint64_t after, std::size_t limit,
                    std::vector<JournalRecord>& records) const override {
    return journal_->Read(after, limit, records);
  }
  absl::StatusOr<std::optional<JournalMessage>> FindMessage(MeetupId room,
                                                            MessageNumber number) const override {
    return journal_->FindMessage(room, number);
  }
  absl::StatusOr<std::vector<std::optional<JournalMessage>>> FindMessages(
      MeetupId room, std::span<const MessageNumber> numbers) const override {
    return journal_->FindMessages(room, numbers);
  }
  absl::StatusOr<std::unique_ptr<SnapshotWriter>> WriteSnapshot(std::uint64_t sequence) override {
    return journal_->WriteSnapshot(sequence);
  }
  absl::StatusOr<std::vector<std::uint64_t>> Snapshots() const override {
    return journal_->Snapshots();
  }
  absl::StatusOr<std::unique_ptr<SnapshotReader>> ReadSnapshot(
      std::uint64_t sequence) const override {
    return journal_->ReadSnapshot(sequence);
  }
  absl::Status Forget(std::uint64_t sequence) override { return journal_->Forget(sequence); }
  std::optional<PendingPurge> pending_purge() const override { return journal_->pending_purge(); }
  absl::Status Backup(const std::string& directory) const override {
    return journal_->Backup(directory);
  }

 private:
  const std::unique_ptr<Journal> journal_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_JOURNAL_OVER_H_
