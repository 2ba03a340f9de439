#include "presence/distributed_mutex.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "support/scale.h"

namespace moyeo {
namespace {

TEST(DistributedMutexTest, ReadersShare) {
  DistributedMutex mutex;
  std::barrier both_are_in(2);
  const auto read = [&] {
    const std::shared_lock lock(mutex);
    both_are_in.arrive_and_wait();
  };
  std::thread other(read);
  read();
  other.join();
}

TEST(DistributedMutexTest, AWriterWaitsForTheReaderAndAReaderForTheWriter) {
  DistributedMutex mutex;
  std::atomic<bool> has_written = false;
  std::atomic<bool> is_writing = false;
  std::shared_lock reader(mutex);
  std::thread writer([&] {
    is_writing = true;
    is_writing.notify_one();
    const std::unique_lock lock(mutex);
    has_written = true;
  });
  is_writing.wait(false);
  EXPECT_FALSE(has_written);
  reader.unlock();
  writer.join();
  reader.lock();
  EXPECT_TRUE(has_written);
}

// Plain numbers that are equal but while a writer is at them. The thread sanitizer looks on.
TEST(DistributedMutexTest, NobodySeesTheMiddleOfAWrite) {
  DistributedMutex mutex;
  std::array<std::uint64_t, 512> numbers{};
  std::atomic<std::uint64_t> differences = 0;
  const std::size_t rounds = testing::Scaled(20'000);
  std::barrier start(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (std::size_t round = 0; round < rounds; ++round) {
        const std::unique_lock lock(mutex);
        for (std::uint64_t& number : numbers) ++number;
      }
    });
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (std::size_t round = 0; round < rounds; ++round) {
        const std::shared_lock lock(mutex);
        for (const std::uint64_t number : numbers) differences += number != numbers.front();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, 0u);
  EXPECT_EQ(numbers.front(), 2 * rounds);
}

}  // namespace
}  // namespace moyeo
