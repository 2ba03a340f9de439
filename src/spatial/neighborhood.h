// The items around a place, read once for many searches there.

#ifndef MOYEO_SPATIAL_NEIGHBORHOOD_H_
#define MOYEO_SPATIAL_NEIGHBORHOOD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "spatial/item_blocks.h"
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
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

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
  bool Covers(Position center, double radius_m) const { return radius_m <= CoveredAround(center); }

  // The radius of the greatest circle of which that is true; negative if it is of none.
  double CoveredAround(Position center) const;

  // Replaces the content of `hits` with the `limit` nearest items within `radius_m`, inclusive, in
  // no order; all of them if there are no more.
  //
  // REQUIRES: Covers(center, radius_m), limit >= 1
  void FindNearest(Position center, double radius_m, std::size_t limit, std::vector<Hit>& hits);

  // Numbers the items in the order of their ids: they are in columns, item by item.
  void SortById();
  std::span<const std::uint64_t> ids() const { return id_; }
  std::span<const std::int64_t> stamps() const { return stamp_; }
  std::span<const std::int32_t> lats() const { return std::span(lat_).first(size()); }
  std::span<const std::int32_t> lngs() const { return std::span(lng_).first(size()); }
  Position PositionOf(std::uint32_t number) const { return {lat_[number], lng_[number]}; }

  // The same as FindNearest, by number, but for the item `other`, in ascending order. Returns a
  // distance that all of them are within and nobody else is nearer than, but for a millionth of
  // it; that is the radius if they are fewer than `limit`.
  //
  // REQUIRES: SortById has been called; Covers(center, radius_m), limit >= 1, radius_m <=
  // kFarthestMeters
  double FindNearestNumbers(Position center, double radius_m, std::size_t limit,
                            std::uint32_t other, std::vector<std::uint32_t>& numbers);

  // How far it is to each of some items. REQUIRES: all are nearer than kFarthestMeters
  std::span<const double> Measure(Position center, std::span<const std::uint32_t> numbers);

  static constexpr double kFarthestMeters = 2e6;

  // Of other positions, `n` in columns to the end of a group, writes the numbers of all that are
  // within `radius_m` and perhaps of some that are next to it, in columns as long, and tells how
  // many they are.
  std::size_t Select(Position center, double radius_m, const std::int32_t* lat,
                     const std::int32_t* lng, std::size_t n, float* haversines,
                     std::uint32_t* numbers) const;
  static std::size_t PaddedSize(std::size_t n) { return (n / kGroupItems + 1) * kGroupItems; }

  // Whether those within `radius_m` are `items` still, and nobody else but perhaps `other`: much
  // sooner than a search. Replaces the content of `moved` with those of them who are elsewhere by
  // now, in the order of `items`. May say no where so many have moved, or somebody is so near to
  // the circle, that a search is better.
  //
  // REQUIRES: Covers(center, radius_m); all `items` were within `radius_m` of `center`
  bool HasStill(Position center, double radius_m, std::span<const Placed> items,
                std::optional<std::uint64_t> other, std::vector<Hit>& moved);

 private:
  static constexpr double kNothing = -1;  // as a radius

  // These two are for HasStill. The number of an item; kNone if it is not here.
  std::uint32_t NumberOf(std::uint64_t id) const;
  void NumberAll();
  double DecideAtTheRim(Position center, double radius_m, std::size_t limit, float sure,
                        std::size_t& n);
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

  // Somebody at the rim, by distance and number, which is in the order of the ids.
  using AtTheRim = std::pair<double, std::uint32_t>;
  std::vector<AtTheRim> rim_;
  std::vector<std::uint32_t> rim_number_;

  // For SortById.
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> bucket_ends_;
  std::vector<std::uint64_t> sorted_id_;
  std::vector<std::int64_t> sorted_stamp_;
  std::vector<std::int32_t> sorted_coordinate_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_NEIGHBORHOOD_H_
