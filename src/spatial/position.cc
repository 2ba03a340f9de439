#include "spatial/position.h"

#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace moyeo::spatial {
namespace {

// sin(x) for x in [0, pi/2], within 2 ulp. Minimax in x^2, relative error below 3e-19 before
// rounding.
double SinQuarter(double x) {
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
double AsinSqrt(double q) {
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
double AngleOfHaversine(double h) { return 4 * AsinSqrt(h / (2 * (1 + std::sqrt(1 - h)))); }

double Square(double x) { return x * x; }

double CosLat(std::int32_t lat) {
  return SinQuarter(static_cast<double>(kQuarterTurn - std::abs(lat)) * kRadiansPerUnit);
}

// sin^2 of half of `units`, which are at most half a turn.
double SinSquaredOfHalf(std::int32_t units) {
  return Square(SinQuarter(static_cast<double>(units) * (kRadiansPerUnit / 2)));
}

// The angle between two meridians, at most half a turn. In 32 bits, of which a processor takes more
// at a time: differences of up to a whole turn fit when they have no sign.
std::int32_t BetweenMeridians(std::int32_t a, std::int32_t b) {
  const auto x = static_cast<std::uint32_t>(a);
  const auto y = static_cast<std::uint32_t>(b);
  const std::uint32_t difference = a > b ? x - y : y - x;
  const auto past_half = static_cast<std::int32_t>(difference - std::uint32_t{kHalfTurn});
  return std::int32_t{kHalfTurn} - std::abs(past_half);
}

bool IsInRange(double degrees, double limit) { return std::abs(degrees) <= limit; }

std::int32_t ToUnits(double degrees) {
  const double units = degrees * kUnitsPerDegree;
  return static_cast<std::int32_t>(units + (units < 0 ? -0.5 : 0.5));
}

}  // namespace

std::optional<Position> ToPosition(LatLng degrees) {
  // A NaN is in no range.
  if (!IsInRange(degrees.lat, 90) || !IsInRange(degrees.lng, 180)) return std::nullopt;
  Position position{ToUnits(degrees.lat), ToUnits(degrees.lng)};
  if (position.lng == kHalfTurn) position.lng = -static_cast<std::int32_t>(kHalfTurn);
  return position;
}

absl::Status WhyInvalid(LatLng degrees) {
  const auto why = [](absl::string_view what, double value, double limit) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, " ", value,
        std::isfinite(value) ? absl::StrCat(" is outside [-", limit, ", ", limit, "] degrees")
                             : std::string(" is not a finite number")));
  };
  if (!IsInRange(degrees.lat, 90)) return why("latitude", degrees.lat, 90);
  if (!IsInRange(degrees.lng, 180)) return why("longitude", degrees.lng, 180);
  return absl::OkStatus();
}

LatLng ToDegrees(Position position) {
  return {static_cast<double>(position.lat) / kUnitsPerDegree,
          static_cast<double>(position.lng) / kUnitsPerDegree};
}

double HaversineOfMeters(double distance_m) {
  const double half_angle = distance_m / (2 * kEarthRadiusMeters);
  return half_angle >= kPi / 2 ? 1 : Square(SinQuarter(half_angle));
}

DistanceFrom::DistanceFrom(Position center) : center_(center), cos_lat_(CosLat(center.lat)) {}

double DistanceFrom::Haversine(Position p) const {
  return SinSquaredOfHalf(std::abs(center_.lat - p.lat)) +
         cos_lat_ * CosLat(p.lat) * SinSquaredOfHalf(BetweenMeridians(center_.lng, p.lng));
}

double DistanceFrom::HaversineOfAntipode(Position p) const {
  return SinSquaredOfHalf(std::abs(center_.lat + p.lat)) +
         cos_lat_ * CosLat(p.lat) *
             SinSquaredOfHalf(std::int32_t{kHalfTurn} - BetweenMeridians(center_.lng, p.lng));
}

// Past a quarter of the globe the arc sine loses digits, but measured from the antipode it does
// not.
double DistanceFrom::Meters(Position p, double haversine) const {
  if (haversine <= 0.5) return kEarthRadiusMeters * AngleOfHaversine(haversine);
  return kEarthRadiusMeters * (kPi - AngleOfHaversine(HaversineOfAntipode(p)));
}

double DistanceFrom::operator()(Position p) const { return Meters(p, Haversine(p)); }

void DistanceFrom::Many(const std::int32_t* lat, const std::int32_t* lng, std::size_t n,
                        double* meters) const {
  // Without the rare case, so that a compiler can take several at a time.
  for (std::size_t i = 0; i < n; ++i) meters[i] = Haversine({lat[i], lng[i]});
  bool any_far = false;
  for (std::size_t i = 0; i < n; ++i) any_far |= meters[i] > 0.5;
  if (any_far) {
    for (std::size_t i = 0; i < n; ++i) meters[i] = Meters({lat[i], lng[i]}, meters[i]);
  } else {
    for (std::size_t i = 0; i < n; ++i) {
      meters[i] = kEarthRadiusMeters * AngleOfHaversine(meters[i]);
    }
  }
}

}  // namespace moyeo::spatial

namespace moyeo {
inline namespace v0 {

absl::StatusOr<LatLng> Canonical(LatLng position) {
  const std::optional<spatial::Position> canonical = spatial::ToPosition(position);
  if (!canonical) return spatial::WhyInvalid(position);
  return spatial::ToDegrees(*canonical);
}

absl::StatusOr<double> DistanceMeters(LatLng a, LatLng b) {
  const std::optional<spatial::Position> from = spatial::ToPosition(a);
  if (!from) return spatial::WhyInvalid(a);
  const std::optional<spatial::Position> to = spatial::ToPosition(b);
  if (!to) return spatial::WhyInvalid(b);
  return spatial::DistanceFrom(*from)(*to);
}

}  // namespace v0
}  // namespace moyeo
