// The journal: where the durable plane's commands, messages and snapshots last.

#ifndef MOYEO_JOURNAL_H_
#define MOYEO_JOURNAL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/export.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// An accepted command.
struct JournalRecord {
  std::uint64_t sequence = 0;  // 1, 2, 3 and so on
  Timestamp time{};            // the command's
  std::optional<RequestId> request_id = std::nullopt;
  std::uint32_t rules_version = 0;  // of the rules that accepted it
  std::string command = {};         // the whole command as JSON, see json.h

  friend bool operator==(const JournalRecord&, const JournalRecord&) = default;
};

// A message, of which the state machine holds the number alone. Without text it was deleted.
struct JournalMessage {
  MeetupId room{};
  MessageNumber number = 0;
  UserId author{};
  Timestamp time{};
  std::string text = {};

  friend bool operator==(const JournalMessage&, const JournalMessage&) = default;
};

struct EmptiedMessage {
  MeetupId room{};
  MessageNumber number = 0;

  friend bool operator==(const EmptiedMessage&, const EmptiedMessage&) = default;
};

struct RemovedRoom {
  MeetupId room{};

  friend bool operator==(const RemovedRoom&, const RemovedRoom&) = default;
};

// What a command does to the messages: a new one, whose number is the next in its room, from 1 on;
// one whose text goes; all of a room gone, which may begin anew. To empty or to remove what there
// is not does nothing.
using MessageChange = std::variant<JournalMessage, EmptiedMessage, RemovedRoom>;

// What is appended at once.
struct JournalBatch {
  std::vector<JournalRecord> records =
      {};  // by sequence, the first one after the last that there is
  std::vector<MessageChange> messages = {};  // in this order

  // Somebody was erased: everything up to the last of these records is to be forgotten by then.
  std::optional<Timestamp> purge_by = std::nullopt;
};

// What is still to be forgotten.
struct PendingPurge {
  Timestamp by{};
  std::uint64_t through = 0;  // everything up to this record

  friend bool operator==(const PendingPurge&, const PendingPurge&) = default;
};

// Takes a snapshot's bytes. Destroyed before Commit, it leaves nothing behind. For one thread at a
// time, and for no longer than its journal.
class MOYEO_EXPORT SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;

  virtual absl::Status Write(std::string_view bytes) = 0;

  // The snapshot is there for good. Nothing else may be called afterwards.
  virtual absl::Status Commit() = 0;
};

// Gives a snapshot's bytes back, even if the snapshot is removed meanwhile. For one thread at a
// time, and for no longer than its journal.
class MOYEO_EXPORT SnapshotReader {
 public:
  virtual ~SnapshotReader() = default;

  // Replaces `bytes` by the next piece, of at most a few megabytes; empty after the last one.
  // DataLoss, with the place, if it is not what was written.
  virtual absl::Status Read(std::string& bytes) = 0;
};

// A log of commands, the texts of messages beside it, and snapshots of what the commands led to.
// It moves bytes, and knows nothing of what they mean.
//
// Errors: DataLoss, with the place, for what is not as it was written; otherwise what the storage
// says: ResourceExhausted for a full disk, Unavailable for other failures of reading and writing.
//
// Any thread may call any method at any time. Readers do not wait for writers, but in memory, where
// nothing takes long.
class MOYEO_EXPORT Journal {
 public:
  virtual ~Journal() = default;

  // Appends all of the batch or nothing, and returns when it will survive a crash of the machine.
  // After an error it is not known which: the journal refuses every further change
  // (FailedPrecondition) until it has been opened again.
  //
  // InvalidArgument, and nothing else happens, if the sequences do not go on from last(), or the
  // numbers of a room's messages from its latest.
  virtual absl::Status Append(const JournalBatch& batch) = 0;

  // The sequence of the latest record, forgotten ones included; 0 before the first.
  virtual std::uint64_t last() const = 0;

  // Records are kept after this one.
  virtual std::uint64_t forgotten() const = 0;

  // Replaces `records` by those after `after`, at most `limit`, by sequence; fewer if there are no
  // more, or if they are long. `after` is at least forgotten(); otherwise OutOfRange. On DataLoss,
  // `records` has the intact ones before the place.
  virtual absl::Status Read(std::uint64_t after, std::size_t limit,
                            std::vector<JournalRecord>& records) const = 0;

