// Arrivals that are taken down while others come.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "spatial/arrivals.h"
#include "support/scale.h"

namespace moyeo::spatial {
namespace {

TEST(ArrivalsThreadsTest, NobodyIsLostBetweenTwoTimes) {
  Arrivals arrivals;
  const std::uint64_t all = testing::Scaled(10'000'000);
  std::atomic<std::uint64_t> taken_down = 0;
  std::thread writer([&] {
    for (std::uint64_t id = 1; id <= all; ++id) {
      // Never so far ahead that somebody is forgotten.
      while (id - taken_down > Arrivals::kRemembered / 2) std::this_thread::yield();
      arrivals.Add(id);
    }
  });
  std::uint64_t wrong = 0;
  std::vector<std::uint64_t> ids;
  for (std::uint64_t since = arrivals.settled(); since < all; taken_down = since) {
    const std::uint64_t before = since;
    ids.clear();
    wrong += !arrivals.CopySince(since, ids);
    for (std::size_t i = 0; i < ids.size(); ++i) wrong += ids[i] != before + i + 1;
  }
  writer.join();
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
}  // namespace moyeo::spatial
