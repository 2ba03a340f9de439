// Canonical positions as whole 1e-7 degrees, in which they can be compared and written exactly.

#ifndef MOYEO_EXAMPLES_CROWD_POSITION_E7_H_
#define MOYEO_EXAMPLES_CROWD_POSITION_E7_H_

#include <cmath>
#include <cstdint>
#include <string>

#include "moyeo/types.h"

namespace moyeo_crowd {

struct PositionE7 {
  std::int32_t lat = 0;
  std::int32_t lng = 0;

  friend bool operator==(const PositionE7&, const PositionE7&) = default;
};

// REQUIRES: `position` is on the Earth.
inline PositionE7 ToE7(moyeo::LatLng position) {
  return {static_cast<std::int32_t>(std::llround(position.lat * 1e7)),
          static_cast<std::int32_t>(std::llround(position.lng * 1e7))};
}

// Appends so many 1e-7 degrees as a JSON number of degrees, without needless zeros: "-0.05".
void AppendDegrees(std::int32_t e7, std::string& text);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_POSITION_E7_H_
