// A PostgreSQL server of one's own.

#ifndef MOYEO_BENCH_SOCIETY_POSTGRES_SERVER_H_
#define MOYEO_BENCH_SOCIETY_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace moyeo::bench {

// The installed PostgreSQL with an empty cluster, on a socket in a directory of its own, where
// nobody else finds it; it knows no network. Nothing is flushed to disk. As it refuses to run as
// root, root has it run as the user `postgres`. It ends with this object, or with the process if
// that is killed; its files go with this object.
class PostgresServer {
 public:
  // Returns when the server is ready, or cannot be.
  PostgresServer();
  ~PostgresServer();

  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Whether the server runs; if not, why.
  const absl::Status& status() const { return status_; }

  // Where its socket is, on the default port.
  const std::string& directory() const { return directory_; }
  // Who may do everything, without a password.
  static constexpr const char* kUser = "moyeo";

 private:
  struct Account {
    uid_t user;
    gid_t group;
  };

  absl::Status Start();
  absl::Status MakeDirectory();
  // Runs a program of PostgreSQL, which writes what it has to say to `output`.
  absl::Status Run(std::vector<std::string> arguments, pid_t& pid, int& output) const;

  std::optional<Account> account_;  // whose the server is, if not ours
  std::string directory_;
  pid_t pid_ = -1;
  absl::Status status_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_POSTGRES_SERVER_H_
