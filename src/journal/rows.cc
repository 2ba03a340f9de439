#include "journal/rows.h"

#include <bit>
#include <chrono>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "journal/checksum.h"

namespace moyeo::journal {
namespace {

std::int64_t Millis(Timestamp time) { return time.time_since_epoch().count(); }

Timestamp FromMillis(std::int64_t ms) { return Timestamp(std::chrono::milliseconds(ms)); }

std::optional<std::int64_t> Number(const std::optional<RequestId>& request) {
  return request ? std::optional(static_cast<std::int64_t>(ToNumber(*request))) : std::nullopt;
}

std::int64_t Value(const Checksum& checksum) { return static_cast<std::int64_t>(checksum.value()); }

template <typename... Place>
absl::Status Damaged(const Place&... place) {
  return absl::DataLossError(absl::StrCat("journal.db: ", place..., " is not as it was written"));
}

}  // namespace

const char* const kSchemaOf2 = R"sql(
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  commits INTEGER NOT NULL,
  last INTEGER NOT NULL,
  forgotten INTEGER NOT NULL,
  purges INTEGER NOT NULL,
  posted INTEGER NOT NULL,
  saved INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  number INTEGER NOT NULL,
  author INTEGER NOT NULL,
  time INTEGER NOT NULL,
  text TEXT NOT NULL,
  previous INTEGER NOT NULL,
  jump INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE rooms (
  room INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  ids BLOB NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE removed (
  last INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
)sql";

const char* const kSchemaOf1And2 = R"sql(
CREATE TABLE records (
  sequence INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  request_id INTEGER,
  rules_version INTEGER NOT NULL,
  command TEXT NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  state INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE purges (
  through INTEGER PRIMARY KEY,
  purge_by INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
)sql";

std::string FileNameOf(const SnapshotRow& row) {
  return absl::StrCat("snapshot-", row.sequence, "-", row.id, ".db");
}

std::int64_t ChecksumOf(const Meta& meta) {
  return Value(Checksum("meta")
                   .Number(meta.commits)
                   .Number(meta.last)
                   .Number(meta.forgotten)
                   .Number(meta.purges)
                   .Number(meta.posted)
                   .Number(meta.saved));
}

std::int64_t ChecksumOf(const JournalRecord& record) {
  return Value(Checksum("records")
                   .Number(record.sequence)
                   .Number(Millis(record.time))
                   .Optional(Number(record.request_id))
                   .Number(std::uint64_t{record.rules_version})
                   .Text(record.command));
}

std::int64_t ChecksumOf(const Post& post) {
  return Value(Checksum("posts")
                   .Number(post.id)
                   .Number(ToNumber(post.message.room))
                   .Number(post.message.number)
                   .Number(ToNumber(post.message.author))
                   .Number(Millis(post.message.time))
                   .Text(post.message.text)
                   .Number(post.previous)
                   .Number(post.jump));
}

std::int64_t ChecksumOf(const RoomRow& row) {
  return Value(Checksum("rooms")
                   .Number(ToNumber(row.room))
                   .Number(row.head.number())
                   .Text(BytesOf(row.head)));
}

std::int64_t ChecksumOf(const RemovedRow& row) {
  return Value(Checksum("removed").Number(row.last).Number(ToNumber(row.room)));
}

std::int64_t ChecksumOf(const SnapshotRow& row) {
  return Value(Checksum("snapshots")
                   .Number(row.id)
                   .Number(row.sequence)
                   .Number(std::uint64_t{static_cast<std::uint8_t>(row.state)}));
}

std::int64_t ChecksumOf(const PendingPurge& purge) {
  return Value(Checksum("purges").Number(purge.through).Number(Millis(purge.by)));
}

std::string InsertMeta(const Meta& meta) {
  return absl::StrCat("INSERT INTO meta VALUES (1, ", meta.commits, ", ", meta.last, ", ",
                      meta.forgotten, ", ", meta.purges, ", ", meta.posted, ", ", meta.saved, ", ",
                      ChecksumOf(meta), ")");
}

void Bind(Statement& update, const Meta& meta) {
  update.Bind(1, meta.commits);
  update.Bind(2, meta.last);
  update.Bind(3, meta.forgotten);
  update.Bind(4, meta.purges);
  update.Bind(5, meta.posted);
  update.Bind(6, meta.saved);
  update.Bind(7, ChecksumOf(meta));
}

void Bind(Statement& insert, const JournalRecord& record) {
  insert.Bind(1, record.sequence);
  insert.Bind(2, Millis(record.time));
  insert.Bind(3, Number(record.request_id));
  insert.Bind(4, std::uint64_t{record.rules_version});
  insert.BindText(5, record.command);
  insert.Bind(6, ChecksumOf(record));
}

void Bind(Statement& insert, const Post& post) {
  insert.Bind(1, post.id);
  insert.Bind(2, ToNumber(post.message.room));
  insert.Bind(3, post.message.number);
  insert.Bind(4, ToNumber(post.message.author));
  insert.Bind(5, Millis(post.message.time));
  insert.BindText(6, post.message.text);
  insert.Bind(7, post.previous);
  insert.Bind(8, post.jump);
  insert.Bind(9, ChecksumOf(post));
}

void Bind(Statement& insert, const RemovedRow& row) {
  insert.Bind(1, row.last);
  insert.Bind(2, ToNumber(row.room));
  insert.Bind(3, ChecksumOf(row));
}

void Bind(Statement& put, const RoomRow& row, std::string_view ids) {
  put.Bind(1, ToNumber(row.room));
  put.Bind(2, row.head.number());
  put.BindBlob(3, ids);
  put.Bind(4, ChecksumOf(row));
}

std::string BytesOf(const RoomHead& head) {
  std::string bytes;
  for (const std::uint64_t id : head.ids()) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>(id >> shift & 0xff);
    }
  }
  return bytes;
}

void Bind(Statement& insert, const SnapshotRow& row) {
  insert.Bind(1, row.id);
  insert.Bind(2, row.sequence);
  insert.Bind(3, std::uint64_t{static_cast<std::uint8_t>(row.state)});
  insert.Bind(4, ChecksumOf(row));
}

void Bind(Statement& insert, const PendingPurge& purge) {
  insert.Bind(1, purge.through);
  insert.Bind(2, Millis(purge.by));
  insert.Bind(3, ChecksumOf(purge));
}

absl::StatusOr<Meta> MetaIn(const Statement& select) {
  const Meta meta{.commits = select.Unsigned(0),
                  .last = select.Unsigned(1),
                  .forgotten = select.Unsigned(2),
                  .purges = select.Unsigned(3),
                  .posted = select.Unsigned(4),
                  .saved = select.Unsigned(5)};
  if (ChecksumOf(meta) != select.Int(6)) return Damaged("meta");
  return meta;
}

absl::StatusOr<Meta> MetaOf1In(const Statement& select) {
  const Meta meta{.commits = select.Unsigned(0),
                  .last = select.Unsigned(1),
                  .forgotten = select.Unsigned(2),
                  .purges = select.Unsigned(3)};
  const std::int64_t checksum = Value(Checksum("meta")
                                          .Number(meta.commits)
                                          .Number(meta.last)
                                          .Number(meta.forgotten)
                                          .Number(meta.purges));
  if (checksum != select.Int(4)) return Damaged("meta");
  return meta;
}

absl::Status RecordIn(const Statement& select, JournalRecord& record) {
  record.sequence = select.Unsigned(0);
  record.time = FromMillis(select.Int(1));
  const std::optional<std::int64_t> request = select.OptionalInt(2);
  record.request_id =
      request ? std::optional(RequestId{static_cast<std::uint64_t>(*request)}) : std::nullopt;
  const std::uint64_t rules_version = select.Unsigned(3);
  record.rules_version = static_cast<std::uint32_t>(rules_version);
  record.command = select.Bytes(4);
  if (rules_version > std::numeric_limits<std::uint32_t>::max() ||
      ChecksumOf(record) != select.Int(5)) {
    return Damaged("record ", record.sequence);
  }
  return absl::OkStatus();
}

Post UncheckedPostIn(const Statement& select) {
  return {.id = select.Unsigned(0),
          .message = {.room = MeetupId{select.Unsigned(1)},
                      .number = select.Unsigned(2),
                      .author = UserId{select.Unsigned(3)},
                      .time = FromMillis(select.Int(4)),
                      .text = std::string(select.Bytes(5))},
          .previous = select.Unsigned(6),
          .jump = select.Unsigned(7)};
}

absl::Status CheckPost(const Post& post, std::int64_t checksum) {
  if (ChecksumOf(post) == checksum) return absl::OkStatus();
  return Damaged("message ", post.message.number, " of room ", ToNumber(post.message.room));
}

absl::StatusOr<Post> PostIn(const Statement& select) {
  Post post = UncheckedPostIn(select);
  if (absl::Status status = CheckPost(post, select.Int(8)); !status.ok()) return status;
  return post;
}

absl::StatusOr<JournalMessage> MessageOf1In(const Statement& select) {
  JournalMessage message{.room = MeetupId{select.Unsigned(0)},
                         .number = select.Unsigned(1),
                         .author = UserId{select.Unsigned(2)},
                         .time = FromMillis(select.Int(3)),
                         .text = std::string(select.Bytes(4))};
  const std::int64_t checksum = Value(Checksum("messages")
                                          .Number(ToNumber(message.room))
                                          .Number(message.number)
                                          .Number(ToNumber(message.author))
                                          .Number(Millis(message.time))
                                          .Text(message.text));
  if (checksum != select.Int(5)) {
    return Damaged("message ", message.number, " of room ", ToNumber(message.room));
  }
  return message;
}

absl::StatusOr<RoomRow> RoomIn(const Statement& select) {
  const std::string_view bytes = select.Bytes(2);
  std::vector<std::uint64_t> ids(bytes.size() / 8);
  for (std::size_t i = 0; i < 8 * ids.size(); ++i) {
    ids[i / 8] |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * (i % 8);
  }
  const std::size_t count = ids.size();
  RoomRow row{.room = MeetupId{select.Unsigned(0)},
              .head = RoomHead(select.Unsigned(1), std::move(ids))};
  // A head that is not one would be asked for ids that it does not have.
  if (count != static_cast<std::size_t>(std::popcount(row.head.number())) || count == 0 ||
      ChecksumOf(row) != select.Int(3)) {
    return Damaged("room ", ToNumber(row.room));
  }
  return row;
}

absl::StatusOr<RemovedRow> RemovedIn(const Statement& select) {
  const RemovedRow row{.last = select.Unsigned(0), .room = MeetupId{select.Unsigned(1)}};
  if (ChecksumOf(row) != select.Int(2)) return Damaged("removed room ", ToNumber(row.room));
  return row;
}

absl::StatusOr<SnapshotRow> SnapshotIn(const Statement& select) {
  const std::uint64_t state = select.Unsigned(2);
  const SnapshotRow row{.id = select.Unsigned(0),
                        .sequence = select.Unsigned(1),
                        .state = static_cast<SnapshotState>(state)};
  if (state > static_cast<std::uint64_t>(SnapshotState::kRemoving) ||
      ChecksumOf(row) != select.Int(3)) {
    return Damaged("snapshot ", row.sequence);
  }
  return row;
}

absl::StatusOr<PendingPurge> PurgeIn(const Statement& select) {
  const PendingPurge purge{.by = FromMillis(select.Int(1)), .through = select.Unsigned(0)};
  if (ChecksumOf(purge) != select.Int(2)) return Damaged("purge of ", purge.through);
  return purge;
}

absl::StatusOr<std::vector<SnapshotRow>> Snapshots(Database& database) {
  absl::StatusOr<Statement> select = database.Prepare(kSelectSnapshots);
  if (!select.ok()) return select.status();
  std::vector<SnapshotRow> rows;
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) return rows;
    const absl::StatusOr<SnapshotRow> row = SnapshotIn(*select);
    if (!row.ok()) return row.status();
    rows.push_back(*row);
  }
}

}  // namespace moyeo::journal
