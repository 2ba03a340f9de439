#include "journal/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace moyeo::journal {
namespace {

// A read ends when its records have so many bytes.
constexpr std::size_t kMaxReadBytes = std::size_t{16} << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> Reader::Open(const std::string& path,
                                                     const std::string& vfs) {
  absl::StatusOr<Database> database = Database::Open(path, vfs, Database::Mode::kWrite);
  if (!database.ok()) return database.status();
  sqlite3_db_config(database->get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (absl::Status status = database->Execute("PRAGMA query_only=ON"); !status.ok()) return status;
  absl::StatusOr<Statement> select_meta = database->Prepare(kSelectMeta);
  if (!select_meta.ok()) return select_meta.status();
  absl::StatusOr<Statement> select_records = database->Prepare(kSelectRecords);
  if (!select_records.ok()) return select_records.status();
  absl::StatusOr<Statement> select_message = database->Prepare(kSelectMessage);
  if (!select_message.ok()) return select_message.status();
  return std::unique_ptr<Reader>(new Reader(*std::move(database), *std::move(select_meta),
                                            *std::move(select_records),
                                            *std::move(select_message)));
}

Reader::Reader(Database database, Statement select_meta, Statement select_records,
               Statement select_message)
    : database_(std::move(database)),
      select_meta_(std::move(select_meta)),
      select_records_(std::move(select_records)),
      select_message_(std::move(select_message)) {}

absl::StatusOr<Meta> Reader::ReadMeta() {
  const ResetAtEnd reset(select_meta_);
  const absl::StatusOr<bool> found = select_meta_.Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::DataLossError(absl::StrCat(database_.place(), ": meta is missing"));
  return MetaIn(select_meta_);
}

absl::Status Reader::Read(std::uint64_t after, std::size_t limit,
                          std::vector<JournalRecord>& records) {
  records.clear();
  Transaction transaction(database_);
  if (absl::Status status = transaction.BeginRead(); !status.ok()) return status;
  const absl::StatusOr<Meta> meta = ReadMeta();
  if (!meta.ok()) return meta.status();
  if (after < meta->forgotten) {
    return absl::OutOfRangeError(absl::StrCat("records up to ", meta->forgotten,
                                              " are forgotten, so none after ", after,
                                              " can be read"));
  }
  if (after >= meta->last) return absl::OkStatus();
  const std::uint64_t end = after + std::min<std::uint64_t>(limit, meta->last - after);

  const ResetAtEnd reset(select_records_);
  select_records_.Bind(1, after);
  select_records_.Bind(2, end - after);
  std::size_t bytes = 0;
  for (std::uint64_t next = after + 1; next <= end && bytes < kMaxReadBytes; ++next) {
    const absl::StatusOr<bool> found = select_records_.Step();
    if (!found.ok()) {
      return absl::Status(found.status().code(),
                          absl::StrCat(found.status().message(), ", at record ", next));
    }
    JournalRecord record;
    if (*found) {
      if (absl::Status status = RecordIn(select_records_, record); !status.ok()) return status;
    }
    if (!*found || record.sequence != next) {
      return absl::DataLossError(absl::StrCat(database_.place(), ": record ", next, " is missing"));
    }
    bytes += record.command.size();
    records.push_back(std::move(record));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<JournalMessage>> Reader::FindMessage(MeetupId room,
                                                                  MessageNumber number) {
  const ResetAtEnd reset(select_message_);
  select_message_.Bind(1, ToNumber(room));
  select_message_.Bind(2, number);
  const absl::StatusOr<bool> found = select_message_.Step();
  if (!found.ok()) return found.status();
  if (!*found) return std::nullopt;
  absl::StatusOr<JournalMessage> message = MessageIn(select_message_);
  if (!message.ok()) return message.status();
  return *std::move(message);
}

absl::Status Reader::ForEachMessage(
    const std::function<absl::Status(const absl::StatusOr<JournalMessage>&)>& take) {
  absl::StatusOr<Statement> select = database_.Prepare(
      "SELECT room, number, author, time, text, checksum FROM messages ORDER BY room, number");
  if (!select.ok()) return select.status();
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    if (absl::Status status = take(MessageIn(*select)); !status.ok()) return status;
  }
}

}  // namespace moyeo::journal
