// Places where a spatial index goes wrong, and crowds that gather there.

#ifndef MOYEO_TESTS_SUPPORT_PLACES_H_
#define MOYEO_TESTS_SUPPORT_PLACES_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "moyeo/types.h"
#include "support/seeds.h"

namespace moyeo::testing {

// The valid position meant by any finite latitude and longitude: the latitude is clamped and the
// longitude wrapped. A coordinate within a thousandth of a unit of halfway between two units of
// 1e-7 degree is moved off, so that nobody's arithmetic decides where it is rounded to.
LatLng Valid(double lat, double lng);

// The place `meters` away from `from`, starting out at `bearing` radians east of north.
LatLng Offset(LatLng from, double meters, double bearing);

// The other end of the Earth's diameter through `position`.
LatLng AntipodeOf(LatLng position);

// Anywhere, every square metre alike.
LatLng Anywhere(Random& random);

// Up to `meters` from `center`, nearer places more often.
LatLng NearTo(LatLng center, double meters, Random& random);

// At a pole, or from a millimetre to a hundred kilometres from it, with any longitude.
LatLng AroundPoles(Random& random);

// On the meridian 180, written either way, or from a millimetre to a hundred kilometres from it.
LatLng AroundAntimeridian(Random& random);

// On an edge of a face of the cube that S2 projects on the sphere, or within metres of it.
LatLng AroundFaceEdges(Random& random);

// At a corner of that cube, where three faces meet, or within kilometres of it.
LatLng AroundFaceCorners(Random& random);

// Two dozen cities, of which the big ones are more likely, in bell curves 8 km wide.
LatLng AroundCities(Random& random);

// Nodes of a few coarse lattices, symmetric to the equator, to meridians and to the poles: many
// users on one node, and many nodes at one distance.
LatLng OnLattices(Random& random);

// The corners of the valid range: exact poles, meridians 0 and 180, the equator.
LatLng AtLimits(Random& random);

// A kind of crowd, by the place of a random member.
struct Crowd {
  std::string name;
  std::function<LatLng(Random&)> place;

  friend void PrintTo(const Crowd& crowd, std::ostream* out) { *out << crowd.name; }
};

// Each of the above, everybody on one spot, everybody within ten metres, two groups at opposite
// ends of the Earth, and a mixture of them all.
const std::vector<Crowd>& Crowds();

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_PLACES_H_
