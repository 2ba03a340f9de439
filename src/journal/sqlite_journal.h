// The journal in a directory of SQLite databases.

#ifndef MOYEO_JOURNAL_SQLITE_JOURNAL_H_
#define MOYEO_JOURNAL_SQLITE_JOURNAL_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/acknowledgements.h"
#include "journal/directory.h"
#include "journal/page_guard.h"
#include "journal/reader.h"
#include "journal/room_heads.h"
#include "journal/rows.h"
#include "journal/turns.h"
#include "journal/writer.h"
#include "moyeo/journal.h"

namespace moyeo::journal {

class SqliteJournal final : public Journal {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteJournal>> Open(const std::string& directory,
                                                             const SqliteJournalOptions& options);
  ~SqliteJournal() override;

  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;

  absl::Status Append(const JournalBatch& batch) override;
  std::uint64_t last() const override { return meta().last; }
  std::uint64_t forgotten() const override { return meta().forgotten; }
  absl::Status Read(std::uint64_t after, std::size_t limit,
                    std::vector<JournalRecord>& records) const override;
  absl::StatusOr<std::optional<JournalMessage>> FindMessage(MeetupId room,
                                                            MessageNumber number) const override;
  absl::StatusOr<std::vector<std::optional<JournalMessage>>> FindMessages(
      MeetupId room, std::span<const MessageNumber> numbers) const override;
  absl::StatusOr<std::unique_ptr<SnapshotWriter>> WriteSnapshot(std::uint64_t sequence) override;
  absl::StatusOr<std::vector<std::uint64_t>> Snapshots() const override;
  absl::StatusOr<std::unique_ptr<SnapshotReader>> ReadSnapshot(
      std::uint64_t sequence) const override;
  absl::Status Forget(std::uint64_t sequence) override;
  std::optional<PendingPurge> pending_purge() const override;
  absl::Status Backup(const std::string& directory) const override;

  // See CompactJournal.
  absl::Status Compact();

  // Places of damage, in words: see FindJournalDamage.
  std::vector<std::string> FindDamage() const;

  // Calls `use` with a connection that nobody else uses meanwhile.
  absl::Status WithReader(const std::function<absl::Status(Reader&)>& use) const;

  std::string PathOf(std::string_view file) const;
  const PageGuard& guard() const { return *guard_; }

 private:
  class FileWriter;

  SqliteJournal(std::string directory, std::optional<DirectoryLock> lock,
                std::unique_ptr<PageGuard> guard, std::unique_ptr<RoomHeads> heads,
                std::unique_ptr<Writer> writer, Acknowledgements acknowledgements);

  Meta meta() const;

  // REQUIRES for these: write_mutex_ is held.
  absl::Status CheckWritable() const;
  absl::Status CheckSequences(const JournalBatch& batch) const;
  absl::Status CheckNumbers(const JournalBatch& batch);
  void CheckpointIfLong();
  template <typename Change>
  absl::Status Commit(Change change);
  absl::Status CommitSnapshot(const SnapshotRow& row);
  absl::Status Mark(const SnapshotRow& row);  // within Commit
  absl::Status RemoveSnapshot(const SnapshotRow& row);
  absl::Status RemoveSnapshotsIf(const std::function<bool(const SnapshotRow&)>& is_over);

  // What checkpointer_ does.
  void KeepWalShort();

  // These take it.
  absl::Status SaveHeads();
  absl::StatusOr<std::unique_ptr<SnapshotWriter>> BeginSnapshot(std::uint64_t sequence);
  absl::StatusOr<std::vector<SnapshotRow>> CompleteSnapshots() const;
  absl::Status ForgetSnapshots(std::uint64_t before);
  absl::Status ForgetRecords(std::uint64_t through);
  absl::Status SweepRemoved(std::uint64_t forgotten);
  absl::Status EraseTraces(std::uint64_t forgotten);
  // `files` are those of which there is something then, even after an error.
  absl::Status CopyInto(const std::string& directory, std::vector<std::string>& files) const;

  const std::string directory_;
  const std::optional<DirectoryLock> lock_;
  const std::unique_ptr<PageGuard> guard_;
  const std::unique_ptr<RoomHeads> heads_;

  // Forget and Backup, which reads for long, are in each other's way.
  mutable std::mutex maintenance_mutex_;
  std::atomic<bool> writes_snapshot_ = false;

  mutable TurnMutex write_mutex_;
  const std::unique_ptr<Writer> writer_;
  Acknowledgements acknowledgements_;

  // What is durable, for those who do not wait for the writer.
  mutable std::mutex meta_mutex_;
  Meta meta_;
  std::optional<PendingPurge> first_purge_;

  std::mutex checkpointer_mutex_;
  std::condition_variable checkpointer_wakes_;
  bool wants_checkpoint_ = false;
  bool is_closing_ = false;

  // Those that are not in use.
  mutable std::mutex readers_mutex_;
  mutable std::vector<std::unique_ptr<Reader>> readers_;

  std::thread checkpointer_;  // the last one, for it uses the others
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_SQLITE_JOURNAL_H_
