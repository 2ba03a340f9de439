#include "journal/directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace moyeo::journal {
namespace {

constexpr int kNone = -1;

absl::Status ErrorOf(int error, const std::string& path) {
  const std::string text = absl::StrCat(path, ": ", std::generic_category().message(error));
  switch (error) {
    case EEXIST:
      return absl::AlreadyExistsError(text);
    case ENOENT:
      return absl::NotFoundError(text);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(text);
    default:
      return absl::UnavailableError(text);
  }
}

}  // namespace

absl::Status MakeDirectory(const std::string& path) {
  constexpr mode_t kMode = 0777;  // less the process's umask
  if (mkdir(path.c_str(), kMode) != 0) return ErrorOf(errno, path);
  return SyncDirectory(absl::StrCat(path, "/.."));
}

absl::Status RemoveDirectory(const std::string& path) {
  return rmdir(path.c_str()) == 0 ? absl::OkStatus() : ErrorOf(errno, path);
}

absl::Status SyncDirectory(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file == kNone) return ErrorOf(errno, path);
  const int error = fsync(file) == 0 ? 0 : errno;
  close(file);
  return error == 0 ? absl::OkStatus() : ErrorOf(error, path);
}

absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  if (error) return ErrorOf(error.value(), path);
  return names;
}

absl::StatusOr<DirectoryLock> DirectoryLock::Take(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/lock");
  constexpr mode_t kMode = 0666;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  if (file == kNone) return ErrorOf(errno, path);
  DirectoryLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return ErrorOf(errno, path);
  return absl::UnavailableError(absl::StrCat(directory, " is open elsewhere"));
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : file_(std::exchange(other.file_, kNone)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (file_ != kNone) close(file_);
}

}  // namespace moyeo::journal
