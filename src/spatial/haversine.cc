#include "spatial/haversine.h"

#include <algorithm>
#include <cmath>

#include "spatial/sphere_math.h"

namespace moyeo::spatial {
namespace {

constexpr auto kUnit = static_cast<float>(kRadiansPerUnit);

// Cosine of the latitude of a parallel of the grid; 0 where the grid goes beyond the poles.
float CosOfGridLat(std::int64_t grid_lat) {
  const std::int64_t from_equator = std::abs(grid_lat - kHalfTurn);
  const std::int64_t to_pole = std::max<std::int64_t>(kHalfTurn - from_equator, 0);
  return SinQuarter(static_cast<float>(to_pole) * (kUnit / 2));
}

// How far `p` is outside [low, high); 0 inside.
std::int64_t Gap(std::int64_t p, std::int64_t low, std::int64_t high) {
  return std::max<std::int64_t>({low - p, p - high, 0});
}

// The haversine of the way to the meridian that is `units` to the east or west.
float ToMeridian(float cos_lat, std::int64_t units) {
  const std::int64_t angle = std::min(units, kQuarterTurn);
  const float sine = cos_lat * SinQuarter(static_cast<float>(angle) * kUnit);
  return Square(sine) / (2 * (1 + std::sqrt(std::max(0.0f, 1 - Square(sine)))));
}

}  // namespace

QueryPoint::QueryPoint(Position center)
    : scan_center_{center, CosLat<float>(center.lat), CosLat<double>(center.lat)},
      grid_(ToGrid(center)) {}

std::array<float, 16> QueryPoint::ChildBounds(const Cell& cell, Layout layout) const {
  // The two factors of longitude and latitude are bounded each for itself: never too far, and
  // nearly tight for cells that are small or near.
  const int columns = 1 << layout.lng_splits();
  const std::int64_t width = std::int64_t{1} << (cell.lng_bits - layout.lng_splits());
  std::array<float, 16> of_column;
  for (int column = 0; column < columns; ++column) {
    const std::int64_t west = cell.corner.lng + column * width;
    const std::int64_t gap = std::min({Gap(grid_.lng, west, west + width),
                                       Gap(grid_.lng + kFullTurn, west, west + width),
                                       Gap(grid_.lng - kFullTurn, west, west + width)});
    of_column[static_cast<std::size_t>(column)] =
        scan_center_.cos_lat *
        SinSquaredOfHalf<float>(static_cast<std::int32_t>(std::min(gap, kHalfTurn)));
  }

  const int rows = 1 << layout.lat_splits();
  const std::int64_t height = std::int64_t{1} << (cell.lat_bits - layout.lat_splits());
  std::array<float, 16> bounds;
  float south_cos = CosOfGridLat(cell.corner.lat);
  for (int row = 0; row < rows; ++row) {
    const std::int64_t south = cell.corner.lat + row * height;
    const float north_cos = CosOfGridLat(south + height);
    const float least_cos = std::min(south_cos, north_cos);
    south_cos = north_cos;
    const std::int64_t gap = Gap(grid_.lat, south, south + height) / 2;
    const float of_row =
        SinSquaredOfHalf<float>(static_cast<std::int32_t>(std::min(gap, kHalfTurn)));
    for (int column = 0; column < columns; ++column) {
      const auto child = static_cast<std::size_t>(
          layout.Child(static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column)));
      bounds[child] = of_row + least_cos * of_column[static_cast<std::size_t>(column)];
    }
  }
  return bounds;
}

float QueryPoint::OutsideBound(const Cell& cell) const {
  const std::int64_t south = cell.corner.lat;
  const std::int64_t north = south + (std::int64_t{1} << cell.lat_bits);
  const std::int64_t west = cell.corner.lng;
  const std::int64_t east = std::min(west + (std::int64_t{1} << cell.lng_bits), kFullTurn);

  // A side that lies on a pole or beyond is no way out.
  float bound = 1;
  if (south > 0) {
    bound = std::min(bound,
                     SinSquaredOfHalf<float>(static_cast<std::int32_t>((grid_.lat - south) / 2)));
  }
  if (north < kFullTurn) {
    bound = std::min(bound,
                     SinSquaredOfHalf<float>(static_cast<std::int32_t>((north - grid_.lat) / 2)));
  }
  if (east - west < kFullTurn) {
    bound = std::min(
        bound, ToMeridian(scan_center_.cos_lat, std::min(grid_.lng - west, east - grid_.lng)));
  }
  return bound;
}

}  // namespace moyeo::spatial
