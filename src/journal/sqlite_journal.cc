#include "journal/sqlite_journal.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>
#include <utility>
#include <variant>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "journal/raw_file.h"
#include "journal/snapshot_file.h"
#include "journal/wal.h"

namespace moyeo {
namespace journal {
namespace {

constexpr char kDatabaseFile[] = "journal.db";
constexpr char kAcknowledgedFile[] = "acknowledged";
constexpr char kUnfinishedFile[] = "unfinished";

// How long to wait for those who read.
constexpr std::chrono::milliseconds kPatience(kBusyTimeoutMs);

std::string Join(absl::string_view directory, absl::string_view file) {
  return absl::StrCat(directory, "/", file);
}

// What may be there although nothing has been journaled: somebody began to create a journal.
bool IsOfABeginning(const std::string& name) {
  return name == "lock" || name == kAcknowledgedFile ||
         name == absl::StrCat(kDatabaseFile, "-journal");
}

// Sees to it that there is a directory in which to open a journal.
absl::Status PrepareDirectory(const std::string& directory, bool create) {
  absl::StatusOr<std::vector<std::string>> names = NamesIn(directory);
  if (absl::IsNotFound(names.status()) && create) return MakeDirectory(directory);
  if (!names.ok()) return names.status();
  std::ranges::sort(*names);
  if (std::ranges::binary_search(*names, kDatabaseFile)) return absl::OkStatus();
  for (const std::string& name : *names) {
    if (IsOfABeginning(name)) continue;
    return absl::DataLossError(
        absl::StrCat(directory, " is not a journal's: it has ", name, ", and no ", kDatabaseFile));
  }
  if (create) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(directory, " is empty"));
}

absl::Status DeleteDatabase(sqlite3_vfs* vfs, const std::string& path) {
  absl::Status status = Delete(vfs, path);
  // Of a transaction that did not come to its end.
  if (status.ok()) status = Delete(vfs, absl::StrCat(path, "-journal"));
  return status;
}

absl::Status CopyDatabase(Database& from, const std::string& path, const std::string& vfs) {
  absl::StatusOr<Database> to = CreateDatabase(path, vfs);
  if (!to.ok()) return to.status();
  sqlite3_backup* const backup = sqlite3_backup_init(to->get(), "main", from.get(), "main");
  if (backup == nullptr) return to->StatusOf(sqlite3_extended_errcode(to->get()));
  constexpr int kAllPages = -1;
  const int code = sqlite3_backup_step(backup, kAllPages);
  sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE) return absl::OkStatus();
  return StatusOfCode(code == SQLITE_OK ? SQLITE_BUSY : code, to->place(), "cannot be copied");
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteJournal>> SqliteJournal::Open(
    const std::string& directory, const SqliteJournalOptions& options) {
  const bool is_default = options.vfs.empty();
  sqlite3_vfs* const vfs = sqlite3_vfs_find(is_default ? nullptr : options.vfs.c_str());
  if (vfs == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("vfs: SQLite has no '", options.vfs, "'"));
  }
  // Other storage layers have their own idea of directories.
  std::optional<DirectoryLock> lock;
  if (is_default) {
    if (absl::Status status = PrepareDirectory(directory, options.create_if_missing);
        !status.ok()) {
      return status;
    }
    absl::StatusOr<DirectoryLock> taken = DirectoryLock::Take(directory);
    if (!taken.ok()) return taken.status();
    lock = *std::move(taken);
  }
  const absl::StatusOr<bool> is_unfinished = Exists(vfs, Join(directory, kUnfinishedFile));
  if (!is_unfinished.ok()) return is_unfinished.status();
  if (*is_unfinished) {
    return absl::DataLossError(
        absl::StrCat(directory, " is a copy of a journal that has not come to its end"));
  }
  const std::string path = Join(directory, kDatabaseFile);
  const absl::StatusOr<bool> exists = Exists(vfs, path);
  if (!exists.ok()) return exists.status();
  if (!*exists && !options.create_if_missing) {
    return absl::NotFoundError(absl::StrCat("there is no ", path));
  }
  if (absl::Status status = CheckWal(vfs, absl::StrCat(path, "-wal")); !status.ok()) return status;

