#include "support/faulty_vfs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <utility>

namespace moyeo::testing {
namespace {

constexpr std::size_t kSectorBytes = 512;

void Apply(const UnsyncedChange& change, std::string& bytes) {
  if (change.is_truncation) {
    bytes.resize(change.offset);
    return;
  }
  if (bytes.size() < change.offset + change.bytes.size()) {
    bytes.resize(change.offset + change.bytes.size());
  }
  bytes.replace(change.offset, change.bytes.size(), change.bytes);
}

// Some of the sectors that a write touches.
void ApplyTorn(const UnsyncedChange& change, std::string& bytes, Random& random) {
  for (std::size_t at = 0; at < change.bytes.size();) {
    const std::size_t rest = kSectorBytes - (change.offset + at) % kSectorBytes;
    const std::size_t count = std::min(rest, change.bytes.size() - at);
    if (random.OneIn(2)) {
      Apply({.offset = change.offset + at, .bytes = change.bytes.substr(at, count)}, bytes);
    }
    at += count;
  }
}

template <typename T>
void Shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.Below(i)]);
}

std::string NewName() {
  static std::atomic<int> names = 0;
  return "moyeo-faulty-" + std::to_string(names.fetch_add(1));
}

}  // namespace

DiskImage DiskImage::Copy() const {
  std::map<std::shared_ptr<DiskFile>, std::shared_ptr<DiskFile>> copies;
  const auto copy = [&](const std::shared_ptr<DiskFile>& file) {
    if (file == nullptr) return file;
    std::shared_ptr<DiskFile>& copied = copies[file];
    if (copied == nullptr) copied = std::make_shared<DiskFile>(*file);
    return copied;
  };
  DiskImage image;
  for (const auto& [name, file] : current) image.current[name] = copy(file);
  for (const auto& [name, file] : durable) image.durable[name] = copy(file);
  for (const auto& [name, file] : unsynced) image.unsynced.emplace_back(name, copy(file));
  return image;
}

void DiskImage::Crash(Random& random) {
  const bool all_names = random.OneIn(3);
  const bool no_names = random.OneIn(3);
  for (auto& [name, file] : unsynced) {
    if (no_names || (!all_names && random.OneIn(2))) continue;
    if (file == nullptr) {
      durable.erase(name);
    } else {
      durable[name] = file;
    }
  }
  unsynced.clear();
  for (auto& [name, file] : durable) {
    enum { kAll, kNone, kPrefix, kAny };
    const std::size_t how = random.Below(4);
    const std::size_t prefix = random.Below(file->unsynced.size() + 1);
    if (how == kAny && random.OneIn(2)) Shuffle(file->unsynced, random);
    std::string bytes = file->durable;
    for (std::size_t i = 0; i < file->unsynced.size(); ++i) {
      const UnsyncedChange& change = file->unsynced[i];
      const bool is_torn = !change.is_truncation && random.OneIn(3);
      if (how == kNone || (how == kAny && random.OneIn(3))) continue;
      if (how == kPrefix && i > prefix) continue;
      if ((how == kAny && is_torn) || (how == kPrefix && i == prefix && !change.is_truncation)) {
        ApplyTorn(change, bytes, random);
      } else {
        Apply(change, bytes);
      }
    }
    file->unsynced.clear();
    file->durable = bytes;
    file->current = std::move(bytes);
  }
  current = durable;
}

void DiskImage::Settle() {
  durable = current;
  unsynced.clear();
  for (auto& [name, file] : current) {
    file->unsynced.clear();
    file->durable = file->current;
  }
}

struct FaultyDisk::Shared {
  // By handle: SQLITE_LOCK_NONE to SQLITE_LOCK_EXCLUSIVE.
  std::map<const Handle*, int> locks;
  // By slot: who holds it, and how.
  std::array<std::map<const Handle*, bool>, SQLITE_SHM_NLOCK> slots;  // whether exclusively
  std::vector<std::unique_ptr<std::vector<char>>> regions;
};

