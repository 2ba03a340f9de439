// The formulas of distance on the sphere, in float for the approximate and in double for the exact
// ones. Branch-free and always inlined, so that a loop over them is compiled for as many lanes at a
// time as the function around it may use.
//
// No operation here may be contracted to a fused multiply-add (-ffp-contract=off): every processor
// then comes to the same bits.

#ifndef MOYEO_SPATIAL_SPHERE_MATH_H_
#define MOYEO_SPATIAL_SPHERE_MATH_H_

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "spatial/position.h"

#define MOYEO_ALWAYS_INLINE inline __attribute__((always_inline))

namespace moyeo::spatial {

template <typename Real>
MOYEO_ALWAYS_INLINE Real Square(Real x) {
  return x * x;
}

// sin(x) for x in [0, pi/2]. Minimax in x^2, relative error below 6e-9 before rounding.
MOYEO_ALWAYS_INLINE float SinQuarter(float x) {
  const float y = x * x;
  float p = 2.601903098065007e-06f;
  p = p * y + -0.00019807418774809297f;
  p = p * y + 0.008333025140407931f;
  p = p * y + -0.16666656684127926f;
  p = p * y + 0.999999994686137f;
  return x * p;
}

// The same within 2 ulp. Relative error below 3e-19 before rounding.
MOYEO_ALWAYS_INLINE double SinQuarter(double x) {
  const double y = x * x;
  double p = 2.7204791319783233e-15;
  p = p * y + -7.64291780919878e-13;
  p = p * y + 1.6058936490372665e-10;
  p = p * y + -2.5052106798271384e-08;
  p = p * y + 2.755731921015266e-06;
  p = p * y + -0.0001984126984120184;
  p = p * y + 0.008333333333333165;
  p = p * y + -0.16666666666666666;
  return x + x * (p * y);
}

// asin(sqrt(q)) for q in [0, sin^2(pi/8)]. Minimax in q, relative error below 6e-18 before
// rounding.
MOYEO_ALWAYS_INLINE double AsinSqrt(double q) {
  double p = 0.017655975292036587;
  p = p * q + 0.006077303124587627;
  p = p * q + 0.012326291624829209;
  p = p * q + 0.0138663381239939;
  p = p * q + 0.017360709429546713;
  p = p * q + 0.022371750576354515;
  p = p * q + 0.03038195747975721;
  p = p * q + 0.044642856900923546;
  p = p * q + 0.07500000000229834;
  p = p * q + 0.16666666666665816;
  const double root = std::sqrt(q);
  return root + root * (p * q);
}

// The angle in radians, at most a quarter turn, of a haversine of at most one half. Halving the
// angle once more, by sin^2(t/4) = h / (2 (1 + sqrt(1 - h))), keeps the arc sine's argument small.
MOYEO_ALWAYS_INLINE double AngleOfHaversine(double h) {
  return 4 * AsinSqrt(h / (2 * (1 + std::sqrt(1 - h))));
}

// sin^2 of half of `units`, which are at most half a turn.
template <typename Real>
MOYEO_ALWAYS_INLINE Real SinSquaredOfHalf(std::int32_t units) {
  return Square(SinQuarter(static_cast<Real>(units) * static_cast<Real>(kRadiansPerUnit / 2)));
}

// Near a pole a cosine has no digits left; the sine of the rest to the pole has all of them.
template <typename Real>
MOYEO_ALWAYS_INLINE Real CosLat(std::int32_t lat) {
  const std::int32_t to_pole = std::int32_t{kQuarterTurn} - std::abs(lat);
  return SinQuarter(static_cast<Real>(to_pole) * static_cast<Real>(kRadiansPerUnit));
}

// The angle between two meridians, at most half a turn. In 32 bits, of which a processor takes more
// at a time: differences of up to a whole turn fit when they have no sign.
MOYEO_ALWAYS_INLINE std::int32_t BetweenMeridians(std::int32_t a, std::int32_t b) {
  const auto x = static_cast<std::uint32_t>(a);
  const auto y = static_cast<std::uint32_t>(b);
  const std::uint32_t difference = a > b ? x - y : y - x;
  const auto past_half = static_cast<std::int32_t>(difference - std::uint32_t{kHalfTurn});
  return std::int32_t{kHalfTurn} - std::abs(past_half);
}

// `cos_lat` is CosLat<Real>(center.lat).
template <typename Real>
MOYEO_ALWAYS_INLINE Real HaversineBetween(Position center, Real cos_lat, Position p) {
  return SinSquaredOfHalf<Real>(std::abs(center.lat - p.lat)) +
         cos_lat * CosLat<Real>(p.lat) *
             SinSquaredOfHalf<Real>(BetweenMeridians(center.lng, p.lng));
}

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_SPHERE_MATH_H_
