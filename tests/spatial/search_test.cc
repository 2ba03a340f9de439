#include "spatial/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "spatial/support.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

class SearchTest : public testing::SeededTest {
 protected:
  void Put(const Item& item) {
    tree_->Put({item.id, item.position, item.stamp, item.mask});
    items_.push_back(item);
  }

  // The obvious way.
  std::vector<Hit> BruteForce(Position center, double radius_m, const ItemFilter& filter) const {
    const DistanceFrom distance(center);
    std::vector<Hit> hits;
    for (const Item& item : items_) {
      const double distance_m = distance(item.position);
      if (distance_m > radius_m || item.stamp <= filter.stamp_above) continue;
      if (!filter.AdmitsMask(item.mask)) continue;
      if (std::count(filter.skipped.begin(), filter.skipped.end(), item.id) > 0) continue;
      hits.push_back({distance_m, item.id, item.position, item.stamp});
    }
    std::sort(hits.begin(), hits.end());
    return hits;
  }

  void ExpectAgreement(Position center, double radius_m, std::size_t limit,
                       const ItemFilter& filter) {
    const std::vector<Hit> everything = BruteForce(center, radius_m, filter);
    const std::span nearest = std::span(everything).first(std::min(everything.size(), limit));
    for (const ScanLoops* loops : AvailableScanLoops()) {
      SCOPED_TRACE(loops->name);
      Search search(*loops);
      std::size_t count = 0;
      ASSERT_TRUE(search.Count(*tree_, center, radius_m, filter, count));
      ASSERT_EQ(count, everything.size());
      ASSERT_TRUE(search.FindWithin(*tree_, center, radius_m, filter));
      ASSERT_TRUE(std::ranges::equal(search.Hits(), everything));
      ASSERT_TRUE(search.FindNearest(*tree_, center, radius_m, limit, filter));
      ASSERT_TRUE(std::ranges::equal(search.Hits(), nearest));
      ExpectGoingOn(search, center, radius_m, limit, filter, everything);
    }
  }

  // From the distance of each of some hits on, the next ones are found.
  void ExpectGoingOn(Search& search, Position center, double radius_m, std::size_t limit,
                     const ItemFilter& filter, const std::vector<Hit>& everything) {
    for (std::size_t at = everything.size() / 2; at < everything.size(); at += 1 + at / 2) {
      const double from_m = everything[at].distance_m;
      ASSERT_TRUE(search.FindNearest(*tree_, center, radius_m, limit, filter, from_m));
      const std::span<const Hit> hits = search.Hits();
      const auto begin =
          std::ranges::find_if(hits, [from_m](const Hit& hit) { return hit.distance_m >= from_m; });
      const std::size_t found = static_cast<std::size_t>(hits.end() - begin);
      const auto first = std::ranges::lower_bound(everything, from_m, {}, &Hit::distance_m);
      const auto expected =
          std::span<const Hit>(everything.begin() + (first - everything.begin()), everything.end());
      ASSERT_TRUE(hits.size() == limit || found == expected.size());
      ASSERT_LE(found, expected.size());
      ASSERT_TRUE(std::equal(begin, hits.end(), expected.begin()));
      // What is surely nearer is left out; ties, and those hardly nearer, are few.
      if (!hits.empty() && limit < tree_->size()) {
        const auto haversine = [](double distance_m) {
          return std::pow(std::sin(distance_m / kEarthRadiusMeters / 2), 2);
        };
        ASSERT_GT(haversine(hits.front().distance_m), 0.9999 * haversine(from_m) - 1e-20);
      }
    }
  }

  std::optional<ItemTree> tree_{std::in_place};
  std::vector<Item> items_;
  Search search_;
};

TEST_F(SearchTest, AnEmptyTreeHasNoHits) {
  ASSERT_TRUE(search_.FindNearest(*tree_, At(0, 0), Search::kNoRadius, 10, {}));
  EXPECT_TRUE(search_.Hits().empty());
  std::size_t count = 1;
  ASSERT_TRUE(search_.Count(*tree_, At(0, 0), Search::kNoRadius, {}, count));
  EXPECT_EQ(count, 0u);
}

TEST_F(SearchTest, TiesAreInOrderOfId) {
  for (std::uint64_t id = 1'000; id > 0; --id) Put({id, At(10, 20), 0, 0});
  ASSERT_TRUE(search_.FindNearest(*tree_, At(10, 20), 0, 3, {}));
  const std::span<const Hit> hits = search_.Hits();
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].id, 1u);
  EXPECT_EQ(hits[2].id, 3u);
}

TEST_F(SearchTest, AgreesWithBruteForceForEveryCrowd) {
  for (const testing::Crowd& crowd : testing::Crowds()) {
    SCOPED_TRACE(crowd.name);
    tree_.emplace();
    items_.clear();
    for (std::uint64_t id = 0; id < 3'000; ++id) {
      Put({id, *ToPosition(crowd.place(random_)), random_.Between(0, 3),
           random_.Bits32() & random_.Bits32()});
    }
    for (std::size_t i = 0; i < testing::Scaled(400); ++i) {
      const Position center =
          random_.OneIn(2) ? *ToPosition(crowd.place(random_)) : AnyPosition(random_);
      const double radius_m = random_.Pick(std::vector<double>{
          0, 0.02, 5, 1'000, 30'000, 3e6, 1.0e7, 1.9e7, 2.0015e7, 3e7, Search::kNoRadius});
      const std::size_t limit = random_.Pick(std::vector<std::size_t>{1, 2, 50, 600, 2'999, 5'000});
      ItemFilter filter;
      if (random_.OneIn(2)) filter.stamp_above = random_.Between(-1, 3);
      if (random_.OneIn(4)) filter.all_of = 1u << random_.Below(32);
      if (random_.OneIn(4)) filter.any_of = random_.Bits32();
      if (random_.OneIn(4)) filter.none_of = 1u << random_.Below(32);
      std::vector<std::uint64_t> skipped;
      if (random_.OneIn(4)) {
        for (std::uint64_t id = 0; id < 3'000; id += 1 + random_.Below(5)) skipped.push_back(id);
      }
      filter.skipped = skipped;
      ExpectAgreement(center, radius_m, limit, filter);
    }
  }
}

TEST_F(SearchTest, MemoryIsGivenBackOnRequestOnly) {
  for (std::uint64_t id = 0; id < 5'000; ++id) Put({id, At(0, 0), 0, 0});
  const auto find = [&] {
    EXPECT_TRUE(search_.FindWithin(*tree_, At(0, 0), 1, {}));
    return search_.Hits();
  };
  const Hit* before = find().data();
  search_.Trim(std::size_t{1} << 30);
  EXPECT_EQ(find().data(), before);
  search_.Trim(0);
  EXPECT_EQ(find().size(), 5'000u);
}

}  // namespace
}  // namespace moyeo::spatial
