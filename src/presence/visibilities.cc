#include "presence/visibilities.h"

#include <algorithm>
#include <vector>

namespace moyeo::presence {
namespace {

// What a hash map takes: its slots, and a byte for each that tells what is in it.
template <typename Map>
std::size_t BytesOf(const Map& map) {
  return map.capacity() * (sizeof(typename Map::value_type) + 1);
}

}  // namespace

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

Visibilities::Cloaked* Visibilities::WhereShown(std::uint64_t user) const {
  auto& cloaked = ShardOf(user).cloaked;
  const auto found = cloaked.find(user);
  return found == cloaked.end() ? nullptr : &found->second;
}

// Where there is no room, those are forgotten for whom it was decided longest ago: a half of them,
// so that this is seldom.
void Visibilities::Remember(std::uint64_t user, const Cloaked& cloaked) const {
  auto& remembered = ShardOf(user).cloaked;
  const std::size_t most = 2 * max_users_ / kShards + 64;
  if (remembered.size() >= most) {
    std::vector<std::int64_t> decided;
    for (const auto& [id, other] : remembered) decided.push_back(other.decided);
    const auto middle = decided.begin() + static_cast<std::ptrdiff_t>(decided.size() / 2);
    std::nth_element(decided.begin(), middle, decided.end());
    absl::erase_if(remembered, [&](const auto& other) { return other.second.decided <= *middle; });
  }
  remembered.emplace(user, cloaked);
}

std::size_t Visibilities::bytes() const {
  std::size_t bytes = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += BytesOf(shard.differing) + BytesOf(shard.cloaked);
  }
  return bytes;
}

}  // namespace moyeo::presence
