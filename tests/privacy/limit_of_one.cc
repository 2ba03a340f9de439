#include "privacy/attacks.h"
#include "support/places.h"

namespace moyeo::testing {

// The app shows the nearest few in no order. Filters leave the victim and the attacker's account
// alone in the world, and a limit of one tells which of the two is nearer.
LatLng LimitOfOne(Stranger& stranger, LatLng about) {
  const AttributeFilter filter = FilterForVictim(stranger, about);
  return LocateByHalving(stranger, about, [&](LatLng center, double distance_m) {
    stranger.Stand(Offset(center, distance_m, 1), filter.all_of);
    const auto answer = stranger.Nearby(center, {.limit = 1, .filter = filter});
    return !answer.empty() && answer.front().user == kVictim;
  });
}

}  // namespace moyeo::testing
