#include "presence/difference.h"

#include <algorithm>

namespace moyeo::presence {

void Difference::Find(std::span<const Shown> shown, std::span<const spatial::Hit> found) {
  by_id_.assign(found.begin(), found.end());
  std::ranges::sort(by_id_, {}, &spatial::Hit::id);
  leaves_.clear();
  enters_.clear();
  moves_.clear();
  now_.clear();
  const auto leave = [&](const Shown& before) {
    leaves_.push_back({Change::Kind::kLeave, before.id, before.position, {}, 0, 0});
  };
  auto before = shown.begin();
  for (const spatial::Hit& hit : by_id_) {
    for (; before != shown.end() && before->id < hit.id; ++before) leave(*before);
    now_.push_back({hit.id, hit.position});
    if (before == shown.end() || before->id != hit.id) {
      enters_.push_back(
          {Change::Kind::kEnter, hit.id, {}, hit.position, hit.distance_m, hit.stamp});
      continue;
    }
    if (before->position != hit.position) {
      moves_.push_back(
          {Change::Kind::kMove, hit.id, before->position, hit.position, hit.distance_m, hit.stamp});
    }
    ++before;
  }
  for (; before != shown.end(); ++before) leave(*before);
}

}  // namespace moyeo::presence
