// Aligned rectangles of latitude and longitude, to the grid point.

#ifndef MOYEO_SPATIAL_BOX_H_
#define MOYEO_SPATIAL_BOX_H_

#include <cstdint>

#include "spatial/cell.h"

namespace moyeo::spatial {

// All grid points from the south-western to the north-eastern corner, both inclusive. It does not
// cross the meridian at which the grid begins: what does so is two boxes.
struct Box {
  GridPoint south_west{0, 0};
  GridPoint north_east{UINT32_MAX, UINT32_MAX};

  bool Contains(GridPoint p) const {
    return p.lat >= south_west.lat && p.lat <= north_east.lat && p.lng >= south_west.lng &&
           p.lng <= north_east.lng;
  }

  bool Meets(const Cell& cell) const {
    const GridPoint last = LastOf(cell);
    return cell.corner.lat <= north_east.lat && last.lat >= south_west.lat &&
           cell.corner.lng <= north_east.lng && last.lng >= south_west.lng;
  }

  bool Covers(const Cell& cell) const { return Contains(cell.corner) && Contains(LastOf(cell)); }

  // The north-eastern grid point of `cell`.
  static GridPoint LastOf(const Cell& cell) {
    const auto last = [](std::uint32_t corner, int bits) {
      return static_cast<std::uint32_t>(corner + ((std::uint64_t{1} << bits) - 1));
    };
    return {last(cell.corner.lat, cell.lat_bits), last(cell.corner.lng, cell.lng_bits)};
  }

  friend bool operator==(const Box&, const Box&) = default;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_BOX_H_
