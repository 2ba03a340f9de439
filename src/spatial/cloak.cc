#include "spatial/cloak.h"

#include <s2/s1chord_angle.h>
#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>
#include <s2/s2metrics.h>

namespace moyeo::spatial {
namespace {

S2LatLng ToS2(Position position) {
  const LatLng degrees = ToDegrees(position);
  return S2LatLng::FromDegrees(degrees.lat, degrees.lng);
}

}  // namespace

Cloak::Cloak(int level) : level_(level) {}

Position Cloak::CenterOf(Position position) const {
  const S2LatLng center = S2CellId(ToS2(position)).parent(level_).ToLatLng();
  return *ToPosition({center.lat().degrees(), center.lng().degrees()});
}

bool Cloak::IsNear(Position center, Position position) const {
  const S2CellId cell = S2CellId(ToS2(center)).parent(level_);
  const S2LatLng place = ToS2(position);
  if (cell.contains(S2CellId(place))) return true;
  const S1Angle margin = S1Angle::Radians(S2::kAvgEdge.GetValue(level_) / 8);
  return S2Cell(cell).GetDistance(place.ToPoint()) <= S1ChordAngle(margin);
}

}  // namespace moyeo::spatial
