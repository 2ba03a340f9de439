#include "journal/snapshot_file.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "journal/checksum.h"
#include "journal/page_guard.h"

namespace moyeo::journal {
namespace {

std::int64_t ChecksumOfPiece(const SnapshotRow& row, std::uint64_t number, std::string_view bytes) {
  // Of the bytes alone first, which would otherwise be copied.
  return static_cast<std::int64_t>(
      Checksum("pieces").Number(row.id).Number(number).Number(Xxh3(bytes)).value());
}

std::int64_t ChecksumOfWhole(const SnapshotRow& row, std::uint64_t pieces, std::uint64_t bytes) {
  return static_cast<std::int64_t>(
      Checksum("whole").Number(row.id).Number(row.sequence).Number(pieces).Number(bytes).value());
}

}  // namespace

const char* const kSnapshotSchema = R"sql(
CREATE TABLE pieces (
  number INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE whole (
  id INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  pieces INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
)sql";

absl::StatusOr<Database> CreateDatabase(const std::string& path, const std::string& vfs) {
  absl::StatusOr<Database> database = Database::Open(path, vfs, Database::Mode::kCreate);
  if (!database.ok()) return database.status();
  int reserved = kPageTrailerBytes;
  const int code =
      sqlite3_file_control(database->get(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  if (code != SQLITE_OK) return database->StatusOf(code);
  static_assert(kPageBytes == 4096);
  // EXTRA: until the rollback journal's deletion is durable, a crash would undo the transaction.
  const std::string settings = absl::StrCat(
      "PRAGMA page_size=4096; PRAGMA auto_vacuum=NONE; PRAGMA journal_mode=DELETE;"
      "PRAGMA synchronous=EXTRA; PRAGMA max_page_count=",
      kMaxPages);
  if (absl::Status status = database->Execute(settings.c_str()); !status.ok()) return status;
  return database;
}

absl::StatusOr<SnapshotFileWriter> SnapshotFileWriter::Create(const std::string& path,
                                                              const std::string& vfs,
                                                              const SnapshotRow& row) {
  absl::StatusOr<Database> database = CreateDatabase(path, vfs);
  if (!database.ok()) return database.status();
  for (const char* const sql :
       {"PRAGMA locking_mode=EXCLUSIVE", "BEGIN IMMEDIATE", kSnapshotSchema}) {
    if (absl::Status status = database->Execute(sql); !status.ok()) return status;
  }
  const std::string application =
      absl::StrCat("PRAGMA application_id=", kApplicationId, "; PRAGMA user_version=", kFormat);
  if (absl::Status status = database->Execute(application.c_str()); !status.ok()) return status;
  absl::StatusOr<Statement> insert = database->Prepare("INSERT INTO pieces VALUES (?1, ?2, ?3)");
  if (!insert.ok()) return insert.status();
  return SnapshotFileWriter(*std::move(database), *std::move(insert), row);
}

absl::Status SnapshotFileWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (rest_.empty() && bytes.size() >= kPieceBytes) {
      if (absl::Status status = WritePiece(bytes.substr(0, kPieceBytes)); !status.ok()) {
        return status;
      }
      bytes.remove_prefix(kPieceBytes);
      continue;
    }
    const std::size_t count = std::min(bytes.size(), kPieceBytes - rest_.size());
    rest_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
    if (rest_.size() < kPieceBytes) continue;
    if (absl::Status status = WritePiece(rest_); !status.ok()) return status;
    rest_.clear();
  }
  return absl::OkStatus();
}

absl::Status SnapshotFileWriter::WritePiece(std::string_view bytes) {
  insert_.Bind(1, ++pieces_);
  insert_.BindBlob(2, bytes);
  insert_.Bind(3, ChecksumOfPiece(row_, pieces_, bytes));
  bytes_ += bytes.size();
  return insert_.Run();
}

absl::Status SnapshotFileWriter::Finish() {
  if (!rest_.empty()) {
    if (absl::Status status = WritePiece(rest_); !status.ok()) return status;
  }
  absl::StatusOr<Statement> insert =
      database_.Prepare("INSERT INTO whole VALUES (?1, ?2, ?3, ?4, ?5)");
  if (!insert.ok()) return insert.status();
  insert->Bind(1, row_.id);
  insert->Bind(2, row_.sequence);
  insert->Bind(3, pieces_);
  insert->Bind(4, bytes_);
  insert->Bind(5, ChecksumOfWhole(row_, pieces_, bytes_));
  if (absl::Status status = insert->Run(); !status.ok()) return status;
  return database_.Execute("COMMIT");
}

absl::StatusOr<SnapshotFileReader> SnapshotFileReader::Open(const std::string& path,
                                                            const std::string& vfs,
                                                            const SnapshotRow& row) {
  absl::StatusOr<Database> database = Database::Open(path, vfs, Database::Mode::kRead);
  if (!database.ok()) return database.status();
  absl::StatusOr<Statement> select =
      database->Prepare("SELECT number, bytes, checksum FROM pieces ORDER BY number");
  if (!select.ok()) return select.status();
  // One transaction to the end: the file may be deleted meanwhile, which then does no harm.
  for (const char* const sql : {"BEGIN", "SELECT count(*) FROM whole"}) {
    if (absl::Status status = database->Execute(sql); !status.ok()) return status;
  }
  return SnapshotFileReader(*std::move(database), *std::move(select), row);
}

absl::Status SnapshotFileReader::Read(std::string& bytes) {
  bytes.clear();
  if (at_end_) return absl::OkStatus();
  const absl::StatusOr<bool> row = select_.Step();
  if (!row.ok()) return row.status();
  if (!*row) {
    at_end_ = true;
    return CheckEnd();
  }
  const std::string_view piece = select_.Bytes(1);
  ++pieces_;
  bytes_ += piece.size();
  if (select_.Unsigned(0) != pieces_ || piece.empty() || piece.size() > kPieceBytes ||
      ChecksumOfPiece(row_, pieces_, piece) != select_.Int(2)) {
    at_end_ = true;
    return Damaged();
  }
  bytes = piece;
  return absl::OkStatus();
}

absl::Status SnapshotFileReader::CheckEnd() {
  absl::StatusOr<Statement> select =
      database_.Prepare("SELECT id, sequence, pieces, bytes, checksum FROM whole");
  if (!select.ok()) return select.status();
  const absl::StatusOr<bool> found = select->Step();
  if (!found.ok()) return found.status();
  if (!*found || select->Unsigned(0) != row_.id || select->Unsigned(1) != row_.sequence ||
      select->Unsigned(2) != pieces_ || select->Unsigned(3) != bytes_ ||
      select->Int(4) != ChecksumOfWhole(row_, pieces_, bytes_)) {
    return Damaged();
  }
  return absl::OkStatus();
}

absl::Status SnapshotFileReader::Damaged() const {
  return absl::DataLossError(
      absl::StrCat(database_.place(), ": piece ", pieces_, " is not as it was written"));
}

}  // namespace moyeo::journal
