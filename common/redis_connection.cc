#include "common/redis_connection.h"

#include <sys/time.h>

#include <array>

namespace moyeo::common {

RedisConnection::RedisConnection(const std::string& socket) : status_(Connect(socket)) {}

RedisConnection::~RedisConnection() {
  if (context_ != nullptr) redisFree(context_);
}

absl::Status RedisConnection::Connect(const std::string& socket) {
  const timeval patience{.tv_sec = 120, .tv_usec = 0};
  context_ = redisConnectUnixWithTimeout(socket.c_str(), patience);
  if (context_ == nullptr) return absl::UnavailableError("no memory for a Redis connection");
  if (context_->err != 0) return absl::UnavailableError(context_->errstr);
  redisSetTimeout(context_, patience);
  return absl::OkStatus();
}

void RedisConnection::Send(std::span<const std::string_view> words) {
  std::array<const char*, kMaxWords> texts;
  std::array<std::size_t, kMaxWords> lengths;
  for (std::size_t i = 0; i < words.size(); ++i) {
    texts[i] = words[i].data();
    lengths[i] = words[i].size();
  }
  redisAppendCommandArgv(context_, static_cast<int>(words.size()), texts.data(), lengths.data());
}

RedisConnection::Reply RedisConnection::Receive() {
  void* reply = nullptr;
  if (redisGetReply(context_, &reply) != REDIS_OK) {
    status_.Update(absl::UnavailableError(context_->errstr));
    return nullptr;
  }
  return Reply(static_cast<redisReply*>(reply));
}

}  // namespace moyeo::common
