#include "spatial/search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

namespace moyeo::spatial {
namespace {

// Floats that are not negative are ordered as their bits are.
std::uint64_t Ordered(float haversine, std::uint32_t rest) {
  return std::uint64_t{std::bit_cast<std::uint32_t>(haversine)} << 32 | rest;
}

constexpr int kNoPlace = -1;

float HaversineIn(std::uint64_t ordered) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(ordered >> 32));
}

// The loops read many coordinates at a time, of which a PutInPlace may be writing one. To the
// language that is a data race. It does no harm here: whatever the loops make of torn coordinates
// is a candidate or none, and the version lock around this throws it away. The loops are called
// through a pointer that is chosen at run time, so that no compiler can see, and build upon, both
// sides.
#if !defined(MOYEO_THREAD_SANITIZER)
std::size_t SelectBesideMoves(const ScanLoops& loops, const ScanCenter& center,
                              const ItemBlock& block, std::size_t n, float most,
                              std::uint32_t first, float* haversines, std::uint32_t* numbers) {
  return loops.select(center, block.lat(), block.lng(), n, most, first, haversines, numbers);
}
#else
// The twin for the thread sanitizer, which cannot know that.
std::size_t SelectBesideMoves(const ScanLoops& loops, const ScanCenter& center,
                              const ItemBlock& block, std::size_t n, float most,
                              std::uint32_t first, float* haversines, std::uint32_t* numbers) {
  std::array<std::int32_t, kMaxItems> lat;
  std::array<std::int32_t, kMaxItems> lng;
  for (std::size_t i = 0; i < n; ++i) {
    lat[i] = block.PositionOf(i).lat;
    lng[i] = block.PositionOf(i).lng;
  }
  return loops.select(center, lat.data(), lng.data(), n, most, first, haversines, numbers);
}
#endif

}  // namespace

Search::Part::Part(float bound, Kind kind, std::uint32_t index)
    : bits_(Ordered(bound, static_cast<std::uint32_t>(kind) << 28 | index)) {}

float Search::Part::bound() const { return HaversineIn(bits_); }

void Search::Candidates::Reserve(std::size_t more) {
  more += kGroupItems;
  if (size + more <= haversine.size()) return;
  haversine.resize(2 * size + more);
  where_bits.resize(haversine.size());
}

void Search::Start(const ItemTree& tree, Position center, double radius_m,
                   const ItemFilter& filter) {
  tree_ = &tree;
  center_ = QueryPoint(center);
  filter_ = filter;
  radius_m_ = radius_m;
  threshold_ = static_cast<float>(HaversineOfMeters(radius_m)) * kSlack;
  parts_.clear();
  candidates_.size = 0;
  hits_.clear();
}

void Search::FindNearest(const ItemTree& tree, Position center, double radius_m, std::size_t limit,
                         const ItemFilter& filter) {
  if (limit >= tree.size()) return FindWithin(tree, center, radius_m, filter);
  Start(tree, center, radius_m, filter);
  limit_ = limit;
  CollectNearest(limit);
  if (candidates_.size > limit) {
    LowerThreshold(limit);
    DropBeyondThreshold();
  }
  ReadHits();
}

void Search::FindWithin(const ItemTree& tree, Position center, double radius_m,
                        const ItemFilter& filter) {
  Start(tree, center, radius_m, filter);
  CollectWithin();
  limit_ = candidates_.size;
  ReadHits();
}

