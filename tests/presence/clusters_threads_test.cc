// Clusters beside movers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "moyeo/clusters.h"
#include "moyeo/presence.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"
#include "support/together.h"

namespace moyeo::testing {
namespace {

using ::testing::IsEmpty;

constexpr LatLng kCenter{37.5665, 126.978};
constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
constexpr std::size_t kStill = 300;
constexpr std::uint32_t kStillBit = 4;

using ClustersThreadsTest = SeededTest;

// However often the leaves around them split and merge.
TEST_F(ClustersThreadsTest, WhoStaysIsCountedOnceWhileACrowdComesAndGoes) {
  PresenceIndex index;
  for (std::size_t i = 0; i < kStill; ++i) {
    ASSERT_THAT(index.Move(UserId{i}, NearTo(kCenter, 2'000, random_), kNow, kStillBit), IsOk());
  }
  Complaints complaints;
  std::atomic<bool> done = false;
  const auto come_and_go = [&](std::size_t first, Random random) {
    for (std::size_t i = 0; i < Scaled(40'000); ++i) {
      const UserId user{first + random.Below(1'000)};
      const bool here = i / 2'000 % 2 == 0;
      complaints.Expect(
          index.Move(user, here ? NearTo(kCenter, 2'000, random) : Anywhere(random), kNow));
    }
  };
  const auto count = [&](int level) {
    do {
      const auto answer = FindClusters(index,
                                       {.south_west = {37, 126},
                                        .north_east = {38, 128},
                                        .level = level,
                                        .filter = {.all_of = kStillBit}},
                                       kNow);
      complaints.Expect(answer.status());
      std::size_t counted = 0;
      if (answer.ok()) {
        for (const Cluster& cluster : answer->clusters) counted += cluster.count;
      }
      if (counted != kStill) complaints.Add(std::to_string(counted) + " were counted");
    } while (!done.load());
  };
  std::vector<std::function<void()>> jobs;
  jobs.push_back([&, random = Random(random_.Bits())] {
    come_and_go(1'000, random);
    done.store(true);
  });
  jobs.push_back([&, random = Random(random_.Bits())] { come_and_go(2'000, random); });
  jobs.push_back([&] { count(14); });
  RunTogether(jobs);
  EXPECT_THAT(complaints.Take(), IsEmpty());
}

// Expired users are swept out of leaves that hold others too.
TEST_F(ClustersThreadsTest, WhoStaysIsCountedOnceWhileTheExpiredAreSwept) {
  constexpr std::chrono::milliseconds kTtl{60'000};
  PresenceIndex index;
  for (std::size_t i = 0; i < kStill; ++i) {
    ASSERT_THAT(index.Move(UserId{i}, NearTo(kCenter, 2'000, random_), kNow + kTtl), IsOk());
  }
  Complaints complaints;
  std::atomic<bool> done = false;
  const auto come_and_expire = [&, random = Random(random_.Bits())]() mutable {
    for (std::size_t round = 0; round < Scaled(20); ++round) {
      for (std::size_t i = 0; i < 1'000; ++i) {
        complaints.Expect(index.Move(UserId{1'000 + i}, NearTo(kCenter, 2'000, random), kNow));
      }
      while (!index.Expire(kNow + kTtl).complete) {
      }
    }
    done.store(true);
  };
  const auto count = [&] {
    do {
      const auto answer = FindClusters(
          index, {.south_west = {37, 126}, .north_east = {38, 128}, .level = 5}, kNow + kTtl);
      complaints.Expect(answer.status());
      std::size_t counted = 0;
      if (answer.ok()) {
        for (const Cluster& cluster : answer->clusters) counted += cluster.count;
      }
      if (counted != kStill) complaints.Add(std::to_string(counted) + " were counted");
    } while (!done.load());
  };
  RunTogether({come_and_expire, count});
  EXPECT_THAT(complaints.Take(), IsEmpty());
}

}  // namespace
}  // namespace moyeo::testing
