#include "cloak_memory.h"

namespace moyeo::server {

bool CloakMemory::IsCloaked(UserId user, LatLng position) {
  const auto known = known_.find(user);
  if (known != known_.end() && known->second.position == position) return known->second.is_cloaked;
  const bool is_cloaked = index_.VisibilityOf(user) == Visibility::kCloaked;
  if (known != known_.end()) {
    known->second = {position, is_cloaked};
    return is_cloaked;
  }
  if (known_.size() >= most_) known_.clear();
  known_.emplace(user, Known{position, is_cloaked});
  return is_cloaked;
}

}  // namespace moyeo::server
