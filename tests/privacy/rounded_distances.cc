#include <cmath>
#include <optional>
#include <vector>

#include "privacy/attacks.h"
#include "privacy/locate.h"
#include "support/places.h"

namespace moyeo::testing {

// The app has learned from trilateration and rounds distances to half a kilometre. The attacker's
// account walks away until what it is told changes: there the distance is known to the centimetre.
LatLng RoundedDistances(Stranger& stranger, LatLng about) {
  constexpr double kRoundedToMeters = 500;
  constexpr double kWalkMeters = 1'000;
  constexpr std::size_t kHalvings = 18;
  const auto rounded_from = [&](LatLng place) -> std::optional<double> {
    stranger.Stand(place);
    for (const Neighbor& neighbor : stranger.NearbyAccount({.limit = std::nullopt})) {
      if (neighbor.user == kVictim) return std::floor(neighbor.distance_m / kRoundedToMeters);
    }
    return std::nullopt;
  };
  std::vector<Ring> rings;
  for (std::size_t number = 0; stranger.left() > kHalvings; ++number) {
    const LatLng start = PlaceAround(about, number);
    const std::optional<double> at_start = rounded_from(start);
    if (!at_start) continue;
    // Away from the middle, so that the distance rises.
    const double bearing = BearingAround(number);
    double less = 0;
    double more = kWalkMeters;
    for (std::size_t i = 0; i < kHalvings; ++i) {
      const double half = (less + more) / 2;
      (rounded_from(Offset(start, half, bearing)) > at_start ? more : less) = half;
    }
    if (more < kWalkMeters) {
      rings.push_back({Offset(start, more, bearing), (*at_start + 1) * kRoundedToMeters});
    }
  }
  return Locate(rings, about);
}

}  // namespace moyeo::testing
