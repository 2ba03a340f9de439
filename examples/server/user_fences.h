// Fences that users make for themselves.

#ifndef MOYEO_EXAMPLES_SERVER_USER_FENCES_H_
#define MOYEO_EXAMPLES_SERVER_USER_FENCES_H_

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/fence.h"
#include "moyeo/types.h"

namespace moyeo::server {

// Bounds of what users may have: a large fence costs the engine a great part of those inside.
struct FenceLimits {
  std::size_t fences_per_user = 16;
  double radius_m = 5'000;  // of a circle; of a polygon, how far its vertices are from the first
  double margin_m = 1'000;
  std::size_t vertices = 100;
};

// Whose fences there are, by user and name. They are soft state like positions: gone when the
// server stops.
//
// Any thread may call any method at any time.
class UserFences {
 public:
  // `fences` must outlive this.
  UserFences(Fences& fences, const FenceLimits& limits) : fences_(fences), limits_(limits) {}

  // A fence of `user`, called options.name, instead of the one that they have called so. Theirs it
  // is whatever options.owner says.
  //
  // InvalidArgument if the options are wrong or beyond the limits, ResourceExhausted if there are
  // too many fences, of the user or in all; then all is as before.
  absl::Status Put(UserId user, FenceOptions options);

  // False if there was none.
  bool Remove(UserId user, const std::string& name);
  void RemoveAll(UserId user);

  std::optional<FenceOptions> Find(UserId user, const std::string& name) const;

  // By name.
  std::vector<FenceOptions> Of(UserId user) const;

  // Who has fences.
  std::vector<UserId> Owners() const;

  struct Owned {
    UserId user;
    std::string name;
  };
  // Nullopt if there is no such fence any more.
  std::optional<Owned> OwnerOf(FenceId fence) const;

 private:
  struct Kept {
    FenceId id;
    FenceOptions options;
  };

  absl::Status Check(const FenceOptions& options) const;

  Fences& fences_;
  const FenceLimits limits_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<UserId, std::map<std::string, Kept>> kept_;
  absl::flat_hash_map<FenceId, Owned> owners_;
};

// Reads what a client says of a fence but for its name:
//
//   {"circle":{"lat":37.5663,"lng":126.9779,"radius_m":150},
//    "margin_m":20,"dwell_ms":300000,"tells_those_inside":true}
//
// or "polygon":[{"lat":...,"lng":...},...] instead of the circle; all else may be left out.
// InvalidArgument, naming the field, if it is not so.
absl::StatusOr<FenceOptions> ReadFence(std::string_view body);

// The same with "name", and all fields but a dwell_ms that there is not. REQUIRES: a circle or a
// polygon
std::string FenceJson(const FenceOptions& fence);

// From 1 to 64 letters of English, digits, dots, underscores and hyphens.
bool IsFenceName(std::string_view name);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_USER_FENCES_H_
