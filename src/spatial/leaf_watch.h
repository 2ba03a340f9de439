// Who may have come to where some regions are.

#ifndef MOYEO_SPATIAL_LEAF_WATCH_H_
#define MOYEO_SPATIAL_LEAF_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "spatial/cell.h"
#include "spatial/item_tree.h"

namespace moyeo::spatial {

// Goes round the leaves of a tree again and again, and reads those that have changed since it last
// came by, unless they are known to be clear of all regions.
//
//   std::uint32_t leaf = 0;
//   do {
//     watch.Read(tree, version, INT64_MAX, INT64_MIN, leaf);
//     for (const LeafWatch::Visit& visit : watch.visits()) { ... }
//   } while (leaf != 0);
//
// A round reads every item that has come, has moved or has another mask since the round before, but
// those in clear leaves.
class LeafWatch {
 public:
  // A leaf that has been read.
  struct Visit {
    std::uint32_t leaf;
    Cell cell;
    std::uint32_t begin;  // of its items
    std::uint32_t end;
  };

  // Looks at some leaves from number `begin` on; sets `begin` to the leaf to go on with; at the
  // end, to 0. A leaf with a stamp above `above` and up to `through` has changed too. Returns
  // whether any of them, clear or not, has changed. Beside PutInPlace alone.
  //
  // `version`, not 0, is that of the regions, which rises with every region that is added.
  bool Read(const ItemTree& tree, std::uint32_t version, std::int64_t above, std::int64_t through,
            std::uint32_t& begin);

  // What the last Read has read. Valid until the next one.
  std::span<const Visit> visits() const { return visits_; }
  std::span<const Item> ItemsOf(const Visit& visit) const {
    return std::span(items_).subspan(visit.begin, visit.end - visit.begin);
  }

  // No region of this version meets the leaf's cell: as long as both are the same, it is not read.
  void SetClear(const Visit& visit, std::uint32_t version);

  // From now on every leaf has changed.
  void Forget() { seen_.clear(); }

  std::size_t bytes() const;

 private:
  struct Seen {
    ItemTree::LeafMark mark;
    Cell cell;
    std::uint32_t clear_version = 0;  // of the regions that it is clear of; 0 for none
  };

  std::vector<Seen> seen_;  // by leaf
  std::vector<Visit> visits_;
  std::vector<Item> items_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_LEAF_WATCH_H_
