// Following somebody who moves.

#ifndef MOYEO_TESTS_PRIVACY_PURSUIT_H_
#define MOYEO_TESTS_PRIVACY_PURSUIT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "moyeo/types.h"
#include "privacy/stranger.h"
#include "privacy/trial.h"
#include "privacy/world.h"

namespace moyeo::testing {

// Straight ahead from `start`, for ever.
Path Walk(LatLng start, double bearing, double meters_per_second);

// A stranger has seen that the victim is shown elsewhere than before.
struct Sighting {
  LatLng before;
  LatLng after;
  Timestamp at;
};

// Watches the surroundings of `about` until the questions are used up.
std::vector<Sighting> Follow(Stranger& stranger, LatLng about);

// Where the victim is at the time of the last of `sightings`, of which there is one at least.
using Guess = std::function<LatLng(std::span<const Sighting> sightings)>;

// Who is shown in a new cell has just come over its border, where it is crossed by the line from
// centre to centre; or is so far beyond.
LatLng AtTheBorder(std::span<const Sighting> sightings);
LatLng BeyondTheBorder(std::span<const Sighting> sightings, double meters);

// Who walks straight ahead and at one speed is on the line that fits all cells best.
LatLng OnAStraightLine(std::span<const Sighting> sightings);

struct Pursuit {
  Errors errors;              // by sighting
  std::vector<double> lag_s;  // since the victim was last in the cell where they were shown before
};

// Follows walkers who cross the cells in all directions.
Pursuit Pursue(const Guess& guess, double meters_per_second, const PresenceOptions& index,
               const TrialOptions& options);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRIVACY_PURSUIT_H_
