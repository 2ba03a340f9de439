// Counts what the presence index and feeds take from the heap: this program has its own operator
// new.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "support/places.h"
#include "support/seeds.h"

// Where g++ inlines only one of a pair of the operators below, it takes them for no pair.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace {

std::atomic<std::size_t> allocations = 0;

void* Allocate(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, rounded)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return Allocate(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return Allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace moyeo::testing {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
constexpr LatLng kSeoul{37.5665, 126.978};

class AllocationTest : public SeededTest {
 protected:
  AllocationTest() {
    for (std::uint64_t id = 0; id < 20'000; ++id) {
      users_.push_back(UserId{id});
      here_.push_back(NearTo(kSeoul, 10'000, random_));
      there_.push_back(NearTo(here_.back(), 300, random_));
    }
    EXPECT_TRUE(index_.MoveBatch(users_, here_, kNow).ok());
  }

  void WalkThereAndBack() {
    for (const std::vector<LatLng>& places : {std::cref(there_), std::cref(here_)}) {
      for (std::size_t i = 0; i < users_.size(); i += 2) {
        EXPECT_TRUE(index_.Move(users_[i], places[i], kNow).ok());
      }
      EXPECT_TRUE(index_.MoveBatch(users_, places, kNow).ok());
    }
  }

  void Ask() {
    for (std::size_t i = 0; i < 500; ++i) {
      const NearbyQuery nearest{.radius_m = 5'000, .limit = 50};
      EXPECT_TRUE(index_.Nearby(here_[i], nearest, kNow, neighbors_).ok());
      EXPECT_TRUE(index_.NearbyUser(users_[i], {.limit = 10}, kNow, neighbors_).ok());
      const NearbyQuery everybody{.radius_m = 500, .limit = std::nullopt};
      EXPECT_TRUE(index_.Nearby(there_[i], everybody, kNow, neighbors_).ok());
      EXPECT_TRUE(index_.CountWithin(there_[i], 2'000, kNow).ok());
    }
    const std::span centers = std::span(here_).first(500);
    EXPECT_TRUE(index_.NearbyBatch(centers, {.radius_m = 5'000}, kNow, answers_).ok());
  }

  template <typename Work>
  std::size_t AllocationsOf(Work work) {
    const std::size_t before = allocations;
    work();
    return allocations - before;
  }

  PresenceIndex index_;
  std::vector<UserId> users_;
  std::vector<LatLng> here_;
  std::vector<LatLng> there_;
  std::vector<Neighbor> neighbors_;
  NearbyBatchResult answers_;
};

TEST_F(AllocationTest, TheCounterCounts) {
  EXPECT_GT(AllocationsOf([] { std::vector<int> vector(100); }), 0u);
}

TEST_F(AllocationTest, QueriesThatReuseMemoryAllocateNothing) {
  Ask();
  EXPECT_EQ(AllocationsOf([&] { Ask(); }), 0u);
}

TEST_F(AllocationTest, MovesAllocateNothingOnceTheIndexHasItsSize) {
  for (int i = 0; i < 20; ++i) WalkThereAndBack();
  const std::size_t held = index_.MemoryUsage().total();
  EXPECT_EQ(AllocationsOf([&] { WalkThereAndBack(); }), 0u);
  EXPECT_EQ(index_.MemoryUsage().total(), held);  // what comes from elsewhere than operator new
}

TEST_F(AllocationTest, TicksAllocateHardlyAnythingOnceTheFeedsHaveTheirSize) {
  NearbyFeeds feeds(index_);
  for (const UserId user : users_) {
    EXPECT_TRUE(feeds.Subscribe({.center = user, .radius_m = 5'000}).ok());
  }
  std::size_t deltas = 0;
  const auto walk_and_tick = [&] {
    for (const std::vector<LatLng>& places : {std::cref(there_), std::cref(here_)}) {
      EXPECT_TRUE(index_.MoveBatch(users_, places, kNow).ok());
      const auto tick =
          feeds.Tick(kNow, [&](const FeedUpdate& update) { deltas += update.deltas.size(); });
      EXPECT_TRUE(tick.ok());
    }
  };
  for (int i = 0; i < 8; ++i) walk_and_tick();
  deltas = 0;
  // Now and then a scene is larger than any that is kept.
  EXPECT_LE(AllocationsOf(walk_and_tick), users_.size() / 500);
  EXPECT_GT(deltas, users_.size());
}

}  // namespace
}  // namespace moyeo::testing
