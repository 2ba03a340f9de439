// How many items are in each cell of an S2 level.

#ifndef MOYEO_SPATIAL_CELL_COUNTS_H_
#define MOYEO_SPATIAL_CELL_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "spatial/box.h"
#include "spatial/cell.h"
#include "spatial/item_tree.h"

namespace moyeo::spatial {

// Counts, cell by cell, the items of a tree that are in some boxes and pass a filter.
//
// Seen from a face of S2's cube, a place has two coordinates, s and t, from 0 to 1, of which the
// first bits are those of its S2 cell. They are smooth functions of latitude and longitude: in a
// small rectangle of the tree they are nearly what the values at its corners give by bilinear
// interpolation, and by how much they may miss it is known (cell_counts.cc). So a rectangle whose
// corners lie in one S2 cell, that much from its border, lies in it whole, and the items of other
// rectangles are dealt to S2 cells by a few multiplications. Who is nearer to a border than the
// interpolation may miss, S2 itself decides.
class CellCounts {
 public:
  // Cells of `level`, or of the next coarser one of which at most `max_cells` have items.
  //
  // REQUIRES: 0 <= level <= 30, max_cells >= 6
  CellCounts(int level, std::size_t max_cells) : level_(level), max_cells_(max_cells) {}

  // Adds the items of `tree`. False, and the counts mean nothing, if more than moves in place has
  // changed it meanwhile.
  //
  // REQUIRES: the boxes have no point in common
  bool Add(const ItemTree& tree, std::span<const Box> boxes, const ItemFilter& filter);

  int level() const { return level_; }

  // By S2 cell id.
  const absl::flat_hash_map<std::uint64_t, std::size_t>& counts() const { return counts_; }

 private:
  struct Chart;

  void AddNode(std::uint32_t node, bool in_box);
  void AddLeaves(std::uint32_t leaf, const Cell& cell, bool in_box);
  void AddAll(std::uint32_t node, std::uint64_t cell);
  void AddItems(const ItemTree::Leaf& leaf, const Chart& chart, bool in_box);
  std::size_t CountAdmitted(const ItemTree::Leaf& leaf) const;
  bool AdmitsAllOf(const ItemTree::Leaf& leaf) const;
  bool IsAdmitted(ItemBlock block, std::size_t slot) const;
  bool IsInBox(GridPoint point) const;
  void AddTo(std::uint64_t cell, std::size_t count);

  int level_;
  const std::size_t max_cells_;
  const ItemTree* tree_ = nullptr;
  std::span<const Box> boxes_;
  ItemFilter filter_;
  absl::flat_hash_map<std::uint64_t, std::size_t> counts_;
};

// The corners of an S2 cell in degrees, counter-clockwise.
std::array<LatLng, 4> CornersOfCell(std::uint64_t id);

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_CELL_COUNTS_H_
