// The file `acknowledged`: how many transactions SQLite has said are durable.

#ifndef MOYEO_JOURNAL_ACKNOWLEDGEMENTS_H_
#define MOYEO_JOURNAL_ACKNOWLEDGEMENTS_H_

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "journal/raw_file.h"

namespace moyeo::journal {

// SQLite takes a WAL that is damaged for one that a crash cut short, and drops what comes after,
// which somebody may have been told is durable. This file remembers what they were told. It is
// written after each transaction and never flushed, so it costs next to nothing; a crash of the
// machine may take the last numbers away, but nothing makes them too high.
class Acknowledgements {
 public:
  static absl::StatusOr<Acknowledgements> Open(sqlite3_vfs* vfs, const std::string& path);

  // At least so many were; nullopt if the file does not tell.
  absl::StatusOr<std::optional<std::uint64_t>> Read();

  // Without effect if it cannot be written: what is durable is so without it.
  void Write(std::uint64_t commits);

 private:
  explicit Acknowledgements(RawFile file) : file_(std::move(file)) {}

  RawFile file_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_ACKNOWLEDGEMENTS_H_
