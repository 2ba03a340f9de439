#include <vector>

#include "privacy/attacks.h"
#include "privacy/locate.h"

namespace moyeo::testing {

// Apps that add noise to what they show, anew for each answer, are asked again and again; the
// average of the answers is free of the noise, and of that of the victim's receiver too.
LatLng AverageOfAnswers(Stranger& stranger, LatLng about) {
  std::vector<LatLng> positions;
  while (stranger.left() > 0) {
    for (const Neighbor& neighbor : stranger.Nearby(about, {.limit = std::nullopt})) {
      if (neighbor.user == kVictim) positions.push_back(neighbor.position);
    }
  }
  return positions.empty() ? about : MeanOf(positions);
}

}  // namespace moyeo::testing
