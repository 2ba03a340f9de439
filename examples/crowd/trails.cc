#include "examples/crowd/trails.h"

#include <algorithm>

namespace moyeo_crowd {

void Trails::Add(std::size_t user, PositionE7 position, std::int64_t time_us) {
  auto& steps = trails_[user].steps;
  std::copy_backward(steps.begin(), steps.end() - 1, steps.end());
  steps.front() = {position, time_us};
}

std::optional<std::int64_t> Trails::WhenSent(std::size_t user, PositionE7 position) const {
  for (const Step& step : trails_[user].steps) {
    if (step.time_us == 0) break;
    if (step.position == position) return step.time_us;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Trails::FirstSentAfter(std::size_t user, std::int64_t time_us) const {
  std::optional<std::int64_t> first;
  for (const Step& step : trails_[user].steps) {
    if (step.time_us == 0 || step.time_us <= time_us) break;
    first = step.time_us;
  }
  return first;
}

}  // namespace moyeo_crowd
