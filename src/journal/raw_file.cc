#include "journal/raw_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "journal/database.h"

namespace moyeo::journal {

void RawFile::Close::operator()(sqlite3_file* file) const {
  if (file->pMethods != nullptr) file->pMethods->xClose(file);
  std::free(file);
}

absl::StatusOr<RawFile> RawFile::Open(sqlite3_vfs* vfs, const std::string& path, Mode mode) {
  RawFile opened;
  opened.place_ = FileNameOf(path);
  opened.name_.reset(sqlite3_create_filename(path.c_str(), "", "", 0, nullptr));
  auto* const file = static_cast<sqlite3_file*>(
      std::calloc(1, std::max(sizeof(sqlite3_file), static_cast<std::size_t>(vfs->szOsFile))));
  if (opened.name_ == nullptr || file == nullptr) {
    std::free(file);
    throw std::bad_alloc();
  }
  opened.file_.reset(file);
  // The kind of file that SQLite has fewest ideas about.
  int flags = SQLITE_OPEN_SUPER_JOURNAL;
  flags |= mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = vfs->xOpen(vfs, opened.name_.get(), file, flags, &flags);
  if (code != SQLITE_OK) return opened.StatusOf(code, "cannot be opened");
  return opened;
}

absl::StatusOr<std::int64_t> RawFile::Size() {
  sqlite3_int64 size = 0;
  const int code = file_->pMethods->xFileSize(file_.get(), &size);
  if (code != SQLITE_OK) return StatusOf(code, "has no size");
  return size;
}

absl::Status RawFile::Read(std::int64_t offset, std::size_t count, std::string& bytes) {
  bytes.clear();
  const absl::StatusOr<std::int64_t> size = Size();
  if (!size.ok()) return size.status();
  if (offset >= *size) return absl::OkStatus();
  bytes.resize(std::min(count, static_cast<std::size_t>(*size - offset)));
  return StatusOf(
      file_->pMethods->xRead(file_.get(), bytes.data(), static_cast<int>(bytes.size()), offset),
      "cannot be read");
}

absl::Status RawFile::Write(std::int64_t offset, std::string_view bytes) {
  return StatusOf(
      file_->pMethods->xWrite(file_.get(), bytes.data(), static_cast<int>(bytes.size()), offset),
      "cannot be written");
}

absl::Status RawFile::Sync() {
  return StatusOf(file_->pMethods->xSync(file_.get(), SQLITE_SYNC_FULL), "cannot be flushed");
}

absl::Status RawFile::StatusOf(int code, const char* what) const {
  return StatusOfCode(code, place_, what);
}

absl::StatusOr<bool> Exists(sqlite3_vfs* vfs, const std::string& path) {
  int exists = 0;
  const int code = vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &exists);
  if (code != SQLITE_OK) return StatusOfCode(code, FileNameOf(path), "cannot be looked for");
  return exists != 0;
}

absl::Status WriteDurably(sqlite3_vfs* vfs, const std::string& path, std::string_view bytes) {
  absl::StatusOr<RawFile> file = RawFile::Open(vfs, path, RawFile::Mode::kWriteOrCreate);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->Write(0, bytes); !status.ok()) return status;
  return file->Sync();
}

absl::Status Delete(sqlite3_vfs* vfs, const std::string& path) {
  const int code = vfs->xDelete(vfs, path.c_str(), /*syncDir=*/1);
  if (code == SQLITE_IOERR_DELETE_NOENT) return absl::OkStatus();
  return StatusOfCode(code, FileNameOf(path), "cannot be deleted");
}

}  // namespace moyeo::journal
