#include "privacy/locate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/places.h"

namespace moyeo::testing {
namespace {

constexpr double kRadians = std::numbers::pi / 180;

double Distance(LatLng a, LatLng b) { return DistanceMeters(a, b).value(); }

LatLng Step(LatLng from, double north_m, double east_m) {
  return Offset(from, std::hypot(north_m, east_m), std::atan2(east_m, north_m));
}

}  // namespace

// Gauss and Newton's method: how the distances change with a step north and one east is measured,
// and the two unknown steps follow from the normal equations.
LatLng Locate(std::span<const Ring> rings, LatLng start) {
  if (rings.size() < 3) return start;
  constexpr int kMostRounds = 30;
  constexpr double kProbeMeters = 10;
  constexpr double kFarthestMeters = 1'000;
  constexpr double kCloseMeters = 1e-3;
  LatLng guess = start;
  for (int round = 0; round < kMostRounds; ++round) {
    const LatLng north_of = Step(guess, kProbeMeters, 0);
    const LatLng east_of = Step(guess, 0, kProbeMeters);
    double nn = 0, ne = 0, ee = 0, n = 0, e = 0;
    for (const Ring& ring : rings) {
      const double distance = Distance(ring.center, guess);
      const double north = (Distance(ring.center, north_of) - distance) / kProbeMeters;
      const double east = (Distance(ring.center, east_of) - distance) / kProbeMeters;
      const double missing = ring.distance_m - distance;
      nn += north * north;
      ne += north * east;
      ee += east * east;
      n += north * missing;
      e += east * missing;
    }
    const double determinant = nn * ee - ne * ne;
    if (determinant <= 0) return guess;
    const double north_m = (ee * n - ne * e) / determinant;
    const double east_m = (nn * e - ne * n) / determinant;
    const double far = std::hypot(north_m, east_m);
    const double shorter = std::min(1.0, kFarthestMeters / far);
    if (far < kCloseMeters) return guess;
    guess = Step(guess, north_m * shorter, east_m * shorter);
  }
  return guess;
}

LatLng MeanOf(std::span<const LatLng> places) {
  double x = 0, y = 0, z = 0;
  for (const LatLng place : places) {
    const double lat = place.lat * kRadians;
    const double lng = place.lng * kRadians;
    x += std::cos(lat) * std::cos(lng);
    y += std::cos(lat) * std::sin(lng);
    z += std::sin(lat);
  }
  return Valid(std::atan2(z, std::hypot(x, y)) / kRadians, std::atan2(y, x) / kRadians);
}

}  // namespace moyeo::testing
