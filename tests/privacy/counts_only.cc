#include "privacy/attacks.h"

namespace moyeo::testing {

// The app shows nobody at all, only how many people are around, with filters. Filters that none but
// the victim passes make of a count the answer to whether the victim is there.
LatLng CountsOnly(Stranger& stranger, LatLng about) {
  const AttributeFilter filter = FilterForVictim(stranger, about);
  return LocateByHalving(stranger, about, [&](LatLng center, double distance_m) {
    return stranger.CountWithin(center, distance_m, filter) > 0;
  });
}

}  // namespace moyeo::testing
