#include "support/cloak_twin.h"

#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>
#include <s2/s2metrics.h>

namespace moyeo::testing {
namespace {

S2CellId CellAt(LatLng position, int level) {
  return S2CellId(S2LatLng::FromDegrees(position.lat, position.lng)).parent(level);
}

}  // namespace

LatLng CloakCenter(LatLng position, int level) {
  const S2LatLng center = CellAt(position, level).ToLatLng();
  return Canonical({center.lat().degrees(), center.lng().degrees()}).value();
}

bool IsNearCloak(LatLng center, LatLng position, int level) {
  const S2Point point = S2LatLng::FromDegrees(position.lat, position.lng).ToPoint();
  return S2Cell(CellAt(center, level)).GetDistance(point).radians() <=
         S2::kAvgEdge.GetValue(level) / 8;
}

LatLng CloakTwin::Show(UserId user, LatLng position, Timestamp seen) {
  const LatLng center = CloakCenter(position, level_);
  Cloaked& cloaked = cloaked_.try_emplace(user, Cloaked{center, seen}).first->second;
  if (seen != cloaked.decided) {
    cloaked.decided = seen;
    if (!IsNearCloak(cloaked.shown, position, level_)) cloaked.shown = center;
  }
  return cloaked.shown;
}

}  // namespace moyeo::testing