  auto guard = std::make_unique<PageGuard>(vfs);
  auto heads = std::make_unique<RoomHeads>();
  std::optional<Acknowledgements> acknowledgements;
  const auto check = [&](const Meta& meta) {
    absl::StatusOr<Acknowledgements> opened_file =
        Acknowledgements::Open(vfs, Join(directory, kAcknowledgedFile));
    if (!opened_file.ok()) return opened_file.status();
    acknowledgements = *std::move(opened_file);
    const absl::StatusOr<std::optional<std::uint64_t>> commits = acknowledgements->Read();
    if (!commits.ok()) return commits.status();
    if (commits->value_or(0) <= meta.commits) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(kDatabaseFile, ": of ", **commits,
                                            " transactions the last ", **commits - meta.commits,
                                            " are missing"));
  };
  absl::StatusOr<std::unique_ptr<Writer>> writer =
      Writer::Open(path, guard->name(), options.create_if_missing, check, *heads);
  if (!writer.ok()) return writer.status();
  if (const auto rows = (*writer)->Snapshots(); !rows.ok()) return rows.status();
  // From here on the WAL is of this session alone, as CheckWal wants it.
  if (absl::Status status = (*writer)->EmptyWal(kPatience); !status.ok()) return status;
  (*writer)->Trust();
  std::unique_ptr<SqliteJournal> opened(
      new SqliteJournal(directory, std::move(lock), std::move(guard), std::move(heads),
                        *std::move(writer), *std::move(acknowledgements)));
  // What was being written or removed when its process ended.
  const std::lock_guard write(opened->write_mutex_);
  const absl::Status status = opened->RemoveSnapshotsIf(
      [](const SnapshotRow& row) { return row.state != SnapshotState::kComplete; });
  if (!status.ok()) return status;
  return opened;
}

SqliteJournal::SqliteJournal(std::string directory, std::optional<DirectoryLock> lock,
                             std::unique_ptr<PageGuard> guard, std::unique_ptr<RoomHeads> heads,
                             std::unique_ptr<Writer> writer, Acknowledgements acknowledgements)
    : directory_(std::move(directory)),
      lock_(std::move(lock)),
      guard_(std::move(guard)),
      heads_(std::move(heads)),
      writer_(std::move(writer)),
      acknowledgements_(std::move(acknowledgements)),
      meta_(writer_->meta()),
      first_purge_(writer_->purges().first()),
      checkpointer_([this] { KeepWalShort(); }) {}

SqliteJournal::~SqliteJournal() {
  {
    const std::lock_guard lock(checkpointer_mutex_);
    is_closing_ = true;
  }
  checkpointer_wakes_.notify_one();
  checkpointer_.join();
}

std::string SqliteJournal::PathOf(std::string_view file) const {
  return Join(directory_, {file.data(), file.size()});
}

Meta SqliteJournal::meta() const {
  const std::lock_guard lock(meta_mutex_);
  return meta_;
}

std::optional<PendingPurge> SqliteJournal::pending_purge() const {
  const std::lock_guard lock(meta_mutex_);
  return first_purge_;
}

absl::Status SqliteJournal::CheckWritable() const {
  if (writer_->failure().ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("a change of the journal has failed, and it takes no other until it is opened "
                   "again: ",
                   writer_->failure().ToString()));
}

template <typename Change>
absl::Status SqliteJournal::Commit(Change change) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (absl::Status status = writer_->Commit(change); !status.ok()) return status;
  acknowledgements_.Write(writer_->meta().commits);
  const std::lock_guard lock(meta_mutex_);
  meta_ = writer_->meta();
  first_purge_ = writer_->purges().first();
  return absl::OkStatus();
}

absl::Status SqliteJournal::CheckSequences(const JournalBatch& batch) const {
  std::uint64_t expected = writer_->meta().last;
  for (const JournalRecord& record : batch.records) {
    if (record.sequence == ++expected) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("records: sequence ", record.sequence, " where ", expected, " comes next"));
  }
  return absl::OkStatus();
}

