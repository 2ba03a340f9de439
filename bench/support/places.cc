#include "bench/support/places.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace moyeo::bench {
namespace {

constexpr int kCities = 200;
constexpr double kCitySigmaMeters = 8'000;
constexpr double kCityMaxLatitude = 60;
constexpr LatLng kSpotCenter{37.5665, 126.978};
constexpr double kSpotMeters = 10;
constexpr double kOceanMeters = 500'000;

constexpr double kRadiansPerDegree = std::numbers::pi / 180;

// Uniform by area between the parallels of `max_latitude` south and north.
LatLng OnSphere(Random& random, double max_latitude) {
  const double max_sine = std::sin(max_latitude * kRadiansPerDegree);
  const double sine = random.Uniform(-max_sine, max_sine);
  const LatLng anywhere{std::asin(sine) / kRadiansPerDegree, random.Uniform(-180, 180)};
  return Canonical(anywhere).value();
}

}  // namespace

std::string_view Name(Distribution distribution) {
  switch (distribution) {
    case Distribution::kCity:
      return "city";
    case Distribution::kUniform:
      return "uniform";
    case Distribution::kSpot:
    case Distribution::kSameSpot:
      break;
  }
  return "spot";
}

LatLng Travel(LatLng from, double bearing, double distance_m) {
  const double lat = from.lat * kRadiansPerDegree;
  const double angle = distance_m / kEarthRadiusMeters;
  const double north = std::cos(bearing) * std::sin(angle);
  const double east = std::sin(bearing) * std::sin(angle);
  const double up = std::cos(angle);

  const double sine = std::sin(lat) * up + std::cos(lat) * north;
  const double outward = std::cos(lat) * up - std::sin(lat) * north;
  const double to_lat = std::asin(std::clamp(sine, -1.0, 1.0)) / kRadiansPerDegree;
  const double to_lng = from.lng + std::atan2(east, outward) / kRadiansPerDegree;
  return Canonical({to_lat, std::remainder(to_lng, 360)}).value();
}

Places::Places(Distribution distribution, Random& random) : distribution_(distribution) {
  if (distribution != Distribution::kCity) return;
  double total = 0;
  for (int rank = 1; rank <= kCities; ++rank) {
    centers_.push_back(OnSphere(random, kCityMaxLatitude));
    cumulative_weights_.push_back(total += 1.0 / rank);
  }
}

LatLng Places::Draw(Random& random) const {
  if (distribution_ == Distribution::kUniform) return OnSphere(random, 90);
  if (distribution_ == Distribution::kSameSpot) return kSpotCenter;
  if (distribution_ == Distribution::kSpot) {
    return Travel(kSpotCenter, random.Bearing(), kSpotMeters * std::sqrt(random.Uniform()));
  }
  const double ticket = random.Uniform(0, cumulative_weights_.back());
  const auto last = cumulative_weights_.end() - 1;
  const auto city = std::upper_bound(cumulative_weights_.begin(), last, ticket);
  const LatLng center = centers_[static_cast<std::size_t>(city - cumulative_weights_.begin())];
  return Travel(center, random.Bearing(), kCitySigmaMeters * random.GaussianRadius());
}

LatLng Places::DrawOcean(Random& random) const {
  for (;;) {
    const LatLng place = OnSphere(random, 90);
    const bool far = std::all_of(centers_.begin(), centers_.end(), [&](LatLng center) {
      return DistanceMeters(place, center).value() >= kOceanMeters;
    });
    if (far) return place;
  }
}

}  // namespace moyeo::bench
