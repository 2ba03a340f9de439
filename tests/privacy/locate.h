// Where somebody is, from what is known of how far away they are.

#ifndef MOYEO_TESTS_PRIVACY_LOCATE_H_
#define MOYEO_TESTS_PRIVACY_LOCATE_H_

#include <span>

#include "moyeo/types.h"

namespace moyeo::testing {

// Somebody is `distance_m` from `center`, or about.
struct Ring {
  LatLng center;
  double distance_m;
};

// The place near `start` that fits the rings best, by least squares; `start` if there are fewer
// than three rings.
LatLng Locate(std::span<const Ring> rings, LatLng start);

// The middle of `places`, which are near each other. REQUIRES: !places.empty()
LatLng MeanOf(std::span<const LatLng> places);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRIVACY_LOCATE_H_