absl::Status SqliteJournal::CheckNumbers(const JournalBatch& batch) {
  absl::flat_hash_map<MeetupId, MessageNumber> latest;
  for (const MessageChange& change : batch.messages) {
    if (const auto* removed = std::get_if<RemovedRoom>(&change)) latest[removed->room] = 0;
    const auto* const message = std::get_if<JournalMessage>(&change);
    if (message == nullptr) continue;
    auto before = latest.find(message->room);
    if (before == latest.end()) {
      const absl::StatusOr<const RoomHead*> head = writer_->HeadOf(message->room);
      if (!head.ok()) {
        writer_->Fail(head.status());
        return head.status();
      }
      before = latest.emplace(message->room, *head == nullptr ? 0 : (*head)->number()).first;
    }
    if (message->number == ++before->second) continue;
    return absl::InvalidArgumentError(absl::StrCat("messages: number ", message->number,
                                                   " of room ", ToNumber(message->room), " where ",
                                                   before->second, " comes next"));
  }
  return absl::OkStatus();
}

absl::Status SqliteJournal::Append(const JournalBatch& batch) {
  const std::lock_guard write(write_mutex_);
  if (absl::Status status = CheckSequences(batch); !status.ok()) return status;
  if (absl::Status status = CheckNumbers(batch); !status.ok()) return status;
  if (batch.records.empty() && batch.messages.empty() && !batch.purge_by) return CheckWritable();
  absl::Status status = Commit([&](Meta& next) -> absl::Status {
    for (const JournalRecord& record : batch.records) {
      if (absl::Status done = writer_->Insert(record); !done.ok()) return done;
    }
    for (const MessageChange& change : batch.messages) {
      if (absl::Status done = writer_->Do(change, next); !done.ok()) return done;
    }
    next.last += batch.records.size();
    if (!batch.purge_by) return absl::OkStatus();
    return writer_->Add({.by = *batch.purge_by, .through = next.last});
  });
  if (status.ok()) CheckpointIfLong();
  return status;
}

void SqliteJournal::CheckpointIfLong() {
  if (!writer_->IsWalLong()) return;
  {
    const std::lock_guard lock(checkpointer_mutex_);
    wants_checkpoint_ = true;
  }
  checkpointer_wakes_.notify_one();
  // If it fails, the next change says so: this one is durable.
  if (writer_->IsWalTooLong()) writer_->Checkpoint().IgnoreError();
}

void SqliteJournal::KeepWalShort() {
  while (true) {
    {
      std::unique_lock lock(checkpointer_mutex_);
      checkpointer_wakes_.wait(lock, [&] { return wants_checkpoint_ || is_closing_; });
      if (is_closing_) return;
      wants_checkpoint_ = false;
    }
    // Most of the work beside the others, then what was written meanwhile, and of what was written
    // during that there is little left for which they have to wait: without that the WAL would not
    // begin anew.
    absl::Status status;
    for (int i = 0; i < 2 && status.ok(); ++i) {
      status = CheckpointBeside(PathOf(kDatabaseFile), guard_->name());
    }
    const std::lock_guard write(write_mutex_);
    if (!status.ok()) {
      writer_->Fail(status);
    } else if (writer_->failure().ok() && writer_->IsWalLong()) {
      writer_->Checkpoint().IgnoreError();
    }
  }
}

absl::Status SqliteJournal::WithReader(const std::function<absl::Status(Reader&)>& use) const {
  std::unique_ptr<Reader> reader;
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      reader = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (reader == nullptr) {
    absl::StatusOr<std::unique_ptr<Reader>> opened =
        Reader::Open(PathOf(kDatabaseFile), guard_->name());
    if (!opened.ok()) return opened.status();
    reader = *std::move(opened);
  }
  absl::Status status = use(*reader);
  constexpr std::size_t kMostReaders = 8;
  const std::lock_guard lock(readers_mutex_);
  if (readers_.size() < kMostReaders) readers_.push_back(std::move(reader));
  return status;
}

absl::Status SqliteJournal::Read(std::uint64_t after, std::size_t limit,
                                 std::vector<JournalRecord>& records) const {
  return WithReader([&](Reader& reader) { return reader.Read(after, limit, records); });
}

