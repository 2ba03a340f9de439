// How strangers have found the users of apps that show who is nearby.
//
// Each attack restrains itself to what one kind of app lets everybody see, however little that is,
// and makes the most of it. There is one file for each.

#ifndef MOYEO_TESTS_PRIVACY_ATTACKS_H_
#define MOYEO_TESTS_PRIVACY_ATTACKS_H_

#include <functional>
#include <ostream>
#include <span>
#include <string>

#include "moyeo/types.h"
#include "privacy/stranger.h"

namespace moyeo::testing {

// Finds kVictim, who is within some two kilometres of `about`, and returns the best guess; `about`
// if it has learned nothing.
LatLng AverageOfAnswers(Stranger& stranger, LatLng about);
LatLng ExactDistances(Stranger& stranger, LatLng about);
LatLng RoundedDistances(Stranger& stranger, LatLng about);
LatLng RadiusMadeSmaller(Stranger& stranger, LatLng about);
LatLng OrderOnly(Stranger& stranger, LatLng about);
LatLng LimitOfOne(Stranger& stranger, LatLng about);
LatLng CountsOnly(Stranger& stranger, LatLng about);
LatLng EnterAndLeave(Stranger& stranger, LatLng about);
LatLng WhereCellsMeet(Stranger& stranger, LatLng about);
LatLng ClustersHalved(Stranger& stranger, LatLng about);
LatLng FencedIn(Stranger& stranger, LatLng about);

struct Attack {
  std::string name;
  std::function<LatLng(Stranger&, LatLng about)> guess;
  // Takes for distance that somebody is away, and then guesses far and wide.
  bool halves = false;

  friend void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }
};

std::span<const Attack> Attacks();

// ---- What several attacks have in common ----

// Whether the victim is nearer to `center` than `distance_m`, by some question.
using IsNearer = std::function<bool(LatLng center, double distance_m)>;

// Asks `is_nearer` around several centres, each time at half of what is left, until the questions
// are used up; it may ask once per call. What comes to light at the border between yes and no is a
// ring, and rings meet where the victim is.
LatLng LocateByHalving(Stranger& stranger, LatLng about, const IsNearer& is_nearer);

// Places some hundred metres to two kilometres from `about`, in all directions, and these.
LatLng PlaceAround(LatLng about, std::size_t number);
double BearingAround(std::size_t number);

// The bits of the victim's attributes, which no query keeps secret: one question for each.
AttributeFilter FilterForVictim(Stranger& stranger, LatLng about);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRIVACY_ATTACKS_H_
