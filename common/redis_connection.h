// A connection to a Redis server.

#ifndef MOYEO_COMMON_REDIS_CONNECTION_H_
#define MOYEO_COMMON_REDIS_CONNECTION_H_

#include <hiredis/hiredis.h>

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace moyeo::common {

// For one thread at a time.
class RedisConnection {
 public:
  static constexpr std::size_t kMaxWords = 16;

  explicit RedisConnection(const std::string& socket);
  ~RedisConnection();

  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Whether all went well until now; if not, what was the first to go wrong. Once something did,
  // all that may be done with the connection is to destroy it.
  const absl::Status& status() const { return status_; }

  struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Reply = std::unique_ptr<redisReply, FreeReply>;

  // Sends a command without waiting for its reply, and without an allocation of its own.
  // REQUIRES: at most kMaxWords words
  void Send(std::span<const std::string_view> words);
  void Send(std::initializer_list<std::string_view> words) { Send({words.begin(), words.size()}); }

  // The reply to the oldest command whose reply was not yet taken; null if the connection broke.
  Reply Receive();

 private:
  absl::Status Connect(const std::string& socket);

  redisContext* context_ = nullptr;
  absl::Status status_;
};

}  // namespace moyeo::common

#endif  // MOYEO_COMMON_REDIS_CONNECTION_H_
