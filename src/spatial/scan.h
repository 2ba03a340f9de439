// The loops in which a search spends its time, for each kind of processor.

#ifndef MOYEO_SPATIAL_SCAN_H_
#define MOYEO_SPATIAL_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "spatial/position.h"

namespace moyeo::spatial {

// The centre of a search, as the loops want it.
struct ScanCenter {
  Position position;
  float cos_lat;         // CosLat<float>(position.lat)
  double exact_cos_lat;  // CosLat<double>(position.lat)
};

struct HaversineRange {
  float least;
  float greatest;
};

// A set of loops that some processors can run. All sets give the same bits.
struct ScanLoops {
  const char* name;

  // Writes the haversines of those of the `n` positions that are within `most`, and beside each the
  // sum of `first` and its number. Returns how many there are. Reads both columns, and may write
  // both results, to the end of the group of kGroupItems in which the `n`-th is.
  std::size_t (*select)(const ScanCenter& center, const std::int32_t* lat, const std::int32_t* lng,
                        std::size_t n, float most, std::uint32_t first, float* haversines,
                        std::uint32_t* numbers);

  // How many of `n` haversines are within `most`.
  std::size_t (*count)(const float* haversines, std::size_t n, float most);

  // The least and the greatest of `n` haversines, at least one.
  HaversineRange (*range)(const float* haversines, std::size_t n);

  // Removes those of `n` haversines that are not within `most`, and the numbers beside them.
  // Returns how many are left. Reads and may write to the end of the group in which the `n`-th is.
  std::size_t (*keep)(float* haversines, std::uint32_t* numbers, std::size_t n, float most);

  // The exact haversines of `n` positions, and the metres of those up to one half (the others, on
  // the far half of the globe, are left to DistanceFrom).
  void (*distances)(const ScanCenter& center, const std::int32_t* lat, const std::int32_t* lng,
                    std::size_t n, double* haversines, double* meters);
};

// Runs everywhere.
extern const ScanLoops kPortableScanLoops;

// The sets that this processor runs, the portable one first and the fastest last.
std::span<const ScanLoops* const> AvailableScanLoops();

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_SCAN_H_
