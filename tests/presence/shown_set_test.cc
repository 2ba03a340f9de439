#include "presence/shown_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "presence/scene.h"
#include "support/seeds.h"

namespace moyeo::presence {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using testing::SeededTest;

class ShownSetTest : public SeededTest {
 protected:
  void ExpectKept(std::vector<Shown> shown) {
    std::ranges::sort(shown, {}, &Shown::id);
    set_.Assign(shown);
    std::vector<Shown> read;
    set_.Read(read);
    EXPECT_THAT(read, ElementsAreArray(shown));
    EXPECT_EQ(set_.size(), shown.size());
  }

  ShownSet set_;
};

TEST_F(ShownSetTest, ANewOneIsEmpty) {
  std::vector<Shown> read(3);
  set_.Read(read);
  EXPECT_THAT(read, IsEmpty());
  EXPECT_EQ(set_.size(), 0u);
  EXPECT_EQ(set_.bytes(), 0u);
  set_.Prefetch();  // harmless
}

TEST_F(ShownSetTest, KeepsTheEndsOfEveryRange) {
  constexpr std::uint64_t kLastId = std::numeric_limits<std::uint64_t>::max();
  constexpr auto kQuarter = static_cast<std::int32_t>(spatial::kQuarterTurn);
  constexpr auto kHalf = static_cast<std::int32_t>(spatial::kHalfTurn);
  ExpectKept({{0, {-kQuarter, -kHalf}}, {kLastId, {kQuarter, kHalf - 1}}});
  ExpectKept({{kLastId, {0, 0}}});
  ExpectKept({{0, {7, -7}}, {1, {7, -7}}});
}

TEST_F(ShownSetTest, KeepsRandomOnesOfEverySpread) {
  for (int i = 0; i < 3'000; ++i) {
    const std::size_t size = 1 + random_.Below(random_.OneIn(20) ? 2'000 : 60);
    const int id_bits = 12 + static_cast<int>(random_.Below(53));
    const int position_bits = static_cast<int>(random_.Below(31));
    const std::uint64_t first = random_.Bits() >> 1 >> random_.Below(63);
    std::vector<std::uint64_t> ids;
    for (std::size_t j = 0; j < size; ++j)
      ids.push_back(first + (random_.Bits() >> (64 - id_bits)));
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::vector<Shown> shown;
    for (const std::uint64_t id : ids) {
      const auto some = [&] {
        return static_cast<std::int32_t>(random_.Bits32() >> (31 - position_bits) >> 1);
      };
      shown.push_back({id, {some() - 1'000, 1'000'000 - some()}});
    }
    ExpectKept(shown);
  }
}

// A part of a scene is read as what was taken from it, and holds it as long as it is one.
TEST_F(ShownSetTest, KeepsPartsOfScenes) {
  ScenePool scenes;
  for (int i = 0; i < 1'000; ++i) {
    const std::size_t size = 1 + random_.Below(300);
    std::vector<std::uint64_t> ids;
    std::vector<std::int32_t> lats;
    std::vector<std::int32_t> lngs;
    std::vector<Shown> shown;
    std::vector<std::uint32_t> numbers;
    const std::size_t one_in = 1 + random_.Below(7);
    for (std::uint32_t number = 0; number < size; ++number) {
      ids.push_back((ids.empty() ? 0 : ids.back()) + 1 + random_.Below(1'000));
      lats.push_back(static_cast<std::int32_t>(random_.Below(1'000)));
      lngs.push_back(-static_cast<std::int32_t>(random_.Below(1'000)));
      if (!random_.OneIn(one_in)) continue;
      numbers.push_back(number);
      shown.push_back({ids.back(), {lats.back(), lngs.back()}});
    }
    {
      const SceneHold scene = scenes.Make(ids, lats, lngs);
      set_.Assign(*scene, numbers);
      EXPECT_EQ(set_.scene(), numbers.empty() ? nullptr : scene.get());
    }
    EXPECT_EQ(scenes.bytes_held() > 0, !numbers.empty());
    ShownSet moved(std::move(set_));
    set_ = std::move(moved);
    std::vector<Shown> read;
    set_.Read(read);
    EXPECT_THAT(read, ElementsAreArray(shown));
    EXPECT_EQ(set_.size(), shown.size());
    if (!numbers.empty()) {
      std::vector<std::uint32_t> read_numbers;
      set_.ReadNumbers(read_numbers);
      EXPECT_THAT(read_numbers, ElementsAreArray(numbers));
    }
    if (random_.OneIn(3)) ExpectKept(shown);
    if (random_.OneIn(3)) set_.Clear();
    EXPECT_EQ(scenes.bytes_held() > 0, set_.scene() != nullptr);
  }
  set_.Clear();
}

TEST_F(ShownSetTest, FiftyNeighboursOfAMillionTakeLittle) {
  std::vector<Shown> shown;
  for (std::uint64_t i = 0; i < 50; ++i) {
    shown.push_back({i * 20'000 + random_.Below(20'000),
                     {static_cast<std::int32_t>(random_.Below(100'000)),
                      static_cast<std::int32_t>(random_.Below(100'000))}});
  }
  ExpectKept(shown);
  EXPECT_LE(set_.bytes(), 50 * 7 + 48u);
}

TEST_F(ShownSetTest, FiftyOfAFewHundredInASceneTakeALineOfMemory) {
  ScenePool scenes;
  std::vector<std::uint64_t> ids(300);
  std::iota(ids.begin(), ids.end(), 0);
  const std::vector<std::int32_t> coordinates(300);
  std::vector<std::uint32_t> numbers(50);
  std::iota(numbers.begin(), numbers.end(), 200);
  set_.Assign(*scenes.Make(ids, coordinates, coordinates), numbers);
  EXPECT_LE(set_.bytes(), 64u);
  set_.Clear();
}

TEST_F(ShownSetTest, GivesMemoryBackWhenFewAreLeft) {
  std::vector<Shown> shown(1'000);
  for (std::uint64_t i = 0; i < shown.size(); ++i) shown[i].id = i;
  ExpectKept(shown);
  const std::size_t before = set_.bytes();
  shown.resize(10);
  ExpectKept(shown);
  EXPECT_EQ(set_.bytes(), before);  // they may be back soon
  ExpectKept(shown);
  EXPECT_LT(set_.bytes(), before / 2);
  ExpectKept({});
  EXPECT_EQ(set_.bytes(), 0u);
}

}  // namespace
}  // namespace moyeo::presence
