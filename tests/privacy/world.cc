#include "privacy/world.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <set>
#include <utility>

#include "support/cloak_twin.h"
#include "support/places.h"

namespace moyeo::testing {
namespace {

constexpr std::size_t kCrowd = 30;
constexpr double kCrowdWithinMeters = 3'000;

// No cell of kCloakLevel has a corner farther from its centre.
constexpr double kCellWithinMeters = 500;

void CheckOk(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "a world does not go on: %s\n", status.ToString().c_str());
  std::abort();
}

std::size_t CellsAround(LatLng place, double meters) {
  constexpr int kBearings = 16;
  std::set<std::pair<double, double>> cells;
  for (int i = 0; i < kBearings; ++i) {
    const LatLng center =
        CloakCenter(Offset(place, meters, 2 * std::numbers::pi * i / kBearings), kCloakLevel);
    cells.insert({center.lat, center.lng});
  }
  return cells.size();
}

// In the cell, with so many cells or more within `meters`.
LatLng WithCellsAround(LatLng center, double meters, std::size_t cells, Random& random) {
  for (;;) {
    const LatLng place = InCellOf(center, random);
    if (CellsAround(place, meters) >= cells) return place;
  }
}

LatLng Wavering(LatLng place, double meters, Random& random) {
  const double north = meters * random.Normal();
  const double east = meters * random.Normal();
  return Offset(place, std::hypot(north, east), std::atan2(east, north));
}

}  // namespace

Home::Home(LatLng first_report, double wavering_m, std::uint64_t seed) {
  const auto random = std::make_shared<Random>(seed);
  place = wavering_m == 0 ? first_report : Wavering(first_report, wavering_m, *random);
  path = [place = place, first_report, wavering_m, random](Timestamp now) {
    if (wavering_m == 0) return place;
    return now == World::kBeginning ? first_report : Wavering(place, wavering_m, *random);
  };
}

Path Seldom(Path path, std::chrono::milliseconds between) {
  return [path = std::move(path), between](Timestamp now) {
    return (now - World::kBeginning) % between < World::kBetweenReports ? path(now) : std::nullopt;
  };
}

World::World(const WorldOptions& options)
    : index_(options.index), feeds_(index_), path_(options.path) {
  Random random(options.crowd_seed);
  for (std::size_t i = 0; i < kCrowd; ++i) {
    crowd_.push_back(UserId{random.Bits32()});
    places_.push_back(NearTo(options.middle, kCrowdWithinMeters, random));
    attributes_.push_back(random.Bits32() & ~kVictimsAttributes);
    CheckOk(index_.SetVisibility(crowd_.back(),
                                 random.OneIn(2) ? Visibility::kCloaked : Visibility::kExact));
  }
  CheckOk(index_.SetVisibility(kVictim, options.visibility));
  Report();
}

void World::Befriend() {
  for (const UserId user : crowd_) {
    CheckOk(index_.AddToViewerSet(ViewerSet::kSeesExactly, user, kVictim));
  }
}

void World::Report() {
  index_.Expire(now_);
  CheckOk(index_.MoveBatch(crowd_, places_, now_, attributes_).status());
  if (path_) {
    if (const std::optional<LatLng> position = path_(now_)) {
      CheckOk(index_.Move(kVictim, *position, now_, kVictimsAttributes));
    }
  }
  next_report_ = now_ + kBetweenReports;
}

void World::Pass(std::chrono::milliseconds time) {
  const Timestamp until = now_ + time;
  while (next_report_ <= until) {
    now_ = next_report_;
    Report();
  }
  now_ = until;
}

LatLng InCellOf(LatLng center, Random& random) {
  for (;;) {
    const LatLng place = Offset(center, kCellWithinMeters * std::sqrt(random.Uniform(0, 1)),
                                random.Uniform(0, 2 * std::numbers::pi));
    if (CloakCenter(place, kCloakLevel) == center) return place;
  }
}

LatLng NearBorderOf(LatLng center, double meters, Random& random) {
  return WithCellsAround(center, meters, 2, random);
}

LatLng NearCornerOf(LatLng center, double meters, Random& random) {
  return WithCellsAround(center, meters, 3, random);
}

LatLng SomeCell(Random& random) {
  static constexpr std::array kPlaces = {AroundCities, Anywhere,         AroundPoles,
                                         AroundCities, AroundFaceEdges,  AroundAntimeridian,
                                         AroundCities, AroundFaceCorners};
  return CloakCenter(random.Pick(kPlaces)(random), kCloakLevel);
}

}  // namespace moyeo::testing
