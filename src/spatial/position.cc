#include "spatial/position.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "spatial/sphere_math.h"

namespace moyeo::spatial {
namespace {

bool IsInRange(double degrees, double limit) { return std::abs(degrees) <= limit; }

std::int32_t ToUnits(double degrees) {
  const double units = degrees * kUnitsPerDegree;
  return static_cast<std::int32_t>(units + (units < 0 ? -0.5 : 0.5));
}

// With as many digits as tell `value` from every other double: what is just outside of a range
// should not look like its end.
std::string Text(double value) {
  std::array<char, 32> text;
  char* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
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
    return absl::InvalidArgumentError(
        std::isfinite(value) ? absl::StrCat(what, " ", Text(value), " is outside [-", limit, ", ",
                                            limit, "] degrees")
                             : absl::StrCat(what, " ", value, " is not a finite number"));
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

DistanceFrom::DistanceFrom(Position center)
    : center_(center), cos_lat_(CosLat<double>(center.lat)) {}

double DistanceFrom::operator()(Position p) const {
  const double haversine = HaversineBetween(center_, cos_lat_, p);
  if (haversine <= 0.5) return kEarthRadiusMeters * AngleOfHaversine(haversine);
  return BeyondAQuarter(p);
}

// Past a quarter of the globe the arc sine loses digits, but measured from the antipode it does
// not.
double DistanceFrom::BeyondAQuarter(Position p) const {
  const double haversine =
      SinSquaredOfHalf<double>(std::abs(center_.lat + p.lat)) +
      cos_lat_ * CosLat<double>(p.lat) *
          SinSquaredOfHalf<double>(std::int32_t{kHalfTurn} - BetweenMeridians(center_.lng, p.lng));
  return kEarthRadiusMeters * (kPi - AngleOfHaversine(haversine));
}

}  // namespace moyeo::spatial

namespace moyeo {
inline namespace v0 {
namespace {

absl::Status WhyInvalid(absl::string_view name, LatLng position) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": ", spatial::WhyInvalid(position).message()));
}

}  // namespace

absl::StatusOr<LatLng> Canonical(LatLng position) {
  const std::optional<spatial::Position> canonical = spatial::ToPosition(position);
  if (!canonical) return spatial::WhyInvalid(position);
  return spatial::ToDegrees(*canonical);
}

absl::StatusOr<double> DistanceMeters(LatLng a, LatLng b) {
  const std::optional<spatial::Position> from = spatial::ToPosition(a);
  if (!from) return WhyInvalid("a", a);
  const std::optional<spatial::Position> to = spatial::ToPosition(b);
  if (!to) return WhyInvalid("b", b);
  return spatial::DistanceFrom(*from)(*to);
}

}  // namespace v0
}  // namespace moyeo