absl::StatusOr<std::optional<JournalMessage>> SqliteJournal::FindMessage(
    MeetupId room, MessageNumber number) const {
  absl::StatusOr<std::vector<std::optional<JournalMessage>>> found =
      FindMessages(room, {&number, 1});
  if (!found.ok()) return found.status();
  return std::move(found->front());
}

absl::StatusOr<std::vector<std::optional<JournalMessage>>> SqliteJournal::FindMessages(
    MeetupId room, std::span<const MessageNumber> numbers) const {
  std::vector<std::optional<JournalMessage>> found;
  absl::Status status = WithReader(
      [&](Reader& reader) { return reader.FindMessages(room, numbers, *heads_, found); });
  if (!status.ok()) return status;
  return found;
}

// Snapshots.

class SqliteJournal::FileWriter final : public SnapshotWriter {
 public:
  FileWriter(SqliteJournal& journal, const SnapshotRow& row, SnapshotFileWriter file)
      : journal_(journal), row_(row), file_(std::move(file)) {}

  ~FileWriter() override {
    if (!is_committed_) {
      file_.reset();
      const std::lock_guard write(journal_.write_mutex_);
      // What is left is removed when the journal is opened again.
      try {
        journal_.RemoveSnapshot(row_).IgnoreError();
      } catch (const std::bad_alloc&) {
        // Perhaps for want of memory it was not committed.
      }
    }
    journal_.writes_snapshot_ = false;
  }

  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  absl::Status Write(std::string_view bytes) override {
    return status_.ok() ? status_ = file_->Write(bytes) : status_;
  }

  absl::Status Commit() override {
    if (status_.ok()) status_ = file_->Finish();
    if (!status_.ok()) return status_;
    file_.reset();
    const std::lock_guard write(journal_.write_mutex_);
    status_ = journal_.CommitSnapshot(row_);
    is_committed_ = status_.ok();
    return status_;
  }

 private:
  SqliteJournal& journal_;
  const SnapshotRow row_;
  std::optional<SnapshotFileWriter> file_;
  absl::Status status_;
  bool is_committed_ = false;
};

absl::StatusOr<std::unique_ptr<SnapshotWriter>> SqliteJournal::WriteSnapshot(
    std::uint64_t sequence) {
  if (writes_snapshot_.exchange(true)) {
    return absl::FailedPreconditionError("another snapshot is being written");
  }
  absl::Cleanup none = [this] { writes_snapshot_ = false; };
  // So that what comes after it is all that opening the journal has to go through.
  absl::Status saved = SaveHeads();
  absl::StatusOr<std::unique_ptr<SnapshotWriter>> begun =
      saved.ok() ? BeginSnapshot(sequence) : std::move(saved);
  if (begun.ok()) std::move(none).Cancel();
  return begun;
}

