#include "presence/sight.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace moyeo::presence {

using spatial::Hit;

void Sight::Become(const Population& index, std::optional<UserId> viewer) {
  index_ = &index;
  never_.reset();
  exactly_.reset();
  found_.clear();
  if (!viewer) return;
  never_ = index.SetsOf(ViewerSet::kNeverSees).Of(ToNumber(*viewer));
  // Where everybody is seen exactly, a set of some is of no interest.
  if (index.visibilities.in_use()) {
    exactly_ = index.SetsOf(ViewerSet::kSeesExactly).Of(ToNumber(*viewer));
  }
  if (never_ == nullptr || exactly_ == nullptr) return;
  both_.clear();
  std::ranges::set_union(*never_, *exactly_, std::back_inserter(both_));
}

std::span<const std::uint64_t> Sight::skipped() const {
  if (is_plain()) return {};
  if (never_ == nullptr) return *exactly_;
  if (exactly_ == nullptr) return *never_;
  return both_;
}

std::span<const std::uint64_t> Sight::SkippedWith(UserId viewer) {
  const std::span<const std::uint64_t> others = skipped();
  with_viewer_.assign(others.begin(), others.end());
  with_viewer_.insert(std::ranges::lower_bound(with_viewer_, ToNumber(viewer)), ToNumber(viewer));
  return with_viewer_;
}

bool Sight::Look(const Population::Trees& trees, spatial::Position center, double radius_m,
                 const spatial::ItemFilter& filter, Timestamp now) {
  found_.clear();
  if (exactly_ == nullptr) return true;
  const spatial::DistanceFrom distance(center);
  for (const std::uint64_t id : *exactly_) {
    if (never_ != nullptr && std::ranges::binary_search(*never_, id)) continue;
    std::optional<spatial::Item> item;
    if (!index_->FindForFriends(trees, UserId{id}, now, item)) return false;
    if (!item || !filter.AdmitsMask(item->mask)) continue;
    const double distance_m = distance(item->position);
    if (distance_m <= radius_m) found_.push_back({distance_m, id, item->position, item->stamp});
  }
  std::ranges::sort(found_, std::less());
  return true;
}

std::span<const Hit> Sight::Merge(std::span<const Hit> hits) {
  if (found_.empty()) return hits;
  merged_.resize(hits.size() + found_.size());
  std::merge(hits.begin(), hits.end(), found_.begin(), found_.end(), merged_.begin());
  return merged_;
}

}  // namespace moyeo::presence