// From the deepest node around the centre outwards: most searches never see the top of the tree.
void Search::CollectNearest(std::size_t limit) {
  std::uint32_t node = ItemTree::kRoot;
  for (;;) {
    const ItemTree::NodeInfo& info = tree_->node_infos_[node];
    const auto place = static_cast<std::size_t>(ChildOf(info.cell, info.layout, center_.grid()));
    const ItemTree::Child child = tree_->nodes_[node].children[place];
    if (!child.is_node()) break;
    node = child.index();
  }
  const auto push_outside = [&](std::uint32_t inner) {
    if (inner == ItemTree::kRoot) return;
    const float bound = center_.OutsideBound(tree_->node_infos_[inner].cell);
    if (bound > threshold_) return;
    parts_.emplace_back(bound, Part::kOutsideOfNode, inner);
    std::push_heap(parts_.begin(), parts_.end(), std::greater());
  };
  PushChildren(node, kNoPlace);
  push_outside(node);

  std::size_t enough = limit;
  while (!parts_.empty()) {
    std::pop_heap(parts_.begin(), parts_.end(), std::greater());
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.bound() > threshold_) break;
    switch (part.kind()) {
      case Part::kLeaf:
        // What comes next is on its way while this leaf is scanned.
        if (!parts_.empty() && parts_.front().kind() == Part::kLeaf) {
          PrefetchItems(parts_.front().index());
        }
        ScanLeaf(part.index());
        if (candidates_.size >= enough) {
          LowerThreshold(limit);
          DropBeyondThreshold();
          // Not again for every few more of a great many.
          enough = candidates_.size + candidates_.size / 16 + 1;
        }
        break;
      case Part::kNode:
        PushChildren(part.index(), kNoPlace);
        break;
      case Part::kOutsideOfNode: {
        const ItemTree::NodeInfo& info = tree_->node_infos_[part.index()];
        PushChildren(info.parent, info.place);
        push_outside(info.parent);
        break;
      }
    }
  }
}

void Search::PushChildren(std::uint32_t node, int except_place) {
  auto end = static_cast<std::ptrdiff_t>(parts_.size());
  AddChildren(node, except_place);
  while (end < static_cast<std::ptrdiff_t>(parts_.size())) {
    std::push_heap(parts_.begin(), parts_.begin() + ++end, std::greater());
  }
}

// Adds the children of a node that may have hits to the parts.
void Search::AddChildren(std::uint32_t node, int except_place) {
  const ItemTree::NodeInfo& info = tree_->node_infos_[node];
  const std::array<ItemTree::Child, 16>& children = tree_->nodes_[node].children;
  const std::array<float, 16> bounds = center_.ChildBounds(info.cell, info.layout);
  for (int place = 0; place < 16;) {
    const ItemTree::Child child = children[static_cast<std::size_t>(place)];
    const auto first = bounds.begin() + place;
    const bool skip = child.is_nothing() || place == except_place;
    place += child.run();
    if (skip) continue;
    const float bound = *std::min_element(first, first + child.run());
    if (bound > threshold_) continue;
    if (child.is_node()) {
      __builtin_prefetch(&tree_->nodes_[child.index()]);
      __builtin_prefetch(&tree_->node_infos_[child.index()]);
      parts_.emplace_back(bound, Part::kNode, child.index());
    } else {
      __builtin_prefetch(&tree_->leaves_[child.index()]);
      parts_.emplace_back(bound, Part::kLeaf, child.index());
    }
  }
}

void Search::PrefetchItems(std::uint32_t number) const {
  const ItemTree::Leaf& leaf = tree_->leaves_[number];
  for (std::size_t i = 0; i < leaf.count; i += kGroupItems) {
    __builtin_prefetch(leaf.block.lat() + i);
    __builtin_prefetch(leaf.block.lng() + i);
  }
}

void Search::CollectWithin() {
  parts_.emplace_back(0.0f, Part::kNode, ItemTree::kRoot);
  while (!parts_.empty()) {
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.kind() == Part::kLeaf) {
      ScanLeaf(part.index());
    } else {
      AddChildren(part.index(), kNoPlace);
    }
  }
}

void Search::ScanLeaf(std::uint32_t leaf) {
  ScanItems(leaf);
  const std::uint32_t pile = tree_->leaves_[leaf].pile;
  if (pile == ItemTree::kNone) return;
  for (const std::uint32_t piled : tree_->piles_[pile]) ScanItems(piled);
}

void Search::ScanItems(std::uint32_t number) {
  const ItemTree::Leaf& leaf = tree_->leaves_[number];
  candidates_.Reserve(leaf.count);
  std::size_t selected = 0;
  leaf.in_place.ReadConsistently([&] { selected = Select(number); });
  candidates_.size += selected;
}

