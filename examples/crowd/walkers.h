// Where simulated people live, and how they walk about.

#ifndef MOYEO_EXAMPLES_CROWD_WALKERS_H_
#define MOYEO_EXAMPLES_CROWD_WALKERS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "examples/demo/places.h"
#include "moyeo/types.h"

namespace moyeo_crowd {

struct WalkersOptions {
  std::size_t users = 10'000;
  double speed_mps = 1.4;  // greater than 0
  // How far homes are scattered about the middle of a place: the standard deviation. 0: the wider
  // the more populous the place is.
  double scatter_m = 8'000;
  std::uint64_t seed = 1;
};

// People numbered from 0, who walk to and fro around their homes, some hundred metres at most.
//
// The same places, options and steps give the same walks (with the same standard library: C++
// leaves the algorithms of its random distributions open).
class Walkers {
 public:
  // How far from home they turn back.
  static constexpr double kRangeMeters = 500;

  // A place is home to people in proportion to its population.
  //
  // REQUIRES: `places` is not empty.
  Walkers(std::span<const moyeo_demo::Place> places, const WalkersOptions& options);

  std::size_t size() const { return people_.size(); }

  // Where they are, canonical. REQUIRES: person < size()
  moyeo::LatLng At(std::size_t person) const { return people_[person].at; }

  // Lets somebody walk for so long, and returns where they are then, which is elsewhere than
  // before if they went a metre or more.
  //
  // REQUIRES: person < size(), seconds >= 0
  moyeo::LatLng Walk(std::size_t person, double seconds);

 private:
  struct Person {
    moyeo::LatLng home;
    moyeo::LatLng at;
    double bearing;  // radians, from north to east
  };

  double speed_mps_;
  std::mt19937_64 random_;
  std::vector<Person> people_;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_WALKERS_H_
