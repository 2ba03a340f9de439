// A Redis server of one's own.

#ifndef MOYEO_COMMON_REDIS_SERVER_H_
#define MOYEO_COMMON_REDIS_SERVER_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"

namespace moyeo::common {

// The installed `redis-server` on a socket in a directory of its own, where nobody else finds it,
// without files. It ends with this object, or with the process if that is killed.
class RedisServer {
 public:
  // Whether there is a `redis-server` to be started.
  static bool IsInstalled();

  // Returns when the server is ready, or cannot be.
  RedisServer();
  ~RedisServer();

  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // Whether the server runs; if not, why.
  const absl::Status& status() const { return status_; }

  std::string socket() const { return directory_ + "/socket"; }

 private:
  absl::Status Start();

  std::string directory_;
  pid_t pid_ = -1;
  absl::Status status_;
};

}  // namespace moyeo::common

#endif  // MOYEO_COMMON_REDIS_SERVER_H_
