// How each user may be seen.

#ifndef MOYEO_PRESENCE_VISIBILITIES_H_
#define MOYEO_PRESENCE_VISIBILITIES_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "moyeo/presence.h"
#include "spatial/position.h"

namespace moyeo::presence {

// What has been set for a user, where those who are cloaked are shown, and the lock under which
// both take effect. Nothing of it is touched as long as everybody is seen exactly.
class Visibilities {
 public:
  // Where a cloaked user is shown, and in which interval that was decided.
  struct Cloaked {
    spatial::Position shown;
    std::int64_t decided;
  };

  // At most `max_users` have another visibility than the default one. Of about twice as many it is
  // remembered where they were shown, held or not.
  Visibilities(Visibility by_default, std::size_t max_users)
      : by_default_(by_default), max_users_(max_users), in_use_(by_default != Visibility::kExact) {}

  Visibilities(const Visibilities&) = delete;
  Visibilities& operator=(const Visibilities&) = delete;

  // Whether anybody may be seen otherwise than exactly; once true, it stays so.
  bool in_use() const { return in_use_.load(std::memory_order_seq_cst); }
  void Use() { in_use_.store(true, std::memory_order_seq_cst); }

  // Held by whoever reads or changes what concerns `user`.
  std::mutex& LockOf(std::uint64_t user) const { return ShardOf(user).mutex; }

  // REQUIRES: LockOf(user) is held
  Visibility Of(std::uint64_t user) const;

  // False, and nothing changes, if too many users would differ from the default. For one thread at
  // a time. REQUIRES: LockOf(user) is held
  bool Set(std::uint64_t user, Visibility visibility);

  // Where `user` was shown last; null if that is not known. Valid as long as the lock is held and
  // nothing is remembered or forgotten. REQUIRES: LockOf(user) is held
  Cloaked* WhereShown(std::uint64_t user) const;

  // REQUIRES: WhereShown(user) is null; LockOf(user) is held
  void Remember(std::uint64_t user, const Cloaked& cloaked) const;
  void Forget(std::uint64_t user) { ShardOf(user).cloaked.erase(user); }

  std::size_t bytes() const;

 private:
  static constexpr std::size_t kShards = 1024;

  struct alignas(64) Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::uint64_t, Visibility> differing;
    absl::flat_hash_map<std::uint64_t, Cloaked> cloaked;
  };

  Shard& ShardOf(std::uint64_t user) const {
    return shards_[user * std::uint64_t{0x9e3779b97f4a7c15} >> 54];
  }

  const Visibility by_default_;
  const std::size_t max_users_;
  std::atomic<bool> in_use_;
  std::size_t differing_ = 0;  // users in all shards
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_VISIBILITIES_H_
