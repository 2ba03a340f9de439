// Approximate distances, many at a time: what a search pre-selects with.
//
// Haversines in float, of positions and (as lower bounds) of cells. Each is within a relative error
// of 2e-6 of the true one, also for points a centimetre apart and at the poles, because every term
// starts from an exact difference of integers. A search that keeps everything up to kSlack times a
// threshold therefore loses nothing that belongs; DistanceFrom then decides.

#ifndef MOYEO_SPATIAL_HAVERSINE_H_
#define MOYEO_SPATIAL_HAVERSINE_H_

#include <array>

#include "spatial/cell.h"
#include "spatial/position.h"
#include "spatial/scan.h"

namespace moyeo::spatial {

inline constexpr float kSlack = 1 + 8e-6f;

// The centre of a search, in the forms that the functions below ask for.
class QueryPoint {
 public:
  explicit QueryPoint(Position center);

  Position position() const { return scan_center_.position; }
  GridPoint grid() const { return grid_; }
  const ScanCenter& scan_center() const { return scan_center_; }

  // For each child of `cell`, a haversine that no position in it is nearer than.
  std::array<float, 16> ChildBounds(const Cell& cell, Layout layout) const;

  // A haversine that no position outside `cell`, which holds the centre, is nearer than.
  float OutsideBound(const Cell& cell) const;

 private:
  ScanCenter scan_center_;
  GridPoint grid_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_HAVERSINE_H_
