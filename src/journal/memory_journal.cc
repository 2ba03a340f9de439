#include <algorithm>
#include <deque>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "journal/purges.h"
#include "moyeo/journal.h"

namespace moyeo {
namespace {

// The bytes of a snapshot. Readers share them, so that they stay while one reads.
using SnapshotBytes = std::shared_ptr<const std::string>;

class BytesReader final : public SnapshotReader {
 public:
  explicit BytesReader(SnapshotBytes bytes) : bytes_(std::move(bytes)) {}

  absl::Status Read(std::string& bytes) override {
    constexpr std::size_t kPieceBytes = 1 << 20;
    bytes = bytes_->substr(at_, kPieceBytes);
    at_ += bytes.size();
    return absl::OkStatus();
  }

 private:
  const SnapshotBytes bytes_;
  std::size_t at_ = 0;
};

class MemoryJournal final : public Journal {
 public:
  absl::Status Append(const JournalBatch& batch) override {
    const std::lock_guard lock(mutex_);
    if (absl::Status status = CheckWritable(); !status.ok()) return status;
    std::uint64_t expected = last();
    for (const JournalRecord& record : batch.records) {
      if (record.sequence == ++expected) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("records: sequence ", record.sequence, " where ", expected, " comes next"));
    }
    if (absl::Status status = CheckNumbers(batch); !status.ok()) return status;
    absl::Cleanup fail = [this] { has_failed_ = true; };  // if memory runs out
    records_.insert(records_.end(), batch.records.begin(), batch.records.end());
    for (const MessageChange& change : batch.messages) {
      std::visit([this](const auto& one) { Do(one); }, change);
    }
    if (batch.purge_by) purges_.Add({.by = *batch.purge_by, .through = last()});
    std::move(fail).Cancel();
    return absl::OkStatus();
  }

  std::uint64_t last() const override {
    const std::lock_guard lock(mutex_);
    return forgotten_ + records_.size();
  }

  std::uint64_t forgotten() const override {
    const std::lock_guard lock(mutex_);
    return forgotten_;
  }

  absl::Status Read(std::uint64_t after, std::size_t limit,
                    std::vector<JournalRecord>& records) const override {
    const std::lock_guard lock(mutex_);
    records.clear();
    if (after < forgotten_) {
      return absl::OutOfRangeError(absl::StrCat(
          "records up to ", forgotten_, " are forgotten, so none after ", after, " can be read"));
    }
    if (after >= last()) return absl::OkStatus();
    const auto begin = records_.begin() + static_cast<std::ptrdiff_t>(after - forgotten_);
    const std::size_t count = std::min<std::uint64_t>(limit, last() - after);
    records.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<JournalMessage>> FindMessage(MeetupId room,
                                                            MessageNumber number) const override {
    const std::lock_guard lock(mutex_);
    const auto found = messages_.find({room, number});
    if (found == messages_.end()) return std::nullopt;
    return found->second;
  }

  absl::StatusOr<std::unique_ptr<SnapshotWriter>> WriteSnapshot(std::uint64_t sequence) override;

  absl::StatusOr<std::vector<std::uint64_t>> Snapshots() const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> sequences;
    for (const auto& [sequence, bytes] : snapshots_) sequences.push_back(sequence);
    return sequences;
  }

  absl::StatusOr<std::unique_ptr<SnapshotReader>> ReadSnapshot(
      std::uint64_t sequence) const override {
    const std::lock_guard lock(mutex_);
    const auto found = snapshots_.find(sequence);
    if (found == snapshots_.end()) {
      return absl::NotFoundError(absl::StrCat("there is no snapshot of ", sequence));
    }
    return std::make_unique<BytesReader>(found->second);
  }

  absl::Status Forget(std::uint64_t sequence) override {
    const std::lock_guard lock(mutex_);
    if (absl::Status status = CheckWritable(); !status.ok()) return status;
    if (!snapshots_.contains(sequence)) {
      return absl::FailedPreconditionError(absl::StrCat("there is no snapshot of ", sequence));
    }
    snapshots_.erase(snapshots_.begin(), snapshots_.find(sequence));
    while (forgotten_ < sequence) {
      records_.pop_front();
      ++forgotten_;
    }
    purges_.Forget(sequence);
    return absl::OkStatus();
  }

  std::optional<PendingPurge> pending_purge() const override {
    const std::lock_guard lock(mutex_);
    return purges_.first();
  }

  absl::Status Backup(const std::string&) const override {
    return absl::UnimplementedError("a journal in memory has no backup");
  }

 private:
  class Writer;

