#include "spatial/cell.h"

#include <algorithm>
#include <cmath>

namespace moyeo::spatial {
namespace {

// Latitude in radians of a parallel of the grid.
double Latitude(std::uint64_t grid_lat) {
  return (static_cast<double>(grid_lat) / 2 - kQuarterTurn) * kRadiansPerUnit;
}

// Puts the bits of `x` at the even places.
std::uint64_t Spread(std::uint32_t x) {
  std::uint64_t bits = x;
  bits = (bits | bits << 16) & 0x0000FFFF0000FFFF;
  bits = (bits | bits << 8) & 0x00FF00FF00FF00FF;
  bits = (bits | bits << 4) & 0x0F0F0F0F0F0F0F0F;
  bits = (bits | bits << 2) & 0x3333333333333333;
  bits = (bits | bits << 1) & 0x5555555555555555;
  return bits;
}

}  // namespace

std::uint64_t PathOf(GridPoint p) { return Spread(p.lat) << 1 | Spread(p.lng); }

Layout LayoutOf(const Cell& cell) {
  const std::uint64_t south = cell.corner.lat;
  const std::uint64_t north = south + (std::uint64_t{1} << cell.lat_bits);
  const double width = std::ldexp(kRadiansPerUnit, cell.lng_bits);
  double lng_splits;
  if (south == 0 || north >= std::uint64_t{kFullTurn}) {
    // A wedge at a pole keeps its shape when its height is cut, and would become a sliver if its
    // width were cut again and again: stop at somewhat under a radian.
    lng_splits = std::floor(std::log2(width / 0.7));
  } else {
    const double height = std::ldexp(kRadiansPerUnit, cell.lat_bits - 1);
    const double widest_cos = std::max(std::cos(Latitude(south)), std::cos(Latitude(north)));
    lng_splits = std::round(2 + std::log2(width * widest_cos / height) / 2);
  }
  const int fewest = std::max(0, 4 - cell.lat_bits);
  const int most = std::min<int>(4, cell.lng_bits);
  return Layout(4 - std::clamp(static_cast<int>(lng_splits), fewest, most));
}

Cell CellOfRun(const Cell& cell, Layout layout, int first, int log2_run) {
  Cell run = cell;
  for (int bit = 3; bit >= log2_run; --bit) {
    const bool upper = (first >> bit) & 1;
    if (layout.HalvesLat(bit)) {
      --run.lat_bits;
      if (upper) run.corner.lat |= std::uint32_t{1} << run.lat_bits;
    } else {
      --run.lng_bits;
      if (upper) run.corner.lng |= std::uint32_t{1} << run.lng_bits;
    }
  }
  return run;
}

}  // namespace moyeo::spatial
