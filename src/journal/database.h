// SQLite's databases and statements, owned, with its errors as absl::Status.

#ifndef MOYEO_JOURNAL_DATABASE_H_
#define MOYEO_JOURNAL_DATABASE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace moyeo::journal {

// How long a connection waits for others.
inline constexpr int kBusyTimeoutMs = 10'000;

// The error that SQLite's `code` (extended) stands for, of what is called `place`: DataLoss,
// ResourceExhausted or Unavailable. OK for SQLITE_OK, SQLITE_ROW and SQLITE_DONE.
absl::Status StatusOfCode(int code, absl::string_view place, absl::string_view message);

// "journal.db" of "/var/lib/moyeo/journal.db".
std::string FileNameOf(const std::string& path);

// A prepared statement. Its database must outlive it.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, const std::string* place)
      : statement_(statement), place_(place) {}

  // Arguments are numbered from 1. They stay until they are bound anew. Texts are not copied: they
  // must live until the statement is reset.
  void Bind(int argument, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), argument, number);
  }
  void Bind(int argument, std::uint64_t number) {
    Bind(argument, static_cast<std::int64_t>(number));
  }
  void Bind(int argument, std::optional<std::int64_t> number) {
    if (number) {
      Bind(argument, *number);
    } else {
      sqlite3_bind_null(statement_.get(), argument);
    }
  }
  void BindText(int argument, std::string_view text) {
    // Of a null pointer SQLite would make NULL.
    sqlite3_bind_text64(statement_.get(), argument, text.data() == nullptr ? "" : text.data(),
                        text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void BindBlob(int argument, std::string_view bytes) {
    sqlite3_bind_blob64(statement_.get(), argument, bytes.data() == nullptr ? "" : bytes.data(),
                        bytes.size(), SQLITE_STATIC);
  }

  // Goes to the next row: false after the last one, when it has been reset.
  absl::StatusOr<bool> Step();

  // Steps through all rows.
  absl::Status Run();

  // To begin again. Columns are gone.
  void Reset() { sqlite3_reset(statement_.get()); }

  // Columns of the row, from 0 on. Texts live until the next step or reset.
  std::int64_t Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::uint64_t Unsigned(int column) const { return static_cast<std::uint64_t>(Int(column)); }
  std::optional<std::int64_t> OptionalInt(int column) const;
  std::string_view Bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* place_;
};

// Resets a statement when the block is left, so that it does not keep a transaction open.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.Reset(); }

  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

// A connection to a database, for one thread at a time.
class Database {
 public:
  enum class Mode { kRead, kWrite, kCreate };

  static absl::StatusOr<Database> Open(const std::string& path, const std::string& vfs, Mode mode);

  absl::Status Execute(const char* sql);
  absl::StatusOr<Statement> Prepare(std::string_view sql);
  // The first column of the first row.
  absl::StatusOr<std::int64_t> Number(std::string_view sql);
  absl::StatusOr<std::string> Text(std::string_view sql);

  sqlite3* get() const { return database_.get(); }

  // What errors call it: the name of its file.
  const std::string& place() const { return *place_; }
  absl::Status StatusOf(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };

  Database(sqlite3* database, const std::string& path)
      : database_(database), place_(std::make_unique<std::string>(FileNameOf(path))) {}

  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<const std::string> place_;  // where statements can find it after a move
};

// A transaction, rolled back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {}
  ~Transaction();

  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  absl::Status BeginRead() { return database_.Execute("BEGIN"); }
  absl::Status BeginWrite() { return database_.Execute("BEGIN IMMEDIATE"); }
  absl::Status Commit() { return database_.Execute("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_DATABASE_H_
