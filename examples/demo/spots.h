// Points of the Earth that the demo asks about.

#ifndef MOYEO_EXAMPLES_DEMO_SPOTS_H_
#define MOYEO_EXAMPLES_DEMO_SPOTS_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "moyeo/types.h"
#include "places.h"

namespace moyeo_demo {

struct Spot {
  std::string label;
  moyeo::LatLng center;
};

// A city, and three spots where a flat map fails: beside the antimeridian, on it, and at a pole.
std::vector<Spot> UsualSpots();

// The spot that `text` means: "37.57,126.98" is a latitude and a longitude in degrees, anything
// else the name of the most populous of `places` so called.
//
// InvalidArgument if the numbers are out of range; NotFound, with names that are similar, if no
// place has the name.
absl::StatusOr<Spot> ParseSpot(std::span<const Place> places, const std::string& text);

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_SPOTS_H_
