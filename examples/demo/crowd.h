// Simulated users: they live around real places, walk, leave and come back.

#ifndef MOYEO_EXAMPLES_DEMO_CROWD_H_
#define MOYEO_EXAMPLES_DEMO_CROWD_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "moyeo/types.h"
#include "places.h"

namespace moyeo_demo {

struct CrowdOptions {
  std::size_t users = 1'000'000;
  std::uint64_t seed = 1;
};

// A crowd of users numbered from 1. A place is home to users in proportion to its population, and
// they scatter about it the wider the more populous it is. At first everybody is present.
//
// The same places, options and number of steps give the same crowd (with the same standard library:
// C++ leaves the algorithms of its random distributions open).
class Crowd {
 public:
  // What the users' phones send in one second. Users and positions in parallel, as MoveBatch wants.
  struct Reports {
    std::vector<moyeo::UserId> users;
    std::vector<moyeo::LatLng> positions;
    std::vector<moyeo::UserId> signed_out;  // who left and said so
  };

  // REQUIRES: `places` is not empty, and outlives the crowd.
  Crowd(std::span<const Place> places, const CrowdOptions& options);

  std::size_t size() const { return users_.size(); }

  // Everybody, and where each of them is or was last.
  std::span<const moyeo::UserId> users() const { return users_; }
  std::span<const moyeo::LatLng> positions() const { return positions_; }

  // REQUIRES: `user` is one of users().
  const Place& HomeOf(moyeo::UserId user) const;

  // Lets a second pass. One in thirty users has a turn: those present report a position some metres
  // from the last; a few leave, half of them without a word; a few who left are back, at another
  // spot near their home.
  //
  // The result is valid until the next call.
  const Reports& Step();

 private:
  moyeo::LatLng SpotNear(const Place& place);

  std::span<const Place> places_;
  std::mt19937_64 random_;
  std::size_t step_ = 0;

  // One element per user, in order of their numbers.
  std::vector<moyeo::UserId> users_;
  std::vector<moyeo::LatLng> positions_;
  std::vector<std::uint32_t> homes_;  // index into places_
  std::vector<bool> away_;

  Reports reports_;
};

// The point so many metres north and east of `from`, on the sphere as if it were flat there: fit
// for steps and towns, over the poles and the antimeridian too.
moyeo::LatLng Displaced(moyeo::LatLng from, double north_m, double east_m);

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_CROWD_H_
