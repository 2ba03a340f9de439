// Positions for the tests of this folder.

#ifndef MOYEO_TESTS_SPATIAL_SUPPORT_H_
#define MOYEO_TESTS_SPATIAL_SUPPORT_H_

#include <cstdint>

#include "spatial/position.h"
#include "support/places.h"

namespace moyeo::spatial {

inline Position At(double lat, double lng) { return *ToPosition({lat, lng}); }

// A member of one of the crowds that are hard on a spatial index.
inline Position AnyPosition(testing::Random& random) {
  return *ToPosition(random.Pick(testing::Crowds()).place(random));
}

}  // namespace moyeo::spatial

#endif  // MOYEO_TESTS_SPATIAL_SUPPORT_H_
