// Who is cloaked, remembered: the server asks it of everybody whom it shows to somebody.

#ifndef MOYEO_EXAMPLES_SERVER_CLOAK_MEMORY_H_
#define MOYEO_EXAMPLES_SERVER_CLOAK_MEMORY_H_

#include <cstddef>

#include "absl/container/flat_hash_map.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::server {

// Answers as the index does, which is asked anew when a user is shown elsewhere than before. That
// is enough: who is cloaked is shown in the middle of a cell, so that a change of visibility is a
// change of what is shown. (Of who stands exactly in the middle it may be learned with the next
// step.)
//
// For one thread.
class CloakMemory {
 public:
  // `index` must outlive this. When `most` users are remembered, all are forgotten.
  explicit CloakMemory(const PresenceIndex& index, std::size_t most = std::size_t{1} << 18)
      : index_(index), most_(most) {}

  // Whether `user` is cloaked, whom somebody is shown at `position`.
  bool IsCloaked(UserId user, LatLng position);

  // That IsCloaked will be asked of `user`: several can be looked up at a time.
  void Prefetch(UserId user) const { known_.prefetch(user); }

  std::size_t size() const { return known_.size(); }

 private:
  struct Known {
    LatLng position;
    bool is_cloaked;
  };

  const PresenceIndex& index_;
  const std::size_t most_;
  absl::flat_hash_map<UserId, Known> known_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_CLOAK_MEMORY_H_
