// The users that every engine is fed, and what they do next.

#ifndef MOYEO_BENCH_SUPPORT_CROWD_H_
#define MOYEO_BENCH_SUPPORT_CROWD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/support/places.h"
#include "bench/support/random.h"
#include "moyeo/types.h"

namespace moyeo::bench {

// Users and where each of them is, at the same index.
struct Sightings {
  std::vector<UserId> users;
  std::vector<LatLng> positions;

  std::size_t size() const { return users.size(); }
};

// A population in simulated time. The same arguments and the same calls give the same answers.
//
// What has been drawn counts as having happened: an engine that is to agree with the others takes
// in every walk.
class Crowd {
 public:
  // Longer than any benchmark lasts in simulated time, so that nobody expires unasked.
  static constexpr std::int64_t kTtlMs = 3'600'000;
  // How much earlier than now() the first users of the crowd were first seen, at most.
  static constexpr std::int64_t kFirstSeenSpreadMs = 1'800'000;
  // How many users are first seen at the same time.
  static constexpr std::size_t kBatch = 1024;

  Crowd(std::size_t size, Distribution distribution, std::uint64_t seed);

  std::size_t size() const { return people_.size(); }
  Distribution distribution() const { return places_.distribution(); }
  Timestamp now() const { return now_; }

  // Calls arrive(users, positions, seen) with spans of at most kBatch, until everybody has.
  template <typename Arrive>
  void ForEachBatch(Arrive arrive) const {
    for (std::size_t begin = 0; begin < size(); begin += kBatch) {
      const std::size_t count = std::min(kBatch, size() - begin);
      arrive(std::span(people_.users).subspan(begin, count),
             std::span(people_.positions).subspan(begin, count), FirstSeen(begin));
    }
  }

  // `count` steps of 0 to 30 m by random users, one millisecond after what was drawn before. On a
  // spot, each is to another place there instead.
  Sightings Walk(std::size_t count);

  // One such step by everybody, in random order.
  Sightings WalkAll();

  // `count` different users, where they are.
  // REQUIRES: count <= size()
  Sightings Sample(std::size_t count);

  // `count` users who are not of the crowd and have not been handed out before.
  Sightings Strangers(std::size_t count);

  // `count` places distributed like the users.
  std::vector<LatLng> DrawPlaces(std::size_t count);

  // `count` places in mid-ocean.
  // REQUIRES: distribution() == kCity
  std::vector<LatLng> DrawOceanPlaces(std::size_t count);

 private:
  LatLng Step(LatLng from);
  Timestamp FirstSeen(std::size_t person) const;

  Random random_;
  Places places_;
  Sightings people_;
  std::uint64_t users_named_ = 0;
  Timestamp now_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_CROWD_H_
