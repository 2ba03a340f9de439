// What SQLite does not say of a write-ahead log: whether it ends where a crash has cut it off, or
// where it is damaged.

#ifndef MOYEO_JOURNAL_WAL_H_
#define MOYEO_JOURNAL_WAL_H_

#include <sqlite3.h>

#include <string>

#include "absl/status/status.h"

namespace moyeo::journal {

// DataLoss, with the place, if the WAL at `path` has what no crash leaves behind. OK if there is
// no such file.
//
// SQLite goes through a WAL up to the first frame that is not as it was written. Every transaction
// is flushed before the next one is begun, so that a crash leaves one unfinished at most, the last
// one. Damage it is, therefore, if after such a frame a transaction ends and another one begins.
//
// REQUIRES: the WAL was empty when the journal was opened last, and nothing was written to it after
// an error.
absl::Status CheckWal(sqlite3_vfs* vfs, const std::string& path);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_WAL_H_
