#include "journal/writer.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "journal/page_guard.h"
#include "journal/raw_file.h"
#include "journal/snapshot_file.h"

namespace moyeo::journal {
namespace {

// 16 MiB: seldom enough to cost little, and soon done.
constexpr int kLongPages = 4096;

absl::Status Fill(Database& database) {
  Transaction transaction(database);
  if (absl::Status status = transaction.BeginWrite(); !status.ok()) return status;
  const std::string application =
      absl::StrCat("PRAGMA application_id=", kApplicationId, "; PRAGMA user_version=", kFormat,
                   "; ", InsertMeta(Meta()));
  for (const char* const sql : {kSchemaOf2, kSchemaOf1And2, application.c_str()}) {
    if (absl::Status status = database.Execute(sql); !status.ok()) return status;
  }
  return transaction.Commit();
}

absl::StatusOr<Database> OpenOrCreate(const std::string& path, const std::string& vfs,
                                      bool create) {
  const absl::StatusOr<bool> exists = Exists(sqlite3_vfs_find(vfs.c_str()), path);
  if (!exists.ok()) return exists.status();
  if (*exists) {
    absl::StatusOr<Database> database = Database::Open(path, vfs, Database::Mode::kWrite);
    if (!database.ok()) return database.status();
    // Until all is known to be well, nothing is changed that could be evidence.
    sqlite3_db_config(database->get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // None: whoever began to create it did not come to an end.
    const absl::StatusOr<std::int64_t> pages = database->Number("PRAGMA page_count");
    if (!pages.ok()) return pages.status();
    if (*pages > 0) return database;
  }
  if (!create) return absl::NotFoundError(absl::StrCat(path, " is empty"));
  absl::StatusOr<Database> database = CreateDatabase(path, vfs);
  if (!database.ok()) return database.status();
  if (absl::Status status = Fill(*database); !status.ok()) return status;
  return database;
}

// The format of a journal.
absl::StatusOr<std::int64_t> FormatOf(Database& database) {
  const auto is_none = [&](absl::string_view why) {
    return absl::DataLossError(absl::StrCat(database.place(), " is not a journal: ", why));
  };
  int reserved = -1;
  const int code =
      sqlite3_file_control(database.get(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  if (code != SQLITE_OK) return database.StatusOf(code);
  const absl::StatusOr<std::int64_t> application = database.Number("PRAGMA application_id");
  if (!application.ok()) return application.status();
  if (*application != kApplicationId) return is_none("another application's");
  if (reserved != kPageTrailerBytes) return is_none("no room for checksums of pages");
  absl::StatusOr<std::int64_t> format = database.Number("PRAGMA user_version");
  if (!format.ok()) return format.status();
  if (*format > kFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(database.place(), " is of format ", *format, ", newer than ", kFormat));
  }
  if (*format < 1) return is_none(absl::StrCat("of format ", *format));
  return format;
}

absl::StatusOr<Meta> ReadMeta(Database& database, std::int64_t format) {
  absl::StatusOr<Statement> select = database.Prepare(format == 1 ? kSelectMetaOf1 : kSelectMeta);
  if (!select.ok()) return select.status();
  const absl::StatusOr<bool> found = select->Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::DataLossError(absl::StrCat(database.place(), ": meta is missing"));
  return format == 1 ? MetaOf1In(*select) : MetaIn(*select);
}

absl::StatusOr<Purges> ReadPurges(Database& database, const Meta& meta) {
  absl::StatusOr<Statement> select = database.Prepare(kSelectPurges);
  if (!select.ok()) return select.status();
  Purges purges;
  while (true) {
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) break;
    const absl::StatusOr<PendingPurge> purge = PurgeIn(*select);
    if (!purge.ok()) return purge.status();
    purges.Add(*purge);
  }
  if (purges.size() == meta.purges) return purges;
  return absl::DataLossError(absl::StrCat(database.place(), ": there should be ", meta.purges,
                                          " purges, and there are ", purges.size()));
}

// The records that there must be are neither fewer nor more at either end.
absl::Status CheckEnds(Database& database, const Meta& meta) {
  if (meta.forgotten > meta.last) {
    return absl::DataLossError(absl::StrCat(database.place(), ": meta is impossible"));
  }
  const bool is_empty = meta.forgotten == meta.last;
  const std::uint64_t first = is_empty ? 0 : meta.forgotten + 1;
  const std::uint64_t last = is_empty ? 0 : meta.last;
  for (const auto& [sql, expected] : {std::pair("SELECT min(sequence) FROM records", first),
                                      std::pair("SELECT max(sequence) FROM records", last)}) {
    const absl::StatusOr<std::int64_t> found = database.Number(sql);
    if (!found.ok()) return found.status();
    if (*found == static_cast<std::int64_t>(expected)) continue;
    return absl::DataLossError(absl::StrCat(database.place(), ": records should be from ", first,
                                            " to ", last, ", and one end is at ", *found));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(const std::string& path,
                                                     const std::string& vfs, bool create,
                                                     const Check& check, RoomHeads& heads) {
  absl::StatusOr<Database> database = OpenOrCreate(path, vfs, create);
  if (!database.ok()) return database.status();
  const absl::StatusOr<std::int64_t> format = FormatOf(*database);
  if (!format.ok()) return format.status();

  const absl::StatusOr<std::string> mode = database->Text("PRAGMA journal_mode=WAL");
  if (!mode.ok()) return mode.status();
  if (*mode != "wal") {
    return absl::UnavailableError(absl::StrCat(database->place(), ": this storage has no WAL"));
  }
  const std::string settings = absl::StrCat(
      "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=0;"
      "PRAGMA cache_size=-8192; PRAGMA max_page_count=",
      kMaxPages);
  if (absl::Status status = database->Execute(settings.c_str()); !status.ok()) return status;

  absl::StatusOr<Meta> meta = ReadMeta(*database, *format);
  if (!meta.ok()) return meta.status();
  if (absl::Status status = CheckEnds(*database, *meta); !status.ok()) return status;
  absl::StatusOr<Purges> purges = ReadPurges(*database, *meta);
  if (!purges.ok()) return purges.status();
  if (absl::Status status = check(*meta); !status.ok()) return status;
  if (*format == 1) {
    // In a WAL of its own, as CheckWal wants it.
    if (absl::Status status = database->Execute("PRAGMA wal_checkpoint(TRUNCATE)"); !status.ok()) {
      return status;
    }
    if (absl::Status status = UpgradeMessages(*database, *meta); !status.ok()) return status;
    meta = ReadMeta(*database, kFormat);
    if (!meta.ok()) return meta.status();
  }
  if (absl::Status status = ReadHeads(*database, *meta, heads); !status.ok()) return status;

  absl::StatusOr<Statement> update_meta = database->Prepare(kUpdateMeta);
  if (!update_meta.ok()) return update_meta.status();
  absl::StatusOr<Statement> insert_record = database->Prepare(kInsertRecord);
  if (!insert_record.ok()) return insert_record.status();
  absl::StatusOr<Statement> insert_post = database->Prepare(kInsertPost);
  if (!insert_post.ok()) return insert_post.status();
  absl::StatusOr<Statement> empty_post = database->Prepare(kEmptyPost);
  if (!empty_post.ok()) return empty_post.status();
  absl::StatusOr<Statement> put_room = database->Prepare(kPutRoom);
  if (!put_room.ok()) return put_room.status();
  absl::StatusOr<Statement> delete_room = database->Prepare("DELETE FROM rooms WHERE room = ?1");
  if (!delete_room.ok()) return delete_room.status();
  absl::StatusOr<PostFinder> finder = PostFinder::Prepare(*database);
  if (!finder.ok()) return finder.status();
  return std::unique_ptr<Writer>(new Writer(*std::move(database),
                                            {.update_meta = *std::move(update_meta),
                                             .insert_record = *std::move(insert_record),
                                             .insert_post = *std::move(insert_post),
                                             .empty_post = *std::move(empty_post),
                                             .put_room = *std::move(put_room),
                                             .delete_room = *std::move(delete_room)},
                                            *std::move(finder), heads, *meta, *std::move(purges)));
}

Writer::Writer(Database database, Statements statements, PostFinder finder, RoomHeads& heads,
               const Meta& meta, Purges purges)
    : database_(std::move(database)),
      statements_(std::move(statements)),
      finder_(std::move(finder)),
      heads_(heads),
      meta_(meta),
      purges_(std::move(purges)) {
  const auto note = [](void* writer, sqlite3*, const char*, int pages) {
    auto& noting = *static_cast<Writer*>(writer);
    noting.wal_pages_ = pages;
    // It has begun anew.
    if (pages < noting.moved_pages_) noting.moved_pages_ = 0;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(database_.get(), note, this);
}

absl::Status Writer::Update(const Meta& next) {
  Bind(statements_.update_meta, next);
  return statements_.update_meta.Run();
}

absl::Status Writer::Insert(const JournalRecord& record) {
  Bind(statements_.insert_record, record);
  return statements_.insert_record.Run();
}

absl::StatusOr<const RoomHead*> Writer::HeadOf(MeetupId room) {
  auto known = changes_.find(room);
  if (known == changes_.end()) {
    std::optional<RoomHead> head = heads_.Find(room);
    if (!head) {
      absl::StatusOr<std::optional<RoomHead>> saved = finder_.SavedHead(room);
      if (!saved.ok()) return saved.status();
      head = *std::move(saved);
    }
    known = changes_.emplace(room, std::move(head)).first;
  }
  return known->second ? &*known->second : nullptr;
}

absl::Status Writer::Do(const MessageChange& change, Meta& next) {
  return std::visit([&](const auto& one) { return DoOne(one, next); }, change);
}

absl::Status Writer::DoOne(const JournalMessage& message, Meta& next) {
  const absl::StatusOr<const RoomHead*> before = HeadOf(message.room);
  if (!before.ok()) return before.status();
  std::optional<RoomHead>& head = changes_[message.room];
  if (!head) head.emplace();
  const Post post{
      .id = ++next.posted, .message = message, .previous = head->last(), .jump = head->jump()};
  head->Push(post.id);
  Bind(statements_.insert_post, post);
  return statements_.insert_post.Run();
}

absl::Status Writer::DoOne(const EmptiedMessage& message, Meta&) {
  const absl::StatusOr<const RoomHead*> head = HeadOf(message.room);
  if (!head.ok()) return head.status();
  if (*head == nullptr || message.number < 1 || message.number > (*head)->number()) {
    return absl::OkStatus();
  }
  finder_.StartAnew();
  const absl::StatusOr<const Post*> found = finder_.GoTo(message.room, **head, message.number);
  if (absl::IsDataLoss(found.status())) return EmptyDamaged(message);
  if (!found.ok()) return found.status();
  Post emptied = **found;
  finder_.StartAnew();
  emptied.message.text.clear();
  statements_.empty_post.Bind(1, emptied.id);
  statements_.empty_post.Bind(2, ChecksumOf(emptied));
  return statements_.empty_post.Run();
}

absl::Status Writer::EmptyDamaged(const EmptiedMessage& message) {
  absl::StatusOr<Statement> select = database_.Prepare(
      "SELECT id, room, number, author, time, text, previous, jump, checksum FROM posts"
      " WHERE room = ?1 AND number = ?2 ORDER BY id DESC LIMIT 1");
  if (!select.ok()) return select.status();
  select->Bind(1, ToNumber(message.room));
  select->Bind(2, message.number);
  const absl::StatusOr<bool> found = select->Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::OkStatus();
  absl::StatusOr<Post> post = PostIn(*select);
  statements_.empty_post.Bind(1, select->Unsigned(0));
  // What was not as it was written stays so.
  statements_.empty_post.Bind(2, select->Int(8));
  if (post.ok()) {
    post->message.text.clear();
    statements_.empty_post.Bind(2, ChecksumOf(*post));
  }
  select->Reset();
  return statements_.empty_post.Run();
}

absl::Status Writer::DoOne(const RemovedRoom& room, Meta&) {
  const absl::StatusOr<const RoomHead*> head = HeadOf(room.room);
  if (!head.ok()) return head.status();
  if (*head == nullptr) return absl::OkStatus();
  // Its messages are all over the table: they go when SweepRemoved gets to them.
  if (absl::Status status = InsertRemoved({.last = (*head)->last(), .room = room.room});
      !status.ok()) {
    return status;
  }
  changes_[room.room] = std::nullopt;
  statements_.delete_room.Bind(1, ToNumber(room.room));
  return statements_.delete_room.Run();
}

absl::Status Writer::SaveHead(MeetupId room, const RoomHead& head) {
  const std::string ids = BytesOf(head);
  Bind(statements_.put_room, {.room = room, .head = head}, ids);
  return statements_.put_room.Run();
}

absl::Status Writer::InsertRemoved(const RemovedRow& row) {
  absl::StatusOr<Statement> insert = database_.Prepare(kInsertRemoved);
  if (!insert.ok()) return insert.status();
  Bind(*insert, row);
  return insert->Run();
}

absl::Status Writer::SweepRemoved(std::size_t most, bool& more) {
  absl::StatusOr<Statement> select_removed = database_.Prepare(kSelectRemoved);
  if (!select_removed.ok()) return select_removed.status();
  absl::StatusOr<Statement> delete_removed =
      database_.Prepare("DELETE FROM removed WHERE last = ?1");
  if (!delete_removed.ok()) return delete_removed.status();
  while (true) {
    const absl::StatusOr<bool> found = select_removed->Step();
    if (!found.ok()) return found.status();
    more = *found;
    if (!more || most == 0) return absl::OkStatus();
    absl::StatusOr<RemovedRow> row = RemovedIn(*select_removed);
    if (!row.ok()) return row.status();
    select_removed->Reset();
    delete_removed->Bind(1, row->last);
    if (absl::Status status = delete_removed->Run(); !status.ok()) return status;
    absl::Status status = DeletePosts(*row, most);
    if (absl::IsDataLoss(status)) status = DeleteAllPosts(*row);
    if (status.ok() && row->last != 0) status = InsertRemoved(*row);
    if (!status.ok()) return status;
  }
}

absl::Status Writer::DeletePosts(RemovedRow& row, std::size_t& most) {
  absl::StatusOr<Statement> select = database_.Prepare(kSelectPost);
  if (!select.ok()) return select.status();
  absl::StatusOr<Statement> remove = database_.Prepare("DELETE FROM posts WHERE id = ?1");
  if (!remove.ok()) return remove.status();
  for (; row.last != 0 && most > 0; --most) {
    select->Bind(1, row.last);
    const absl::StatusOr<bool> found = select->Step();
    if (!found.ok()) return found.status();
    if (!*found) return absl::DataLossError("no such message");
    const absl::StatusOr<Post> post = PostIn(*select);
    if (!post.ok()) return post.status();
    select->Reset();
    remove->Bind(1, row.last);
    if (absl::Status status = remove->Run(); !status.ok()) return status;
    row.last = post->previous;
  }
  return absl::OkStatus();
}

absl::Status Writer::DeleteAllPosts(RemovedRow& row) {
  absl::StatusOr<Statement> remove =
      database_.Prepare("DELETE FROM posts WHERE id <= ?1 AND room = ?2");
  if (!remove.ok()) return remove.status();
  remove->Bind(1, row.last);
  remove->Bind(2, ToNumber(row.room));
  row.last = 0;
  return remove->Run();
}

absl::Status Writer::Put(const SnapshotRow& row) {
  absl::StatusOr<Statement> insert = database_.Prepare(kInsertSnapshot);
  if (!insert.ok()) return insert.status();
  Bind(*insert, row);
  return insert->Run();
}

absl::Status Writer::DeleteRecords(std::uint64_t through) {
  absl::StatusOr<Statement> remove = database_.Prepare("DELETE FROM records WHERE sequence <= ?1");
  if (!remove.ok()) return remove.status();
  remove->Bind(1, through);
  return remove->Run();
}

absl::Status Writer::DeleteSnapshot(std::uint64_t id) {
  absl::StatusOr<Statement> remove = database_.Prepare("DELETE FROM snapshots WHERE id = ?1");
  if (!remove.ok()) return remove.status();
  remove->Bind(1, id);
  return remove->Run();
}

absl::Status Writer::Add(const PendingPurge& purge) {
  // As Purges does: what is on disk is what is in memory.
  absl::StatusOr<Statement> remove = database_.Prepare("DELETE FROM purges WHERE purge_by >= ?1");
  if (!remove.ok()) return remove.status();
  remove->Bind(1, std::int64_t{purge.by.time_since_epoch().count()});
  if (absl::Status status = remove->Run(); !status.ok()) return status;
  if (!purges_.Add(purge)) return absl::OkStatus();
  absl::StatusOr<Statement> insert = database_.Prepare(kInsertPurge);
  if (!insert.ok()) return insert.status();
  Bind(*insert, purge);
  return insert->Run();
}

absl::Status Writer::DeletePurges(std::uint64_t through) {
  absl::StatusOr<Statement> remove = database_.Prepare("DELETE FROM purges WHERE through <= ?1");
  if (!remove.ok()) return remove.status();
  remove->Bind(1, through);
  purges_.Forget(through);
  return remove->Run();
}

absl::StatusOr<std::vector<SnapshotRow>> Writer::Snapshots() {
  return journal::Snapshots(database_);
}

bool Writer::IsWalLong() const { return wal_pages_ - moved_pages_ >= kLongPages; }

bool Writer::IsWalTooLong() const { return wal_pages_ - moved_pages_ >= 4 * kLongPages; }

absl::Status Writer::Checkpoint() {
  // If readers are in the way, not at once again.
  moved_pages_ = wal_pages_;
  return Checkpoint(SQLITE_CHECKPOINT_PASSIVE, "the WAL cannot be moved");
}

absl::Status Writer::EmptyWal(std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(database_.get(), static_cast<int>(patience.count()));
  absl::Status status = Checkpoint(SQLITE_CHECKPOINT_TRUNCATE, "the WAL cannot be emptied");
  sqlite3_busy_timeout(database_.get(), kBusyTimeoutMs);
  if (!status.ok()) return status;
  wal_pages_ = 0;
  moved_pages_ = 0;
  // Pages as the guard has cleared them are read again.
  return database_.Execute("PRAGMA shrink_memory");
}

absl::Status Writer::Checkpoint(int mode, const char* what) {
  const int code = sqlite3_wal_checkpoint_v2(database_.get(), "main", mode, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  if ((code & 0xff) == SQLITE_BUSY) {
    return mode == SQLITE_CHECKPOINT_PASSIVE
               ? absl::OkStatus()
               : absl::UnavailableError(
                     absl::StrCat(database_.place(), ": ", what, ": others read it"));
  }
  absl::Status status =
      StatusOfCode(sqlite3_extended_errcode(database_.get()), database_.place(), what);
  Fail(status);
  return status;
}

absl::Status Writer::Vacuum() {
  // Its copy may be larger than memory.
  for (const char* const sql : {"PRAGMA temp_store=FILE", "VACUUM", "PRAGMA temp_store=MEMORY"}) {
    if (absl::Status status = database_.Execute(sql); !status.ok()) {
      Fail(status);
      return status;
    }
  }
  return EmptyWal(std::chrono::milliseconds(kBusyTimeoutMs));
}

void Writer::Fail(const absl::Status& why) {
  if (failure_.ok()) failure_ = why;
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Writer::Trust() {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

absl::Status CheckpointBeside(const std::string& path, const std::string& vfs) {
  absl::StatusOr<Database> database = Database::Open(path, vfs, Database::Mode::kWrite);
  if (!database.ok()) return database.status();
  sqlite3_db_config(database->get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  for (const char* const sql : {"PRAGMA synchronous=FULL", "PRAGMA wal_checkpoint(PASSIVE)"}) {
    if (absl::Status status = database->Execute(sql); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace moyeo::journal
