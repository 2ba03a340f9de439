// The connection that writes to journal.db.

#ifndef MOYEO_JOURNAL_WRITER_H_
#define MOYEO_JOURNAL_WRITER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/posts.h"
#include "journal/purges.h"
#include "journal/room_heads.h"
#include "journal/rows.h"
#include "moyeo/journal.h"

namespace moyeo::journal {

// For one thread at a time.
class Writer {
 public:
  // Says whether what a journal's meta says can be.
  using Check = std::function<absl::Status(const Meta&)>;

  // Opens journal.db at `path`, or creates it. NotFound if there is none to open;
  // FailedPrecondition if it is of a newer format; DataLoss if it is something else, or damaged, or
  // what `check` says. One of an older format becomes one of this. `heads` learns all that the
  // table of rooms does not know, and lives as long as the writer.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const std::string& path,
                                                      const std::string& vfs, bool create,
                                                      const Check& check, RoomHeads& heads);

  // What is durable.
  const Meta& meta() const { return meta_; }
  const Purges& purges() const { return purges_; }

  // The first error, after which nothing may be written; OK if there was none.
  const absl::Status& failure() const { return failure_; }

  // One transaction: what `change` does, and what it says in the Meta that it is given. Returns
  // when it is durable.
  // REQUIRES: failure().ok()
  template <typename Change>
  absl::Status Commit(Change change) {
    Meta next = meta_;
    ++next.commits;
    // Made while there is some.
    const absl::Status out_of_memory = absl::ResourceExhaustedError("out of memory");
    absl::Cleanup interrupted = [&] { Fail(out_of_memory); };
    absl::Status status = [&] {
      Transaction transaction(database_);
      absl::Status done = transaction.BeginWrite();
      if (done.ok()) done = change(next);
      next.purges = purges_.size();
      if (done.ok()) done = Update(next);
      if (done.ok()) done = transaction.Commit();
      return done;
    }();
    finder_.StartAnew();
    RoomChanges changes = std::exchange(changes_, {});
    if (status.ok()) {
      meta_ = next;
      heads_.Take(std::move(changes));
    } else {
      Fail(status);
    }
    std::move(interrupted).Cancel();
    return status;
  }

  // What there is of the room, changes that have not been committed included; null if nothing.
  absl::StatusOr<const RoomHead*> HeadOf(MeetupId room);

  // Within Commit. Messages come one after the other in their rooms, after HeadOf.
  absl::Status Insert(const JournalRecord& record);
  absl::Status Do(const MessageChange& change, Meta& next);
  absl::Status SaveHead(MeetupId room, const RoomHead& head);
  // Removes some of the messages of rooms that were removed: `more` says whether others are left.
  absl::Status SweepRemoved(std::size_t most, bool& more);
  absl::Status Put(const SnapshotRow& row);
  absl::Status DeleteRecords(std::uint64_t through);
  absl::Status DeleteSnapshot(std::uint64_t id);
  absl::Status Add(const PendingPurge& purge);
  absl::Status DeletePurges(std::uint64_t through);

  absl::StatusOr<std::vector<SnapshotRow>> Snapshots();

  // Whether much has been written to the WAL since it was moved.
  bool IsWalLong() const;

  // Whether so much that who moves it beside the others does not keep up.
  bool IsWalTooLong() const;

  // Moves what is in the WAL into the database; never waits for readers.
  absl::Status Checkpoint();

  // Moves all of it, waiting for readers, and leaves an empty WAL. Unavailable if one goes on for
  // longer than `patience`; nothing has failed then.
  absl::Status EmptyWal(std::chrono::milliseconds patience);

  // Until it is known that all is well, nothing is tidied up when it is closed: see Fail.
  void Trust();

  // Writes all of the database anew, without the pages that it no longer needs.
  absl::Status Vacuum();

  // From now on nothing may be written, and the files are left to the next one who opens them.
  void Fail(const absl::Status& why);

 private:
  // Those that every journal needs often.
  struct Statements {
    Statement update_meta;
    Statement insert_record;
    Statement insert_post;
    Statement empty_post;
    Statement put_room;
    Statement delete_room;
  };

  Writer(Database database, Statements statements, PostFinder finder, RoomHeads& heads,
         const Meta& meta, Purges purges);

  absl::Status Update(const Meta& next);
  absl::Status DoOne(const JournalMessage& message, Meta& next);
  absl::Status DoOne(const EmptiedMessage& message, Meta& next);
  absl::Status DoOne(const RemovedRoom& room, Meta& next);
  // Finds it in the whole table: there is no way to it, or it is not as it was written.
  absl::Status EmptyDamaged(const EmptiedMessage& message);
  absl::Status InsertRemoved(const RemovedRow& row);
  // From row.last on, at most so many: `row` is what then is left, of which last is 0 if nothing
  // is. DataLoss if the way is not as it was written.
  absl::Status DeletePosts(RemovedRow& row, std::size_t& most);
  // The same without the way, through the whole table.
  absl::Status DeleteAllPosts(RemovedRow& row);
  absl::Status Checkpoint(int mode, const char* what);

  Database database_;
  Statements statements_;
  PostFinder finder_;
  RoomHeads& heads_;
  RoomChanges changes_;  // of the transaction, and what was looked up for it
  Meta meta_;
  Purges purges_;  // after an error, perhaps ahead of what is durable
  int wal_pages_ = 0;
  int moved_pages_ = 0;  // how many it had when it was moved last
  absl::Status failure_;
};

// Moves what it can of the WAL of the journal.db at `path` into the database, while others go on.
absl::Status CheckpointBeside(const std::string& path, const std::string& vfs);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_WRITER_H_
