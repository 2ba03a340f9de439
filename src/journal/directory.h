// The directory of a journal in the file system.

#ifndef MOYEO_JOURNAL_DIRECTORY_H_
#define MOYEO_JOURNAL_DIRECTORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyeo::journal {

// Makes the directory, for good. AlreadyExists if there is anything of that name.
absl::Status MakeDirectory(const std::string& path);

// Removes an empty one.
absl::Status RemoveDirectory(const std::string& path);

// Makes what is in the directory last, but not the contents of its files.
absl::Status SyncDirectory(const std::string& path);

// The names in it. NotFound if there is no such directory.
absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path);

// Holds a directory against other processes, and other journals of this one.
class DirectoryLock {
 public:
  // Unavailable if another holds it.
  static absl::StatusOr<DirectoryLock> Take(const std::string& directory);

  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}

  int file_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_DIRECTORY_H_
