#include "privacy/attacks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "privacy/locate.h"
#include "support/places.h"

namespace moyeo::testing {

std::span<const Attack> Attacks() {
  static const auto& attacks = *new std::array<Attack, 11>{{
      {"AverageOfAnswers", AverageOfAnswers},
      {"ExactDistances", ExactDistances},
      {"RoundedDistances", RoundedDistances, true},
      {"RadiusMadeSmaller", RadiusMadeSmaller, true},
      {"OrderOnly", OrderOnly, true},
      {"LimitOfOne", LimitOfOne, true},
      {"CountsOnly", CountsOnly, true},
      {"EnterAndLeave", EnterAndLeave, true},
      {"WhereCellsMeet", WhereCellsMeet},
      {"ClustersHalved", ClustersHalved, true},
      {"FencedIn", FencedIn, true},
  }};
  return attacks;
}

LatLng LocateByHalving(Stranger& stranger, LatLng about, const IsNearer& is_nearer) {
  constexpr double kFarthestMeters = 5'000;
  constexpr std::size_t kHalvings = 20;  // down to half a centimetre
  std::vector<Ring> rings;
  for (std::size_t number = 0; stranger.left() >= kHalvings; ++number) {
    const LatLng center = PlaceAround(about, number);
    double less = 0;
    double more = kFarthestMeters;
    for (std::size_t i = 0; i < kHalvings; ++i) {
      const double half = (less + more) / 2;
      (is_nearer(center, half) ? more : less) = half;
    }
    // Where there is no border, there is no victim.
    if (more < kFarthestMeters) rings.push_back({center, (less + more) / 2});
  }
  return Locate(rings, about);
}

LatLng PlaceAround(LatLng about, std::size_t number) {
  const double meters = 400 + 200 * static_cast<double>(number % 9);
  return Offset(about, meters, BearingAround(number));
}

// Turned by the golden angle each time, no two directions are the same.
double BearingAround(std::size_t number) {
  return std::numbers::pi * (3 - std::sqrt(5.0)) * static_cast<double>(number);
}

AttributeFilter FilterForVictim(Stranger& stranger, LatLng about) {
  AttributeFilter filter;
  for (int i = 0; i < 32; ++i) {
    const std::uint32_t bit = std::uint32_t{1} << i;
    const std::vector<Neighbor> with_bit =
        stranger.Nearby(about, {.limit = std::nullopt, .filter = {.all_of = bit}});
    const bool has_bit = std::ranges::any_of(
        with_bit, [](const Neighbor& neighbor) { return neighbor.user == kVictim; });
    (has_bit ? filter.all_of : filter.none_of) |= bit;
  }
  return filter;
}

}  // namespace moyeo::testing
