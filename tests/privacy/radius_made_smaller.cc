#include <algorithm>

#include "privacy/attacks.h"

namespace moyeo::testing {

// The app shows no distances, but has a slider for the radius. The radius is halved until the
// victim drops out, and that radius is the distance.
LatLng RadiusMadeSmaller(Stranger& stranger, LatLng about) {
  return LocateByHalving(stranger, about, [&](LatLng center, double distance_m) {
    return std::ranges::any_of(
        stranger.Nearby(center, {.radius_m = distance_m, .limit = std::nullopt}),
        [](const Neighbor& neighbor) { return neighbor.user == kVictim; });
  });
}

}  // namespace moyeo::testing
