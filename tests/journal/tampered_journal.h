// A journal whose files somebody has changed who knows how.

#ifndef MOYEO_TESTS_JOURNAL_TAMPERED_JOURNAL_H_
#define MOYEO_TESTS_JOURNAL_TAMPERED_JOURNAL_H_

#include <sqlite3.h>

#include <string>

#include "journal/journal_fixture.h"
#include "journal/page_guard.h"

namespace moyeo::testing {

class TamperedJournalTest : public JournalTest {
 protected:
  // So that the pages are as they were written, but not what is in them.
  void TamperWith(const std::string& sql) {
    const journal::PageGuard guard(sqlite3_vfs_find(nullptr));
    Execute(sql, guard.name().c_str());
  }

  void Execute(const std::string& sql, const char* vfs) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open_v2((directory_ / "journal.db").c_str(), &database,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
              SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    EXPECT_EQ(sqlite3_close(database), SQLITE_OK);
  }
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_JOURNAL_TAMPERED_JOURNAL_H_
