// What one user's feed delivers, held against what the others have sent.

#ifndef MOYEO_EXAMPLES_CROWD_FEED_WATCH_H_
#define MOYEO_EXAMPLES_CROWD_FEED_WATCH_H_

#include <cstddef>
#include <cstdint>

#include "examples/crowd/near_scanner.h"
#include "examples/crowd/punctuality.h"
#include "examples/crowd/tally.h"
#include "examples/crowd/trails.h"

namespace moyeo_crowd {

// Times are in microseconds, as in the trails.
//
// A move shown at exactly what its user has sent lately gives one delay; somebody cloaked gives
// none, and nor does who enters, for they may have been there before. A delivery without moves says
// nothing of when it was due but that it was not at all before. With moves, it is due when the
// first of them has been under way for kTransitMicros: what is sent just before the server looks
// need not have reached it.
class FeedWatch {
 public:
  static constexpr std::int64_t kTransitMicros = 25'000;

  // REQUIRES: interval_us > 0
  explicit FeedWatch(std::int64_t interval_us)
      : punctuality_(interval_us), interval_us_(interval_us) {}

  // `near` has arrived. Its users are those of `trails`, of whom the first is called `first_user`.
  void Deliver(const Near& near, std::int64_t arrival_us, const Trails& trails,
               std::uint64_t first_user, Tally& tally);

  // How many people are shown.
  std::size_t shown() const { return shown_; }

  // Whether something must have been due long before `now_us`, and nothing has come: of people who
  // all move each `move_us`, some are shown.
  bool IsOverdue(std::int64_t now_us, std::int64_t move_us) const;

 private:
  Punctuality punctuality_;
  std::int64_t interval_us_;
  std::size_t shown_ = 0;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_FEED_WATCH_H_
