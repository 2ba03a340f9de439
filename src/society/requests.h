// Which accepted commands had a request id, as far back as is remembered.

#ifndef MOYEO_SOCIETY_REQUESTS_H_
#define MOYEO_SOCIETY_REQUESTS_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "society/state.h"

namespace moyeo::society {

// Finds what is in State::requests, which it alone changes.
class Requests {
 public:
  explicit Requests(State& state) : state_(state) { Number(); }

  // Null if it is not remembered. Valid until the next Remember.
  const RememberedRequest* Find(std::optional<UserId> actor, RequestId id) const {
    const auto found = serials_.find({actor, id});
    if (found == serials_.end()) return nullptr;
    return &state_.requests[found->second - forgotten_];
  }

  // Forgets the oldest one if there are too many.
  //
  // REQUIRES: it is not remembered
  void Remember(const RememberedRequest& request) {
    if (state_.requests.size() == Limits::kRememberedRequests) {
      const RememberedRequest& oldest = state_.requests.front();
      serials_.erase({oldest.actor, oldest.request_id});
      state_.requests.pop_front();
      ++forgotten_;
    }
    serials_.emplace(Key{request.actor, request.request_id}, forgotten_ + state_.requests.size());
    state_.requests.push_back(request);
  }

  // All that `actor` has asked for, who is erased: what they wrote could be guessed from the
  // fingerprints. Looks at all that is remembered.
  void Forget(UserId actor) {
    const auto is_theirs = [actor](const RememberedRequest& r) { return r.actor == actor; };
    if (std::erase_if(state_.requests, is_theirs) > 0) Number();
  }

 private:
  using Key = std::pair<std::optional<UserId>, RequestId>;

  void Number() {
    serials_.clear();
    forgotten_ = 0;
    for (const RememberedRequest& request : state_.requests) {
      serials_.emplace(Key{request.actor, request.request_id}, serials_.size());
    }
  }

  State& state_;
  absl::flat_hash_map<Key, std::uint64_t> serials_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_REQUESTS_H_
