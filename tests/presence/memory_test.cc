// What the presence index says that it takes, beside what the system says that the process has. A
// program of its own, in which nothing else takes memory.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "moyeo/presence.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

constexpr std::int64_t kTtlMs = 60'000;
constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
constexpr Timestamp kLater = kNow + std::chrono::milliseconds{kTtlMs};

std::size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  std::size_t resident_pages = 0;
  statm >> pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

class MemoryTest : public SeededTest {
 protected:
  static constexpr std::size_t kUsers = 600'000;
  // What the rest of the process may come to need, and what the system grants in advance.
  static constexpr std::size_t kMiB = std::size_t{1} << 20;

  void SetUp() override {
#if defined(MOYEO_TEST_SANITIZED)
    GTEST_SKIP() << "a sanitizer keeps books of its own";
#endif
    if (ResidentBytes() == 0) GTEST_SKIP() << "no /proc/self/statm here";
    for (std::size_t i = 0; i < kBatch; ++i) users_.push_back(UserId{i});
    places_.resize(kBatch);
  }

  // A crowd around a hundred places, one in `one_in` of whom is seen at `seen`.
  void SeeCrowd(std::size_t one_in, Timestamp seen) {
    for (std::size_t begin = 0; begin < kUsers; begin += kBatch * one_in) {
      for (std::size_t i = 0; i < kBatch; ++i) {
        users_[i] = UserId{begin + i * one_in};
        const auto city = static_cast<double>((begin / kBatch + i) % 100);
        places_[i] = NearTo({city / 2, city}, 20'000, random_);
      }
      ASSERT_TRUE(index_.MoveBatch(users_, places_, seen).ok());
    }
  }

  void Sweep(Timestamp now) {
    for (int round = 0; round < 3; ++round) {
      while (!index_.Expire(now).complete) {
      }
    }
  }

  static constexpr std::size_t kBatch = 1'000;

  PresenceIndex index_{{.ttl_ms = kTtlMs}};
  std::vector<UserId> users_;
  std::vector<LatLng> places_;
};

TEST_F(MemoryTest, WhatItSaysIsWhatTheProcessHas) {
  const std::size_t resident_before = ResidentBytes();
  const std::size_t said_before = index_.MemoryUsage().total();
  ASSERT_NO_FATAL_FAILURE(SeeCrowd(1, kNow));
  ASSERT_EQ(index_.size(), kUsers);
  const std::size_t said = index_.MemoryUsage().total() - said_before;
  const std::size_t resident = ResidentBytes() - resident_before;
  EXPECT_GE(said, kUsers * 40);
  EXPECT_NEAR(static_cast<double>(resident), static_cast<double>(said),
              0.05 * static_cast<double>(said) + 4 * kMiB);
}

TEST_F(MemoryTest, WhenACrowdHasLeftTheSystemHasItsMemoryBack) {
  ASSERT_NO_FATAL_FAILURE(SeeCrowd(20, kNow));
  const std::size_t resident_before = ResidentBytes();
  ASSERT_NO_FATAL_FAILURE(SeeCrowd(1, kNow));
  const std::size_t crowded = ResidentBytes() - resident_before;
  ASSERT_NO_FATAL_FAILURE(SeeCrowd(20, kLater));
  Sweep(kLater);
  ASSERT_EQ(index_.size(), kUsers / 20);
  const std::size_t left = ResidentBytes() - resident_before;
  EXPECT_LE(left, crowded / 4 + 6 * kMiB);
  EXPECT_NEAR(static_cast<double>(index_.MemoryUsage().total()), kUsers / 20 * 60.0, 16.0 * kMiB);
}

}  // namespace
}  // namespace moyeo::testing
