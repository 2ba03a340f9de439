// A connection that reads from journal.db, whatever the writer does.

#ifndef MOYEO_JOURNAL_READER_H_
#define MOYEO_JOURNAL_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/rows.h"
#include "moyeo/journal.h"

namespace moyeo::journal {

// For one thread at a time. Each call sees the journal between two transactions.
class Reader {
 public:
  static absl::StatusOr<std::unique_ptr<Reader>> Open(const std::string& path,
                                                      const std::string& vfs);

  absl::Status Read(std::uint64_t after, std::size_t limit, std::vector<JournalRecord>& records);
  absl::StatusOr<std::optional<JournalMessage>> FindMessage(MeetupId room, MessageNumber number);
  absl::StatusOr<std::vector<SnapshotRow>> Snapshots() { return journal::Snapshots(database_); }

  // Calls `take` with each message, by room and number, or with what is wrong with it. Ends when it
  // gives an error, or if no more can be read.
  absl::Status ForEachMessage(
      const std::function<absl::Status(const absl::StatusOr<JournalMessage>&)>& take);

  Database& database() { return database_; }

 private:
  Reader(Database database, Statement select_meta, Statement select_records,
         Statement select_message);

  absl::StatusOr<Meta> ReadMeta();

  Database database_;
  Statement select_meta_;
  Statement select_records_;
  Statement select_message_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_READER_H_
