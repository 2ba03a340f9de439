#include "bench/society/stores.h"

#include <sqlite3.h>

#include <mutex>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/redis_connection.h"
#include "common/redis_server.h"
#include "moyeo/json.h"

namespace moyeo::bench {
namespace {

class NaiveSqlite final : public Store {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path) {
    auto opened = std::make_unique<NaiveSqlite>();
    int code = sqlite3_open(path.c_str(), &opened->database_);
    if (code == SQLITE_OK) {
      code = sqlite3_exec(opened->database_,
                          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                          "CREATE TABLE commands (sequence INTEGER PRIMARY KEY, command TEXT)",
                          nullptr, nullptr, nullptr);
    }
    if (code == SQLITE_OK) {
      code = sqlite3_prepare_v2(opened->database_, "INSERT INTO commands (command) VALUES (?1)", -1,
                                &opened->insert_, nullptr);
    }
    if (code != SQLITE_OK) return opened->Error();
    return opened;
  }

  NaiveSqlite() = default;
  ~NaiveSqlite() override {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  NaiveSqlite(const NaiveSqlite&) = delete;
  NaiveSqlite& operator=(const NaiveSqlite&) = delete;

  absl::Status Apply(std::size_t, const Command& command) override {
    const std::string json = ToJson(command);
    const std::lock_guard lock(mutex_);
    sqlite3_bind_text(insert_, 1, json.data(), static_cast<int>(json.size()), SQLITE_STATIC);
    // By itself, a statement is a transaction.
    const int code = sqlite3_step(insert_);
    sqlite3_reset(insert_);
    return code == SQLITE_DONE ? absl::OkStatus() : Error();
  }

 private:
  absl::Status Error() const { return absl::UnavailableError(sqlite3_errmsg(database_)); }

  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

class RedisWithLog final : public Store {
 public:
  explicit RedisWithLog(std::size_t callers)
      : server_(common::RedisServer::Durability::kEveryCommand) {
    for (std::size_t i = 0; server_.status().ok() && i < callers; ++i) {
      connections_.push_back(std::make_unique<common::RedisConnection>(server_.socket()));
    }
  }

  absl::Status status() const {
    absl::Status status = server_.status();
    for (const auto& connection : connections_) status.Update(connection->status());
    return status;
  }

  absl::Status Apply(std::size_t caller, const Command& command) override {
    const std::string json = ToJson(command);
    common::RedisConnection& connection = *connections_[caller];
    connection.Send({"RPUSH", "commands", json});
    const common::RedisConnection::Reply reply = connection.Receive();
    if (reply == nullptr) return connection.status();
    if (reply->type == REDIS_REPLY_INTEGER) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("redis: ", reply->str));
  }

 private:
  common::RedisServer server_;
  std::vector<std::unique_ptr<common::RedisConnection>> connections_;
};

}  // namespace

absl::Status MoyeoStore::Apply(std::size_t, const Command& command) {
  const absl::StatusOr<Outcome> outcome = engine_->Apply(command);
  if (!outcome.ok()) return outcome.status();
  if (outcome->accepted()) return absl::OkStatus();
  const std::string_view why = NameOf(outcome->reject);
  return absl::InternalError(
      absl::StrCat("a command is refused: ", absl::string_view(why.data(), why.size())));
}

absl::StatusOr<std::unique_ptr<Store>> OpenNaiveSqlite(const std::string& path) {
  return NaiveSqlite::Open(path);
}

absl::StatusOr<std::unique_ptr<Store>> StartRedisWithLog(std::size_t callers) {
  auto redis = std::make_unique<RedisWithLog>(callers);
  if (absl::Status status = redis->status(); !status.ok()) return status;
  return redis;
}

}  // namespace moyeo::bench
