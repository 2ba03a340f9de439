#include "spatial/version_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/scale.h"

namespace moyeo::spatial {
namespace {

TEST(VersionLockTest, AQuietReadIsDoneOnce) {
  VersionLock lock;
  int reads = 0;
  lock.ReadConsistently([&] { ++reads; });
  EXPECT_EQ(reads, 1);
}

TEST(VersionLockTest, AReadThatIsDisturbedIsDoneAgain) {
  VersionLock lock;
  int reads = 0;
  lock.ReadConsistently([&] {
    if (++reads > 1) return;
    lock.lock();
    lock.unlock();
  });
  EXPECT_EQ(reads, 2);
}

TEST(VersionLockTest, AReadAmongMoreWritersThanEverEnds) {
  VersionLock lock;
  int reads = 0;
  bool locked_out = false;
  lock.ReadConsistently([&] {
    // Disturbs every optimistic read; the last one holds the lock, and would wait for ever.
    locked_out = ++reads > 4;
    if (locked_out) return;
    lock.lock();
    lock.unlock();
  });
  EXPECT_TRUE(locked_out);
}

TEST(VersionLockTest, WhoLocksWritersOutToReadDisturbsNoOtherReader) {
  VersionLock lock;
  std::uint32_t written_at = 0;
  int reads = 0;
  int reads_beside = 0;
  const std::uint32_t read_at = lock.ReadConsistently([&] {
    if (++reads <= 4) {
      lock.lock();
      lock.unlock();
      written_at = lock.version();
      return;
    }
    ASSERT_TRUE(lock.IsAt(written_at));
    EXPECT_EQ(lock.version(), written_at);
    EXPECT_EQ(lock.ReadConsistently([&] { ++reads_beside; }), written_at);
  });
  EXPECT_EQ(reads_beside, 1);
  EXPECT_EQ(read_at, written_at);
  EXPECT_TRUE(lock.IsAt(written_at));
}

// Pairs that are equal but while they are written.
TEST(VersionLockTest, NobodySeesTheMiddleOfAWrite) {
  VersionLock lock;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::atomic<std::uint64_t> differences = 0;
  const std::size_t rounds = testing::Scaled(200'000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (std::size_t round = 0; round < rounds; ++round) {
        lock.lock();
        StoreRelaxed(first, LoadRelaxed(first) + 1);
        StoreRelaxed(second, LoadRelaxed(second) + 1);
        lock.unlock();
      }
    });
    threads.emplace_back([&] {
      for (std::size_t round = 0; round < rounds; ++round) {
        std::uint64_t a = 0;
        std::uint64_t b = 1;
        lock.ReadConsistently([&] {
          a = LoadRelaxed(first);
          b = LoadRelaxed(second);
        });
        differences += a != b;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, 0u);
  EXPECT_EQ(first, 2 * rounds);
}

}  // namespace
}  // namespace moyeo::spatial
