#include "privacy/attacks.h"
#include "support/places.h"

namespace moyeo::testing {

// The app hides all distances and only sorts by them. An account of the attacker's stands where the
// attacker knows how far away it is, and the list tells whether the victim is nearer than that.
LatLng OrderOnly(Stranger& stranger, LatLng about) {
  return LocateByHalving(stranger, about, [&](LatLng center, double distance_m) {
    stranger.Stand(Offset(center, distance_m, 0));
    for (const Neighbor& neighbor : stranger.Nearby(center, {.limit = std::nullopt})) {
      if (neighbor.user == Stranger::kAccount) return false;
      if (neighbor.user == kVictim) return true;
    }
    return false;
  });
}

}  // namespace moyeo::testing
