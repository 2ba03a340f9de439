#include <functional>
#include <vector>

#include "privacy/attacks.h"
#include "privacy/locate.h"

namespace moyeo::testing {
namespace {

constexpr int kHalvings = 31;  // of the globe, down to two centimetres

double Halve(double less, double more, const std::function<bool(double)>& is_below) {
  for (int i = 0; i < kHalvings; ++i) {
    const double half = (less + more) / 2;
    (is_below(half) ? more : less) = half;
  }
  return (less + more) / 2;
}

}  // namespace

// The app shows a map with numbers on it, and filters. One that none but the victim passes tells of
// each half of the map whether the victim is there.
LatLng ClustersHalved(Stranger& stranger, LatLng about) {
  const AttributeFilter filter = FilterForVictim(stranger, about);
  const auto is_in = [&](LatLng north_east) {
    return !stranger.Clusters({-90, -180}, north_east, filter).empty();
  };
  std::vector<LatLng> guesses;
  while (stranger.left() > 2 * kHalvings) {
    if (!is_in({90, 180})) continue;
    const double lat = Halve(-90, 90, [&](double north) { return is_in({north, 180}); });
    const double lng = Halve(-180, 180, [&](double east) { return is_in({90, east}); });
    guesses.push_back({lat, lng});
  }
  return guesses.empty() ? about : MeanOf(guesses);
}

}  // namespace moyeo::testing
