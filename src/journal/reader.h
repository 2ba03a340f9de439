// A connection that reads from journal.db, whatever the writer does.

#ifndef MOYEO_JOURNAL_READER_H_
#define MOYEO_JOURNAL_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/posts.h"
#include "journal/room_heads.h"
#include "journal/rows.h"
#include "moyeo/journal.h"

namespace moyeo::journal {

// For one thread at a time. Each call sees the journal between two transactions.
class Reader {
 public:
  static absl::StatusOr<std::unique_ptr<Reader>> Open(const std::string& path,
                                                      const std::string& vfs);

  absl::Status Read(std::uint64_t after, std::size_t limit, std::vector<JournalRecord>& records);
  // Of the heads, those that `heads` does not have are in the table of rooms.
  absl::Status FindMessages(MeetupId room, std::span<const MessageNumber> numbers,
                            const RoomHeads& heads,
                            std::vector<std::optional<JournalMessage>>& found);
  absl::StatusOr<std::vector<SnapshotRow>> Snapshots() { return journal::Snapshots(database_); }

  // Calls `take` with each message, in the order in which they were posted, or with what is wrong
  // with it. Ends when it gives an error, or if no more can be read.
  absl::Status ForEachPost(const std::function<absl::Status(const absl::StatusOr<Post>&)>& take);

  // Calls `take` with what is wrong with each room that is not as it was written.
  absl::Status CheckRooms(const std::function<void(const absl::Status&)>& take);

  Database& database() { return database_; }

 private:
  Reader(Database database, Statement select_meta, Statement select_records, PostFinder finder);

  absl::StatusOr<Meta> ReadMeta();
  absl::Status FindMessages(MeetupId room, std::span<const MessageNumber> numbers,
                            std::optional<RoomHead> head,
                            std::vector<std::optional<JournalMessage>>& found);

  Database database_;
  Statement select_meta_;
  Statement select_records_;
  PostFinder finder_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_READER_H_
