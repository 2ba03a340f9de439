// Regions beside S2 itself, their boxes and circles, and the index of boxes beside a plain list.

#include "spatial/region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <set>
#include <vector>

#include "spatial/leaf_watch.h"
#include "spatial/region_index.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

using testing::Crowd;
using testing::Random;

Position At(LatLng degrees) { return *ToPosition(degrees); }

std::unique_ptr<const Region> SomeRegion(LatLng center, Random& random) {
  const double size_m = std::pow(10, random.Uniform(-1, 7.3));
  if (random.OneIn(3)) {
    std::vector<Position> vertices;
    const std::size_t corners = 3 + random.Below(20);
    for (std::size_t i = 0; i < corners; ++i) {
      const double turn = (static_cast<double>(i) + random.Uniform(0.1, 0.9)) * 2 *
                          std::numbers::pi / static_cast<double>(corners);
      vertices.push_back(
          At(testing::Offset(center, std::min(size_m, 9e6) * random.Uniform(0.2, 1), turn)));
    }
    auto polygon = MakePolygon(vertices);
    if (polygon.ok()) return *std::move(polygon);
  } else if (random.OneIn(2)) {
    std::vector<std::uint64_t> ids;
    for (std::size_t i = 1 + random.Below(30); i > 0; --i) {
      const LatLng at = testing::NearTo(center, size_m, random);
      ids.push_back(S2CellId(S2LatLng::FromDegrees(at.lat, at.lng))
                        .parent(static_cast<int>(random.Between(0, 30)))
                        .id());
    }
    return MakeCells(ids).value();
  }
  return MakeCircle({At(center), size_m});
}

class RegionTest : public testing::SeededTest, public ::testing::WithParamInterface<Crowd> {};

