// Cells: the aligned rectangles of latitude and longitude that the tree is made of.
//
// A position is laid on a square grid of 2^32 x 2^32, so that a cell is a run of leading bits in
// each coordinate and "is this position still in that cell" is two shifts and two comparisons: no
// trigonometry, and nothing that could round differently when a cell is split. Rectangles of
// degrees get narrow towards the poles; a cell's children are therefore cut in the proportion that
// makes them nearest to square on the ground.

#ifndef MOYEO_SPATIAL_CELL_H_
#define MOYEO_SPATIAL_CELL_H_

#include <array>
#include <cstdint>

#include "spatial/position.h"

namespace moyeo::spatial {

// A position on the grid. Both count from the south-west corner of the map: `lng` in units of 1e-7
// degree, `lat` in half units, which makes the map a square of side kFullTurn.
struct GridPoint {
  std::uint32_t lat;
  std::uint32_t lng;

  friend bool operator==(const GridPoint&, const GridPoint&) = default;
};

inline GridPoint ToGrid(Position p) {
  return {(static_cast<std::uint32_t>(p.lat) + static_cast<std::uint32_t>(kQuarterTurn)) << 1,
          static_cast<std::uint32_t>(p.lng) + static_cast<std::uint32_t>(kHalfTurn)};
}

// How far along a Z-curve over the grid a point is. Squares of the grid are ranges of it.
std::uint64_t PathOf(GridPoint p);

// How the sixteen children of a cell are laid out: 2^lat_splits rows of 2^(4 - lat_splits) columns.
// Children are numbered by halving the cell four times, so that every aligned run of 2, 4 or 8 of
// them is a rectangle too.
class Layout {
 public:
  explicit constexpr Layout(int lat_splits = 2)
      : lat_splits_(static_cast<std::uint8_t>(lat_splits)) {}

  constexpr int lat_splits() const { return lat_splits_; }
  constexpr int lng_splits() const { return 4 - lat_splits_; }

  // Whether the halving that bit `bit` (3 first, 0 last) of a child's number tells is of latitude.
  constexpr bool HalvesLat(int bit) const { return (kHalvesLat[lat_splits_] >> bit) & 1; }

  int Child(std::uint32_t row, std::uint32_t column) const {
    return kRowBits[lat_splits_][row] | kColumnBits[lat_splits_][column];
  }

 private:
  // For each number of latitude splits, which halvings are of latitude: the longer side goes first.
  static constexpr std::array<std::uint8_t, 5> kHalvesLat = {0b0000, 0b0010, 0b1010, 0b1101,
                                                             0b1111};

  using Spread = std::array<std::array<std::uint8_t, 16>, 5>;

  // Deals the bits of a row (or column) number to the bits of the child's number that tell it.
  static constexpr Spread MakeSpread(bool lat) {
    Spread spread{};
    for (std::size_t splits = 0; splits < spread.size(); ++splits) {
      for (std::uint32_t index = 0; index < 16; ++index) {
        std::uint32_t rest = index;
        for (int bit = 0; bit < 4; ++bit) {
          if (((kHalvesLat[splits] >> bit) & 1) != lat) continue;
          spread[splits][index] |= static_cast<std::uint8_t>((rest & 1) << bit);
          rest >>= 1;
        }
      }
    }
    return spread;
  }

  static const Spread kRowBits;
  static const Spread kColumnBits;

  std::uint8_t lat_splits_;
};

inline constexpr Layout::Spread Layout::kRowBits = Layout::MakeSpread(true);
inline constexpr Layout::Spread Layout::kColumnBits = Layout::MakeSpread(false);

struct Cell {
  // The south-west corner, and the binary logarithms of the height and the width. By default the
  // whole map and what the square of 2^32 has beyond it, where nobody is.
  GridPoint corner{0, 0};
  std::uint8_t lat_bits = 32;
  std::uint8_t lng_bits = 32;

  bool Contains(GridPoint p) const {
    return (std::uint64_t{p.lat ^ corner.lat} >> lat_bits) == 0 &&
           (std::uint64_t{p.lng ^ corner.lng} >> lng_bits) == 0;
  }

  // One grid point cannot be cut.
  bool IsPoint() const { return lat_bits == 0 && lng_bits == 0; }

  friend bool operator==(const Cell&, const Cell&) = default;
};

// How to cut `cell`, which has at least sixteen grid points.
Layout LayoutOf(const Cell& cell);

// Which child of `cell` holds `p`. REQUIRES: cell.Contains(p)
inline int ChildOf(const Cell& cell, Layout layout, GridPoint p) {
  const auto digit = [](std::uint32_t coordinate, int bits, int splits) {
    return static_cast<std::uint32_t>(std::uint64_t{coordinate} >> (bits - splits)) &
           ((1u << splits) - 1);
  };
  return layout.Child(digit(p.lat, cell.lat_bits, layout.lat_splits()),
                      digit(p.lng, cell.lng_bits, layout.lng_splits()));
}

// The rectangle of the 2^log2_run children of `cell` from number `first` on.
//
// REQUIRES: `first` is a multiple of 2^log2_run
Cell CellOfRun(const Cell& cell, Layout layout, int first, int log2_run);

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_CELL_H_
