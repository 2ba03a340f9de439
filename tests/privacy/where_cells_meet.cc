#include <algorithm>
#include <vector>

#include "privacy/attacks.h"
#include "privacy/locate.h"

namespace moyeo::testing {

// Apps that show cells are watched for days. Whoever is shown now in this cell and now in that one
// without going anywhere lives where these meet, and their receiver wavers.
LatLng WhereCellsMeet(Stranger& stranger, LatLng about) {
  std::vector<LatLng> cells;
  while (stranger.left() > 0) {
    for (const Neighbor& neighbor : stranger.Nearby(about, {.limit = std::nullopt})) {
      if (neighbor.user != kVictim || std::ranges::count(cells, neighbor.position) > 0) continue;
      cells.push_back(neighbor.position);
    }
  }
  return cells.empty() ? about : MeanOf(cells);
}

}  // namespace moyeo::testing
