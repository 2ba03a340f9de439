// From applied to durable: who writes for whom, and who is told.

#include "engine/commit_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "engine/engine_fixture.h"

namespace moyeo::engine {
namespace {

using ::testing::HasSubstr;
using testing::IsError;
using testing::IsOk;

class CommitQueueTest : public ::testing::Test {
 protected:
  std::uint64_t Push() {
    const std::lock_guard lock(order_);
    Event event;
    event.sequence = ++last_;
    return queue_.Push({.record = {.sequence = last_},
                        .messages = {},
                        .purge_by = std::nullopt,
                        .events = {std::move(event)}});
  }

  absl::Status PushAndAwait() { return queue_.Await(Push()); }

  // Called by whoever writes, before it is durable.
  std::function<absl::Status()> before_append_ = [] { return absl::OkStatus(); };
  testing::WatchedJournal journal_{[this] { return before_append_(); }};
  std::vector<std::uint64_t> published_;  // sequences, by one thread at a time
  CommitQueue queue_{journal_, [this](std::vector<Event> events) {
                       for (const Event& event : events) published_.push_back(event.sequence);
                     }};

 private:
  std::mutex order_;
  std::uint64_t last_ = 0;
};

TEST_F(CommitQueueTest, OneWhoIsAloneWritesAtOnce) {
  EXPECT_THAT(PushAndAwait(), IsOk());
  EXPECT_EQ(journal_.last(), 1u);
  EXPECT_EQ(queue_.flushes(), 1u);
  EXPECT_THAT(queue_.Await(1), IsOk()) << "again";
}

TEST_F(CommitQueueTest, AllThatManyPushBecomesDurableOnceAndInOrder) {
  constexpr std::size_t kThreads = 16;
  constexpr std::size_t kEach = 200;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (std::size_t n = 0; n < kEach; ++n) {
        const std::uint64_t ticket = Push();
        ASSERT_THAT(queue_.Await(ticket), IsOk());
        ASSERT_GE(journal_.last(), ticket);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(published_.size(), kThreads * kEach);
  for (std::size_t i = 0; i < published_.size(); ++i) ASSERT_EQ(published_[i], i + 1);
  EXPECT_LE(queue_.flushes(), kThreads * kEach);
}

TEST_F(CommitQueueTest, WhoComesDuringAFlushSharesTheNext) {
  constexpr std::size_t kLater = 8;
  std::atomic<bool> has_begun = false;
  before_append_ = [&] {
    if (!has_begun.exchange(true)) {
      while (queue_.pushed() < 1 + kLater) std::this_thread::yield();
    }
    return absl::OkStatus();
  };
  const std::uint64_t first = Push();
  std::vector<std::thread> threads;
  threads.emplace_back([&] { EXPECT_THAT(queue_.Await(first), IsOk()); });
  // They come when the first flush has begun: before, they would be part of it.
  for (std::size_t i = 0; i < kLater; ++i) {
    threads.emplace_back([&] {
      while (!has_begun) std::this_thread::yield();
      EXPECT_THAT(PushAndAwait(), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(journal_.last(), 1 + kLater);
  EXPECT_EQ(queue_.flushes(), 2u);
}

TEST_F(CommitQueueTest, WhatFailsFailsForAllWhoWaitAndWhoComeLater) {
  constexpr std::size_t kThreads = 8;
  const absl::Status full = absl::ResourceExhaustedError("the disk is full");
  before_append_ = [&] {
    while (queue_.pushed() < kThreads) std::this_thread::yield();
    return full;
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(PushAndAwait(), full); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(PushAndAwait(), full);
  EXPECT_EQ(queue_.failure(), full);
  EXPECT_TRUE(published_.empty());
}

TEST_F(CommitQueueTest, WhatIsInterruptedNeverBecomesDurable) {
  const std::uint64_t ticket = Push();
  queue_.Interrupt();
  EXPECT_THAT(queue_.Await(ticket),
              IsError(absl::StatusCode::kInternal, HasSubstr("open the journal anew")));
  EXPECT_EQ(journal_.last(), 0u);
}

TEST_F(CommitQueueTest, AnExceptionOfWhoWritesLeavesNobodyWaiting) {
  constexpr std::size_t kThreads = 8;
  before_append_ = [&]() -> absl::Status {
    while (queue_.pushed() < kThreads) std::this_thread::yield();
    throw std::bad_alloc();
  };
  std::atomic<std::size_t> thrown = 0;
  std::atomic<std::size_t> failed = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      try {
        failed += PushAndAwait().ok() ? 0 : 1;
      } catch (const std::bad_alloc&) {
        ++thrown;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(thrown, 1u);
  EXPECT_EQ(failed, kThreads - 1);
}

}  // namespace
}  // namespace moyeo::engine
