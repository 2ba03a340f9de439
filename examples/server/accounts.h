// Accounts with a name and a password, in a file of their own.

#ifndef MOYEO_EXAMPLES_SERVER_ACCOUNTS_H_
#define MOYEO_EXAMPLES_SERVER_ACCOUNTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/types.h"

struct sqlite3;

namespace moyeo::server {

struct AccountsOptions {
  std::string path = ":memory:";

  // What hashing a password costs, as libsodium's crypto_pwhash counts it: by default some 70 ms
  // and 64 MiB.
  std::uint64_t operations = 2;
  std::size_t memory_bytes = std::size_t{64} << 20;
};

// Who has which name, and an Argon2id hash of their password. Users are numbered from 1 on, and no
// number is given twice.
//
// For one thread at a time. Adding and checking take as long as a hash does.
class Accounts {
 public:
  static constexpr std::size_t kLeastNameBytes = 3;
  static constexpr std::size_t kMostNameBytes = 32;
  static constexpr std::size_t kLeastPasswordBytes = 8;
  static constexpr std::size_t kMostPasswordBytes = 256;

  // The one way of writing a name, whatever its letters; nullopt for one that cannot be.
  static std::optional<std::string> Normal(std::string_view name);

  // Unavailable if the file cannot be opened or made.
  static absl::StatusOr<std::unique_ptr<Accounts>> Open(const AccountsOptions& options);
  ~Accounts();

  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  // A new account. Names are of a-z, 0-9, '.', '_' and '-'; capital letters count as small ones.
  // InvalidArgument for a name or password that cannot be, AlreadyExists for a name that is taken.
  absl::StatusOr<UserId> Add(std::string_view name, std::string_view password);

  // Whose these are. Unauthenticated if nobody's, which takes as long as if the name is right.
  absl::StatusOr<UserId> Check(std::string_view name, std::string_view password);

  // Whose accounts there are, ascending: the first `most` after `after`.
  absl::StatusOr<std::vector<UserId>> Users(UserId after, std::size_t most) const;

  // Forgets the account, but not the number. OK if there is none.
  absl::Status Remove(UserId user);

 private:
  Accounts(sqlite3* database, const AccountsOptions& options);

  absl::StatusOr<std::string> Hash(std::string_view password) const;

  sqlite3* database_;
  AccountsOptions options_;
  std::string nobodys_hash_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_ACCOUNTS_H_
