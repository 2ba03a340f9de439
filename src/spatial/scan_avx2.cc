// AVX2: eight lanes. It has no instruction that packs the lanes that a mask selects, so that a
// table says for each of the 256 masks how to permute them.

#include "spatial/scan_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>
#include <bit>

#include "spatial/scan_bodies.h"

#define MOYEO_AVX2 __attribute__((target("avx2,popcnt")))

namespace moyeo::spatial {
namespace {

constexpr std::size_t kLanes = 8;

// kPack[mask] begins with the numbers of the bits that are set in `mask`.
constexpr std::array<std::array<std::uint8_t, kLanes>, 256> kPack = [] {
  std::array<std::array<std::uint8_t, kLanes>, 256> pack{};
  for (std::size_t mask = 0; mask < pack.size(); ++mask) {
    std::size_t next = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (mask >> lane & 1) pack[mask][next++] = static_cast<std::uint8_t>(lane);
    }
  }
  return pack;
}();

// Writes those lanes of `h` and `numbers` that are set in `mask` side by side, and something else
// behind them. Returns how many there are.
MOYEO_AVX2 inline std::size_t Pack(unsigned mask, __m256 h, __m256i numbers, float* to_haversines,
                                   std::uint32_t* to_numbers) {
  const __m256i lanes =
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(kPack[mask].data())));
  _mm256_storeu_ps(to_haversines, _mm256_permutevar8x32_ps(h, lanes));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to_numbers),
                      _mm256_permutevar8x32_epi32(numbers, lanes));
  return static_cast<std::size_t>(std::popcount(mask));
}

// Which of the first `left` lanes are within `most`.
MOYEO_AVX2 inline unsigned Within(__m256 h, float most, std::size_t left) {
  const unsigned exists = left < kLanes ? (1u << left) - 1 : 0xFFu;
  return static_cast<unsigned>(
             _mm256_movemask_ps(_mm256_cmp_ps(h, _mm256_set1_ps(most), _CMP_LE_OQ))) &
         exists;
}

MOYEO_AVX2 std::size_t Select(const ScanCenter& center, const std::int32_t* lat,
                              const std::int32_t* lng, std::size_t n, float most,
                              std::uint32_t first, float* haversines, std::uint32_t* numbers) {
  const __m256i lane_numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  std::size_t selected = 0;
  for (std::size_t begin = 0; begin < n; begin += kGroupItems) {
    alignas(32) std::array<float, kGroupItems> group;
    GroupHaversines(center, lat + begin, lng + begin, group.data());
    for (std::size_t i = 0; i < kGroupItems && begin + i < n; i += kLanes) {
      const __m256 h = _mm256_load_ps(group.data() + i);
      const unsigned within = Within(h, most, n - begin - i);
      const auto first_here = static_cast<int>(first + static_cast<std::uint32_t>(begin + i));
      const __m256i here = _mm256_add_epi32(lane_numbers, _mm256_set1_epi32(first_here));
      selected += Pack(within, h, here, haversines + selected, numbers + selected);
    }
  }
  return selected;
}

MOYEO_AVX2 std::size_t Count(const float* haversines, std::size_t n, float most) {
  return CountWithin(haversines, n, most);
}

MOYEO_AVX2 HaversineRange Range(const float* haversines, std::size_t n) {
  return RangeOf(haversines, n);
}

MOYEO_AVX2 std::size_t Keep(float* haversines, std::uint32_t* numbers, std::size_t n, float most) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; i += kLanes) {
    const __m256 h = _mm256_loadu_ps(haversines + i);
    const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(numbers + i));
    kept += Pack(Within(h, most, n - i), h, here, haversines + kept, numbers + kept);
  }
  return kept;
}

MOYEO_AVX2 void Distances(const ScanCenter& center, const std::int32_t* lat,
                          const std::int32_t* lng, std::size_t n, double* haversines,
                          double* meters) {
  NearDistances(center, lat, lng, n, haversines, meters);
}

}  // namespace

const ScanLoops kAvx2ScanLoops = {"avx2", Select, Count, Range, Keep, Distances};

}  // namespace moyeo::spatial

#endif  // defined(__x86_64__)
