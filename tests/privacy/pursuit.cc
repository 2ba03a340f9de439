#include "privacy/pursuit.h"

#include <chrono>
#include <cmath>
#include <numbers>
#include <optional>

#include "support/cloak_twin.h"
#include "support/places.h"

namespace moyeo::testing {
namespace {

double Seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

double Bearing(LatLng from, LatLng to) {
  constexpr double kRadians = std::numbers::pi / 180;
  const double east = (to.lng - from.lng) * kRadians;
  return std::atan2(
      std::sin(east) * std::cos(to.lat * kRadians),
      std::cos(from.lat * kRadians) * std::sin(to.lat * kRadians) -
          std::sin(from.lat * kRadians) * std::cos(to.lat * kRadians) * std::cos(east));
}

double LagSeconds(const Path& path, const Sighting& sighting) {
  Timestamp time = sighting.at;
  while (time > World::kBeginning && CloakCenter(*path(time), kCloakLevel) != sighting.before) {
    time -= std::chrono::seconds(1);
  }
  return Seconds(sighting.at - time);
}

}  // namespace

Path Walk(LatLng start, double bearing, double meters_per_second) {
  return [=](Timestamp now) {
    return Offset(start, meters_per_second * Seconds(now - World::kBeginning), bearing);
  };
}

std::vector<Sighting> Follow(Stranger& stranger, LatLng about) {
  constexpr double kFarMeters = 100'000;
  std::vector<Sighting> sightings;
  std::optional<LatLng> before;
  while (stranger.left() > 0) {
    const Timestamp now = stranger.now();
    const auto& watched = stranger.Watch(about, kFarMeters);
    const auto victim = watched.find(kVictim);
    if (victim == watched.end()) continue;
    if (before && *before != victim->second) sightings.push_back({*before, victim->second, now});
    before = victim->second;
  }
  return sightings;
}

LatLng BeyondTheBorder(std::span<const Sighting> sightings, double meters) {
  const auto& [before, after, at] = sightings.back();
  const double bearing = Bearing(before, after);
  double inside = 0;
  double outside = DistanceMeters(before, after).value();
  while (outside - inside > 1) {
    const double half = (inside + outside) / 2;
    (CloakCenter(Offset(before, half, bearing), kCloakLevel) == before ? inside : outside) = half;
  }
  return Offset(before, outside + meters, bearing);
}

LatLng AtTheBorder(std::span<const Sighting> sightings) { return BeyondTheBorder(sightings, 0); }

LatLng OnAStraightLine(std::span<const Sighting> sightings) {
  const Sighting& last = sightings.back();
  if (sightings.size() < 3) return last.after;
  // Linear regression by time of how far north and east of the last cell's centre each was.
  double n = 0, t = 0, tt = 0, north = 0, east = 0, t_north = 0, t_east = 0;
  for (const Sighting& sighting : sightings) {
    const double time = Seconds(sighting.at - last.at);
    const double meters = DistanceMeters(last.after, sighting.after).value();
    const double bearing = meters == 0 ? 0 : Bearing(last.after, sighting.after);
    n += 1;
    t += time;
    tt += time * time;
    north += meters * std::cos(bearing);
    east += meters * std::sin(bearing);
    t_north += time * meters * std::cos(bearing);
    t_east += time * meters * std::sin(bearing);
  }
  const double determinant = n * tt - t * t;
  const double north_now = (tt * north - t * t_north) / determinant;
  const double east_now = (tt * east - t * t_east) / determinant;
  return Offset(last.after, std::hypot(north_now, east_now), std::atan2(east_now, north_now));
}

Pursuit Pursue(const Guess& guess, double meters_per_second, const PresenceOptions& index,
               const TrialOptions& options) {
  Pursuit pursuit;
  for (std::size_t i = 0; i < options.victims; ++i) {
    Random random(options.seed + i);
    const LatLng cell = SomeCell(random);
    const Path path =
        Walk(InCellOf(cell, random), random.Uniform(0, 2 * std::numbers::pi), meters_per_second);
    World world({.index = index, .middle = cell, .crowd_seed = random.Bits(), .path = path});
    Stranger stranger(world, options.questions);
    const std::vector<Sighting> sightings = Follow(stranger, cell);
    for (std::size_t seen = 1; seen <= sightings.size(); ++seen) {
      const auto so_far = std::span(sightings).first(seen);
      const LatLng truth = *path(so_far.back().at);
      pursuit.errors.of_attack_m.push_back(DistanceMeters(guess(so_far), truth).value());
      pursuit.errors.of_center_m.push_back(DistanceMeters(so_far.back().after, truth).value());
      pursuit.lag_s.push_back(LagSeconds(path, so_far.back()));
    }
  }
  return pursuit;
}

}  // namespace moyeo::testing
