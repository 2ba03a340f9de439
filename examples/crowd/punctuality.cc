#include "examples/crowd/punctuality.h"

#include <algorithm>

namespace moyeo_crowd {

std::optional<std::int64_t> Punctuality::Deliver(std::int64_t arrival_us,
                                                 std::optional<std::int64_t> earliest_change_us) {
  const bool is_first = last_arrival_us_ == 0;
  last_arrival_us_ = arrival_us;
  if (is_first) {
    begin_us_ = arrival_us;
    return std::nullopt;
  }
  const std::int64_t passed = (arrival_us - begin_us_) / interval_us_;
  if (passed == 0) {
    // The one before was late, and this one tells by how much at least.
    begin_us_ = arrival_us;
    return 0;
  }
  const std::int64_t previous_begin_us = begin_us_;
  begin_us_ += passed * interval_us_;
  if (!earliest_change_us) return arrival_us - begin_us_;

  const std::int64_t until_change = *earliest_change_us - previous_begin_us;
  const std::int64_t whole = std::max<std::int64_t>(until_change + interval_us_ - 1, 0);
  const std::int64_t intervals = std::max<std::int64_t>(whole / interval_us_, 1);
  const std::int64_t due_us = previous_begin_us + intervals * interval_us_;
  if (due_us <= arrival_us) return arrival_us - due_us;
  // It changed after the latest beginning: either the server looked late, or it is early for the
  // next one, whichever is nearer.
  const std::int64_t late_us = arrival_us - begin_us_;
  if (late_us <= interval_us_ / 2) return late_us;
  begin_us_ = arrival_us;
  return 0;
}

}  // namespace moyeo_crowd
