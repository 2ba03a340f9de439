// Searches of an ItemTree: the nearest, everything within a radius, and how many.

#ifndef MOYEO_SPATIAL_SEARCH_H_
#define MOYEO_SPATIAL_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "spatial/haversine.h"
#include "spatial/item_tree.h"
#include "spatial/scan.h"

namespace moyeo::spatial {

// An item that a search found.
struct Hit {
  double distance_m;
  std::uint64_t id;
  Position position;
  std::int64_t stamp;

  friend bool operator==(const Hit&, const Hit&) = default;
  // Nearest first, ties by id.
  friend bool operator<(const Hit& a, const Hit& b) {
    return a.distance_m != b.distance_m ? a.distance_m < b.distance_m : a.id < b.id;
  }
};

// Runs searches, one after another, in memory that it keeps.
//
//   Search search;
//   search.FindNearest(tree, center, 5'000, 50, {});
//   for (const Hit& hit : search.Hits()) { ... }
//
// A search selects by approximate haversines, with some slack, and decides by exact distances:
// see haversine.h.
//
// Beside changes to the tree (item_tree.h says how), nobody is found twice, everybody is found as
// they were at some moment of the search, and those are found who met it all the time, unless a
// limit cuts them off. Find... and Count return false, and have found nothing, if changes came
// faster than the search could take them down: then try again while nothing but PutInPlace changes
// the tree.
class Search {
 public:
  static constexpr double kNoRadius = std::numeric_limits<double>::infinity();

  explicit Search(const ScanLoops& loops = *AvailableScanLoops().back()) : loops_(&loops) {}

  // Finds the `limit` nearest items within `radius_m`, inclusive; all of them if there are no more.
  // Those nearer than `from_m` it leaves out, but for some that are hardly nearer.
  //
  // REQUIRES: radius_m >= 0, limit >= 1, from_m >= 0
  bool FindNearest(const ItemTree& tree, Position center, double radius_m, std::size_t limit,
                   const ItemFilter& filter, double from_m = 0);

  // Finds all items within `radius_m`, inclusive; or nobody, and HasGivenUp, as soon as it meets
  // more than `most` who may be.
  //
  // REQUIRES: radius_m >= 0
  bool FindWithin(const ItemTree& tree, Position center, double radius_m, const ItemFilter& filter,
                  std::size_t most = SIZE_MAX);

  bool HasGivenUp() const { return has_given_up_; }

  // What has been found, in order. Needs the tree no more. Valid until the next search.
  //
  // REQUIRES: once after each FindNearest or FindWithin
  std::span<const Hit> Hits();

  // Whether the first `wanted` hits, or all if there are fewer, are the nearest. Beside changes a
  // search with a limit may have left out others for the sake of some who then went away, or whom
  // it met twice: one with a greater limit finds them.
  //
  // REQUIRES: after Hits; wanted >= 1, at most the limit
  bool HasNearest(std::size_t wanted) const;

  // What has been found, neither measured nor in order, column by column: all that Hits() would
  // tell, and perhaps some who are further away. Valid until the next search.
  struct Columns {
    std::vector<std::uint64_t> id;
    std::vector<std::int64_t> stamp;
    std::vector<std::int32_t> lat;
    std::vector<std::int32_t> lng;

    std::size_t size() const { return id.size(); }
    void Resize(std::size_t size);
    void Read(std::size_t i, ItemBlock block, std::size_t slot);
    void Copy(std::size_t from, std::size_t to);
    Position PositionOf(std::size_t i) const { return {lat[i], lng[i]}; }
  };
  const Columns& Unmeasured() const { return read_; }

  // Counts the items within `radius_m`, inclusive.
  //
  // REQUIRES: radius_m >= 0
  bool Count(const ItemTree& tree, Position center, double radius_m, const ItemFilter& filter,
             std::size_t& count);

  std::size_t bytes() const;

  // Gives memory back if the last searches took more than `bytes`.
  void Trim(std::size_t bytes);

 private:
  // A part of the tree that is still to be searched, with a bound that nothing in it is nearer
  // than. Ordered by the bound.
  class Part {
   public:
    enum Kind { kLeaf, kNode, kOutsideOfNode };

    Part(float bound, Kind kind, std::uint32_t index);

    float bound() const;
    Kind kind() const { return static_cast<Kind>(bits_ >> 28 & 3); }
    std::uint32_t index() const { return static_cast<std::uint32_t>(bits_) & 0x0FFFFFFF; }

    friend bool operator>(Part a, Part b) { return a.bits_ > b.bits_; }

   private:
    std::uint64_t bits_;
  };

  // When the items that may be hits are read in full. Late, a search reads only those that are left
  // in the end, but finds strangers there if the leaf has changed meanwhile.
  enum class Reading { kLate, kAtOnce };

  // Items that may be hits, column by column: item i has haversine[i], and is where(i) or, if read
  // at once, number[i] of what has been read.
  struct Candidates {
    std::size_t size = 0;
    std::vector<float> haversine;
    std::vector<std::uint32_t> number;

    Where where(std::size_t i) const { return Where(number[i]); }

    // Makes room for `more`, and for the rest of a group.
    void Reserve(std::size_t more);
  };

  // A hit by its number in the columns.
  struct Ranked {
    double distance_m;
    std::uint32_t number;
  };

  // A leaf that has been scanned, and the departures it had seen by then.
  struct Scanned {
    std::uint32_t leaf;
    std::uint32_t departures;
  };

  void Start(const ItemTree& tree, Position center, double radius_m, const ItemFilter& filter,
             Reading reading);

  // False, here and below: the tree has changed so that there is no going on.
  bool CollectNearest(std::size_t limit);
  bool CollectWithin(std::size_t most);
  bool PushChildren(std::uint32_t node, std::uint32_t except);
  bool AddChildren(std::uint32_t node, std::uint32_t except);
  void PrefetchItems(std::uint32_t number) const;
  bool ScanLeaf(std::uint32_t number);
  std::uint32_t ScanItems(std::uint32_t number);
  std::size_t Select(const ItemTree::Leaf& leaf, ItemBlock block, std::uint32_t first);
  void LowerThreshold(std::size_t limit);
  void DropBeyondThreshold();
  bool ReadHits();
  void KeepCandidates();
  bool TakeDownArrivals();
  bool AddArrivals();
  void RankHits();
  bool IsBefore(const Ranked& a, const Ranked& b) const;

  const ScanLoops* loops_;
  const ItemTree* tree_ = nullptr;
  QueryPoint center_{Position()};
  ItemFilter filter_;
  double radius_m_ = 0;
  std::size_t limit_ = 0;
  Reading reading_ = Reading::kLate;
  std::uint64_t arrivals_from_ = 0;  // those before have been taken down
  std::size_t leaves_scanned_ = 0;
  // Candidates and parts beyond this haversine, slack included, are of no interest.
  float threshold_ = 0;
  // Nor are candidates nearer than this one, slack included.
  float from_ = 0;
  bool has_lowered_threshold_ = false;
  bool has_given_up_ = false;

  std::vector<Part> parts_;
  Candidates candidates_;
  std::vector<Scanned> scanned_;
  std::vector<std::uint64_t> arrivals_;  // taken down
  std::vector<bool> is_found_;
  Columns read_;
  std::vector<double> exact_haversines_;
  std::vector<double> distances_;
  std::vector<Ranked> ranked_;
  std::vector<Ranked> dealt_;
  std::vector<std::uint32_t> bucket_ends_;
  std::vector<Hit> hits_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_SEARCH_H_