// What decides which parts of an index are looked at must leave nobody out.
TEST_P(RegionTest, BoxesAndCircleHoldAllThatIsInside) {
  std::size_t inside = 0;
  for (std::size_t i = 0; i < testing::Scaled(2'000); ++i) {
    const auto region = SomeRegion(GetParam().place(random_), random_);
    const DistanceFrom distance(region->bound().center);
    for (int j = 0; j < 40; ++j) {
      const LatLng from =
          random_.OneIn(2) ? GetParam().place(random_) : ToDegrees(region->bound().center);
      const double reach_m = region->bound().radius_m;
      const Position position =
          At(random_.OneIn(3) ? testing::Offset(from, reach_m * random_.Uniform(0.999999, 1.000001),
                                                random_.Uniform(0, 2 * std::numbers::pi))
                              : testing::NearTo(from, reach_m, random_));
      if (!region->Contains(position)) continue;
      ++inside;
      ASSERT_LE(distance(position), reach_m);
      ASSERT_TRUE(std::ranges::any_of(
          region->boxes(), [&](const Box& box) { return box.Contains(ToGrid(position)); }))
          << "at " << position.lat << ", " << position.lng;
      ASSERT_TRUE(region->IsNear(position, 0));
    }
  }
  EXPECT_GT(inside, 0u);
}

INSTANTIATE_TEST_SUITE_P(Crowds, RegionTest, ::testing::ValuesIn(testing::Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

Cell CellAround(GridPoint p, int lat_bits, int lng_bits) {
  const auto corner = [](std::uint32_t x, int bits) {
    return static_cast<std::uint32_t>(std::uint64_t{x} >> bits << bits);
  };
  return {{corner(p.lat, lat_bits), corner(p.lng, lng_bits)},
          static_cast<std::uint8_t>(lat_bits),
          static_cast<std::uint8_t>(lng_bits)};
}

using RegionIndexTest = testing::SeededTest;

TEST_F(RegionIndexTest, FindsWhatAPlainListFinds) {
  RegionIndex index;
  std::vector<std::vector<Box>> regions(200);
  std::vector<std::uint32_t> found;
  const auto coordinate = [&] { return random_.Bits32() >> random_.Below(32); };
  const auto some_box = [&] {
    const std::uint32_t lat = coordinate();
    const std::uint32_t lng = coordinate();
    const std::uint32_t size = random_.Bits32() >> random_.Below(32);
    return Box{{lat, lng}, {lat + std::min(size, ~lat), lng + std::min(size / 3, ~lng)}};
  };
  std::size_t hits = 0;
  for (std::size_t i = 0; i < testing::Scaled(20'000); ++i) {
    const auto number = static_cast<std::uint32_t>(random_.Below(regions.size()));
    std::vector<Box>& boxes = regions[number];
    if (boxes.empty()) {
      for (std::size_t j = 1 + random_.Below(3); j > 0; --j) boxes.push_back(some_box());
      index.Add(number, boxes);
    } else if (random_.OneIn(2)) {
      index.Remove(number, boxes);
      boxes.clear();
    }

    const GridPoint point{coordinate(), coordinate()};
    const Cell cell =
        CellAround(point, static_cast<int>(random_.Below(33)), static_cast<int>(random_.Below(33)));
    std::set<std::uint32_t> at;
    std::set<std::uint32_t> in;
    for (std::uint32_t r = 0; r < regions.size(); ++r) {
      for (const Box& box : regions[r]) {
        if (box.Contains(point)) at.insert(r);
        if (box.Meets(cell)) in.insert(r);
      }
    }
    index.FindAt(point, found);
    ASSERT_EQ(std::set(found.begin(), found.end()), at);
    ASSERT_TRUE(index.FindIn(cell, 1'000'000, found));
    ASSERT_TRUE(std::ranges::equal(found, in));
    if (in.size() > 5) {
      ASSERT_FALSE(index.FindIn(cell, 5, found));
    }
    hits += at.size() + in.size();
  }
  EXPECT_GT(hits, 0u);
}

// ---- Which leaves a watch reads ----

class LeafWatchTest : public testing::SeededTest {
 protected:
  // Puts 100 items in each of two places far apart, and others between, so that both have leaves of
  // their own.
  void SetUp() override {
    for (std::uint64_t id = 0; id < 2'000; ++id) {
      Put(id, {id % 2 == 0 ? 10.0 : -10.0, static_cast<double>(id) / 1e4}, 10);
    }
  }

  void Put(std::uint64_t id, LatLng place, std::int64_t stamp) {
    tree_.Put({.id = id, .position = At(place), .stamp = stamp});
  }

  // The ids that a round reads; `is_clear` says of which cells it then tells that they are.
  template <typename IsClear>
  std::set<std::uint64_t> Round(IsClear is_clear, std::int64_t above = INT64_MAX,
                                std::int64_t through = INT64_MIN) {
    std::set<std::uint64_t> read;
    has_changed_ = false;
    std::uint32_t leaf = 0;
    do {
      has_changed_ |= watch_.Read(tree_, version_, above, through, leaf);
      for (const LeafWatch::Visit& visit : watch_.visits()) {
        for (const Item& item : watch_.ItemsOf(visit)) read.insert(item.id);
        if (is_clear(visit.cell)) watch_.SetClear(visit, version_);
      }
    } while (leaf != 0);
    return read;
  }
  std::set<std::uint64_t> Round() {
    return Round([](const Cell&) { return false; });
  }

  ItemTree tree_;
  LeafWatch watch_;
  std::uint32_t version_ = 1;
  bool has_changed_ = false;
};

TEST_F(LeafWatchTest, TheFirstRoundReadsEverybodyAndTheNextOneNobody) {
  EXPECT_EQ(Round().size(), 2'000u);
  EXPECT_TRUE(has_changed_);
  EXPECT_EQ(Round().size(), 0u);
  EXPECT_FALSE(has_changed_);
  watch_.Forget();
  EXPECT_EQ(Round().size(), 2'000u);
}

TEST_F(LeafWatchTest, ARoundReadsTheLeafOfWhoHasMovedAndFewOthers) {
  Round();
  Put(7, {-10, 0.0007}, 11);
  const auto read = Round();
  EXPECT_TRUE(read.contains(7));
  EXPECT_LE(read.size(), kMaxItems);
}

TEST_F(LeafWatchTest, AClearLeafIsReadAgainWhenThereAreOtherRegionsOrItHasAnotherCell) {
  const auto all_clear = [](const Cell&) { return true; };
  Round(all_clear);
  Put(7, {-10, 0.0007}, 11);
  EXPECT_EQ(Round(all_clear).size(), 0u);
  EXPECT_TRUE(has_changed_);
  ++version_;
  Put(7, {-10, 0.0007}, 12);
  EXPECT_TRUE(Round(all_clear).contains(7));
  // So many more that the leaf splits.
  for (std::uint64_t id = 10'000; id < 10'200; ++id) Put(id, {-10, 0.0007}, 12);
  EXPECT_TRUE(Round(all_clear).contains(7));
}

TEST_F(LeafWatchTest, ALeafWhoseItemsHaveCertainStampsIsReadAgain) {
  Round();
  const auto none_clear = [](const Cell&) { return false; };
  EXPECT_EQ(Round(none_clear, 10, 20).size(), 0u);
  EXPECT_EQ(Round(none_clear, 9, 10).size(), 2'000u);
}

}  // namespace
}  // namespace moyeo::spatial
