// Coarse cells at whose centres people are shown who do not want to be found.

#ifndef MOYEO_SPATIAL_CLOAK_H_
#define MOYEO_SPATIAL_CLOAK_H_

#include "spatial/position.h"

namespace moyeo::spatial {

// The cells of one S2 level, known by their centres.
class Cloak {
 public:
  static constexpr int kMaxLevel = 20;  // some 8 m

  // REQUIRES: 0 <= level <= kMaxLevel
  explicit Cloak(int level);

  int level() const { return level_; }

  // The centre of the cell in which `position` is. It is in that cell itself.
  Position CenterOf(Position position) const;

  // Whether `position` is in the cell whose centre is `center`, or at most an eighth of an average
  // cell's edge from it. Whoever stands at a border, and whose position wavers, so stays in one
  // cell.
  bool IsNear(Position center, Position position) const;

 private:
  int level_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_CLOAK_H_
