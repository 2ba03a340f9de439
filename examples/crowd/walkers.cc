#include "examples/crowd/walkers.h"

#include <cmath>
#include <numbers>

#include "examples/demo/crowd.h"

namespace moyeo_crowd {
namespace {

// By how much they change their direction between two steps: the standard deviation, in radians.
constexpr double kTurn = 0.5;

// Scatter by the population of a place, if none is given: see examples/demo/crowd.cc.
constexpr double kScatterMetersPerRoot = 3;

moyeo::LatLng OnTheSphere(moyeo::LatLng position) { return moyeo::Canonical(position).value(); }

// The bearing from one point to another nearby, as if the sphere were flat there.
double BearingTo(moyeo::LatLng from, moyeo::LatLng to) {
  constexpr double kRadians = std::numbers::pi / 180;
  const double north = to.lat - from.lat;
  const double east = std::remainder(to.lng - from.lng, 360) * std::cos(from.lat * kRadians);
  return std::atan2(east, north);
}

}  // namespace

Walkers::Walkers(std::span<const moyeo_demo::Place> places, const WalkersOptions& options)
    : speed_mps_(options.speed_mps), random_(options.seed) {
  std::vector<double> weights;
  weights.reserve(places.size());
  for (const auto& place : places) weights.push_back(static_cast<double>(place.population));
  std::discrete_distribution<std::size_t> draw_place(weights.begin(), weights.end());
  std::uniform_real_distribution<double> draw_bearing(0, 2 * std::numbers::pi);
  std::normal_distribution<double> scatter;

  people_.reserve(options.users);
  for (std::size_t i = 0; i < options.users; ++i) {
    const moyeo_demo::Place& place = places[draw_place(random_)];
    const double scatter_m =
        options.scatter_m > 0
            ? options.scatter_m
            : kScatterMetersPerRoot * std::sqrt(static_cast<double>(place.population));
    const double north_m = scatter(random_) * scatter_m;
    const double east_m = scatter(random_) * scatter_m;
    const moyeo::LatLng home = OnTheSphere(moyeo_demo::Displaced(place.position, north_m, east_m));
    people_.push_back({home, home, draw_bearing(random_)});
  }
}

moyeo::LatLng Walkers::Walk(std::size_t person, double seconds) {
  Person& walker = people_[person];
  if (moyeo::DistanceMeters(walker.home, walker.at).value() > kRangeMeters) {
    walker.bearing = BearingTo(walker.at, walker.home);
  } else {
    walker.bearing += std::normal_distribution<double>(0, kTurn)(random_);
  }
  const double distance_m = speed_mps_ * seconds;
  walker.at = OnTheSphere(moyeo_demo::Displaced(walker.at, distance_m * std::cos(walker.bearing),
                                                distance_m * std::sin(walker.bearing)));
  return walker.at;
}

}  // namespace moyeo_crowd
