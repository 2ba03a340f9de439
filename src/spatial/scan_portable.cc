// Plain C++: whatever the compiler may use everywhere, four lanes of SSE2 on x86-64.

#include <array>

#include "spatial/scan.h"
#include "spatial/scan_bodies.h"

namespace moyeo::spatial {
namespace {

std::size_t Select(const ScanCenter& center, const std::int32_t* lat, const std::int32_t* lng,
                   std::size_t n, float most, std::uint32_t first, float* haversines,
                   std::uint32_t* numbers) {
  std::size_t selected = 0;
  for (std::size_t begin = 0; begin < n; begin += kGroupItems) {
    std::array<float, kGroupItems> group;
    GroupHaversines(center, lat + begin, lng + begin, group.data());
    const std::size_t in_group = std::min(n - begin, kGroupItems);
    // Writes every one and advances past those that stay: a branch would be mispredicted often.
    for (std::size_t i = 0; i < in_group; ++i) {
      haversines[selected] = group[i];
      numbers[selected] = first + static_cast<std::uint32_t>(begin + i);
      selected += group[i] <= most;
    }
  }
  return selected;
}

std::size_t Count(const float* haversines, std::size_t n, float most) {
  return CountWithin(haversines, n, most);
}

HaversineRange Range(const float* haversines, std::size_t n) { return RangeOf(haversines, n); }

std::size_t Keep(float* haversines, std::uint32_t* numbers, std::size_t n, float most) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float haversine = haversines[i];
    haversines[kept] = haversine;
    numbers[kept] = numbers[i];
    kept += haversine <= most;
  }
  return kept;
}

void Distances(const ScanCenter& center, const std::int32_t* lat, const std::int32_t* lng,
               std::size_t n, double* haversines, double* meters) {
  NearDistances(center, lat, lng, n, haversines, meters);
}

}  // namespace

const ScanLoops kPortableScanLoops = {"portable", Select, Count, Range, Keep, Distances};

}  // namespace moyeo::spatial