// Writes those of a leaf's items that may be hits behind the candidates, and tells how many.
std::size_t Search::Select(std::uint32_t number) {
  const ItemTree::Leaf& leaf = tree_->leaves_[number];
  const ItemBlock& block = leaf.block;
  float* const haversines = candidates_.haversine.data() + candidates_.size;
  std::uint32_t* const where_bits = candidates_.where_bits.data() + candidates_.size;
  const std::size_t selected =
      SelectBesideMoves(*loops_, center_.scan_center(), block, leaf.count, threshold_,
                        Where(number, 0).bits(), haversines, where_bits);
  if (leaf.oldest > filter_.stamp_above && !filter_.AsksForMask()) return selected;
  std::size_t admitted = 0;
  for (std::size_t i = 0; i < selected; ++i) {
    const std::size_t slot = Where(where_bits[i]).slot();
    haversines[admitted] = haversines[i];
    where_bits[admitted] = where_bits[i];
    admitted += block.StampOf(slot) > filter_.stamp_above && filter_.AdmitsMask(block.MaskOf(slot));
  }
  return admitted;
}

// To a haversine that at least `limit` candidates are within, and seldom many more. Counting is
// far cheaper than selecting, and a few counts are enough, since in a small area haversines are
// spread evenly: the guesses interpolate.
//
// REQUIRES: there are at least `limit` candidates
void Search::LowerThreshold(std::size_t limit) {
  const std::span haversines = std::span(candidates_.haversine).first(candidates_.size);
  const auto [least, greatest] = std::minmax_element(haversines.begin(), haversines.end());
  float low = *least;
  std::size_t low_count = 1;
  float high = limit == 1 ? low : *greatest;
  std::size_t high_count = limit == 1 ? 1 : haversines.size();
  const std::size_t few_enough = limit + limit / 8;
  for (int guesses = 0; guesses < 8 && high_count > few_enough; ++guesses) {
    const std::size_t wanted = limit + (few_enough - limit) / 2;
    const float share =
        static_cast<float>(wanted - low_count) / static_cast<float>(high_count - low_count);
    const float guess = low + (high - low) * std::min(share, 0.9f);
    const std::size_t count = loops_->count(haversines.data(), haversines.size(), guess);
    if (count >= limit) {
      high = guess;
      high_count = count;
    } else {
      low = guess;
      low_count = count;
    }
  }
  threshold_ = std::min(threshold_, high * kSlack);
}

void Search::DropBeyondThreshold() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < candidates_.size; ++i) {
    candidates_.where_bits[kept] = candidates_.where_bits[i];
    const float haversine = candidates_.haversine[i];
    candidates_.haversine[kept] = haversine;
    kept += haversine <= threshold_;
  }
  candidates_.size = kept;
}

std::span<const Hit> Search::Hits() {
  const std::size_t n = hits_.size();
  exact_haversines_.resize(n);
  distances_.resize(n);
  loops_->distances(center_.scan_center(), lat_.data(), lng_.data(), n, exact_haversines_.data(),
                    distances_.data());
  const DistanceFrom distance(center_.position());
  std::size_t within = 0;
  for (std::size_t i = 0; i < n; ++i) {
    Hit& hit = hits_[i];
    hit.distance_m =
        exact_haversines_[i] > 0.5 ? distance.BeyondAQuarter(hit.position) : distances_[i];
    if (hit.distance_m <= radius_m_) hits_[within++] = hit;
  }
  hits_.resize(within);
  if (hits_.size() > 2 * limit_) {  // far more at one distance than are asked for
    std::nth_element(hits_.begin(), hits_.begin() + static_cast<std::ptrdiff_t>(limit_),
                     hits_.end());
    hits_.resize(limit_);
  }
  SortHits();
  if (hits_.size() > limit_) hits_.resize(limit_);
  return hits_;
}

