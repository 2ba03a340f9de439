// The rows of journal.db, and their checksums: see FORMAT.md.

#ifndef MOYEO_JOURNAL_ROWS_H_
#define MOYEO_JOURNAL_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/room_head.h"
#include "moyeo/journal.h"
#include "moyeo/types.h"

namespace moyeo::journal {

inline constexpr std::int64_t kApplicationId = 0x6d6f7965;  // "moye"
inline constexpr std::int64_t kFormat = 2;

// What format 2 is made of besides what is as in format 1.
extern const char* const kSchemaOf2;
extern const char* const kSchemaOf1And2;

// What holds of the journal as a whole.
struct Meta {
  std::uint64_t commits = 0;  // transactions that there were
  std::uint64_t last = 0;
  std::uint64_t forgotten = 0;
  std::uint64_t purges = 0;  // rows of them
  std::uint64_t posted = 0;  // the id of the latest message
  std::uint64_t saved = 0;   // the id of the message through which `rooms` knows them all

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

// A message, with the ids of those that it leads to: see NextOnTheWay.
struct Post {
  std::uint64_t id = 0;
  JournalMessage message;
  std::uint64_t previous = 0;
  std::uint64_t jump = 0;

  friend bool operator==(const Post&, const Post&) = default;
};

struct RoomRow {
  MeetupId room{};
  RoomHead head;
};

// A room whose messages up to the one with the id `last` are still to be removed.
struct RemovedRow {
  std::uint64_t last = 0;
  MeetupId room{};
};

// "snapshot-12-7.db": of sequence 12, with the id 7.
std::string FileNameOf(const SnapshotRow& row);

std::int64_t ChecksumOf(const Meta& meta);
std::int64_t ChecksumOf(const JournalRecord& record);
std::int64_t ChecksumOf(const Post& post);
std::int64_t ChecksumOf(const RoomRow& row);
std::int64_t ChecksumOf(const RemovedRow& row);
std::int64_t ChecksumOf(const SnapshotRow& row);
std::int64_t ChecksumOf(const PendingPurge& purge);

inline constexpr char kSelectMeta[] =
    "SELECT commits, last, forgotten, purges, posted, saved, checksum FROM meta";
inline constexpr char kUpdateMeta[] =
    "UPDATE meta SET commits = ?1, last = ?2, forgotten = ?3, purges = ?4, posted = ?5, saved = ?6,"
    " checksum = ?7";
inline constexpr char kInsertRecord[] = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
// Columns in the order that RecordIn wants; the others likewise.
inline constexpr char kSelectRecords[] =
    "SELECT sequence, time, request_id, rules_version, command, checksum FROM records"
    " WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
inline constexpr char kInsertPost[] =
    "INSERT INTO posts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
inline constexpr char kEmptyPost[] = "UPDATE posts SET text = '', checksum = ?2 WHERE id = ?1";
inline constexpr char kSelectPost[] =
    "SELECT id, room, number, author, time, text, previous, jump, checksum FROM posts"
    " WHERE id = ?1";
inline constexpr char kSelectPosts[] =
    "SELECT id, room, number, author, time, text, previous, jump, checksum FROM posts ORDER BY id";
inline constexpr char kSelectRoom[] =
    "SELECT room, number, ids, checksum FROM rooms WHERE room = ?1";
inline constexpr char kSelectRooms[] =
    "SELECT room, number, ids, checksum FROM rooms ORDER BY room";
inline constexpr char kPutRoom[] = "INSERT OR REPLACE INTO rooms VALUES (?1, ?2, ?3, ?4)";
inline constexpr char kSelectRemoved[] = "SELECT last, room, checksum FROM removed ORDER BY last";
inline constexpr char kInsertRemoved[] = "INSERT INTO removed VALUES (?1, ?2, ?3)";
inline constexpr char kSelectSnapshots[] =
    "SELECT id, sequence, state, checksum FROM snapshots ORDER BY id";
inline constexpr char kInsertSnapshot[] =
    "INSERT OR REPLACE INTO snapshots VALUES (?1, ?2, ?3, ?4)";
inline constexpr char kSelectPurges[] =
    "SELECT through, purge_by, checksum FROM purges ORDER BY through";
inline constexpr char kInsertPurge[] = "INSERT INTO purges VALUES (?1, ?2, ?3)";

// Makes the row of a new meta.
std::string InsertMeta(const Meta& meta);

// Binds the whole row. The `ids` of a room are BytesOf its head, and live until it is reset.
void Bind(Statement& update, const Meta& meta);
void Bind(Statement& insert, const JournalRecord& record);
void Bind(Statement& insert, const Post& post);
void Bind(Statement& insert, const RemovedRow& row);
void Bind(Statement& insert, const SnapshotRow& row);
void Bind(Statement& insert, const PendingPurge& purge);
void Bind(Statement& put, const RoomRow& row, std::string_view ids);
std::string BytesOf(const RoomHead& head);

// The row that a statement is at: DataLoss, with the place, if it is not as it was written.
// RecordIn replaces `record`, so that its memory may be used again.
absl::StatusOr<Meta> MetaIn(const Statement& select);
absl::Status RecordIn(const Statement& select, JournalRecord& record);
absl::StatusOr<Post> PostIn(const Statement& select);
Post UncheckedPostIn(const Statement& select);
absl::Status CheckPost(const Post& post, std::int64_t checksum);
absl::StatusOr<RoomRow> RoomIn(const Statement& select);
absl::StatusOr<RemovedRow> RemovedIn(const Statement& select);
absl::StatusOr<SnapshotRow> SnapshotIn(const Statement& select);
absl::StatusOr<PendingPurge> PurgeIn(const Statement& select);

// The meta and the messages of format 1.
inline constexpr char kSelectMetaOf1[] =
    "SELECT commits, last, forgotten, purges, checksum FROM meta";
inline constexpr char kSelectMessagesOf1[] =
    "SELECT room, number, author, time, text, checksum FROM messages ORDER BY room, number";
absl::StatusOr<Meta> MetaOf1In(const Statement& select);
absl::StatusOr<JournalMessage> MessageOf1In(const Statement& select);

// All of them, whatever their state, by id.
absl::StatusOr<std::vector<SnapshotRow>> Snapshots(Database& database);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_ROWS_H_
