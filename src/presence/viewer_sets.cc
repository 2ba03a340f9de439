#include "presence/viewer_sets.h"

#include <algorithm>
#include <utility>

namespace moyeo::presence {

bool ViewerSets::Set(std::uint64_t viewer, Members members) {
  std::ranges::sort(members);
  members.erase(std::unique(members.begin(), members.end()), members.end());
  if (members.size() > max_members_) return false;
  members.shrink_to_fit();
  const std::lock_guard change(changes_);
  Replace(viewer, std::move(members));
  return true;
}

bool ViewerSets::Add(std::uint64_t viewer, std::uint64_t member) {
  const std::lock_guard change(changes_);
  Members members;
  if (const std::shared_ptr<const Members> set = Of(viewer)) {
    if (std::ranges::binary_search(*set, member)) return true;
    if (set->size() == max_members_) return false;
    members.reserve(set->size() + 1);
    members = *set;
  }
  members.insert(std::ranges::lower_bound(members, member), member);
  Replace(viewer, std::move(members));
  return true;
}

void ViewerSets::Remove(std::uint64_t viewer, std::uint64_t member) {
  const std::lock_guard change(changes_);
  const std::shared_ptr<const Members> set = Of(viewer);
  if (set == nullptr || !std::ranges::binary_search(*set, member)) return;
  Members members = *set;
  members.erase(std::ranges::lower_bound(members, member));
  Replace(viewer, std::move(members));
}

void ViewerSets::Replace(std::uint64_t viewer, Members members) {
  std::shared_ptr<const Members> set;  // in the end the one before, which goes after the lock
  if (!members.empty()) set = std::make_shared<const Members>(std::move(members));
  const std::lock_guard lock(mutex_);
  if (set == nullptr) {
    const auto found = sets_.find(viewer);
    if (found != sets_.end()) {
      set.swap(found->second);
      sets_.erase(found);
    }
  } else {
    set.swap(sets_[viewer]);
  }
  viewers_.store(sets_.size(), std::memory_order_release);
  version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const ViewerSets::Members> ViewerSets::Of(std::uint64_t viewer) const {
  if (viewers_.load(std::memory_order_acquire) == 0) return nullptr;
  const std::shared_lock lock(mutex_);
  const auto found = sets_.find(viewer);
  return found == sets_.end() ? nullptr : found->second;
}

std::size_t ViewerSets::bytes() const {
  const std::shared_lock lock(mutex_);
  std::size_t bytes = sets_.bucket_count() * sizeof(void*);
  for (const auto& [viewer, members] : sets_) {
    bytes += 2 * sizeof(void*) + sizeof(viewer) + sizeof(members) + sizeof(Members) +
             members->capacity() * sizeof(std::uint64_t);
  }
  return bytes;
}

ViewerSets::Members With(std::uint64_t user,
                         const std::shared_ptr<const ViewerSets::Members>& set) {
  ViewerSets::Members users;
  if (set != nullptr) users = *set;
  const auto place = std::ranges::lower_bound(users, user);
  if (place == users.end() || *place != user) users.insert(place, user);
  return users;
}

}  // namespace moyeo::presence