  absl::Status CheckWritable() const {
    if (!has_failed_) return absl::OkStatus();
    return absl::FailedPreconditionError("an append has failed: nothing else can be changed");
  }

  using MessageKey = std::pair<MeetupId, MessageNumber>;

  absl::Status CheckNumbers(const JournalBatch& batch) const {
    std::map<MeetupId, MessageNumber> latest;
    for (const MessageChange& change : batch.messages) {
      if (const auto* removed = std::get_if<RemovedRoom>(&change)) latest[removed->room] = 0;
      const auto* const message = std::get_if<JournalMessage>(&change);
      if (message == nullptr) continue;
      const auto before = latest.emplace(message->room, LatestOf(message->room)).first;
      if (message->number == ++before->second) continue;
      return absl::InvalidArgumentError(absl::StrCat("messages: number ", message->number,
                                                     " of room ", ToNumber(message->room),
                                                     " where ", before->second, " comes next"));
    }
    return absl::OkStatus();
  }

  // 0 if the room has no message.
  MessageNumber LatestOf(MeetupId room) const {
    auto after = messages_.upper_bound({room, std::numeric_limits<MessageNumber>::max()});
    if (after == messages_.begin()) return 0;
    const MessageKey& latest = std::prev(after)->first;
    return latest.first == room ? latest.second : 0;
  }

  void Do(const JournalMessage& message) {
    messages_.insert_or_assign({message.room, message.number}, message);
  }

  void Do(const EmptiedMessage& message) {
    const auto found = messages_.find({message.room, message.number});
    // Not cleared but replaced, so that the memory of what was written goes too.
    if (found != messages_.end()) found->second.text = std::string();
  }

  void Do(const RemovedRoom& room) {
    auto message = messages_.lower_bound({room.room, 0});
    while (message != messages_.end() && message->first.first == room.room) {
      message = messages_.erase(message);
    }
  }

  mutable std::recursive_mutex mutex_;
  std::deque<JournalRecord> records_;
  std::uint64_t forgotten_ = 0;
  std::map<MessageKey, JournalMessage> messages_;
  journal::Purges purges_;
  std::map<std::uint64_t, SnapshotBytes> snapshots_;
  bool writes_snapshot_ = false;
  bool has_failed_ = false;  // and has perhaps half of a batch
};

class MemoryJournal::Writer final : public SnapshotWriter {
 public:
  Writer(MemoryJournal& journal, std::uint64_t sequence) : journal_(journal), sequence_(sequence) {}

  ~Writer() override {
    const std::lock_guard lock(journal_.mutex_);
    journal_.writes_snapshot_ = false;
  }

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  absl::Status Write(std::string_view bytes) override {
    bytes_ += bytes;
    return absl::OkStatus();
  }

  absl::Status Commit() override {
    const std::lock_guard lock(journal_.mutex_);
    if (absl::Status status = journal_.CheckWritable(); !status.ok()) return status;
    if (sequence_ < journal_.forgotten_) {
      return absl::FailedPreconditionError(
          absl::StrCat("the records up to ", sequence_, " have been forgotten meanwhile"));
    }
    journal_.snapshots_.insert_or_assign(sequence_,
                                         std::make_shared<const std::string>(std::move(bytes_)));
    return absl::OkStatus();
  }

 private:
  MemoryJournal& journal_;
  const std::uint64_t sequence_;
  std::string bytes_;
};

absl::StatusOr<std::unique_ptr<SnapshotWriter>> MemoryJournal::WriteSnapshot(
    std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (sequence < forgotten_ || sequence > last()) {
    return absl::InvalidArgumentError(
        absl::StrCat("sequence ", sequence, " is not from ", forgotten_, " to ", last()));
  }
  if (writes_snapshot_) {
    return absl::FailedPreconditionError("another snapshot is being written");
  }
  auto writer = std::make_unique<Writer>(*this, sequence);
  writes_snapshot_ = true;
  return writer;
}

}  // namespace

inline namespace v0 {

absl::StatusOr<std::vector<std::optional<JournalMessage>>> Journal::FindMessages(
    MeetupId room, std::span<const MessageNumber> numbers) const {
  std::vector<std::optional<JournalMessage>> messages;
  messages.reserve(numbers.size());
  for (const MessageNumber number : numbers) {
    absl::StatusOr<std::optional<JournalMessage>> message = FindMessage(room, number);
    if (!message.ok()) return message.status();
    messages.push_back(*std::move(message));
  }
  return messages;
}

std::unique_ptr<Journal> NewMemoryJournal() { return std::make_unique<MemoryJournal>(); }

}  // namespace v0
}  // namespace moyeo
