// What the loops of scan.h have in common. Inlined into functions for one kind of processor each,
// where the compiler makes of a loop over a group what that processor does best.

#ifndef MOYEO_SPATIAL_SCAN_BODIES_H_
#define MOYEO_SPATIAL_SCAN_BODIES_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "spatial/item_blocks.h"
#include "spatial/scan.h"
#include "spatial/sphere_math.h"

namespace moyeo::spatial {

// Of one group.
MOYEO_ALWAYS_INLINE void GroupHaversines(const ScanCenter& center, const std::int32_t* lat,
                                         const std::int32_t* lng, float* haversines) {
  const Position position = center.position;
  const float cos_lat = center.cos_lat;
  for (std::size_t i = 0; i < kGroupItems; ++i) {
    haversines[i] = HaversineBetween(position, cos_lat, {lat[i], lng[i]});
  }
}

MOYEO_ALWAYS_INLINE std::size_t CountWithin(const float* haversines, std::size_t n, float most) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < n; ++i) count += haversines[i] <= most;
  return count;
}

// By their bits, which are ordered as floats are that are not negative: of integers the compiler
// takes many at a time.
MOYEO_ALWAYS_INLINE HaversineRange RangeOf(const float* haversines, std::size_t n) {
  std::uint32_t least = UINT32_MAX;
  std::uint32_t greatest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    least = std::min(least, std::bit_cast<std::uint32_t>(haversines[i]));
    greatest = std::max(greatest, std::bit_cast<std::uint32_t>(haversines[i]));
  }
  return {std::bit_cast<float>(least), std::bit_cast<float>(greatest)};
}

MOYEO_ALWAYS_INLINE void NearDistances(const ScanCenter& center, const std::int32_t* lat,
                                       const std::int32_t* lng, std::size_t n, double* haversines,
                                       double* meters) {
  const Position position = center.position;
  const double cos_lat = center.exact_cos_lat;
  for (std::size_t i = 0; i < n; ++i) {
    const double haversine = HaversineBetween(position, cos_lat, {lat[i], lng[i]});
    haversines[i] = haversine;
    meters[i] = kEarthRadiusMeters * AngleOfHaversine(std::min(haversine, 0.5));
  }
}

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_SCAN_BODIES_H_
