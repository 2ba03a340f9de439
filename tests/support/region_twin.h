// Who is inside of a fence's region, by S2 itself and with no index.

#ifndef MOYEO_TESTS_SUPPORT_REGION_TWIN_H_
#define MOYEO_TESTS_SUPPORT_REGION_TWIN_H_

#include <cstdint>
#include <functional>

#include "moyeo/fence.h"
#include "moyeo/types.h"

namespace moyeo::testing {

// REQUIRES: the options, and the positions asked for, are valid
class RegionTwin {
 public:
  explicit RegionTwin(const FenceOptions& options);

  bool Contains(LatLng position) const { return contains_(position); }

  // Whether `position` is in the region or at most `margin_m` from it.
  bool IsNear(LatLng position, double margin_m) const {
    return contains_(position) || meters_from_(position) <= margin_m;
  }

 private:
  std::function<bool(LatLng)> contains_;
  std::function<double(LatLng)> meters_from_;  // of what is not inside
};

// The S2 cell of `level` that `position` is in.
std::uint64_t CellIdAt(LatLng position, int level);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_REGION_TWIN_H_
