// A disk for SQLite, in memory, that loses power, fails and lies.

#ifndef MOYEO_TESTS_SUPPORT_FAULTY_VFS_H_
#define MOYEO_TESTS_SUPPORT_FAULTY_VFS_H_

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/seeds.h"

namespace moyeo::testing {

// What was done to a file since it was last flushed: bytes written, or a new size.
struct UnsyncedChange {
  bool is_truncation = false;
  std::size_t offset = 0;  // the new size, of a truncation
  std::string bytes = {};
  bool is_lost = false;  // a flush has failed: it can be read, and no later one will write it
};

struct DiskFile {
  std::string durable;
  std::string current;
  std::vector<UnsyncedChange> unsynced;
};

// Names come and go as files are created and deleted, for good when the directory is flushed.
struct DiskImage {
  std::map<std::string, std::shared_ptr<DiskFile>> current;
  std::map<std::string, std::shared_ptr<DiskFile>> durable;
  // In their order; a null pointer is a deletion.
  std::vector<std::pair<std::string, std::shared_ptr<DiskFile>>> unsynced;

  // One that shares nothing with this.
  DiskImage Copy() const;

  // What is there after a loss of power: every change that was not flushed is there, or is not, or
  // some of its sectors of 512 bytes are; and not in the order in which they were made.
  void Crash(Random& random);

  // What is there when only the process has ended: everything.
  void Settle();
};

// Safe to use by several threads, but for image().
class FaultyDisk {
 public:
  enum class Fault {
    kIoError,    // nothing is done
    kFull,       // of writes: nothing is done; else as kIoError
    kHalf,       // of writes: half is done, and no more fits; of reads: the file seems to end
    kStaysFull,  // of writes and creations: nothing is done, nor of those that come later
  };

  explicit FaultyDisk(DiskImage image = {});
  ~FaultyDisk();

  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  const std::string& name() const { return name_; }
  DiskImage& image() { return image_; }

  // How many writes, truncations, flushes, creations and deletions there were; with reads, and
  // questions for a file and its size.
  std::uint64_t changes() const { return changes_; }
  std::uint64_t calls() const { return calls_; }

  // Called before each of the changes.
  void BeforeChanges(std::function<void()> call) { before_change_ = std::move(call); }

  // From this one of the changes on (from 0) none is made, and all fail.
  void LosePowerAt(std::uint64_t change) { power_lost_at_ = change; }

  // This one of the calls (from 0) fails. What a flush has failed to write no later one writes, as
  // Linux has it, though it can be read until the power is lost.
  void FailAt(std::uint64_t call, Fault fault) {
    fail_at_ = call;
    fault_ = fault;
  }
  bool has_failed() const { return has_failed_; }

  // No call fails from now on.
  void Mend() { fail_at_ = UINT64_MAX; }

 private:
  struct Handle;
  struct Shared;
  struct Methods;

  // SQLITE_OK, or the error with which a call fails; `half` if half of it is to be done.
  int Call(bool is_change, int error, bool& half);
  bool Fails(int error);

  const std::string name_;
  sqlite3_vfs vfs_{};
  std::recursive_mutex mutex_;
  DiskImage image_;
  // What connections to the same file share, besides the file: locks and shared memory.
  std::map<const DiskFile*, std::weak_ptr<Shared>> shared_;
  std::function<void()> before_change_;
  std::uint64_t changes_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t power_lost_at_ = UINT64_MAX;
  std::uint64_t fail_at_ = UINT64_MAX;
  Fault fault_ = Fault::kIoError;
  bool has_failed_ = false;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_FAULTY_VFS_H_
