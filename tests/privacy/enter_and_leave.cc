#include "privacy/attacks.h"

namespace moyeo::testing {

// The app tells who comes and who goes around a place that one watches. The place is chosen, and
// its radius changed, until the victim enters or leaves.
LatLng EnterAndLeave(Stranger& stranger, LatLng about) {
  return LocateByHalving(stranger, about, [&](LatLng center, double distance_m) {
    return stranger.Watch(center, distance_m).contains(kVictim);
  });
}

}  // namespace moyeo::testing
