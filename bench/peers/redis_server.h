// A Redis server of the benchmark's own.

#ifndef MOYEO_BENCH_PEERS_REDIS_SERVER_H_
#define MOYEO_BENCH_PEERS_REDIS_SERVER_H_

#include <sys/types.h>

#include <string>

namespace moyeo::bench {

// Whether there is a `redis-server` to be started.
bool RedisIsInstalled();

// A server on a socket in a directory of its own, where nobody else finds it, without files. It
// ends with this object, or with the process if that is killed. If it does not start, the process
// ends with a message.
class RedisServer {
 public:
  RedisServer();
  ~RedisServer();

  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::string socket() const { return directory_ + "/socket"; }

 private:
  std::string directory_;
  pid_t pid_ = -1;
};

// Ends the process after a message: without the server there is nothing to measure.
[[noreturn]] void RedisFailed(const std::string& why);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_REDIS_SERVER_H_
