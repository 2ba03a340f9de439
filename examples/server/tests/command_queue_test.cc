#include "command_queue.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server_fixture.h"

namespace moyeo::server {
namespace {

// Holds the queue's thread where it hands outcomes over, so that what comes meanwhile waits.
class Gate {
 public:
  void Pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }

  void AwaitSomebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return inside_ > 0; });
  }

  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

class CommandQueueTest : public ServerFixture {
 protected:
  void Start(const CommandQueue::Limits& limits) {
    queue_.emplace(*engine_, limits, [this](const std::function<void()>& then) {
      gate_.Pass();
      then();
    });
    // One that holds the thread.
    EXPECT_TRUE(Submit(0));
    gate_.AwaitSomebody();
  }

  bool Submit(std::size_t bytes) {
    const UserId user{++submitted_};
    return queue_->Submit({.time = now_,
                           .actor = user,
                           .body = moyeo::Register{.nickname = std::to_string(ToNumber(user))}},
                          bytes, [this, user](const absl::StatusOr<Outcome>& outcome) {
                            if (outcome.ok() && outcome->accepted()) done_.push_back(user);
                          });
  }

  // After which all that has been taken has been done.
  void Finish() {
    gate_.Open();
    queue_.reset();
  }

  std::uint64_t submitted_ = 0;
  std::vector<UserId> done_;
  Gate gate_;
  std::optional<CommandQueue> queue_;
};

TEST_F(CommandQueueTest, OnlySoManyWait) {
  Start({.commands = 2});
  EXPECT_TRUE(Submit(0));
  EXPECT_TRUE(Submit(0));
  EXPECT_FALSE(Submit(0));
  Finish();
  EXPECT_EQ(done_, (std::vector{UserId{1}, UserId{2}, UserId{3}})) << "in their order";
}

TEST_F(CommandQueueTest, OnlySoMuchWaits) {
  Start({.bytes = 100});
  EXPECT_FALSE(Submit(101));
  EXPECT_TRUE(Submit(60));
  EXPECT_FALSE(Submit(41));
  EXPECT_TRUE(Submit(40));
  EXPECT_FALSE(Submit(1));
  Finish();
  EXPECT_EQ(done_, (std::vector{UserId{1}, UserId{3}, UserId{5}}));
}

}  // namespace
}  // namespace moyeo::server