struct FaultyDisk::Handle {
  FaultyDisk* disk;
  std::shared_ptr<DiskFile> file;
  std::shared_ptr<Shared> shared;
  std::string name;
  bool syncs_directory;
  bool deletes_on_close;
};

// Counts the call.
bool FaultyDisk::Fails(int error) {
  const std::uint64_t call = calls_++;
  if (fault_ != Fault::kStaysFull) return call == fail_at_;
  return call >= fail_at_ && (error == SQLITE_IOERR_WRITE || error == SQLITE_CANTOPEN);
}

int FaultyDisk::Call(bool is_change, int error, bool& half) {
  half = false;
  if (is_change) {
    if (before_change_) before_change_();
    if (changes_++ >= power_lost_at_) return error;
  }
  if (!Fails(error)) return SQLITE_OK;
  has_failed_ = true;
  switch (fault_) {
    case Fault::kIoError:
      return error;
    case Fault::kFull:
    case Fault::kStaysFull:
      return error == SQLITE_IOERR_WRITE ? SQLITE_FULL : error;
    case Fault::kHalf:
      half = true;
      return error == SQLITE_IOERR_WRITE ? SQLITE_FULL : error;
  }
  return error;
}

struct FaultyDisk::Methods {
  struct File {
    sqlite3_file base;
    Handle* handle;
  };

  static Handle& Of(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->handle; }
  static FaultyDisk& Of(sqlite3_vfs* vfs) { return *static_cast<FaultyDisk*>(vfs->pAppData); }

  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    FaultyDisk& disk = Of(vfs);
    const std::lock_guard lock(disk.mutex_);
    file->pMethods = nullptr;
    const std::string key = name == nullptr ? NewName() : name;
    auto found = disk.image_.current.find(key);
    if (found == disk.image_.current.end()) {
      if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      bool half = false;
      if (const int code = disk.Call(true, SQLITE_CANTOPEN, half); code != SQLITE_OK) return code;
      found = disk.image_.current.emplace(key, std::make_shared<DiskFile>()).first;
      disk.image_.unsynced.emplace_back(key, found->second);
    }
    // As of the storage layer for Unix.
    constexpr int kJournals =
        SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    std::shared_ptr<Shared> shared = disk.shared_[found->second.get()].lock();
    if (shared == nullptr) {
      shared = std::make_shared<Shared>();
      disk.shared_[found->second.get()] = shared;
    }
    reinterpret_cast<File*>(file)->handle =
        new Handle{.disk = &disk,
                   .file = found->second,
                   .shared = std::move(shared),
                   .name = key,
                   .syncs_directory = (flags & kJournals) != 0,
                   .deletes_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
    file->pMethods = &kMethods;
    if (out != nullptr) *out = flags;
    return SQLITE_OK;
  }

  static int Close(sqlite3_file* file) {
    Handle* const handle = &Of(file);
    FaultyDisk& disk = *handle->disk;
    const std::lock_guard lock(disk.mutex_);
    handle->shared->locks.erase(handle);
    for (auto& slot : handle->shared->slots) slot.erase(handle);
    if (handle->deletes_on_close) disk.image_.current.erase(handle->name);
    delete handle;
    file->pMethods = nullptr;
    return SQLITE_OK;
  }

