// Which regions may be at a place.

#ifndef MOYEO_SPATIAL_REGION_INDEX_H_
#define MOYEO_SPATIAL_REGION_INDEX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "spatial/box.h"
#include "spatial/cell.h"

namespace moyeo::spatial {

// Boxes, each with the number of the region that it is of. A box lies in the few squares of the
// grid, at most four, that are just as large as it is, or larger; squares are ordered along a
// Z-curve, so that those within a square are a range.
class RegionIndex {
 public:
  void Add(std::uint32_t region, std::span<const Box> boxes);

  // Takes out what was added with the same arguments.
  void Remove(std::uint32_t region, std::span<const Box> boxes);

  // Sets `regions` to those whose boxes contain `point`, some of them more than once.
  void FindAt(GridPoint point, std::vector<std::uint32_t>& regions) const;

  // Sets `regions` to those whose boxes meet `cell`, each once, and returns true; false, and
  // `regions` means nothing, if more than `most` boxes do.
  bool FindIn(const Cell& cell, std::size_t most, std::vector<std::uint32_t>& regions) const;

  std::size_t bytes() const { return entries_.size() * sizeof(*entries_.begin()) * 4 / 3; }

 private:
  // A square with sides of 2^log2_side, and who has a box in it.
  struct Key {
    std::uint64_t path;  // of its south-western corner on the curve
    std::uint32_t log2_side;
    std::uint32_t region;

    friend bool operator<(const Key& a, const Key& b) {
      return std::tie(a.path, a.log2_side, a.region) < std::tie(b.path, b.log2_side, b.region);
    }
  };

  template <typename Use>
  static void ForEachSquare(const Box& box, Use use);

  absl::btree_multimap<Key, Box> entries_;
  std::array<std::size_t, 33> entries_of_side_ = {};  // by log2_side
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_REGION_INDEX_H_