// Makes hits of the candidates, but for their distances, and columns of their coordinates. Whoever
// has moved since the scan is taken as they are now.
void Search::ReadHits() {
  for (std::size_t i = 0; i < candidates_.size; ++i) {
    const Where where = candidates_.where(i);
    const ItemBlock& block = tree_->leaves_[where.leaf()].block;
    __builtin_prefetch(block.id() + where.slot());
    __builtin_prefetch(block.stamp() + where.slot());
  }
  hits_.resize(candidates_.size);
  lat_.resize(candidates_.size);
  lng_.resize(candidates_.size);
  std::size_t read = 0;
  for (std::size_t i = 0; i < candidates_.size; ++i) {
    const Where where = candidates_.where(i);
    const std::size_t slot = where.slot();
    const ItemTree::Leaf& leaf = tree_->leaves_[where.leaf()];
    bool admitted = true;
    leaf.in_place.ReadConsistently([&] {
      hits_[read] = {0, leaf.block.id()[slot], leaf.block.PositionOf(slot),
                     leaf.block.StampOf(slot)};
      if (filter_.AsksForMask()) admitted = filter_.AdmitsMask(leaf.block.MaskOf(slot));
    });
    lat_[read] = hits_[read].position.lat;
    lng_[read] = hits_[read].position.lng;
    read += admitted;
  }
  hits_.resize(read);
}

// Deals the hits to as many buckets as there are hits, by the square of their distance: in a small
// area that spreads them evenly, and what is left to do within a bucket is little.
void Search::SortHits() {
  const std::size_t n = hits_.size();
  double farthest_m = 0;
  for (const Hit& hit : hits_) farthest_m = std::max(farthest_m, hit.distance_m);
  if (n < 2 || farthest_m == 0) {
    std::sort(hits_.begin(), hits_.end());
    return;
  }
  const double buckets_per_square = static_cast<double>(n) / (farthest_m * farthest_m);
  const auto bucket_of = [&](const Hit& hit) {
    const double bucket = hit.distance_m * hit.distance_m * buckets_per_square;
    return std::min(static_cast<std::size_t>(bucket), n - 1);
  };
  bucket_ends_.assign(n + 1, 0);
  for (const Hit& hit : hits_) ++bucket_ends_[bucket_of(hit) + 1];
  for (std::size_t i = 1; i < n; ++i) bucket_ends_[i] += bucket_ends_[i - 1];
  sorted_hits_.resize(n);
  for (const Hit& hit : hits_) sorted_hits_[bucket_ends_[bucket_of(hit)]++] = hit;
  for (std::size_t bucket = 0, begin = 0; bucket < n; ++bucket) {
    const std::size_t end = bucket_ends_[bucket];
    if (end - begin > 1) {
      std::sort(sorted_hits_.begin() + static_cast<std::ptrdiff_t>(begin),
                sorted_hits_.begin() + static_cast<std::ptrdiff_t>(end));
    }
    begin = end;
  }
  hits_.swap(sorted_hits_);
}

std::size_t Search::Count(const ItemTree& tree, Position center, double radius_m,
                          const ItemFilter& filter) {
  Start(tree, center, radius_m, filter);
  CollectWithin();
  // The approximation leaves only those in doubt who are next to the circle.
  const float surely_within = threshold_ / (kSlack * kSlack);
  const DistanceFrom distance(center);
  std::size_t count = 0;
  for (std::size_t i = 0; i < candidates_.size; ++i) {
    bool within = candidates_.haversine[i] <= surely_within;
    if (!within) {
      const Where where = candidates_.where(i);
      const ItemTree::Leaf& leaf = tree.leaves_[where.leaf()];
      Position position;
      leaf.in_place.ReadConsistently([&] { position = leaf.block.PositionOf(where.slot()); });
      within = distance(position) <= radius_m;
    }
    count += within;
  }
  return count;
}

void Search::Trim(std::size_t bytes) {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  if (held(parts_) + held(candidates_.haversine) + held(candidates_.where_bits) + held(lat_) +
          held(lng_) + held(exact_haversines_) + held(distances_) + held(hits_) +
          held(sorted_hits_) + held(bucket_ends_) >
      bytes) {
    *this = Search(*loops_);
  }
}

}  // namespace moyeo::spatial
