#include "spatial/readers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "support/scale.h"

namespace moyeo::spatial {
namespace {

TEST(ReadersTest, WithNobodyThereAGracePeriodIsOverAtOnce) {
  Readers readers;
  EXPECT_TRUE(readers.GracePeriodIsOver());
  EXPECT_TRUE(readers.GracePeriodIsOver());
}

TEST(ReadersTest, AGracePeriodIsNotOverWhileSomebodyIsThereWhoWasThereBefore) {
  Readers readers;
  std::optional<Readers::Visit> visit(std::in_place, readers);
  readers.GracePeriodIsOver();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(readers.GracePeriodIsOver());
  visit.reset();
  EXPECT_TRUE(readers.GracePeriodIsOver());
}

TEST(ReadersTest, ThoseWhoComeDoNotProlongIt) {
  Readers readers;
  std::optional<Readers::Visit> before(std::in_place, readers);
  readers.GracePeriodIsOver();
  // There is always somebody, but never the same.
  std::optional<Readers::Visit> next(std::in_place, readers);
  before.reset();
  int periods = 0;
  for (int i = 0; i < 10; ++i) {
    std::optional<Readers::Visit> other(std::in_place, readers);
    next.reset();
    periods += readers.GracePeriodIsOver();
    next.emplace(readers);
  }
  EXPECT_GE(periods, 4);
}

TEST(ReadersTest, ThingsInLimboAreReleasedAtTheEndOfTheSecondGracePeriod) {
  Limbo<int> limbo;
  std::vector<int> released;
  const auto end = [&] { limbo.EndGracePeriod([&](int i) { released.push_back(i); }); };
  limbo.Add(1);
  end();
  limbo.Add(2);
  EXPECT_TRUE(released.empty());
  end();
  EXPECT_EQ(released, std::vector{1});
  end();
  EXPECT_EQ(released, (std::vector{1, 2}));
  EXPECT_EQ(limbo.size(), 0u);
}

// A pointer that is replaced over and over. What it pointed to is overwritten and freed after its
// grace period; the address and the thread sanitizer look on.
TEST(ReadersTest, NobodyLooksAtWhatIsFreed) {
  Readers readers;
  const auto make = [](std::uint64_t i) { return new std::uint64_t[2]{i, i}; };
  std::atomic<std::uint64_t*> current = make(0);
  std::atomic<std::size_t> finished = 0;
  std::atomic<std::size_t> wrong = 0;
  const std::size_t looks = testing::Scaled(200'000);
  constexpr std::size_t kThreads = 3;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (std::size_t look = 0; look < looks; ++look) {
        const Readers::Visit visit(readers);
        const std::uint64_t* pair = current.load(std::memory_order_acquire);
        wrong += pair[0] != pair[1];
      }
      ++finished;
    });
  }
  Limbo<std::uint64_t*> limbo;
  const auto release = [&](std::uint64_t* pair) {
    pair[0] = 1;
    pair[1] = 2;
    delete[] pair;
  };
  for (std::uint64_t i = 1; finished < kThreads; ++i) {
    limbo.Add(current.exchange(make(i), std::memory_order_acq_rel));
    if (readers.GracePeriodIsOver()) limbo.EndGracePeriod(release);
    if (i % 64 == 0) std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0u);
  readers.WaitForThoseHere();
  for (int i = 0; i < 2; ++i) limbo.EndGracePeriod(release);
  EXPECT_EQ(limbo.size(), 0u);
  delete[] current.load();
}

}  // namespace
}  // namespace moyeo::spatial
