// The connection that writes to journal.db.

#ifndef MOYEO_JOURNAL_WRITER_H_
#define MOYEO_JOURNAL_WRITER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/purges.h"
#include "journal/rows.h"
#include "moyeo/journal.h"

namespace moyeo::journal {

// For one thread at a time.
class Writer {
 public:
  // Opens journal.db at `path`, or creates it. NotFound if there is none to open;
  // FailedPrecondition if it is of a newer format; DataLoss if it is something else, or damaged.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const std::string& path,
                                                      const std::string& vfs, bool create);

  // What is durable.
  const Meta& meta() const { return meta_; }
  const Purges& purges() const { return purges_; }

  // Whether there was an error, after which nothing may be written.
  bool has_failed() const { return has_failed_; }

  // One transaction: what `change` does, and what it says in the Meta that it is given. Returns
  // when it is durable.
  // REQUIRES: !has_failed()
  template <typename Change>
  absl::Status Commit(Change change) {
    Meta next = meta_;
    ++next.commits;
    absl::Cleanup fail = [this] { Fail(); };  // also if memory runs out
    absl::Status status = [&] {
      Transaction transaction(database_);
      absl::Status done = transaction.BeginWrite();
      if (done.ok()) done = change(next);
      next.purges = purges_.size();
      if (done.ok()) done = Update(next);
      if (done.ok()) done = transaction.Commit();
      return done;
    }();
    if (status.ok()) {
      meta_ = next;
      std::move(fail).Cancel();
    }
    return status;
  }

  // Within Commit.
  absl::Status Insert(const JournalRecord& record);
  absl::Status Do(const MessageChange& change);
  absl::Status Put(const SnapshotRow& row);
  absl::Status DeleteRecords(std::uint64_t through);
  absl::Status DeleteSnapshot(std::uint64_t id);
  absl::Status Add(const PendingPurge& purge);
  absl::Status DeletePurges(std::uint64_t through);

  absl::StatusOr<std::vector<SnapshotRow>> Snapshots();

  // Moves what is in the WAL into the database if it has become long; never waits for readers.
  absl::Status CheckpointIfLong();

  // Moves all of it, waiting for readers, and leaves an empty WAL. Unavailable if one goes on for
  // too long; nothing has failed then.
  absl::Status EmptyWal();

  // Until it is known that all is well, nothing is tidied up when it is closed: see Fail.
  void Trust();

  // Writes all of the database anew, without the pages that it no longer needs.
  absl::Status Vacuum();

  // From now on nothing may be written, and the files are left to the next one who opens them.
  void Fail();

 private:
  // Those that every journal needs often.
  struct Statements {
    Statement update_meta;
    Statement insert_record;
    Statement insert_message;
    Statement select_message;
    Statement delete_room;
  };

  Writer(Database database, Statements statements, const Meta& meta, Purges purges);

  absl::Status Update(const Meta& next);
  absl::Status DoOne(const JournalMessage& message);
  absl::Status DoOne(const EmptiedMessage& message);
  absl::Status DoOne(const RemovedRoom& room);
  absl::Status Checkpoint(int mode, const char* what);

  Database database_;
  Statements statements_;
  Meta meta_;
  Purges purges_;  // after an error, perhaps ahead of what is durable
  int wal_pages_ = 0;
  bool has_failed_ = false;
};

// Moves what it can of the WAL of the journal.db at `path` into the database, while others go on.
absl::Status CheckpointBeside(const std::string& path, const std::string& vfs);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_WRITER_H_
