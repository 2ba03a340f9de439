#include "accounts.h"

#include <sodium.h>
#include <sqlite3.h>

#include <array>
#include <optional>

#include "text.h"

namespace moyeo::server {
namespace {

absl::Status Failed(sqlite3* database) {
  return absl::UnavailableError(Concat("accounts: ", sqlite3_errmsg(database)));
}

// A prepared statement, for the time of one call.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql) {
    sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }

  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(int index, std::string_view text) {
    sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
  }
  Statement& Bind(int index, std::int64_t number) {
    sqlite3_bind_int64(statement_, index, number);
    return *this;
  }

  // Of a statement that could not be prepared, SQLITE_MISUSE.
  int Step() { return sqlite3_step(statement_); }

  std::int64_t Number(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string Text(int column) const {
    const auto* text = sqlite3_column_text(statement_, column);
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return text == nullptr ? std::string()
                           : std::string(reinterpret_cast<const char*>(text), bytes);
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace

Accounts::Accounts(sqlite3* database, const AccountsOptions& options)
    : database_(database), options_(options) {}

Accounts::~Accounts() { sqlite3_close(database_); }

absl::StatusOr<std::unique_ptr<Accounts>> Accounts::Open(const AccountsOptions& options) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be used here");
  sqlite3* database = nullptr;
  const int opened =
      sqlite3_open_v2(options.path.c_str(), &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<Accounts> accounts(new Accounts(database, options));
  if (opened != SQLITE_OK) return Failed(database);
  const char* schema =
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA secure_delete = ON;"
      "CREATE TABLE IF NOT EXISTS accounts ("
      "  user INTEGER PRIMARY KEY AUTOINCREMENT,"
      "  name TEXT NOT NULL UNIQUE,"
      "  password TEXT NOT NULL"
      ") STRICT;";
  if (sqlite3_exec(database, schema, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Failed(database);
  }
  auto nobodys = accounts->Hash("nobody has this password");
  if (!nobodys.ok()) return nobodys.status();
  accounts->nobodys_hash_ = *std::move(nobodys);
  return accounts;
}

std::optional<std::string> Accounts::Normal(std::string_view name) {
  if (name.size() < kLeastNameBytes || name.size() > kMostNameBytes) {
    return std::nullopt;
  }
  std::string normal;
  for (const char c : name) {
    const auto small = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    const bool may_be = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9') ||
                        small == '.' || small == '_' || small == '-';
    if (!may_be) return std::nullopt;
    normal += small;
  }
  return normal;
}

absl::StatusOr<std::string> Accounts::Hash(std::string_view password) const {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), options_.operations,
                            options_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError("accounts: no memory to hash a password");
  }
  return std::string(hash.data());
}

absl::StatusOr<UserId> Accounts::Add(std::string_view name, std::string_view password) {
  const auto normal = Normal(name);
  if (!normal.has_value()) {
    return absl::InvalidArgumentError(Concat("name: must be ", kLeastNameBytes, " to ",
                                             kMostNameBytes, " of a-z, 0-9, '.', '_' and '-'"));
  }
  if (password.size() < kLeastPasswordBytes || password.size() > kMostPasswordBytes) {
    return absl::InvalidArgumentError(
        Concat("password: must have ", kLeastPasswordBytes, " to ", kMostPasswordBytes, " bytes"));
  }
  auto hash = Hash(password);
  if (!hash.ok()) return hash.status();
  Statement insert(database_, "INSERT INTO accounts (name, password) VALUES (?, ?)");
  const int result = insert.Bind(1, *normal).Bind(2, *hash).Step();
  if (result == SQLITE_CONSTRAINT) return absl::AlreadyExistsError("name: is taken");
  if (result != SQLITE_DONE) return Failed(database_);
  return UserId{static_cast<std::uint64_t>(sqlite3_last_insert_rowid(database_))};
}

absl::StatusOr<UserId> Accounts::Check(std::string_view name, std::string_view password) {
  std::string hash = nobodys_hash_;
  std::optional<UserId> user;
  if (const auto normal = Normal(name)) {
    Statement find(database_, "SELECT user, password FROM accounts WHERE name = ?");
    const int result = find.Bind(1, *normal).Step();
    if (result == SQLITE_ROW) {
      user = UserId{static_cast<std::uint64_t>(find.Number(0))};
      hash = find.Text(1);
    } else if (result != SQLITE_DONE) {
      return Failed(database_);
    }
  }
  const bool fits = password.size() <= kMostPasswordBytes &&
                    crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  if (!fits || !user.has_value()) return absl::UnauthenticatedError("wrong name or password");
  return *user;
}

absl::StatusOr<std::vector<UserId>> Accounts::Users(UserId after, std::size_t most) const {
  Statement find(database_, "SELECT user FROM accounts WHERE user > ? ORDER BY user LIMIT ?");
  find.Bind(1, static_cast<std::int64_t>(ToNumber(after))).Bind(2, static_cast<std::int64_t>(most));
  std::vector<UserId> users;
  int result = find.Step();
  for (; result == SQLITE_ROW; result = find.Step()) {
    users.push_back(UserId{static_cast<std::uint64_t>(find.Number(0))});
  }
  if (result != SQLITE_DONE) return Failed(database_);
  return users;
}

absl::Status Accounts::Remove(UserId user) {
  Statement remove(database_, "DELETE FROM accounts WHERE user = ?");
  const auto number = static_cast<std::int64_t>(ToNumber(user));
  return remove.Bind(1, number).Step() == SQLITE_DONE ? absl::OkStatus() : Failed(database_);
}

}  // namespace moyeo::server
