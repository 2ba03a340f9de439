// Where on the Earth people are.

#ifndef MOYEO_BENCH_SUPPORT_PLACES_H_
#define MOYEO_BENCH_SUPPORT_PLACES_H_

#include <string_view>
#include <vector>

#include "bench/support/random.h"
#include "moyeo/types.h"

namespace moyeo::bench {

enum class Distribution {
  // Two hundred Gaussian cities of sigma 8 km between 60 degrees south and north, the i-th largest
  // with 1 / i of the population of the largest (Zipf's law).
  kCity,
  // Everywhere alike.
  kUniform,
  // Within 10 m of one spot, uniform by area.
  kSpot,
  // All on one and the same position.
  kSameSpot,
};

// As it is written in results: "city", "uniform", and "spot" for both kinds of it.
std::string_view Name(Distribution distribution);

// `distance_m` along the great circle that leaves `from` at `bearing` (radians, from north to
// east), made canonical.
LatLng Travel(LatLng from, double bearing, double distance_m);

// A source of canonical positions.
class Places {
 public:
  // Where the cities are is drawn from `random`.
  Places(Distribution distribution, Random& random);

  Distribution distribution() const { return distribution_; }

  // Whether who takes a step is still where the distribution has people.
  bool AllowsSteps() const {
    return distribution_ == Distribution::kCity || distribution_ == Distribution::kUniform;
  }

  // Where one more person is.
  LatLng Draw(Random& random) const;

  // Mid-ocean: uniform among what is at least 500 km from every city's centre.
  // REQUIRES: distribution() == kCity
  LatLng DrawOcean(Random& random) const;

 private:
  Distribution distribution_;
  std::vector<LatLng> centers_;
  std::vector<double> cumulative_weights_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_PLACES_H_
