#include "presence/visibilities.h"

namespace moyeo::presence {

Visibility Visibilities::Of(std::uint64_t user) const {
  const auto& differing = ShardOf(user).differing;
  const auto found = differing.find(user);
  return found == differing.end() ? by_default_ : found->second;
}

bool Visibilities::Set(std::uint64_t user, Visibility visibility) {
  auto& differing = ShardOf(user).differing;
  if (visibility == by_default_) {
    differing_ -= differing.erase(user);
    return true;
  }
  const auto found = differing.find(user);
  if (found != differing.end()) {
    found->second = visibility;
    return true;
  }
  if (differing_ == max_users_) return false;
  differing.emplace(user, visibility);
  ++differing_;
  return true;
}

std::size_t Visibilities::bytes() const {
  std::size_t bytes = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    // A slot, and the byte that tells what is in it.
    bytes += shard.differing.capacity() * (sizeof(*shard.differing.begin()) + 1);
  }
  return bytes;
}

}  // namespace moyeo::presence
