#include "crowd.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace moyeo_demo {
namespace {

// Each user has a turn this often, like an app that reports its position twice a minute.
constexpr std::size_t kTurnSeconds = 30;

// With these chances, turn by turn, about one in twenty is away in the long run, on average for
// five minutes: longer than positions live.
constexpr double kLeaveChance = 0.005;
constexpr double kReturnChance = 0.1;

constexpr double kSignOutChance = 0.5;

// How far a user gets between two turns, north or south and east or west.
constexpr double kStrideMeters = 20;

// Standard deviation of the scatter: this times the square root of the population. At 3 m a city's
// centre holds some 18,000 inhabitants to the square kilometre, about what Seoul has.
constexpr double kSpreadMeters = 3;

double Degrees(double radians) { return radians * (180 / std::numbers::pi); }
double Radians(double degrees) { return degrees * (std::numbers::pi / 180); }

}  // namespace

moyeo::LatLng Displaced(moyeo::LatLng from, double north_m, double east_m) {
  // At a pole every direction east is a mere turn: the floor keeps the division finite.
  const double parallel_m = moyeo::kEarthRadiusMeters * std::max(std::cos(Radians(from.lat)), 1e-6);
  double lat = from.lat + Degrees(north_m / moyeo::kEarthRadiusMeters);
  double lng = from.lng + Degrees(east_m / parallel_m);
  if (std::abs(lat) > 90) {
    lat = std::copysign(180, lat) - lat;
    lng += 180;
  }
  return {lat, std::remainder(lng, 360)};
}

Crowd::Crowd(std::span<const Place> places, const CrowdOptions& options)
    : places_(places), random_(options.seed), away_(options.users, false) {
  std::vector<double> weights;
  weights.reserve(places.size());
  for (const Place& place : places) weights.push_back(static_cast<double>(place.population));
  std::discrete_distribution<std::uint32_t> home(weights.begin(), weights.end());

  users_.reserve(options.users);
  positions_.reserve(options.users);
  homes_.reserve(options.users);
  for (std::size_t i = 0; i < options.users; ++i) {
    users_.push_back(moyeo::UserId{i + 1});
    homes_.push_back(home(random_));
    positions_.push_back(SpotNear(places_[homes_.back()]));
  }
}

const Place& Crowd::HomeOf(moyeo::UserId user) const {
  return places_[homes_[static_cast<std::size_t>(user) - 1]];
}

const Crowd::Reports& Crowd::Step() {
  std::bernoulli_distribution leaves(kLeaveChance);
  std::bernoulli_distribution returns(kReturnChance);
  std::bernoulli_distribution signs_out(kSignOutChance);
  std::uniform_real_distribution<double> stride(-kStrideMeters, kStrideMeters);

  reports_.users.clear();
  reports_.positions.clear();
  reports_.signed_out.clear();
  for (std::size_t i = step_++ % kTurnSeconds; i < users_.size(); i += kTurnSeconds) {
    if (away_[i]) {
      if (!returns(random_)) continue;
      away_[i] = false;
      positions_[i] = SpotNear(places_[homes_[i]]);
    } else if (leaves(random_)) {
      away_[i] = true;
      if (signs_out(random_)) reports_.signed_out.push_back(users_[i]);
      continue;
    } else {
      const double north_m = stride(random_);
      const double east_m = stride(random_);
      positions_[i] = Displaced(positions_[i], north_m, east_m);
    }
    reports_.users.push_back(users_[i]);
    reports_.positions.push_back(positions_[i]);
  }
  return reports_;
}

moyeo::LatLng Crowd::SpotNear(const Place& place) {
  std::normal_distribution<double> scatter(
      0, kSpreadMeters * std::sqrt(static_cast<double>(place.population)));
  const double north_m = scatter(random_);
  const double east_m = scatter(random_);
  return Displaced(place.position, north_m, east_m);
}

}  // namespace moyeo_demo
