#include <vector>

#include "privacy/attacks.h"
#include "privacy/locate.h"

namespace moyeo::testing {

// Trilateration, the oldest of them: the app shows no position, but how far away each user is. From
// three places where the attacker claims to be, three circles meet in one point.
LatLng ExactDistances(Stranger& stranger, LatLng about) {
  std::vector<Ring> rings;
  for (std::size_t number = 0; stranger.left() > 0; ++number) {
    const LatLng center = PlaceAround(about, number);
    for (const Neighbor& neighbor : stranger.Nearby(center, {.limit = std::nullopt})) {
      if (neighbor.user == kVictim) rings.push_back({center, neighbor.distance_m});
    }
  }
  return Locate(rings, about);
}

}  // namespace moyeo::testing
