// The items around a place, read once for many searches there.

#ifndef MOYEO_SPATIAL_NEIGHBORHOOD_H_
#define MOYEO_SPATIAL_NEIGHBORHOOD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "spatial/item_tree.h"
#include "spatial/position.h"
#include "spatial/scan.h"
#include "spatial/search.h"

namespace moyeo::spatial {

// An item, and where it is.
struct Placed {
  std::uint64_t id;
  Position position;

  friend bool operator==(const Placed&, const Placed&) = default;
};

// A copy of what is within a circle, in which searches whose own circles lie within it find what
// they would find in the tree, and much sooner.
class Neighborhood {
 public:
  explicit Neighborhood(const ScanLoops& loops = *AvailableScanLoops().back()) : loops_(&loops) {}

  // Copies the items within `radius_m` that pass the filter; or nobody, so that nothing is covered,
  // if there may be more than `most`. False as Search::FindWithin.
  bool Gather(Search& search, const ItemTree& tree, Position center, double radius_m,
              const ItemFilter& filter, std::size_t most = SIZE_MAX);

  // How many items have been copied.
  std::size_t size() const { return id_.size(); }

  std::size_t bytes() const;

  // Gives memory back if it takes more than `bytes`; nothing is covered then.
  void Trim(std::size_t bytes);

  // Whether nobody within the circle around `center` has been left out.
  bool Covers(Position center, double radius_m) const;

  // Replaces the content of `hits` with the `limit` nearest items within `radius_m`, inclusive, in
  // no order; all of them if there are no more.
  //
  // REQUIRES: Covers(center, radius_m), limit >= 1
  void FindNearest(Position center, double radius_m, std::size_t limit, std::vector<Hit>& hits);

  // Whether those within `radius_m` are `items` still, and nobody else but perhaps `other`: much
  // sooner than a search. Replaces the content of `moved` with those of them who are elsewhere by
  // now, in the order of `items`. May say no where so many have moved, or somebody is so near to
  // the circle, that a search is better.
  //
  // REQUIRES: Covers(center, radius_m); all `items` were within `radius_m` of `center`
  bool HasStill(Position center, double radius_m, std::span<const Placed> items,
                std::optional<std::uint64_t> other, std::vector<Hit>& moved);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr double kNothing = -1;  // as a radius

  // The number of an item; kNone if it is not here.
  std::uint32_t NumberOf(std::uint64_t id) const;
  void NumberAll();
  std::size_t Select(const QueryPoint& from, double radius_m);

  const ScanLoops* loops_;
  Position center_;
  double radius_m_ = kNothing;
  std::vector<std::uint64_t> id_;
  std::vector<std::int64_t> stamp_;
  // To the end of a group.
  std::vector<std::int32_t> lat_;
  std::vector<std::int32_t> lng_;
  // Their numbers by a hash of the id, with linear probing; empty until somebody asks.
  std::vector<std::uint32_t> numbers_;

  // Of one search: those that may be hits.
  std::vector<float> haversine_;
  std::vector<std::uint32_t> number_;
  std::vector<std::int32_t> near_lat_;
  std::vector<std::int32_t> near_lng_;
  std::vector<double> exact_haversine_;
  std::vector<double> distance_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_NEIGHBORHOOD_H_
