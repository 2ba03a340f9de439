#include "spatial/haversine.h"

#include <algorithm>
#include <cmath>

namespace moyeo::spatial {
namespace {

// Half of the angle of one unit of 1e-7 degree.
constexpr float kHalfUnit = static_cast<float>(kRadiansPerUnit / 2);

// sin(x) for x in [0, pi/2]. Minimax in x^2, relative error below 6e-9 before rounding.
float SinQuarter(float x) {
  const float y = x * x;
  float p = 2.601903098065007e-06f;
  p = p * y + -0.00019807418774809297f;
  p = p * y + 0.008333025140407931f;
  p = p * y + -0.16666656684127926f;
  p = p * y + 0.999999994686137f;
  return x * p;
}

float Square(float x) { return x * x; }

// sin^2 of half of `units`, which are at most half a turn.
float SinSquaredOfHalf(std::int32_t units) {
  return Square(SinQuarter(static_cast<float>(units) * kHalfUnit));
}

// Near a pole a cosine has no digits left; the sine of the rest to the pole has all of them.
float CosLat(std::int32_t lat) {
  const std::int32_t to_pole = std::int32_t{kQuarterTurn} - std::abs(lat);
  return SinQuarter(static_cast<float>(to_pole) * (2 * kHalfUnit));
}

// The angle between two meridians, at most half a turn.
std::int32_t BetweenMeridians(std::int32_t a, std::int32_t b) {
  const auto x = static_cast<std::uint32_t>(a);
  const auto y = static_cast<std::uint32_t>(b);
  const std::uint32_t difference = a > b ? x - y : y - x;
  const auto past_half = static_cast<std::int32_t>(difference - std::uint32_t{kHalfTurn});
  return std::int32_t{kHalfTurn} - std::abs(past_half);
}

// Cosine of the latitude of a parallel of the grid; 0 where the grid goes beyond the poles.
float CosOfGridLat(std::int64_t grid_lat) {
  const std::int64_t from_equator = std::abs(grid_lat - kHalfTurn);
  const std::int64_t to_pole = std::max<std::int64_t>(kHalfTurn - from_equator, 0);
  return SinQuarter(static_cast<float>(to_pole) * kHalfUnit);
}

// How far `p` is outside [low, high); 0 inside.
std::int64_t Gap(std::int64_t p, std::int64_t low, std::int64_t high) {
  return std::max<std::int64_t>({low - p, p - high, 0});
}

// The haversine of the way to the meridian that is `units` to the east or west.
float ToMeridian(float cos_lat, std::int64_t units) {
  const std::int64_t angle = std::min(units, kQuarterTurn);
  const float sine = cos_lat * SinQuarter(static_cast<float>(angle) * (2 * kHalfUnit));
  return Square(sine) / (2 * (1 + std::sqrt(std::max(0.0f, 1 - Square(sine)))));
}

}  // namespace

QueryPoint::QueryPoint(Position center)
    : position_(center), grid_(ToGrid(center)), cos_lat_(CosLat(center.lat)) {}

void QueryPoint::Haversines(const std::int32_t* lat, const std::int32_t* lng, std::size_t n,
                            float* haversines) const {
  const Position center = position_;
  const float cos_lat = cos_lat_;
  for (std::size_t i = 0; i < n; ++i) {
    haversines[i] =
        SinSquaredOfHalf(std::abs(center.lat - lat[i])) +
        cos_lat * CosLat(lat[i]) * SinSquaredOfHalf(BetweenMeridians(center.lng, lng[i]));
  }
}

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
        cos_lat_ * SinSquaredOfHalf(static_cast<std::int32_t>(std::min(gap, kHalfTurn)));
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
    const float of_row = SinSquaredOfHalf(static_cast<std::int32_t>(std::min(gap, kHalfTurn)));
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
    bound = std::min(bound, SinSquaredOfHalf(static_cast<std::int32_t>((grid_.lat - south) / 2)));
  }
  if (north < kFullTurn) {
    bound = std::min(bound, SinSquaredOfHalf(static_cast<std::int32_t>((north - grid_.lat) / 2)));
  }
  if (east - west < kFullTurn) {
    bound = std::min(bound, ToMeridian(cos_lat_, std::min(grid_.lng - west, east - grid_.lng)));
  }
  return bound;
}

}  // namespace moyeo::spatial
