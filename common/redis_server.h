// A Redis server of one's own.

#ifndef MOYEO_COMMON_REDIS_SERVER_H_
#define MOYEO_COMMON_REDIS_SERVER_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"

namespace moyeo::common {

// The installed `redis-server` on a socket in a directory of its own, where nobody else finds it.
// It ends with this object, or with the process if that is killed; its files go with the directory.
class RedisServer {
 public:
  enum class Durability {
    kNone,          // no files
    kEveryCommand,  // an append-only file, flushed before a reply is sent
  };

  // Whether there is a `redis-server` to be started.
  static bool IsInstalled();

  // Returns when the server is ready, or cannot be.
  explicit RedisServer(Durability durability = Durability::kNone);
  ~RedisServer();

  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // Whether the server runs; if not, why.
  const absl::Status& status() const { return status_; }

  std::string socket() const { return directory_ + "/socket"; }

 private:
  absl::Status Start(Durability durability);

  std::string directory_;
  pid_t pid_ = -1;
  absl::Status status_;
};

}  // namespace moyeo::common

#endif  // MOYEO_COMMON_REDIS_SERVER_H_
