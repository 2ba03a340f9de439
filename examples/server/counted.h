// How often something may be done by each of many.

#ifndef MOYEO_EXAMPLES_SERVER_COUNTED_H_
#define MOYEO_EXAMPLES_SERVER_COUNTED_H_

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "moyeo/types.h"
#include "rate.h"

namespace moyeo::server {

// Counts by key, of a bounded number of keys: of whom nobody was heard for so long that all is
// forgiven nothing is kept, and when there is no room nobody new may try.
//
// Safe to use from any thread. `rate` must outlive it.
template <typename Key>
class Counted {
 public:
  Counted(const Rate& rate, std::size_t most_kept) : rate_(rate), most_kept_(most_kept) {}

  // Whether one more may be; it counts if so.
  bool Take(const Key& key, Timestamp now) {
    const std::lock_guard lock(mutex_);
    auto bucket = buckets_.find(key);
    if (bucket == buckets_.end()) {
      if (buckets_.size() >= most_kept_) Forgive(now);
      if (buckets_.size() >= most_kept_) return false;
      bucket = buckets_.emplace(key, Bucket(rate_)).first;
    }
    return bucket->second.Take(now);
  }

  // One that was taken does not count.
  void GiveBack(const Key& key) {
    const std::lock_guard lock(mutex_);
    if (const auto bucket = buckets_.find(key); bucket != buckets_.end()) {
      bucket->second.GiveBack();
    }
  }

 private:
  // Looks at everybody: so not for each of those who come while there is no room.
  void Forgive(Timestamp now) {
    if (forgiven_.has_value() && now >= *forgiven_ && now < *forgiven_ + std::chrono::seconds(1)) {
      return;
    }
    forgiven_ = now;
    absl::erase_if(buckets_, [&](const auto& kept) { return kept.second.IsFull(now); });
  }

  const Rate& rate_;
  const std::size_t most_kept_;
  std::mutex mutex_;
  std::optional<Timestamp> forgiven_;
  absl::flat_hash_map<Key, Bucket> buckets_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_COUNTED_H_
