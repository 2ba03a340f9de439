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
  absl::StatusOr<PostFinder> finder = PostFinder::Prepare(*database);
  if (!finder.ok()) return finder.status();
  return std::unique_ptr<Reader>(new Reader(*std::move(database), *std::move(select_meta),
                                            *std::move(select_records), *std::move(finder)));
}

Reader::Reader(Database database, Statement select_meta, Statement select_records,
               PostFinder finder)
    : database_(std::move(database)),
      select_meta_(std::move(select_meta)),
      select_records_(std::move(select_records)),
      finder_(std::move(finder)) {}

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

absl::Status Reader::FindMessages(MeetupId room, std::span<const MessageNumber> numbers,
                                  const RoomHeads& heads,
                                  std::vector<std::optional<JournalMessage>>& found) {
  while (true) {
    // In this order: what was saved and then dropped is in the table by now.
    const std::optional<RoomHead> known = heads.Find(room);
    absl::Status status = FindMessages(room, numbers, known, found);
    if (!absl::IsDataLoss(status) || !known) return status;
    const std::optional<RoomHead> now = heads.Find(room);
    if (now && now->number() >= known->number()) return status;
    // The room was removed meanwhile, and its messages are gone: as if it had been asked later.
  }
}

absl::Status Reader::FindMessages(MeetupId room, std::span<const MessageNumber> numbers,
                                  std::optional<RoomHead> head,
                                  std::vector<std::optional<JournalMessage>>& found) {
  found.clear();
  found.reserve(numbers.size());
  Transaction transaction(database_);
  if (absl::Status status = transaction.BeginRead(); !status.ok()) return status;
  finder_.StartAnew();
  if (!head) {
    absl::StatusOr<std::optional<RoomHead>> saved = finder_.SavedHead(room);
    if (!saved.ok()) return saved.status();
    head = *std::move(saved);
  }
  for (const MessageNumber number : numbers) {
    if (!head || number < 1 || number > head->number()) {
      found.emplace_back();
      continue;
    }
    const absl::StatusOr<const Post*> post = finder_.GoTo(room, *head, number);
    if (!post.ok()) return post.status();
    found.emplace_back((*post)->message);
  }
  return absl::OkStatus();
}

absl::Status Reader::ForEachPost(
    const std::function<absl::Status(const absl::StatusOr<Post>&)>& take) {
  Transaction transaction(database_);
  if (absl::Status status = transaction.BeginRead(); !status.ok()) return status;
  const absl::StatusOr<RemovedRooms> removed = ReadRemoved(database_);
  if (!removed.ok()) return removed.status();
  absl::StatusOr<Statement> select = database_.Prepare(kSelectPosts);
  if (!select.ok()) return select.status();
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    const absl::StatusOr<Post> post = PostIn(*select);
    if (post.ok() && removed->Has(post->message.room, post->id)) continue;
    if (absl::Status status = take(post); !status.ok()) return status;
  }
}

absl::Status Reader::CheckRooms(const std::function<void(const absl::Status&)>& take) {
  absl::StatusOr<Statement> select = database_.Prepare(kSelectRooms);
  if (!select.ok()) return select.status();
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    const absl::StatusOr<RoomRow> row = RoomIn(*select);
    if (!row.ok()) take(row.status());
  }
}

}  // namespace moyeo::journal
