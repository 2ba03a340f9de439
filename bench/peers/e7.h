// A canonical position in eight bytes, as a frugal engine would keep it.

#ifndef MOYEO_BENCH_PEERS_E7_H_
#define MOYEO_BENCH_PEERS_E7_H_

#include <cmath>
#include <cstdint>

#include "moyeo/types.h"

namespace moyeo::bench {

// Whole units of 1e-7 degree.
struct E7 {
  std::int32_t lat = 0;
  std::int32_t lng = 0;
};

inline E7 ToE7(LatLng degrees) {
  return {static_cast<std::int32_t>(std::lrint(degrees.lat * 1e7)),
          static_cast<std::int32_t>(std::lrint(degrees.lng * 1e7))};
}

inline LatLng ToDegrees(E7 e7) { return {e7.lat / 1e7, e7.lng / 1e7}; }

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_E7_H_
