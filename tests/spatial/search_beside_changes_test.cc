// Searches into which changes are slipped at a chosen moment, on one thread: by scan loops that
// change the tree while a leaf is scanned.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "spatial/item_tree.h"
#include "spatial/readers.h"
#include "spatial/search.h"
#include "spatial/support.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

// Counts the scans; happens at one of them.
struct Interlude {
  std::size_t scans_before = 0;
  std::function<void()> change;
};
Interlude interlude;

std::size_t SelectWithInterlude(const ScanCenter& center, const std::int32_t* lat,
                                const std::int32_t* lng, std::size_t n, float most,
                                std::uint32_t first, float* haversines, std::uint32_t* numbers) {
  const std::size_t selected =
      kPortableScanLoops.select(center, lat, lng, n, most, first, haversines, numbers);
  if (interlude.change && interlude.scans_before-- == 0) {
    std::exchange(interlude.change, nullptr)();
  }
  return selected;
}

const ScanLoops kLoopsWithInterlude = [] {
  ScanLoops loops = kPortableScanLoops;
  loops.select = SelectWithInterlude;
  return loops;
}();

class SearchBesideChangesTest : public testing::SeededTest {
 protected:
  void Start(std::uint64_t remembered_arrivals) {
    tree_.emplace(&readers_, remembered_arrivals);
    before_.clear();
    for (std::uint64_t id = 0; id < kItems; ++id) {
      before_[id] = AnyPlace();
      tree_->Put({id, before_[id], 0});
    }
    after_ = before_;
  }

  // Changes happen at some moment of the next search. Each item is changed once at most, so that
  // what was true of it is what was before and what is after.
  void ChangeDuringTheNextSearch(std::size_t changes) {
    interlude.scans_before = random_.Below(random_.OneIn(2) ? 4 : 60);
    interlude.change = [this, changes] {
      ++interludes_;
      std::set<std::uint64_t> changed;
      for (std::size_t i = 0; i < changes; ++i) {
        const std::uint64_t id = random_.Below(2 * kItems);
        if (!changed.insert(id).second) continue;
        if (random_.OneIn(4)) {
          tree_->Erase(id);
          after_.erase(id);
        } else {
          after_[id] = AnyPlace();
          tree_->Put({id, after_[id], 0});
        }
      }
    };
  }

  // A city, and now and then the same spot in it: crowded, so that leaves split and merge.
  Position AnyPlace() {
    if (random_.OneIn(8)) return At(37.5, 127);
    return {375'000'000 + static_cast<std::int32_t>(random_.Below(200'000)),
            1'270'000'000 + static_cast<std::int32_t>(random_.Below(200'000))};
  }

  static bool IsWithin(const std::map<std::uint64_t, Position>& items, std::uint64_t id,
                       Position center, double radius_m) {
    const auto item = items.find(id);
    return item != items.end() && DistanceFrom(center)(item->second) <= radius_m;
  }

  void ExpectTrue(std::span<const Hit> hits, double radius_m) {
    std::set<std::uint64_t> seen;
    for (const Hit& hit : hits) {
      ASSERT_TRUE(seen.insert(hit.id).second) << hit.id << " is there twice";
      const auto was = before_.find(hit.id);
      const auto is = after_.find(hit.id);
      ASSERT_TRUE((was != before_.end() && was->second == hit.position) ||
                  (is != after_.end() && is->second == hit.position))
          << hit.id << " was never there";
      ASSERT_LE(hit.distance_m, radius_m);
    }
  }

  static constexpr std::uint64_t kItems = 1'500;

  Readers readers_;
  std::optional<ItemTree> tree_;
  Search search_{kLoopsWithInterlude};
  std::size_t interludes_ = 0;
  std::map<std::uint64_t, Position> before_;
  std::map<std::uint64_t, Position> after_;
};

TEST_F(SearchBesideChangesTest, NobodyWhoWasThereAllTheTimeIsMissedOrMetTwice) {
  for (std::size_t i = 0; i < testing::Scaled(200); ++i) {
    Start(Arrivals::kRemembered);
    ChangeDuringTheNextSearch(random_.Pick(std::vector<std::size_t>{1, 10, 1'000}));
    const Position center = AnyPlace();
    const double radius_m = random_.Pick(std::vector<double>{0, 100, 1'000, 1e7});
    const Readers::Visit visit(readers_);
    ASSERT_TRUE(search_.FindWithin(*tree_, center, radius_m, {}));
    const std::span<const Hit> hits = search_.Hits();
    ASSERT_NO_FATAL_FAILURE(ExpectTrue(hits, radius_m));
    std::set<std::uint64_t> found;
    for (const Hit& hit : hits) found.insert(hit.id);
    for (std::uint64_t id = 0; id < kItems; ++id) {
      if (!IsWithin(before_, id, center, radius_m) || !IsWithin(after_, id, center, radius_m)) {
        continue;
      }
      ASSERT_TRUE(found.contains(id)) << id << " was there all the time";
    }
  }
  EXPECT_GT(interludes_, 0u);
}

TEST_F(SearchBesideChangesTest, TheNearestAreEachThereOnce) {
  for (std::size_t i = 0; i < testing::Scaled(200); ++i) {
    Start(Arrivals::kRemembered);
    ChangeDuringTheNextSearch(random_.Pick(std::vector<std::size_t>{1, 10, 1'000}));
    const Position center = AnyPlace();
    const std::size_t limit = random_.Pick(std::vector<std::size_t>{1, 20, 500});
    const Readers::Visit visit(readers_);
    ASSERT_TRUE(search_.FindNearest(*tree_, center, 1'000, limit, {}));
    const std::span<const Hit> hits = search_.Hits();
    ASSERT_NO_FATAL_FAILURE(ExpectTrue(hits, 1'000));
    ASSERT_LE(hits.size(), limit);
    if (!search_.HasNearest(limit)) continue;
    // Nobody who was nearer all the time has been left out.
    std::set<std::uint64_t> found;
    for (const Hit& hit : hits) found.insert(hit.id);
    const double reach_m = hits.size() < limit ? Search::kNoRadius : hits.back().distance_m;
    const double nearer_m = std::min(std::nexttoward(reach_m, 0), 1'000.0);
    for (std::uint64_t id = 0; id < kItems && reach_m > 0; ++id) {
      if (!IsWithin(before_, id, center, nearer_m) || !IsWithin(after_, id, center, nearer_m)) {
        continue;
      }
      ASSERT_TRUE(found.contains(id)) << id << " was nearer all the time";
    }
  }
  EXPECT_GT(interludes_, 0u);
}

TEST_F(SearchBesideChangesTest, MoreThanIsRememberedIsTold) {
  std::size_t told = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    Start(8);
    ChangeDuringTheNextSearch(100);
    const Readers::Visit visit(readers_);
    told += !search_.FindWithin(*tree_, At(37.5, 127), 1e7, {});
    // And then nothing changes meanwhile.
    interlude.change = nullptr;
    ASSERT_TRUE(search_.FindWithin(*tree_, At(37.5, 127), 1e7, {}));
    before_ = after_;
    const std::span<const Hit> hits = search_.Hits();
    ASSERT_NO_FATAL_FAILURE(ExpectTrue(hits, 1e7));
    ASSERT_EQ(hits.size(), after_.size());
  }
  EXPECT_GT(told, 0u);
}

}  // namespace
}  // namespace moyeo::spatial
