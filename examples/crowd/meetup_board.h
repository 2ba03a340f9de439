// The meetups that the crowd knows of.

#ifndef MOYEO_EXAMPLES_CROWD_MEETUP_BOARD_H_
#define MOYEO_EXAMPLES_CROWD_MEETUP_BOARD_H_

#include <cstddef>
#include <deque>
#include <random>
#include <vector>

#include "moyeo/types.h"

namespace moyeo_crowd {

struct Posted {
  moyeo::MeetupId meetup{};
  moyeo::LatLng location;
  std::vector<std::size_t> members;  // the host first
};

// The latest meetups of a crowd, whose people are numbered from 0.
class MeetupBoard {
 public:
  static constexpr std::size_t kMost = 10'000;

  std::size_t size() const { return posted_.size(); }

  // `host` has created a meetup. Above kMost, the oldest one is forgotten.
  void Add(moyeo::MeetupId meetup, moyeo::LatLng location, std::size_t host);

  // `person` has joined; nothing if the meetup is forgotten.
  void Join(moyeo::MeetupId meetup, std::size_t person);

  // Of some drawn at random, the one nearest to `from`; nullptr if there is none. Valid until the
  // next change.
  const Posted* DrawNear(moyeo::LatLng from, std::mt19937_64& random) const;

  // Any; nullptr if there is none. Valid until the next change.
  const Posted* Draw(std::mt19937_64& random) const;

 private:
  std::deque<Posted> posted_;  // by meetup, ascending
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_MEETUP_BOARD_H_
