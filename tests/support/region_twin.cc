#include "support/region_twin.h"

#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2edge_distances.h>
#include <s2/s2latlng.h>
#include <s2/s2loop.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace moyeo::testing {
namespace {

S2Point PointAt(LatLng position) {
  const LatLng canonical = Canonical(position).value();
  return S2LatLng::FromDegrees(canonical.lat, canonical.lng).ToPoint();
}

struct Tests {
  std::function<bool(LatLng)> contains;
  std::function<double(LatLng)> meters_from;
};

Tests TestsOf(const FenceCircle& circle) {
  const auto distance = [=](LatLng p) { return DistanceMeters(circle.center, p).value(); };
  return {[=](LatLng p) { return distance(p) <= circle.radius_m; },
          [=](LatLng p) { return distance(p) - circle.radius_m; }};
}

Tests TestsOf(const FencePolygon& polygon) {
  std::vector<S2Point> points;
  for (const LatLng vertex : polygon.vertices) points.push_back(PointAt(vertex));
  const auto loop = std::make_shared<S2Loop>(points);
  loop->Normalize();
  const auto meters_from = [points](LatLng p) {
    S1Angle nearest = S1Angle::Infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const S2Point& next = points[(i + 1) % points.size()];
      nearest = std::min(nearest, S2::GetDistance(PointAt(p), points[i], next));
    }
    return nearest.radians() * kEarthRadiusMeters;
  };
  return {[loop](LatLng p) { return loop->Contains(PointAt(p)); }, meters_from};
}

Tests TestsOf(const FenceCells& cells) {
  const auto contains = [=](LatLng p) {
    const LatLng canonical = Canonical(p).value();
    const S2CellId leaf(S2LatLng::FromDegrees(canonical.lat, canonical.lng));
    return std::ranges::any_of(cells.ids,
                               [&](std::uint64_t id) { return S2CellId(id).contains(leaf); });
  };
  const auto meters_from = [=](LatLng p) {
    S1ChordAngle nearest = S1ChordAngle::Infinity();
    for (const std::uint64_t id : cells.ids) {
      nearest = std::min(nearest, S2Cell(S2CellId(id)).GetDistance(PointAt(p)));
    }
    return nearest.ToAngle().radians() * kEarthRadiusMeters;
  };
  return {contains, meters_from};
}

}  // namespace

RegionTwin::RegionTwin(const FenceOptions& options) {
  auto [contains, meters_from] =
      std::visit([](const auto& region) { return TestsOf(region); }, options.region);
  contains_ = std::move(contains);
  meters_from_ = std::move(meters_from);
}

std::uint64_t CellIdAt(LatLng position, int level) {
  return S2CellId(S2LatLng::FromDegrees(position.lat, position.lng)).parent(level).id();
}

}  // namespace moyeo::testing
