// Canonical positions, and the one distance between two of them.
//
// A coordinate is held as whole units of 1e-7 degree. What decides an answer is computed from these
// integers in doubles, by polynomials of our own and never contracted to fused multiply-add, so
// that every machine and every code path comes to the same bits.

#ifndef MOYEO_SPATIAL_POSITION_H_
#define MOYEO_SPATIAL_POSITION_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "moyeo/types.h"

namespace moyeo::spatial {

// Units of 1e-7 degree.
inline constexpr std::int64_t kUnitsPerDegree = 10'000'000;
inline constexpr std::int64_t kQuarterTurn = 90 * kUnitsPerDegree;
inline constexpr std::int64_t kHalfTurn = 180 * kUnitsPerDegree;
inline constexpr std::int64_t kFullTurn = 360 * kUnitsPerDegree;

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kRadiansPerUnit = kPi / kHalfTurn;

// A canonical position: lat in [-kQuarterTurn, kQuarterTurn], lng in [-kHalfTurn, kHalfTurn).
struct Position {
  std::int32_t lat = 0;
  std::int32_t lng = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// nullopt if `degrees` is not valid; WhyInvalid says why.
std::optional<Position> ToPosition(LatLng degrees);
absl::Status WhyInvalid(LatLng degrees);

LatLng ToDegrees(Position position);

// The haversine of an angle t is sin^2(t / 2): a distance before its arc sine, from 0 here to 1 at
// the antipode.
//
// REQUIRES: 0 <= distance_m
double HaversineOfMeters(double distance_m);

// Distances in metres from one centre. From a to b and from b to a are the same bits.
class DistanceFrom {
 public:
  explicit DistanceFrom(Position center);

  double operator()(Position p) const;

  // The distance to a position whose haversine is above one half.
  double BeyondAQuarter(Position p) const;

 private:
  Position center_;
  double cos_lat_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_POSITION_H_
