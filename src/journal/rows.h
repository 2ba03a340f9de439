// The rows of journal.db, and their checksums: see FORMAT.md.

#ifndef MOYEO_JOURNAL_ROWS_H_
#define MOYEO_JOURNAL_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "moyeo/journal.h"
#include "moyeo/types.h"

namespace moyeo::journal {

inline constexpr std::int64_t kApplicationId = 0x6d6f7965;  // "moye"
inline constexpr std::int64_t kFormat = 1;

extern const char* const kSchema;

// What holds of the journal as a whole.
struct Meta {
  std::uint64_t commits = 0;  // transactions that there were
  std::uint64_t last = 0;
  std::uint64_t forgotten = 0;
  std::uint64_t purges = 0;  // rows of them

  friend bool operator==(const Meta&, const Meta&) = default;
};

enum class SnapshotState : std::uint8_t {
  kWriting = 0,
  kComplete = 1,
  kRemoving = 2,
};

struct SnapshotRow {
  std::uint64_t id = 0;  // never given again
  std::uint64_t sequence = 0;
  SnapshotState state = SnapshotState::kWriting;

  friend bool operator==(const SnapshotRow&, const SnapshotRow&) = default;
};

// "snapshot-12-7.db": of sequence 12, with the id 7.
std::string FileNameOf(const SnapshotRow& row);

std::int64_t ChecksumOf(const Meta& meta);
std::int64_t ChecksumOf(const JournalRecord& record);
std::int64_t ChecksumOf(const JournalMessage& message);
std::int64_t ChecksumOf(const SnapshotRow& row);
std::int64_t ChecksumOf(const PendingPurge& purge);

inline constexpr char kSelectMeta[] = "SELECT commits, last, forgotten, purges, checksum FROM meta";
inline constexpr char kUpdateMeta[] =
    "UPDATE meta SET commits = ?1, last = ?2, forgotten = ?3, purges = ?4, checksum = ?5";
inline constexpr char kInsertRecord[] = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
// Columns in the order that RecordIn wants; MessageIn and SnapshotIn likewise.
inline constexpr char kSelectRecords[] =
    "SELECT sequence, time, request_id, rules_version, command, checksum FROM records"
    " WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
inline constexpr char kInsertMessage[] =
    "INSERT OR REPLACE INTO messages VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
inline constexpr char kSelectMessage[] =
    "SELECT room, number, author, time, text, checksum FROM messages"
    " WHERE room = ?1 AND number = ?2";
inline constexpr char kSelectSnapshots[] =
    "SELECT id, sequence, state, checksum FROM snapshots ORDER BY id";
inline constexpr char kInsertSnapshot[] =
    "INSERT OR REPLACE INTO snapshots VALUES (?1, ?2, ?3, ?4)";
inline constexpr char kSelectPurges[] =
    "SELECT through, purge_by, checksum FROM purges ORDER BY through";
inline constexpr char kInsertPurge[] = "INSERT INTO purges VALUES (?1, ?2, ?3)";

// Binds the whole row.
void Bind(Statement& update, const Meta& meta);
void Bind(Statement& insert, const JournalRecord& record);
void Bind(Statement& insert, const JournalMessage& message);
void Bind(Statement& insert, const SnapshotRow& row);
void Bind(Statement& insert, const PendingPurge& purge);

// The row that a statement is at: DataLoss, with the place, if it is not as it was written.
// RecordIn replaces `record`, so that its memory may be used again.
absl::StatusOr<Meta> MetaIn(const Statement& select);
absl::Status RecordIn(const Statement& select, JournalRecord& record);
absl::StatusOr<JournalMessage> MessageIn(const Statement& select);
absl::StatusOr<SnapshotRow> SnapshotIn(const Statement& select);
absl::StatusOr<PendingPurge> PurgeIn(const Statement& select);

// All of them, whatever their state, by id.
absl::StatusOr<std::vector<SnapshotRow>> Snapshots(Database& database);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_ROWS_H_
