// A layer below SQLite which sees to it that pages come back as they were written, and that nothing
// deleted is written along with them.

#ifndef MOYEO_JOURNAL_PAGE_GUARD_H_
#define MOYEO_JOURNAL_PAGE_GUARD_H_

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>

namespace moyeo::journal {

// Every page of a database has this size, and leaves its last bytes to the guard.
inline constexpr int kPageBytes = 4096;
inline constexpr int kPageTrailerBytes = 8;

// Page numbers, which are the first bytes of the pages without a tree, so begin with a byte that
// no page of a tree begins with: the guard can tell them apart. 128 GiB.
inline constexpr std::int64_t kMaxPages = (std::int64_t{2} << 24) - 1;

// One of SQLite's storage layers, over another one, `base`. Into each page of a database that is
// written it puts a checksum, which is tested as the page is read; a page with zeros there, as
// SQLite writes it without the guard, passes. SQLite itself sees zeros: so they are in the WAL.
//
// SQLite's secure_delete misses copies of rows that moved to another page: they stay in the gap
// between the page's pointers and its rows, which the guard clears.
class PageGuard {
 public:
  // REQUIRES: `base` outlives the guard.
  explicit PageGuard(sqlite3_vfs* base);
  // REQUIRES: no database is open through it.
  ~PageGuard();

  PageGuard(const PageGuard&) = delete;
  PageGuard& operator=(const PageGuard&) = delete;

  // Under which SQLite finds it.
  const std::string& name() const { return name_; }
  sqlite3_vfs* base() const { return base_; }

 private:
  sqlite3_vfs* const base_;
  const std::string name_;
  sqlite3_vfs vfs_{};
};

// The page, from 1 on, for which a guard has failed a call of SQLite's by this thread with
// SQLITE_IOERR_DATA; nullopt if it has not since this was asked last.
std::optional<std::int64_t> TakeDamagedPage();

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_PAGE_GUARD_H_
