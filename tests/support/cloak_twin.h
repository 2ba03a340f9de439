// Where cloaked users are shown, by S2 itself.

#ifndef MOYEO_TESTS_SUPPORT_CLOAK_TWIN_H_
#define MOYEO_TESTS_SUPPORT_CLOAK_TWIN_H_

#include <map>

#include "moyeo/types.h"

namespace moyeo::testing {

// The canonical centre of the S2 cell of `level` that `position` is in.
LatLng CloakCenter(LatLng position, int level);

// Whether `position` is in the cell around `center`, or an eighth of an average edge from it.
bool IsNearCloak(LatLng center, LatLng position, int level);

// Where an index shows cloaked users whose intervals are of a millisecond: every report of another
// time decides anew.
class CloakTwin {
 public:
  explicit CloakTwin(int level) : level_(level) {}

  // Where strangers see `user`, who is cloaked, from now on.
  LatLng Show(UserId user, LatLng position, Timestamp seen);

  // `user` is exact from now on.
  void Forget(UserId user) { cloaked_.erase(user); }

 private:
  struct Cloaked {
    LatLng shown;
    Timestamp decided;
  };

  int level_;
  std::map<UserId, Cloaked> cloaked_;  // held or not
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_CLOAK_TWIN_H_
