#include "journal/rows.h"

#include <chrono>
#include <limits>

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

const char* const kSchema = R"sql(
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  commits INTEGER NOT NULL,
  last INTEGER NOT NULL,
  forgotten INTEGER NOT NULL,
  purges INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE records (
  sequence INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  request_id INTEGER,
  rules_version INTEGER NOT NULL,
  command TEXT NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE messages (
  room INTEGER NOT NULL,
  number INTEGER NOT NULL,
  author INTEGER NOT NULL,
  time INTEGER NOT NULL,
  text TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (room, number)
) WITHOUT ROWID;
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
                   .Number(meta.purges));
}

std::int64_t ChecksumOf(const JournalRecord& record) {
  return Value(Checksum("records")
                   .Number(record.sequence)
                   .Number(Millis(record.time))
                   .Optional(Number(record.request_id))
                   .Number(std::uint64_t{record.rules_version})
                   .Text(record.command));
}

std::int64_t ChecksumOf(const JournalMessage& message) {
  return Value(Checksum("messages")
                   .Number(ToNumber(message.room))
                   .Number(message.number)
                   .Number(ToNumber(message.author))
                   .Number(Millis(message.time))
                   .Text(message.text));
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

void Bind(Statement& update, const Meta& meta) {
  update.Bind(1, meta.commits);
  update.Bind(2, meta.last);
  update.Bind(3, meta.forgotten);
  update.Bind(4, meta.purges);
  update.Bind(5, ChecksumOf(meta));
}

void Bind(Statement& insert, const JournalRecord& record) {
  insert.Bind(1, record.sequence);
  insert.Bind(2, Millis(record.time));
  insert.Bind(3, Number(record.request_id));
  insert.Bind(4, std::uint64_t{record.rules_version});
  insert.BindText(5, record.command);
  insert.Bind(6, ChecksumOf(record));
}

void Bind(Statement& insert, const JournalMessage& message) {
  insert.Bind(1, ToNumber(message.room));
  insert.Bind(2, message.number);
  insert.Bind(3, ToNumber(message.author));
  insert.Bind(4, Millis(message.time));
  insert.BindText(5, message.text);
  insert.Bind(6, ChecksumOf(message));
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
                  .purges = select.Unsigned(3)};
  if (ChecksumOf(meta) != select.Int(4)) return Damaged("meta");
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

absl::StatusOr<JournalMessage> MessageIn(const Statement& select) {
  JournalMessage message{.room = MeetupId{select.Unsigned(0)},
                         .number = select.Unsigned(1),
                         .author = UserId{select.Unsigned(2)},
                         .time = FromMillis(select.Int(3)),
                         .text = std::string(select.Bytes(4))};
  if (ChecksumOf(message) != select.Int(5)) {
    return Damaged("message ", message.number, " of room ", ToNumber(message.room));
  }
  return message;
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
