#include "examples/crowd/feed_watch.h"

#include <algorithm>
#include <optional>

namespace moyeo_crowd {

void FeedWatch::Deliver(const Near& near, std::int64_t arrival_us, const Trails& trails,
                        std::uint64_t first_user, Tally& tally) {
  ++tally.deliveries;
  tally.deltas += near.enter.size() + near.move.size() + near.leave.size();
  if (near.is_reset) {
    shown_ = near.enter.size();
    punctuality_.Restart();
    return;
  }
  shown_ += near.enter.size();
  shown_ -= std::min(shown_, near.leave.size());

  std::optional<std::int64_t> earliest_us;
  const auto changed_at = [&](std::int64_t time_us) {
    earliest_us = std::min(earliest_us.value_or(time_us), time_us);
  };
  for (const Shown& shown : near.move) {
    if (shown.is_cloaked) continue;
    // A number below the first wraps around, and is above all.
    const std::uint64_t user = shown.user - first_user;
    if (user >= trails.users()) continue;
    const std::optional<std::int64_t> sent_us = trails.WhenSent(user, shown.position);
    if (!sent_us) {
      ++tally.unknown;
      continue;
    }
    tally.delay.Add(arrival_us - *sent_us);
    changed_at(*sent_us);
    // They may have moved before that, too, which nobody was told.
    const auto before_us = trails.FirstSentAfter(user, punctuality_.last_arrival_us());
    if (before_us) changed_at(*before_us);
  }
  if (earliest_us) earliest_us = std::min(*earliest_us + kTransitMicros, arrival_us);
  if (const auto late_us = punctuality_.Deliver(arrival_us, earliest_us)) {
    tally.late.Add(*late_us);
    if (*late_us > interval_us_) ++tally.missed;
  }
}

bool FeedWatch::IsOverdue(std::int64_t now_us, std::int64_t move_us) const {
  const std::int64_t last_us = punctuality_.last_arrival_us();
  return shown_ > 0 && last_us > 0 && now_us - last_us > move_us + 2 * interval_us_;
}

}  // namespace moyeo_crowd
