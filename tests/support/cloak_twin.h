// Where cloaked users are shown, by S2 itself.

#ifndef MOYEO_TESTS_SUPPORT_CLOAK_TWIN_H_
#define MOYEO_TESTS_SUPPORT_CLOAK_TWIN_H_

#include "moyeo/types.h"

namespace moyeo::testing {

// The canonical centre of the S2 cell of `level` that `position` is in.
LatLng CloakCenter(LatLng position, int level);

// Whether `position` is in the cell around `center`, or an eighth of an average edge from it.
bool IsNearCloak(LatLng center, LatLng position, int level);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_CLOAK_TWIN_H_
