#include "privacy/attacks.h"

namespace moyeo::testing {

// The app lets users draw fences, and tells who is inside. The fence is drawn narrower until the
// victim is not.
LatLng FencedIn(Stranger& stranger, LatLng about) {
  return LocateByHalving(stranger, about, [&](LatLng center, double distance_m) {
    return stranger.Fence(center, distance_m).contains(kVictim);
  });
}

}  // namespace moyeo::testing
