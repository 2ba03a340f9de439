// What makes commands durable: moyeo's engine, and what an application might use instead.

#ifndef MOYEO_BENCH_SOCIETY_STORES_H_
#define MOYEO_BENCH_SOCIETY_STORES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/engine.h"

namespace moyeo::bench {

// Each of the callers 0, 1, 2 and so on from a thread of its own.
class Store {
 public:
  virtual ~Store() = default;

  // Returns when the command will survive a loss of power.
  virtual absl::Status Apply(std::size_t caller, const Command& command) = 0;
};

// All that moyeo does: the rules, the state, texts of messages, events.
class MoyeoStore final : public Store {
 public:
  explicit MoyeoStore(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  absl::Status Apply(std::size_t caller, const Command& command) override;

  Engine& engine() { return *engine_; }

 private:
  const std::unique_ptr<Engine> engine_;
};

// What follows keeps the command's JSON in the order in which it came, and nothing else: no rule,
// no state, no event. All that would come on top of it.

// A SQLite database (WAL, synchronous=FULL) with a transaction for each command. Callers take
// turns: that costs less than connections of their own, which would wait for each other by trying
// again.
absl::StatusOr<std::unique_ptr<Store>> OpenNaiveSqlite(const std::string& path);

// A Redis server with an append-only file that is flushed before replies are sent
// (appendfsync=always), and a connection for each caller. It flushes once for all commands that it
// has received meanwhile.
absl::StatusOr<std::unique_ptr<Store>> StartRedisWithLog(std::size_t callers);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_STORES_H_
