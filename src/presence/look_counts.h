// How feeds have been looked at: for tests, which must meet each way.

#ifndef MOYEO_PRESENCE_LOOK_COUNTS_H_
#define MOYEO_PRESENCE_LOOK_COUNTS_H_

#include <cstdint>

#include "moyeo/feed.h"

namespace moyeo::presence {

struct LookCounts {
  std::uint64_t alone = 0;      // by a search of their own
  std::uint64_t together = 0;   // in a copy of what is around them and others
  std::uint64_t again = 0;      // there too, with the same users as before
  std::uint64_t in_scenes = 0;  // of the latter two, where the copy was kept as a scene

  // Of all ticks. REQUIRES: none is under way
  static LookCounts Of(const NearbyFeeds& feeds);
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_LOOK_COUNTS_H_
