#include "support/places.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace moyeo::testing {
namespace {

constexpr double kRadiansPerDegree = std::numbers::pi / 180;
constexpr double kMetersPerDegree = kEarthRadiusMeters * kRadiansPerDegree;

double AwayFromHalves(double degrees) {
  const double units = degrees * 1e7;
  const double fraction = units - std::floor(units);
  return std::abs(fraction - 0.5) < 1e-3 ? (std::floor(units) + 0.25) / 1e7 : degrees;
}

// From a millimetre to a hundred kilometres, every order of magnitude alike.
double AnyScale(Random& random) { return std::pow(10, random.Uniform(-3, 5)); }

LatLng Along(double x, double y, double z) {
  return Valid(std::atan2(z, std::hypot(x, y)) / kRadiansPerDegree,
               std::atan2(y, x) / kRadiansPerDegree);
}

double Sign(Random& random) { return random.OneIn(2) ? 1 : -1; }

}  // namespace

LatLng Valid(double lat, double lng) {
  return {AwayFromHalves(std::clamp(lat, -90.0, 90.0)),
          AwayFromHalves(std::abs(lng) <= 180 ? lng : std::remainder(lng, 360))};
}

LatLng Offset(LatLng from, double meters, double bearing) {
  const double angle = meters / kEarthRadiusMeters;
  const double lat = from.lat * kRadiansPerDegree;
  // In vectors, with `outward` away from the axis: right at a pole too.
  const double north = std::sin(angle) * std::cos(bearing);
  const double east = std::sin(angle) * std::sin(bearing);
  const double outward = std::cos(angle) * std::cos(lat) - north * std::sin(lat);
  const double up = std::cos(angle) * std::sin(lat) + north * std::cos(lat);
  return Valid(std::atan2(up, std::hypot(outward, east)) / kRadiansPerDegree,
               from.lng + std::atan2(east, outward) / kRadiansPerDegree);
}

LatLng AntipodeOf(LatLng position) {
  return Valid(-position.lat, position.lng <= 0 ? position.lng + 180 : position.lng - 180);
}

LatLng Anywhere(Random& random) {
  return Valid(std::asin(random.Uniform(-1, 1)) / kRadiansPerDegree, random.Uniform(-180, 180));
}

LatLng NearTo(LatLng center, double meters, Random& random) {
  return Offset(center, meters * random.Uniform(0, 1), random.Uniform(0, 2 * std::numbers::pi));
}

LatLng AroundPoles(Random& random) {
  const double away = random.OneIn(20) ? 0 : AnyScale(random) / kMetersPerDegree;
  const double lng = random.OneIn(4) ? 45.0 * static_cast<double>(random.Between(-4, 4))
                                     : random.Uniform(-180, 180);
  return Valid(Sign(random) * (90 - away), lng);
}

LatLng AroundAntimeridian(Random& random) {
  const double away = random.OneIn(20) ? 0 : AnyScale(random) / kMetersPerDegree;
  const double lat = random.OneIn(2) ? random.Uniform(-89, 89) : random.Normal() * 0.01;
  return Valid(lat, Sign(random) * (180 - away));
}

LatLng AroundFaceEdges(Random& random) {
  // An edge is where two coordinates are equal in size and none is larger.
  std::array<double, 3> point = {Sign(random), Sign(random), random.Uniform(-1, 1)};
  std::rotate(point.begin(), point.begin() + random.Between(0, 2), point.end());
  const LatLng on_edge = Along(point[0], point[1], point[2]);
  return random.OneIn(4) ? on_edge : NearTo(on_edge, AnyScale(random) / 1000, random);
}

LatLng AroundFaceCorners(Random& random) {
  const LatLng corner = Along(Sign(random), Sign(random), Sign(random));
  return random.OneIn(20) ? corner : NearTo(corner, AnyScale(random), random);
}

LatLng AroundCities(Random& random) {
  static constexpr std::array<LatLng, 24> kCities = {{
      {37.5665, 126.9780}, {35.6895, 139.6917},  {40.7128, -74.0060},  {28.6139, 77.2090},
      {31.2304, 121.4737}, {-23.5505, -46.6333}, {19.4326, -99.1332},  {30.0444, 31.2357},
      {19.0760, 72.8777},  {39.9042, 116.4074},  {51.5074, -0.1278},   {48.8566, 2.3522},
      {55.7558, 37.6173},  {6.5244, 3.3792},     {-34.6037, -58.3816}, {41.0082, 28.9784},
      {-36.8485, 174.763}, {-18.1416, 178.4419}, {21.3069, -157.858},  {64.1466, -21.9426},
      {78.2232, 15.6267},  {-54.8019, -68.3030}, {0.3476, 32.5825},    {-6.2088, 106.8456},
  }};
  // The i-th city is drawn with a weight of about 1 / (i + 1), as cities grow.
  const double rank = std::pow(static_cast<double>(kCities.size()), random.Uniform(0, 1)) - 1;
  const LatLng city = kCities[static_cast<std::size_t>(rank)];
  return Offset(city, 8'000 * std::abs(random.Normal()), random.Uniform(0, 2 * std::numbers::pi));
}

LatLng OnLattices(Random& random) {
  const double row = static_cast<double>(random.Between(-12, 12));
  const double column = static_cast<double>(random.Between(-12, 12));
  switch (random.Below(4)) {
    case 0:
      return Valid(row * 0.001, column * 0.001);
    case 1:
      return Valid(row * 0.001, 180 + column * 0.001);
    case 2:
      return Valid(90 - std::abs(row) * 0.001, column * 15);
    default:
      return Valid(row * 7.5, column * 15);
  }
}

LatLng AtLimits(Random& random) {
  static constexpr std::array<double, 5> kLats = {-90, -89.9999999, 0, 89.9999999, 90};
  static constexpr std::array<double, 9> kLngs = {-180, -179.9999999, -90, -45,        0,
                                                  45,   90,           180, 179.9999999};
  return {random.Pick(kLats), random.Pick(kLngs)};
}

const std::vector<Crowd>& Crowds() {
  static const auto& crowds = *[] {
    auto* all = new std::vector<Crowd>{
        {"Anywhere", Anywhere},
        {"AroundPoles", AroundPoles},
        {"AroundAntimeridian", AroundAntimeridian},
        {"AroundFaceEdges", AroundFaceEdges},
        {"AroundFaceCorners", AroundFaceCorners},
        {"AroundCities", AroundCities},
        {"OnLattices", OnLattices},
        {"AtLimits", AtLimits},
        {"OnOneSpot",
         [](Random&) {
           return LatLng{37.5665, 126.978};
         }},
        {"WithinTenMeters",
         [](Random& random) {
           return NearTo({-16.8, 179.99999}, 10, random);
         }},
        {"AtOppositeEnds",
         [](Random& random) {
           const LatLng center{37.5665, 126.978};
           return NearTo(random.OneIn(2) ? center : AntipodeOf(center), AnyScale(random), random);
         }},
    };
    all->push_back({"OfEveryKind",
                    [kinds = *all](Random& random) { return random.Pick(kinds).place(random); }});
    return all;
  }();
  return crowds;
}

}  // namespace moyeo::testing
