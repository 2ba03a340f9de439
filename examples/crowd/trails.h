// What each user has sent of late, to recognize it when others are shown it.

#ifndef MOYEO_EXAMPLES_CROWD_TRAILS_H_
#define MOYEO_EXAMPLES_CROWD_TRAILS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "examples/crowd/position_e7.h"

namespace moyeo_crowd {

// The latest kSteps positions of each user with the times when they were sent, in microseconds of a
// clock of the caller's. Users are numbered from 0.
class Trails {
 public:
  static constexpr std::size_t kSteps = 4;

  explicit Trails(std::size_t users) : trails_(users) {}

  std::size_t users() const { return trails_.size(); }

  // `user` now sends `position`; what was sent kSteps times ago is forgotten.
  //
  // REQUIRES: user < users(), and `time_us` is positive and not before that of the user's last.
  void Add(std::size_t user, PositionE7 position, std::int64_t time_us);

  // When `user` sent `position`, the last time if several; nullopt if not lately.
  //
  // REQUIRES: user < users()
  std::optional<std::int64_t> WhenSent(std::size_t user, PositionE7 position) const;

  // When `user` sent something for the first time after `time_us`, as far as it is remembered;
  // nullopt if not since.
  //
  // REQUIRES: user < users()
  std::optional<std::int64_t> FirstSentAfter(std::size_t user, std::int64_t time_us) const;

 private:
  struct Step {
    PositionE7 position;
    std::int64_t time_us = 0;  // 0: there is none
  };
  // Newest first, and in one line of the cache: most look-ups miss it.
  struct alignas(64) Trail {
    std::array<Step, kSteps> steps;
  };

  std::vector<Trail> trails_;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_TRAILS_H_