absl::Status SqliteJournal::SaveHeads() {
  // So many at once that others need not wait for long.
  constexpr std::size_t kAtOnce = 1'000;
  std::uint64_t through = 0;
  {
    const std::lock_guard write(write_mutex_);
    through = writer_->meta().posted;
    if (writer_->meta().saved == through) return absl::OkStatus();
  }
  const std::vector<MeetupId> rooms = heads_->Rooms();
  std::size_t done = 0;
  do {
    const std::lock_guard write(write_mutex_);
    absl::Status status = CheckWritable();
    if (!status.ok()) return status;
    status = Commit([&](Meta& next) {
      const std::size_t end = std::min(done + kAtOnce, rooms.size());
      for (; done < end; ++done) {
        // Unless the room was removed meanwhile.
        const std::optional<RoomHead> head = heads_->Find(rooms[done]);
        if (!head) continue;
        if (absl::Status put = writer_->SaveHead(rooms[done], *head); !put.ok()) return put;
      }
      if (done == rooms.size()) next.saved = through;
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    CheckpointIfLong();
  } while (done < rooms.size());
  heads_->AreSaved(through);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SnapshotWriter>> SqliteJournal::BeginSnapshot(
    std::uint64_t sequence) {
  const std::lock_guard write(write_mutex_);
  if (sequence < writer_->meta().forgotten || sequence > writer_->meta().last) {
    return absl::InvalidArgumentError(absl::StrCat("sequence ", sequence, " is not from ",
                                                   writer_->meta().forgotten, " to ",
                                                   writer_->meta().last));
  }
  SnapshotRow row{.sequence = sequence, .state = SnapshotState::kWriting};
  absl::Status status = Commit([&](Meta& next) {
    row.id = next.commits;
    return writer_->Put(row);
  });
  if (!status.ok()) return status;
  absl::StatusOr<SnapshotFileWriter> file =
      SnapshotFileWriter::Create(PathOf(FileNameOf(row)), guard_->name(), row);
  if (!file.ok()) {
    RemoveSnapshot(row).IgnoreError();
    return file.status();
  }
  return std::make_unique<FileWriter>(*this, row, *std::move(file));
}

absl::Status SqliteJournal::CommitSnapshot(const SnapshotRow& row) {
  if (row.sequence < writer_->meta().forgotten) {
    return absl::FailedPreconditionError(
        absl::StrCat("the records up to ", row.sequence, " have been forgotten meanwhile"));
  }
  absl::StatusOr<std::vector<SnapshotRow>> rows = writer_->Snapshots();
  if (!rows.ok()) return rows.status();
  std::erase_if(*rows, [&](const SnapshotRow& other) {
    return other.sequence != row.sequence || other.state != SnapshotState::kComplete;
  });
  absl::Status status = Commit([&](Meta&) {
    absl::Status done =
        writer_->Put({.id = row.id, .sequence = row.sequence, .state = SnapshotState::kComplete});
    for (const SnapshotRow& old : *rows) {
      if (done.ok()) done = Mark(old);
    }
    return done;
  });
  if (!status.ok()) return status;
  for (const SnapshotRow& old : *rows) RemoveSnapshot(old).IgnoreError();
  return absl::OkStatus();
}

absl::Status SqliteJournal::Mark(const SnapshotRow& row) {
  return writer_->Put({.id = row.id, .sequence = row.sequence, .state = SnapshotState::kRemoving});
}

absl::Status SqliteJournal::RemoveSnapshot(const SnapshotRow& row) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (absl::Status status = DeleteDatabase(guard_->base(), PathOf(FileNameOf(row))); !status.ok()) {
    return status;
  }
  return Commit([&](Meta&) { return writer_->DeleteSnapshot(row.id); });
}

absl::Status SqliteJournal::RemoveSnapshotsIf(
    const std::function<bool(const SnapshotRow&)>& is_over) {
  absl::StatusOr<std::vector<SnapshotRow>> rows = writer_->Snapshots();
  if (!rows.ok()) return rows.status();
  for (const SnapshotRow& row : *rows) {
    if (!is_over(row)) continue;
    if (absl::Status status = RemoveSnapshot(row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SnapshotRow>> SqliteJournal::CompleteSnapshots() const {
  std::vector<SnapshotRow> complete;
  absl::Status status = WithReader([&](Reader& reader) {
    absl::StatusOr<std::vector<SnapshotRow>> rows = reader.Snapshots();
    if (!rows.ok()) return rows.status();
    for (const SnapshotRow& row : *rows) {
      if (row.state == SnapshotState::kComplete) complete.push_back(row);
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  std::ranges::sort(complete, {}, &SnapshotRow::sequence);
  return complete;
}

absl::StatusOr<std::vector<std::uint64_t>> SqliteJournal::Snapshots() const {
  const absl::StatusOr<std::vector<SnapshotRow>> rows = CompleteSnapshots();
  if (!rows.ok()) return rows.status();
  std::vector<std::uint64_t> sequences;
  for (const SnapshotRow& row : *rows) sequences.push_back(row.sequence);
  return sequences;
}

namespace {

class FileReader final : public SnapshotReader {
 public:
  explicit FileReader(SnapshotFileReader file) : file_(std::move(file)) {}

  absl::Status Read(std::string& bytes) override { return file_.Read(bytes); }

 private:
  SnapshotFileReader file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SnapshotReader>> SqliteJournal::ReadSnapshot(
    std::uint64_t sequence) const {
  SnapshotRow tried;
  while (true) {
    const absl::StatusOr<std::vector<SnapshotRow>> rows = CompleteSnapshots();
    if (!rows.ok()) return rows.status();
    const auto row = std::ranges::find(*rows, sequence, &SnapshotRow::sequence);
    if (row == rows->end()) {
      return absl::NotFoundError(absl::StrCat("there is no snapshot of ", sequence));
    }
    absl::StatusOr<SnapshotFileReader> file =
        SnapshotFileReader::Open(PathOf(FileNameOf(*row)), guard_->name(), *row);
    if (file.ok()) return std::make_unique<FileReader>(*std::move(file));
    // Unless it was removed in between, that is how it is.
    if (*row == tried) return file.status();
    tried = *row;
  }
}

// To forget.

absl::Status SqliteJournal::Forget(std::uint64_t sequence) {
  const std::lock_guard maintenance(maintenance_mutex_);
  for (const auto step : {&SqliteJournal::ForgetSnapshots, &SqliteJournal::ForgetRecords,
                          &SqliteJournal::SweepRemoved, &SqliteJournal::EraseTraces}) {
    if (absl::Status status = (this->*step)(sequence); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteJournal::ForgetSnapshots(std::uint64_t sequence) {
  const std::lock_guard write(write_mutex_);
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  const absl::StatusOr<std::vector<SnapshotRow>> rows = writer_->Snapshots();
  if (!rows.ok()) return rows.status();
  const auto is_complete = [](const SnapshotRow& row) {
    return row.state == SnapshotState::kComplete;
  };
  if (std::ranges::none_of(*rows, [&](const SnapshotRow& row) {
        return is_complete(row) && row.sequence == sequence;
      })) {
    return absl::FailedPreconditionError(absl::StrCat("there is no snapshot of ", sequence));
  }
  absl::Status status = Commit([&](Meta&) {
    for (const SnapshotRow& row : *rows) {
      if (!is_complete(row) || row.sequence >= sequence) continue;
      if (absl::Status done = Mark(row); !done.ok()) return done;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return RemoveSnapshotsIf(
      [](const SnapshotRow& row) { return row.state == SnapshotState::kRemoving; });
}

absl::Status SqliteJournal::ForgetRecords(std::uint64_t through) {
  // So many at once that others need not wait for long.
  constexpr std::uint64_t kAtOnce = 1'000;
  while (true) {
    const std::lock_guard write(write_mutex_);
    const std::uint64_t forgotten = writer_->meta().forgotten;
    if (forgotten >= through) return absl::OkStatus();
    const std::uint64_t end = std::min(forgotten + kAtOnce, through);
    absl::Status status = Commit([&](Meta& next) {
      next.forgotten = end;
      return writer_->DeleteRecords(end);
    });
    if (!status.ok()) return status;
    CheckpointIfLong();
  }
}

absl::Status SqliteJournal::SweepRemoved(std::uint64_t) {
  constexpr std::size_t kAtOnce = 1'000;
  for (bool more = true; more;) {
    const std::lock_guard write(write_mutex_);
    absl::Status status = Commit([&](Meta&) { return writer_->SweepRemoved(kAtOnce, more); });
    if (!status.ok()) return status;
    CheckpointIfLong();
  }
  return absl::OkStatus();
}

absl::Status SqliteJournal::EraseTraces(std::uint64_t forgotten) {
  // Most of the work beside the others, so that they wait for the rest alone.
  if (absl::Status status = CheckpointBeside(PathOf(kDatabaseFile), guard_->name()); !status.ok()) {
    return status;
  }
  // While readers are in the way, others are held up only briefly at a time.
  constexpr std::chrono::milliseconds kAtOnce(10);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    {
      const std::lock_guard write(write_mutex_);
      if (absl::Status status = CheckWritable(); !status.ok()) return status;
      absl::Status status = writer_->EmptyWal(kAtOnce);
      if (status.ok()) {
        const std::optional<PendingPurge> purge = writer_->purges().first();
        if (!purge || purge->through > forgotten) return absl::OkStatus();
        return Commit([&](Meta&) { return writer_->DeletePurges(forgotten); });
      }
      if (!absl::IsUnavailable(status) || std::chrono::steady_clock::now() >= give_up) {
        return status;
      }
    }
    std::this_thread::sleep_for(10 * kAtOnce);
  }
}

// To copy.

absl::Status SqliteJournal::Backup(const std::string& directory) const {
  const std::lock_guard maintenance(maintenance_mutex_);
  if (!lock_) {
    const absl::StatusOr<bool> exists = Exists(guard_->base(), Join(directory, kDatabaseFile));
    if (!exists.ok()) return exists.status();
    if (*exists) return absl::AlreadyExistsError(directory);
  } else if (absl::Status status = MakeDirectory(directory); !status.ok()) {
    return status;
  }
  // Until the end, whoever opens it is told that it is none.
  const std::string unfinished = Join(directory, kUnfinishedFile);
  std::vector<std::string> files;
  absl::Status status = WriteDurably(guard_->base(), unfinished, "This is not a whole journal.\n");
  if (status.ok()) status = CopyInto(directory, files);
  if (status.ok() && lock_) status = SyncDirectory(directory);
  if (status.ok()) status = Delete(guard_->base(), unfinished);
  if (status.ok()) return status;
  for (const std::string& file : files) {
    DeleteDatabase(guard_->base(), Join(directory, file)).IgnoreError();
  }
  Delete(guard_->base(), unfinished).IgnoreError();
  if (lock_) RemoveDirectory(directory).IgnoreError();
  return status;
}

absl::Status SqliteJournal::CopyInto(const std::string& directory,
                                     std::vector<std::string>& files) const {
  absl::StatusOr<std::unique_ptr<Reader>> reader =
      Reader::Open(PathOf(kDatabaseFile), guard_->name());
  if (!reader.ok()) return reader.status();
  Transaction transaction((*reader)->database());
  std::vector<std::pair<std::string, SnapshotFileReader>> snapshots;
  {
    // All as it is now: open files can be read though they be deleted.
    const std::lock_guard write(write_mutex_);
    if (absl::Status status = transaction.BeginRead(); !status.ok()) return status;
    const absl::StatusOr<std::vector<SnapshotRow>> rows = (*reader)->Snapshots();
    if (!rows.ok()) return rows.status();
    for (const SnapshotRow& row : *rows) {
      if (row.state != SnapshotState::kComplete) continue;
      absl::StatusOr<SnapshotFileReader> file =
          SnapshotFileReader::Open(PathOf(FileNameOf(row)), guard_->name(), row);
      if (!file.ok()) return file.status();
      snapshots.emplace_back(FileNameOf(row), *std::move(file));
    }
  }
  for (auto& [name, file] : snapshots) {
    files.push_back(name);
    if (absl::Status status = CopyDatabase(file.database(), Join(directory, name), guard_->name());
        !status.ok()) {
      return status;
    }
  }
  files.emplace_back(kDatabaseFile);
  return CopyDatabase((*reader)->database(), Join(directory, kDatabaseFile), guard_->name());
}

absl::Status SqliteJournal::Compact() {
  const std::lock_guard maintenance(maintenance_mutex_);
  const std::lock_guard write(write_mutex_);
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  return writer_->Vacuum();
}

}  // namespace journal

inline namespace v0 {

absl::StatusOr<std::unique_ptr<Journal>> OpenSqliteJournal(const std::string& directory,
                                                           const SqliteJournalOptions& options) {
  return journal::SqliteJournal::Open(directory, options);
}

absl::Status CompactJournal(const std::string& directory, const SqliteJournalOptions& options) {
  const auto journal =
      journal::SqliteJournal::Open(directory, {.create_if_missing = false, .vfs = options.vfs});
  return journal.ok() ? (*journal)->Compact() : journal.status();
}

absl::Status ForEachJournalMessage(const std::string& directory,
                                   const std::function<void(const JournalMessage&)>& take,
                                   const SqliteJournalOptions& options) {
  const auto journal =
      journal::SqliteJournal::Open(directory, {.create_if_missing = false, .vfs = options.vfs});
  if (!journal.ok()) return journal.status();
  return (*journal)->WithReader([&](journal::Reader& reader) {
    return reader.ForEachPost([&](const absl::StatusOr<journal::Post>& post) {
      if (post.ok()) take(post->message);
      return post.status();
    });
  });
}

}  // namespace v0
}  // namespace moyeo
