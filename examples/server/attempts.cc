#include "attempts.h"

namespace moyeo::server {

bool Counted::Take(std::string_view name, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const std::string key(name);
  auto bucket = buckets_.find(key);
  if (bucket == buckets_.end()) {
    if (buckets_.size() >= most_kept_) {
      absl::erase_if(buckets_, [&](const auto& kept) { return kept.second.IsFull(now); });
    }
    if (buckets_.size() >= most_kept_) return false;
    bucket = buckets_.emplace(key, Bucket(rate_)).first;
  }
  return bucket->second.Take(now);
}

bool Counted::May(std::string_view name, Timestamp now) const {
  const std::lock_guard lock(mutex_);
  const auto bucket = buckets_.find(std::string(name));
  if (bucket == buckets_.end()) return true;
  Bucket copy = bucket->second;
  return copy.Take(now);
}

}  // namespace moyeo::server
