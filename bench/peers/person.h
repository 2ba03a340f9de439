// What the peers keep of a user, and how they measure.

#ifndef MOYEO_BENCH_PEERS_PERSON_H_
#define MOYEO_BENCH_PEERS_PERSON_H_

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "bench/peers/e7.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"
#include "s2/s1angle.h"
#include "s2/s1chord_angle.h"
#include "s2/s2latlng.h"
#include "s2/s2point.h"

namespace moyeo::bench {

// A user with all that an answer tells of them, so that a query need not look elsewhere.
struct Person {
  S2Point point;  // a unit vector
  UserId user;
  Timestamp last_seen;
  E7 position;
};

inline S2Point ToPoint(LatLng position) {
  return S2LatLng::FromDegrees(position.lat, position.lng).ToPoint();
}

// Distances are lengths of chords between unit vectors: no trigonometry, and still a metric.
inline double Chord(const S2Point& a, const S2Point& b) { return (a - b).Norm(); }

// Infinite for no radius.
inline double SquaredChordOf(std::optional<double> radius_m) {
  if (!radius_m) return std::numeric_limits<double>::infinity();
  return S1ChordAngle(S1Angle::Radians(*radius_m / kEarthRadiusMeters)).length2();
}

inline double AngleOf(double chord) { return 2 * std::asin(std::min(1.0, chord / 2)); }

inline Neighbor ToNeighbor(const Person& person, double squared_chord) {
  return {.user = person.user,
          .position = ToDegrees(person.position),
          .distance_m = AngleOf(std::sqrt(squared_chord)) * kEarthRadiusMeters,
          .last_seen = person.last_seen};
}

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_PERSON_H_
