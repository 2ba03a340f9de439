#include "journal/page_guard.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "journal/checksum.h"

namespace moyeo::journal {
namespace {

// What SQLite takes for its file. The base's file lies behind it.
struct GuardedFile {
  sqlite3_file file;
  bool has_pages;
};

constexpr std::size_t kBaseOffset =
    (sizeof(GuardedFile) + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);

sqlite3_file* BaseOf(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kBaseOffset);
}

bool HasPages(sqlite3_file* file) { return reinterpret_cast<GuardedFile*>(file)->has_pages; }

sqlite3_vfs* BaseOf(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

thread_local std::optional<std::int64_t> damaged_page;

// The last byte of a trailer, so that not even a checksum of zero looks like none, and no single
// bit is between the two.
constexpr char kTrailerMark = '\x6d';

using Trailer = std::array<char, kPageTrailerBytes>;

// Seven bytes of checksum, over the page and its number.
Trailer TrailerOf(const char* page, std::int64_t number) {
  std::uint64_t sum = Xxh3({page, kPageBytes - kPageTrailerBytes}) ^
                      static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15;
  Trailer trailer;
  for (char& byte : trailer) {
    byte = static_cast<char>(sum & 0xff);
    sum >>= 8;
  }
  trailer.back() = kTrailerMark;
  return trailer;
}

// Whether the page is as it was written, for all that its trailer says.
bool IsIntact(const char* page, std::int64_t number) {
  Trailer found;
  std::memcpy(found.data(), page + kPageBytes - kPageTrailerBytes, found.size());
  return found == Trailer{} || found == TrailerOf(page, number);
}

int TwoBytes(const char* at) {
  return static_cast<unsigned char>(at[0]) << 8 | static_cast<unsigned char>(at[1]);
}

// Clears the gap of a page of a tree: https://www.sqlite.org/fileformat2.html#b_tree_pages.
void ClearGap(char* page, std::int64_t number) {
  constexpr int kFileHeaderBytes = 100;
  constexpr char kInteriorIndex = 2;
  constexpr char kInteriorTable = 5;
  constexpr char kLeafIndex = 10;
  constexpr char kLeafTable = 13;
  const int header = number == 1 ? kFileHeaderBytes : 0;
  const char kind = page[header];
  int pointers = header;
  if (kind == kLeafIndex || kind == kLeafTable) {
    pointers += 8;
  } else if (kind == kInteriorIndex || kind == kInteriorTable) {
    pointers += 12;
  } else {
    return;
  }
  const int gap = pointers + 2 * TwoBytes(page + header + 3);
  const int rows = TwoBytes(page + header + 5);
  if (gap < rows && rows <= kPageBytes - kPageTrailerBytes) {
    std::memset(page + gap, 0, static_cast<std::size_t>(rows - gap));
  }
}

int Close(sqlite3_file* file) { return BaseOf(file)->pMethods->xClose(BaseOf(file)); }

int Damage(std::int64_t page) {
  damaged_page = page;
  return SQLITE_IOERR_DATA;
}

int Read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  sqlite3_file* const base = BaseOf(file);
  const int code = base->pMethods->xRead(base, bytes, count, offset);
  if (code == SQLITE_IOERR_SHORT_READ && HasPages(file)) {
    // SQLite makes zeros of it, which only past the end of the file is right.
    sqlite3_int64 size = 0;
    const int size_code = base->pMethods->xFileSize(base, &size);
    if (size_code != SQLITE_OK) return size_code;
    if (offset + count <= size) return SQLITE_IOERR_READ;
  }
  if (code != SQLITE_OK) return code;
  // SQLite looks at the first bytes alone before it knows the size of pages, and whether others are
  // in the WAL instead. What it then goes by, it reads as a page.
  constexpr int kLeastPage = 512;
  if (!HasPages(file) || count < kLeastPage) return SQLITE_OK;
  if (count == kPageBytes && offset % kPageBytes == 0) {
    char* const page = static_cast<char*>(bytes);
    const std::int64_t number = offset / kPageBytes + 1;
    if (!IsIntact(page, number)) return Damage(number);
    std::memset(page + kPageBytes - kPageTrailerBytes, 0, kPageTrailerBytes);
    return SQLITE_OK;
  }
  // Pages of another size: it has been misled by the first bytes.
  return Damage(1);
}

int Write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  sqlite3_file* const base = BaseOf(file);
  if (!HasPages(file)) return base->pMethods->xWrite(base, bytes, count, offset);
  if (count != kPageBytes || offset % kPageBytes != 0) return SQLITE_IOERR_WRITE;
  const std::int64_t number = offset / kPageBytes + 1;
  std::array<char, kPageBytes> page;
  std::memcpy(page.data(), bytes, page.size());
  // Bytes that are not the guard's would be lost.
  constexpr std::size_t kReservedBytes = 20;
  if (number == 1 && page[kReservedBytes] != kPageTrailerBytes) return SQLITE_IOERR_WRITE;
  ClearGap(page.data(), number);
  const Trailer trailer = TrailerOf(page.data(), number);
  std::memcpy(page.data() + kPageBytes - kPageTrailerBytes, trailer.data(), trailer.size());
  return base->pMethods->xWrite(base, page.data(), count, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  return BaseOf(file)->pMethods->xTruncate(BaseOf(file), size);
}
int Sync(sqlite3_file* file, int flags) {
  return BaseOf(file)->pMethods->xSync(BaseOf(file), flags);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return BaseOf(file)->pMethods->xFileSize(BaseOf(file), size);
}
int Lock(sqlite3_file* file, int level) {
  return BaseOf(file)->pMethods->xLock(BaseOf(file), level);
}
int Unlock(sqlite3_file* file, int level) {
  return BaseOf(file)->pMethods->xUnlock(BaseOf(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* held) {
  return BaseOf(file)->pMethods->xCheckReservedLock(BaseOf(file), held);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return BaseOf(file)->pMethods->xFileControl(BaseOf(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return BaseOf(file)->pMethods->xSectorSize(BaseOf(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return BaseOf(file)->pMethods->xDeviceCharacteristics(BaseOf(file));
}
int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  return BaseOf(file)->pMethods->xShmMap(BaseOf(file), region, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return BaseOf(file)->pMethods->xShmLock(BaseOf(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { BaseOf(file)->pMethods->xShmBarrier(BaseOf(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return BaseOf(file)->pMethods->xShmUnmap(BaseOf(file), remove);
}

// Of version 2: a WAL, and no memory-mapped pages, which nobody would see coming.
constexpr sqlite3_io_methods kMethods = {
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

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const guarded = reinterpret_cast<GuardedFile*>(file);
  sqlite3_file* const base = BaseOf(file);
  guarded->file.pMethods = nullptr;
  guarded->has_pages = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  base->pMethods = nullptr;
  const int code = BaseOf(vfs)->xOpen(BaseOf(vfs), name, base, flags, out_flags);
  if (code == SQLITE_OK) {
    guarded->file.pMethods = &kMethods;
  } else if (base->pMethods != nullptr) {
    base->pMethods->xClose(base);
  }
  return code;
}

int Delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  return BaseOf(vfs)->xDelete(BaseOf(vfs), name, sync_directory);
}
int Access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  return BaseOf(vfs)->xAccess(BaseOf(vfs), name, flags, result);
}
int FullPathname(sqlite3_vfs* vfs, const char* name, int size, char* full) {
  return BaseOf(vfs)->xFullPathname(BaseOf(vfs), name, size, full);
}
int Randomness(sqlite3_vfs* vfs, int count, char* bytes) {
  return BaseOf(vfs)->xRandomness(BaseOf(vfs), count, bytes);
}
int Sleep(sqlite3_vfs* vfs, int microseconds) {
  return BaseOf(vfs)->xSleep(BaseOf(vfs), microseconds);
}
int CurrentTime(sqlite3_vfs* vfs, double* time) {
  return BaseOf(vfs)->xCurrentTime(BaseOf(vfs), time);
}
int GetLastError(sqlite3_vfs* vfs, int size, char* text) {
  return BaseOf(vfs)->xGetLastError(BaseOf(vfs), size, text);
}

std::string NewName() {
  static std::atomic<std::uint64_t> names = 0;
  return absl::StrCat("moyeo-page-guard-", names.fetch_add(1));
}

}  // namespace

PageGuard::PageGuard(sqlite3_vfs* base) : base_(base), name_(NewName()) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(kBaseOffset) + base->szOsFile;
  vfs_.mxPathname = base->mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = base;
  vfs_.xOpen = Open;
  vfs_.xDelete = Delete;
  vfs_.xAccess = Access;
  vfs_.xFullPathname = FullPathname;
  vfs_.xRandomness = Randomness;
  vfs_.xSleep = Sleep;
  vfs_.xCurrentTime = CurrentTime;
  vfs_.xGetLastError = GetLastError;
  sqlite3_vfs_register(&vfs_, /*makeDflt=*/0);
}

PageGuard::~PageGuard() { sqlite3_vfs_unregister(&vfs_); }

std::optional<std::int64_t> TakeDamagedPage() { return std::exchange(damaged_page, std::nullopt); }

}  // namespace moyeo::journal
