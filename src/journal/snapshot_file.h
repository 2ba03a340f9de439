// The database that a snapshot is in: see FORMAT.md.

#ifndef MOYEO_JOURNAL_SNAPSHOT_FILE_H_
#define MOYEO_JOURNAL_SNAPSHOT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/rows.h"

namespace moyeo::journal {

inline constexpr std::size_t kPieceBytes = 1 << 20;

extern const char* const kSnapshotSchema;

// Makes an empty database that a guard can look after, to be filled in one transaction of its own.
// An earlier attempt that has come to nothing may be there.
absl::StatusOr<Database> CreateDatabase(const std::string& path, const std::string& vfs);

class SnapshotFileWriter {
 public:
  static absl::StatusOr<SnapshotFileWriter> Create(const std::string& path, const std::string& vfs,
                                                   const SnapshotRow& row);

  absl::Status Write(std::string_view bytes);

  // The file is complete, and there for good. Nothing else may be called afterwards.
  absl::Status Finish();

 private:
  SnapshotFileWriter(Database database, Statement insert, const SnapshotRow& row)
      : database_(std::move(database)), insert_(std::move(insert)), row_(row) {}

  absl::Status WritePiece(std::string_view bytes);

  Database database_;
  Statement insert_;
  SnapshotRow row_;
  std::string rest_;  // of less than a piece
  std::uint64_t pieces_ = 0;
  std::uint64_t bytes_ = 0;
};

class SnapshotFileReader {
 public:
  static absl::StatusOr<SnapshotFileReader> Open(const std::string& path, const std::string& vfs,
                                                 const SnapshotRow& row);

  absl::Status Read(std::string& bytes);

  Database& database() { return database_; }

 private:
  SnapshotFileReader(Database database, Statement select, const SnapshotRow& row)
      : database_(std::move(database)), select_(std::move(select)), row_(row) {}

  absl::Status Damaged() const;
  absl::Status CheckEnd();

  Database database_;
  Statement select_;
  SnapshotRow row_;
  std::uint64_t pieces_ = 0;
  std::uint64_t bytes_ = 0;
  bool at_end_ = false;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_SNAPSHOT_FILE_H_
