// Regions of the globe, and who is in them.

#ifndef MOYEO_SPATIAL_REGION_H_
#define MOYEO_SPATIAL_REGION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "spatial/box.h"
#include "spatial/position.h"

namespace moyeo::spatial {

// A part of the globe, which never changes. Any thread may call any method at any time.
class Region {
 public:
  // A circle on the globe.
  struct Circle {
    Position center;
    double radius_m;
  };

  virtual ~Region() = default;

  virtual bool Contains(Position position) const = 0;

  // Whether `position` is in the region or at most `margin_m` from it, on the same sphere.
  virtual bool IsNear(Position position, double margin_m) const = 0;

  // What the object takes.
  virtual std::size_t bytes() const = 0;

  // Boxes that together hold all positions of the region, and others.
  std::span<const Box> boxes() const { return boxes_; }

  // A circle that holds the region.
  const Circle& bound() const { return bound_; }

 protected:
  Region(const Circle& bound, std::vector<Box> boxes) : bound_(bound), boxes_(std::move(boxes)) {}

 private:
  Circle bound_;
  std::vector<Box> boxes_;
};

// What is at most as far from the centre as the radius, by DistanceFrom.
//
// REQUIRES: radius_m is finite and not negative
std::unique_ptr<const Region> MakeCircle(const Region::Circle& circle);

// What great circles from each vertex to the next, and from the last to the first, enclose: of the
// two parts of the globe the smaller one. Semi-open, as S2 has it: of polygons that share an edge
// or a vertex but no area, one at most contains a position there.
//
// InvalidArgument that says why they enclose nothing: fewer than three, one twice, edges that cross
// or have no direction.
absl::StatusOr<std::unique_ptr<const Region>> MakePolygon(std::span<const Position> vertices);

// The union of S2 cells, of any levels.
//
// InvalidArgument that names the first id that is not valid, or if there is none at all.
absl::StatusOr<std::unique_ptr<const Region>> MakeCells(std::span<const std::uint64_t> ids);

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_REGION_H_