  static int Read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    bool half = false;
    const int code = handle.disk->Call(false, SQLITE_IOERR_READ, half);
    if (code != SQLITE_OK && !half) return code;
    const std::string& all = handle.file->current;
    const auto begin = std::min(static_cast<std::size_t>(offset), all.size());
    std::size_t there = std::min(static_cast<std::size_t>(count), all.size() - begin);
    if (half) there /= 2;
    std::memcpy(bytes, all.data() + begin, there);
    if (there == static_cast<std::size_t>(count)) return SQLITE_OK;
    std::memset(static_cast<char*>(bytes) + there, 0, static_cast<std::size_t>(count) - there);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int Write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    bool half = false;
    const int code = handle.disk->Call(true, SQLITE_IOERR_WRITE, half);
    if (code != SQLITE_OK && !half) return code;
    UnsyncedChange change{.offset = static_cast<std::size_t>(offset),
                          .bytes = {static_cast<const char*>(bytes),
                                    static_cast<std::size_t>(half ? count / 2 : count)}};
    Apply(change, handle.file->current);
    handle.file->unsynced.push_back(std::move(change));
    return code;
  }

  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    bool half = false;
    const int code = handle.disk->Call(true, SQLITE_IOERR_TRUNCATE, half);
    if (code != SQLITE_OK) return code;
    UnsyncedChange change{.is_truncation = true, .offset = static_cast<std::size_t>(size)};
    Apply(change, handle.file->current);
    handle.file->unsynced.push_back(std::move(change));
    return SQLITE_OK;
  }

  static void SyncDirectory(FaultyDisk& disk) {
    disk.image_.durable = disk.image_.current;
    disk.image_.unsynced.clear();
  }

  static int Sync(sqlite3_file* file, int) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    bool half = false;
    const int code = handle.disk->Call(true, SQLITE_IOERR_FSYNC, half);
    if (code != SQLITE_OK) {
      for (UnsyncedChange& change : handle.file->unsynced) change.is_lost = true;
      return code;
    }
    for (const UnsyncedChange& change : handle.file->unsynced) {
      if (!change.is_lost) Apply(change, handle.file->durable);
    }
    handle.file->unsynced.clear();
    if (std::exchange(handle.syncs_directory, false)) SyncDirectory(*handle.disk);
    return SQLITE_OK;
  }

  static int FileSize(sqlite3_file* file, sqlite3_int64* size) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    bool half = false;
    const int code = handle.disk->Call(false, SQLITE_IOERR_FSTAT, half);
    if (code != SQLITE_OK) return code;
    *size = static_cast<sqlite3_int64>(handle.file->current.size());
    return SQLITE_OK;
  }

  static int Lock(sqlite3_file* file, int level) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    int& mine = handle.shared->locks[&handle];
    if (mine >= level) return SQLITE_OK;
    for (const auto& [other, theirs] : handle.shared->locks) {
      if (other == &handle) continue;
      const bool in_the_way = level == SQLITE_LOCK_SHARED      ? theirs >= SQLITE_LOCK_PENDING
                              : level == SQLITE_LOCK_EXCLUSIVE ? theirs >= SQLITE_LOCK_SHARED
                                                               : theirs >= SQLITE_LOCK_RESERVED;
      if (!in_the_way) continue;
      if (level == SQLITE_LOCK_EXCLUSIVE && theirs == SQLITE_LOCK_SHARED) {
        mine = SQLITE_LOCK_PENDING;
      }
      return SQLITE_BUSY;
    }
    mine = level;
    return SQLITE_OK;
  }

  static int Unlock(sqlite3_file* file, int level) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    int& mine = handle.shared->locks[&handle];
    mine = std::min(mine, level);
    return SQLITE_OK;
  }

  static int CheckReservedLock(sqlite3_file* file, int* held) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    *held = 0;
    for (const auto& [other, theirs] : handle.shared->locks) {
      if (theirs >= SQLITE_LOCK_RESERVED) *held = 1;
    }
    return SQLITE_OK;
  }

  static int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int SectorSize(sqlite3_file*) { return kSectorBytes; }
  static int DeviceCharacteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    auto& regions = handle.shared->regions;
    const auto wanted = static_cast<std::size_t>(region);
    *memory = nullptr;
    if (regions.size() <= wanted && extend == 0) return SQLITE_OK;
    while (regions.size() <= wanted) {
      regions.push_back(std::make_unique<std::vector<char>>(static_cast<std::size_t>(size)));
    }
    *memory = regions[wanted]->data();
    return SQLITE_OK;
  }

  static int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    auto& slots = handle.shared->slots;
    for (int i = offset; i < offset + count; ++i) {
      auto& slot = slots[static_cast<std::size_t>(i)];
      if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        slot.erase(&handle);
        continue;
      }
      for (const auto& [other, exclusively] : slot) {
        if (other != &handle && (exclusive || exclusively)) return SQLITE_BUSY;
      }
    }
    if ((flags & SQLITE_SHM_LOCK) == 0) return SQLITE_OK;
    for (int i = offset; i < offset + count; ++i) {
      slots[static_cast<std::size_t>(i)][&handle] = exclusive;
    }
    return SQLITE_OK;
  }

  static void ShmBarrier(sqlite3_file* file) { const std::lock_guard lock(Of(file).disk->mutex_); }

  static int ShmUnmap(sqlite3_file* file, int remove) {
    Handle& handle = Of(file);
    const std::lock_guard lock(handle.disk->mutex_);
    if (remove != 0) handle.shared->regions.clear();
    return SQLITE_OK;
  }

  static int Delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    FaultyDisk& disk = Of(vfs);
    const std::lock_guard lock(disk.mutex_);
    if (!disk.image_.current.contains(name)) return SQLITE_IOERR_DELETE_NOENT;
    bool half = false;
    const int code = disk.Call(true, SQLITE_IOERR_DELETE, half);
    if (code != SQLITE_OK) return code;
    disk.image_.current.erase(name);
    disk.image_.unsynced.emplace_back(name, nullptr);
    if (sync_directory != 0) SyncDirectory(disk);
    return SQLITE_OK;
  }

  static int Access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    FaultyDisk& disk = Of(vfs);
    const std::lock_guard lock(disk.mutex_);
    bool half = false;
    const int code = disk.Call(false, SQLITE_IOERR_ACCESS, half);
    if (code != SQLITE_OK) return code;
    const auto found = disk.image_.current.find(name);
    *result = found != disk.image_.current.end() ? 1 : 0;
    // Files without bytes do not count, as for Unix.
    if (flags == SQLITE_ACCESS_EXISTS && *result != 0 && found->second->current.empty())
      *result = 0;
    return SQLITE_OK;
  }

  static int FullPathname(sqlite3_vfs*, const char* name, int size, char* full) {
    sqlite3_snprintf(size, full, "%s", name);
    return SQLITE_OK;
  }

  static int Randomness(sqlite3_vfs*, int count, char* bytes) {
    sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
    return base->xRandomness(base, count, bytes);
  }

  static int Sleep(sqlite3_vfs*, int microseconds) {
    sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
    return base->xSleep(base, microseconds);
  }

  static int CurrentTime(sqlite3_vfs*, double* time) {
    *time = 2'460'000.5;
    return SQLITE_OK;
  }

  static int GetLastError(sqlite3_vfs*, int, char*) { return 0; }

  static constexpr sqlite3_io_methods kMethods = {
      .iVersion = 2,
      .xClose = Close,
      .xRead = Read,
      .xWrite = Write,
      .xTruncate = Truncate,
      .xSync = Sync,
      .xFileSize = FileSize,
      .xLock = Lock,
      .xUnlock = Unlock,
      .xCheckReservedLock = CheckReservedLock,
      .xFileControl = FileControl,
      .xSectorSize = SectorSize,
      .xDeviceCharacteristics = DeviceCharacteristics,
      .xShmMap = ShmMap,
      .xShmLock = ShmLock,
      .xShmBarrier = ShmBarrier,
      .xShmUnmap = ShmUnmap,
      .xFetch = nullptr,
      .xUnfetch = nullptr,
  };
};

FaultyDisk::FaultyDisk(DiskImage image) : name_(NewName()), image_(std::move(image)) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Methods::File);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::Open;
  vfs_.xDelete = Methods::Delete;
  vfs_.xAccess = Methods::Access;
  vfs_.xFullPathname = Methods::FullPathname;
  vfs_.xRandomness = Methods::Randomness;
  vfs_.xSleep = Methods::Sleep;
  vfs_.xCurrentTime = Methods::CurrentTime;
  vfs_.xGetLastError = Methods::GetLastError;
  sqlite3_vfs_register(&vfs_, /*makeDflt=*/0);
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace moyeo::testing
