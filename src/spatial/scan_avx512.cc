// AVX-512: a whole group of sixteen lanes at a time, packed by one instruction. It packs into a
// register and stores that whole: packing into memory is many times slower on some processors.

#include "spatial/scan_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>
#include <bit>

#include "spatial/scan_bodies.h"

#define MOYEO_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,popcnt")))

namespace moyeo::spatial {
namespace {

// Writes those of the first `left` lanes whose haversine is within `most` side by side, and
// something else behind them. Returns how many there are.
MOYEO_AVX512 inline std::size_t PackWithin(__m512 h, __m512i numbers, float most, std::size_t left,
                                           float* to_haversines, std::uint32_t* to_numbers) {
  const auto exists = static_cast<__mmask16>(left < kGroupItems ? (1u << left) - 1 : 0xFFFFu);
  const __mmask16 within = _mm512_mask_cmp_ps_mask(exists, h, _mm512_set1_ps(most), _CMP_LE_OQ);
  _mm512_storeu_ps(to_haversines, _mm512_maskz_compress_ps(within, h));
  _mm512_storeu_si512(to_numbers, _mm512_maskz_compress_epi32(within, numbers));
  return static_cast<std::size_t>(std::popcount(static_cast<unsigned>(within)));
}

MOYEO_AVX512 std::size_t Select(const ScanCenter& center, const std::int32_t* lat,
                                const std::int32_t* lng, std::size_t n, float most,
                                std::uint32_t first, float* haversines, std::uint32_t* numbers) {
  const __m512i lane_numbers =
      _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  std::size_t selected = 0;
  for (std::size_t begin = 0; begin < n; begin += kGroupItems) {
    alignas(64) std::array<float, kGroupItems> group;
    GroupHaversines(center, lat + begin, lng + begin, group.data());
    const __m512 h = _mm512_load_ps(group.data());
    const auto first_here = static_cast<int>(first + static_cast<std::uint32_t>(begin));
    const __m512i here = _mm512_add_epi32(lane_numbers, _mm512_set1_epi32(first_here));
    selected += PackWithin(h, here, most, n - begin, haversines + selected, numbers + selected);
  }
  return selected;
}

MOYEO_AVX512 std::size_t Count(const float* haversines, std::size_t n, float most) {
  return CountWithin(haversines, n, most);
}

MOYEO_AVX512 HaversineRange Range(const float* haversines, std::size_t n) {
  return RangeOf(haversines, n);
}

MOYEO_AVX512 std::size_t Keep(float* haversines, std::uint32_t* numbers, std::size_t n,
                              float most) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; i += kGroupItems) {
    const __m512 h = _mm512_loadu_ps(haversines + i);
    const __m512i here = _mm512_loadu_si512(numbers + i);
    kept += PackWithin(h, here, most, n - i, haversines + kept, numbers + kept);
  }
  return kept;
}

MOYEO_AVX512 void Distances(const ScanCenter& center, const std::int32_t* lat,
                            const std::int32_t* lng, std::size_t n, double* haversines,
                            double* meters) {
  NearDistances(center, lat, lng, n, haversines, meters);
}

}  // namespace

const ScanLoops kAvx512ScanLoops = {"avx512", Select, Count, Range, Keep, Distances};

}  // namespace moyeo::spatial

#endif  // defined(__x86_64__)