  // Nullopt if there is no such message.
  virtual absl::StatusOr<std::optional<JournalMessage>> FindMessage(MeetupId room,
                                                                    MessageNumber number) const = 0;

  // The same for many of one room, in their order.
  virtual absl::StatusOr<std::vector<std::optional<JournalMessage>>> FindMessages(
      MeetupId room, std::span<const MessageNumber> numbers) const;

  // Begins the snapshot of what the records up to `sequence` led to. Once it is committed, it
  // replaces any that there was of them. One at a time: FailedPrecondition. InvalidArgument if
  // `sequence` is not from forgotten() to last().
  virtual absl::StatusOr<std::unique_ptr<SnapshotWriter>> WriteSnapshot(std::uint64_t sequence) = 0;

  // The sequences of the snapshots that there are, ascending.
  virtual absl::StatusOr<std::vector<std::uint64_t>> Snapshots() const = 0;

  // NotFound if there is none of that sequence.
  virtual absl::StatusOr<std::unique_ptr<SnapshotReader>> ReadSnapshot(
      std::uint64_t sequence) const = 0;

  // Forgets the records up to `sequence`, the snapshots before it, and the texts that were emptied
  // or removed before, so that no file contains them any more. There must be a snapshot of
  // `sequence` (FailedPrecondition). Other calls go on meanwhile.
  virtual absl::Status Forget(std::uint64_t sequence) = 0;

  // Of what Append was told to purge and Forget has not yet reached: that which is to be forgotten
  // first. Each keeps its own time.
  virtual std::optional<PendingPurge> pending_purge() const = 0;

  // Makes a copy of everything in the new directory `directory`, while other calls go on, but for
  // Forget, which waits.
  // AlreadyExists if there is anything of that name. Unimplemented by the journal in memory.
  virtual absl::Status Backup(const std::string& directory) const = 0;
};

// One that is gone with the process.
MOYEO_EXPORT std::unique_ptr<Journal> NewMemoryJournal();

struct SqliteJournalOptions {
  // Create a journal in an empty or missing directory; otherwise NotFound.
  bool create_if_missing = true;

  // Which of SQLite's storage layers (VFS) to use; empty for the default one. With another one, the
  // directory is not made, and it is for the caller to see that nobody else has the journal open.
  std::string vfs = {};
};

// The journal in `directory`, whose files are SQLite databases: src/journal/FORMAT.md describes
// them. Its writes are synchronous (WAL, synchronous=FULL). One process at a time may have it open.
// It has as many connections as threads read it at the same time, of which it keeps eight.
//
// Unavailable if another has; FailedPrecondition if it is of a newer format; DataLoss if what is
// there is not a journal, or is damaged where opening looks: records, messages and snapshots are
// checked as they are read. A journal of an older format becomes one of this first, which takes as
// long as copying it.
MOYEO_EXPORT absl::StatusOr<std::unique_ptr<Journal>> OpenSqliteJournal(
    const std::string& directory, const SqliteJournalOptions& options = {});

// For those who look after a journal; the program moyeo-journal has them as commands. The journal
// in `directory` must be there (NotFound), and nobody else may have it open (Unavailable): each of
// these opens it, and closes it at the end.

// Reads all of it, and says in words what is not as it was written; empty if all is well.
MOYEO_EXPORT absl::StatusOr<std::vector<std::string>> FindJournalDamage(
    const std::string& directory, const SqliteJournalOptions& options = {});

// Calls `take` with every message, in the order in which they were posted. DataLoss, with the
// place, at one that is not as it was written.
MOYEO_EXPORT absl::Status ForEachJournalMessage(
    const std::string& directory, const std::function<void(const JournalMessage&)>& take,
    const SqliteJournalOptions& options = {});

// Gives the space of what was forgotten back to the file system. Takes as much again meanwhile.
MOYEO_EXPORT absl::Status CompactJournal(const std::string& directory,
                                         const SqliteJournalOptions& options = {});

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_JOURNAL_H_
