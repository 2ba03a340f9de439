#include "spatial/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "spatial/item_blocks.h"
#include "spatial/sphere_math.h"
#include "spatial/support.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

class ScanTest : public testing::SeededTest {
 protected:
  ScanTest() {
    for (std::size_t i = 0; i < kMaxItems; ++i) {
      const Position position = AnyPosition(random_);
      lat_.push_back(position.lat);
      lng_.push_back(position.lng);
    }
  }

  ScanCenter AnyCenter() {
    const Position center = AnyPosition(random_);
    return {center, CosLat<float>(center.lat), CosLat<double>(center.lat)};
  }

  std::vector<std::int32_t> lat_;
  std::vector<std::int32_t> lng_;
};

TEST_F(ScanTest, ThePortableLoopsComeFirst) {
  ASSERT_FALSE(AvailableScanLoops().empty());
  EXPECT_EQ(AvailableScanLoops().front(), &kPortableScanLoops);
}

TEST_F(ScanTest, EverySetSelectsTheSameBitsForEveryLength) {
  for (std::size_t n = 0; n <= kMaxItems; ++n) {
    const ScanCenter center = AnyCenter();
    const auto most = static_cast<float>(random_.Uniform(0, 1));
    std::vector<float> expected;
    std::vector<std::uint32_t> expected_numbers;
    for (std::size_t i = 0; i < n; ++i) {
      const float haversine = HaversineBetween(center.position, center.cos_lat, {lat_[i], lng_[i]});
      if (haversine > most) continue;
      expected.push_back(haversine);
      expected_numbers.push_back(static_cast<std::uint32_t>(1'000 + i));
    }
    for (const ScanLoops* loops : AvailableScanLoops()) {
      SCOPED_TRACE(loops->name);
      std::vector<float> haversines(kMaxItems + kGroupItems);
      std::vector<std::uint32_t> numbers(kMaxItems + kGroupItems);
      const std::size_t selected = loops->select(center, lat_.data(), lng_.data(), n, most, 1'000,
                                                 haversines.data(), numbers.data());
      haversines.resize(selected);
      numbers.resize(selected);
      ASSERT_EQ(haversines, expected);
      ASSERT_EQ(numbers, expected_numbers);
    }
  }
}

TEST_F(ScanTest, EverySetCountsWhatIsWithin) {
  const std::vector<float> haversines = {0.0f, 0.1f, 0.2f, 0.2f, 0.3f, 1.0f, 0.25f, 0.0f, 0.2f};
  for (const ScanLoops* loops : AvailableScanLoops()) {
    SCOPED_TRACE(loops->name);
    EXPECT_EQ(loops->count(haversines.data(), haversines.size(), 0.2f), 6u);
    EXPECT_EQ(loops->count(haversines.data(), haversines.size(), 1.0f), haversines.size());
    EXPECT_EQ(loops->count(haversines.data(), 0, 1.0f), 0u);
  }
}

TEST_F(ScanTest, EverySetKnowsTheRangeAndKeepsWhatIsWithinForEveryLength) {
  for (std::size_t n = 0; n <= 3 * kGroupItems; ++n) {
    std::vector<float> haversines(n + kGroupItems, 2.0f);
    std::vector<std::uint32_t> numbers(n + kGroupItems);
    std::vector<float> expected;
    std::vector<std::uint32_t> expected_numbers;
    const auto most = static_cast<float>(random_.Uniform(0, 1));
    float least = 2;
    float greatest = 0;
    for (std::size_t i = 0; i < n; ++i) {
      haversines[i] = random_.OneIn(4) ? most : static_cast<float>(random_.Uniform(0, 1));
      numbers[i] = random_.Bits32();
      least = std::min(least, haversines[i]);
      greatest = std::max(greatest, haversines[i]);
      if (haversines[i] > most) continue;
      expected.push_back(haversines[i]);
      expected_numbers.push_back(numbers[i]);
    }
    for (const ScanLoops* loops : AvailableScanLoops()) {
      SCOPED_TRACE(loops->name);
      if (n > 0) {
        EXPECT_EQ(loops->range(haversines.data(), n).least, least);
        EXPECT_EQ(loops->range(haversines.data(), n).greatest, greatest);
      }
      std::vector<float> kept = haversines;
      std::vector<std::uint32_t> kept_numbers = numbers;
      const std::size_t left = loops->keep(kept.data(), kept_numbers.data(), n, most);
      kept.resize(left);
      kept_numbers.resize(left);
      ASSERT_EQ(kept, expected);
      ASSERT_EQ(kept_numbers, expected_numbers);
    }
  }
}

TEST_F(ScanTest, EverySetHasTheDistancesOfDistanceFrom) {
  for (int repeat = 0; repeat < 200; ++repeat) {
    const ScanCenter center = AnyCenter();
    const DistanceFrom distance(center.position);
    for (const ScanLoops* loops : AvailableScanLoops()) {
      SCOPED_TRACE(loops->name);
      std::vector<double> haversines(kMaxItems);
      std::vector<double> meters(kMaxItems);
      loops->distances(center, lat_.data(), lng_.data(), kMaxItems, haversines.data(),
                       meters.data());
      for (std::size_t i = 0; i < kMaxItems; ++i) {
        const Position position{lat_[i], lng_[i]};
        ASSERT_EQ(haversines[i] > 0.5 ? distance.BeyondAQuarter(position) : meters[i],
                  distance(position));
      }
    }
  }
}

}  // namespace
}  // namespace moyeo::spatial
