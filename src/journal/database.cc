#include "journal/database.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "journal/page_guard.h"

namespace moyeo::journal {

absl::Status StatusOfCode(int code, absl::string_view place, absl::string_view message) {
  const auto text = [&] { return absl::StrCat(place, ": ", message, " (SQLite ", code, ")"); };
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return absl::OkStatus();
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    // What the tables say, and what they would have to be.
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
      return absl::DataLossError(text());
    case SQLITE_IOERR: {
      const std::optional<std::int64_t> page = TakeDamagedPage();
      if (code == SQLITE_IOERR_DATA && page) {
        return absl::DataLossError(
            absl::StrCat(place, ": page ", *page, " is not as it was written"));
      }
      return absl::UnavailableError(text());
    }
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::ResourceExhaustedError(text());
    default:
      return absl::UnavailableError(text());
  }
}

std::string FileNameOf(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);  // npos + 1 is 0
}

std::optional<std::int64_t> Statement::OptionalInt(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return Int(column);
}

std::string_view Statement::Bytes(int column) const {
  // In this order, as SQLite wants it. An empty text may be a null pointer.
  const void* const bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (size <= 0) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

absl::StatusOr<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  absl::Status status = code == SQLITE_DONE ? absl::OkStatus()
                                            : StatusOfCode(sqlite3_extended_errcode(database),
                                                           *place_, sqlite3_errmsg(database));
  sqlite3_reset(statement_.get());
  if (!status.ok()) return status;
  return false;
}

absl::Status Statement::Run() {
  while (true) {
    const absl::StatusOr<bool> row = Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
  }
}

absl::StatusOr<Database> Database::Open(const std::string& path, const std::string& vfs,
                                        Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Mode::kCreate) flags |= SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, vfs.c_str());
  Database database(opened, path);
  if (opened == nullptr) return absl::ResourceExhaustedError("out of memory");
  if (code != SQLITE_OK) return database.StatusOf(code);
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
  // Nothing in a file may make SQLite do more than to read and write tables; and nothing of what is
  // written goes anywhere but into files of the journal.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  if (absl::Status status = database.Execute("PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY");
      !status.ok()) {
    return status;
  }
  return database;
}

absl::Status Database::Execute(const char* sql) {
  return StatusOf(sqlite3_exec(get(), sql, nullptr, nullptr, nullptr));
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return StatusOf(code);
  return Statement(statement, place_.get());
}

absl::StatusOr<std::string> Database::Text(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  std::string text(*row ? statement->Bytes(0) : std::string_view());
  // To the end: only there it is known whether what a pragma changes has been written.
  if (*row) {
    if (absl::Status status = statement->Run(); !status.ok()) return status;
  }
  return text;
}

absl::StatusOr<std::int64_t> Database::Number(std::string_view sql) {
  const absl::StatusOr<std::string> text = Text(sql);
  if (!text.ok()) return text.status();
  std::int64_t number = 0;
  std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

absl::Status Database::StatusOf(int code) const {
  return StatusOfCode(code, *place_, sqlite3_errmsg(get()));
}

Transaction::~Transaction() {
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace moyeo::journal
