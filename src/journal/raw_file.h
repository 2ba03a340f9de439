// A file that is no database, through one of SQLite's storage layers.

#ifndef MOYEO_JOURNAL_RAW_FILE_H_
#define MOYEO_JOURNAL_RAW_FILE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyeo::journal {

class RawFile {
 public:
  enum class Mode { kRead, kWriteOrCreate };

  static absl::StatusOr<RawFile> Open(sqlite3_vfs* vfs, const std::string& path, Mode mode);

  absl::StatusOr<std::int64_t> Size();

  // Replaces `bytes` by at most `count` from `offset` on; fewer at the end of the file.
  absl::Status Read(std::int64_t offset, std::size_t count, std::string& bytes);

  absl::Status Write(std::int64_t offset, std::string_view bytes);

  // What was written, and that there is such a file, survives a crash.
  absl::Status Sync();

 private:
  struct Close {
    void operator()(sqlite3_file* file) const;
  };
  struct FreeName {
    void operator()(const char* name) const { sqlite3_free_filename(name); }
  };

  RawFile() = default;

  absl::Status StatusOf(int code, const char* what) const;

  std::unique_ptr<const char, FreeName> name_;  // until the file is closed
  std::unique_ptr<sqlite3_file, Close> file_;
  std::string place_;
};

// Whether there is such a file with anything in it: SQLite's layers take empty ones for none.
absl::StatusOr<bool> Exists(sqlite3_vfs* vfs, const std::string& path);

// Makes a file of these bytes that survives a crash.
absl::Status WriteDurably(sqlite3_vfs* vfs, const std::string& path, std::string_view bytes);

// Deletes the file for good; does nothing if there is none.
absl::Status Delete(sqlite3_vfs* vfs, const std::string& path);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_RAW_FILE_H_
