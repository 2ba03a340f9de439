// A Redis server of a test's own.

#ifndef MOYEO_TESTS_PRESENCE_REDIS_SERVER_H_
#define MOYEO_TESTS_PRESENCE_REDIS_SERVER_H_

#include <sys/types.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

struct redisContext;
struct redisReply;

namespace moyeo::testing {

// Starts the installed `redis-server` on a socket in a directory of its own, where nobody else
// finds it, and stops it at the end, also when the test is killed.
class RedisServer {
 public:
  RedisServer();
  ~RedisServer();

  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // Whether the server runs and answers; if not, why.
  const absl::Status& status() const { return status_; }

  struct FreeReply {
    void operator()(redisReply* reply) const;
  };
  using Reply = std::unique_ptr<redisReply, FreeReply>;

  // Sends a command without waiting for its reply.
  void Send(const std::vector<std::string>& words);

  // The reply to the oldest command whose reply was not yet taken; null if the connection broke.
  Reply Receive();

 private:
  absl::Status Start();
  absl::Status WaitUntilReady();
  absl::Status Connect();

  std::string directory_;
  pid_t pid_ = -1;
  int output_ = -1;  // what the server writes
  redisContext* connection_ = nullptr;
  absl::Status status_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRESENCE_REDIS_SERVER_H_
