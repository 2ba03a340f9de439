#include "spatial/search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <optional>

namespace moyeo::spatial {
namespace {

// Floats that are not negative are ordered as their bits are.
std::uint64_t Ordered(float haversine, std::uint32_t rest) {
  return std::uint64_t{std::bit_cast<std::uint32_t>(haversine)} << 32 | rest;
}

constexpr std::uint32_t kNoNode = 0xFFFFFFFF;

// How often a search begins again because leaves have changed before it read its hits there.
constexpr int kLateReadings = 2;

// After how many leaves a search takes down who has arrived: some tens of microseconds.
constexpr std::size_t kLeavesBetweenArrivals = 256;

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
  number.resize(haversine.size());
}

void Search::Columns::Resize(std::size_t size) {
  id.resize(size);
  stamp.resize(size);
  lat.resize(size);
  lng.resize(size);
}

void Search::Columns::Read(std::size_t i, ItemBlock block, std::size_t slot) {
  const Position position = block.PositionOf(slot);
  id[i] = block.IdOf(slot);
  stamp[i] = block.StampOf(slot);
  lat[i] = position.lat;
  lng[i] = position.lng;
}

void Search::Columns::Copy(std::size_t from, std::size_t to) {
  id[to] = id[from];
  stamp[to] = stamp[from];
  lat[to] = lat[from];
  lng[to] = lng[from];
}

void Search::Start(const ItemTree& tree, Position center, double radius_m, const ItemFilter& filter,
                   Reading reading) {
  tree_ = &tree;
  center_ = QueryPoint(center);
  filter_ = filter;
  radius_m_ = radius_m;
  reading_ = reading;
  arrivals_from_ = tree.arrivals_.settled();
  arrivals_.clear();
  leaves_scanned_ = 0;
  threshold_ = static_cast<float>(HaversineOfMeters(radius_m)) * kSlack;
  from_ = 0;
  has_lowered_threshold_ = false;
  has_given_up_ = false;
  parts_.clear();
  candidates_.size = 0;
  scanned_.clear();
  read_.Resize(0);
}

bool Search::FindNearest(const ItemTree& tree, Position center, double radius_m, std::size_t limit,
                         const ItemFilter& filter, double from_m) {
  if (limit >= tree.size()) return FindWithin(tree, center, radius_m, filter);
  const auto find = [&](Reading reading) {
    Start(tree, center, radius_m, filter, reading);
    from_ = static_cast<float>(HaversineOfMeters(from_m)) / kSlack;
    limit_ = limit;
    if (!CollectNearest(limit)) return false;
    if (candidates_.size > limit) {
      LowerThreshold(limit);
      DropBeyondThreshold();
    }
    return ReadHits();
  };
  for (int i = 0; i < kLateReadings; ++i) {
    if (find(Reading::kLate) && AddArrivals()) return true;
  }
  return find(Reading::kAtOnce) && AddArrivals();
}

bool Search::FindWithin(const ItemTree& tree, Position center, double radius_m,
                        const ItemFilter& filter, std::size_t most) {
  Start(tree, center, radius_m, filter, Reading::kAtOnce);
  limit_ = SIZE_MAX;
  return CollectWithin(most) && (has_given_up_ || AddArrivals());
}

// From the deepest node around the centre outwards: most searches never see the top of the tree. A
// search that reads at once goes from the top down instead, where no change can get in its way.
bool Search::CollectNearest(std::size_t limit) {
  std::uint32_t node = ItemTree::kRoot;
  while (reading_ == Reading::kLate) {
    const ItemTree::NodeInfo& info = tree_->node_infos_[node];
    const ItemTree::Child child =
        tree_->nodes_[node].ChildAt(ChildOf(info.cell, info.layout, center_.grid()));
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
  PushChildren(node, kNoNode);
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
        if (!ScanLeaf(part.index())) return false;
        if (candidates_.size >= enough) {
          LowerThreshold(limit);
          DropBeyondThreshold();
          // Not again for every few more of a great many.
          enough = candidates_.size + candidates_.size / 16 + 1;
        }
        break;
      case Part::kNode:
        PushChildren(part.index(), kNoNode);
        break;
      case Part::kOutsideOfNode: {
        const std::uint32_t parent = tree_->node_infos_[part.index()].parent;
        if (!PushChildren(parent, part.index())) return false;
        push_outside(parent);
        break;
      }
    }
  }
  return true;
}

bool Search::PushChildren(std::uint32_t node, std::uint32_t except) {
  auto end = static_cast<std::ptrdiff_t>(parts_.size());
  if (!AddChildren(node, except)) return false;
  while (end < static_cast<std::ptrdiff_t>(parts_.size())) {
    std::push_heap(parts_.begin(), parts_.begin() + ++end, std::greater());
  }
  return true;
}

// Adds the children of a node that may have hits to the parts, but for the node `except`. False if
// that is no child any more: what was below it may have merged with what is beside it.
bool Search::AddChildren(std::uint32_t node, std::uint32_t except) {
  const ItemTree::NodeInfo& info = tree_->node_infos_[node];
  const ItemTree::Children children = tree_->ChildrenOf(node);
  const std::array<float, 16> bounds = center_.ChildBounds(info.cell, info.layout);
  bool met_except = except == kNoNode;
  for (int place = 0; place < 16;) {
    const ItemTree::Child child = children[static_cast<std::size_t>(place)];
    const auto first = bounds.begin() + place;
    place += child.run();
    if (child.is_nothing()) continue;
    if (child.is_node() && child.index() == except) {
      met_except = true;
      continue;
    }
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
  return met_except;
}

void Search::PrefetchItems(std::uint32_t number) const {
  const ItemTree::Leaf& leaf = tree_->leaves_[number];
  const ItemBlock block = leaf.Block();
  for (std::size_t i = 0; i < leaf.Count(); i += kGroupItems) {
    __builtin_prefetch(block.lat() + i);
    __builtin_prefetch(block.lng() + i);
  }
}

bool Search::CollectWithin(std::size_t most) {
  parts_.emplace_back(0.0f, Part::kNode, ItemTree::kRoot);
  while (!parts_.empty()) {
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.kind() == Part::kNode) {
      AddChildren(part.index(), kNoNode);
    } else if (!ScanLeaf(part.index())) {
      return false;
    }
    if (candidates_.size > most) {
      has_given_up_ = true;
      candidates_.size = 0;
      read_.Resize(0);
      return true;
    }
  }
  return true;
}

// Scans a leaf, and what is piled up on it.
bool Search::ScanLeaf(std::uint32_t number) {
  while (number != ItemTree::kNone) {
    number = ScanItems(number);
    if (++leaves_scanned_ % kLeavesBetweenArrivals == 0 && !TakeDownArrivals()) return false;
  }
  return true;
}

// Scans one leaf alone, and tells the next of its pile.
std::uint32_t Search::ScanItems(std::uint32_t number) {
  const ItemTree::Leaf& leaf = tree_->leaves_[number];
  candidates_.Reserve(kMaxItems);
  const std::size_t read_before = read_.size();
  if (reading_ == Reading::kAtOnce) read_.Resize(read_before + kMaxItems);
  std::size_t selected = 0;
  std::uint32_t departures = 0;
  leaf.lock.ReadConsistently([&] {
    // One and the same block throughout: another may be smaller.
    const ItemBlock block = leaf.Block();
    selected = Select(leaf, block, Where(number, 0).bits());
    departures = leaf.departures.load(std::memory_order_relaxed);
    if (reading_ == Reading::kLate) return;
    for (std::size_t i = 0; i < selected; ++i) {
      std::uint32_t& candidate = candidates_.number[candidates_.size + i];
      read_.Read(read_before + i, block, Where(candidate).slot());
      candidate = static_cast<std::uint32_t>(read_before + i);
    }
  });
  candidates_.size += selected;
  if (reading_ == Reading::kAtOnce) read_.Resize(read_before + selected);
  if (reading_ == Reading::kLate) scanned_.push_back({number, departures});
  return leaf.next.load(std::memory_order_acquire);
}

// Writes those of a leaf's items that may be hits behind the candidates, and tells how many. Beside
// changes that is nonsense, but no more than a leaf can hold.
std::size_t Search::Select(const ItemTree::Leaf& leaf, ItemBlock block, std::uint32_t first) {
  const std::size_t count = std::min(leaf.Count(), block.capacity());
  if (count == 0) return 0;
  float* const haversines = candidates_.haversine.data() + candidates_.size;
  std::uint32_t* const numbers = candidates_.number.data() + candidates_.size;
  const std::size_t selected = SelectBesideMoves(*loops_, center_.scan_center(), block, count,
                                                 threshold_, first, haversines, numbers);
  if (leaf.Oldest() > filter_.stamp_above && !filter_.AsksForMask() && filter_.skipped.empty() &&
      from_ == 0) {
    return selected;
  }
  std::size_t admitted = 0;
  for (std::size_t i = 0; i < selected; ++i) {
    const std::size_t slot = Where(numbers[i]).slot();
    haversines[admitted] = haversines[i];
    numbers[admitted] = numbers[i];
    admitted += haversines[i] >= from_ && block.StampOf(slot) > filter_.stamp_above &&
                filter_.AdmitsMask(block.MaskOf(slot)) && filter_.AdmitsId(block.IdOf(slot));
  }
  return admitted;
}

// To a haversine that at least `limit` candidates are within, and seldom many more. Counting is
// far cheaper than selecting, and a few counts are enough, since in a small area haversines are
// spread evenly: the guesses interpolate.
//
// REQUIRES: there are at least `limit` candidates
void Search::LowerThreshold(std::size_t limit) {
  const float* const haversines = candidates_.haversine.data();
  const HaversineRange range = loops_->range(haversines, candidates_.size);
  float low = range.least;
  std::size_t low_count = 1;
  float high = limit == 1 ? low : range.greatest;
  std::size_t high_count = limit == 1 ? 1 : candidates_.size;
  const std::size_t few_enough = limit + limit / 8;
  for (int guesses = 0; guesses < 8 && high_count > few_enough; ++guesses) {
    const std::size_t wanted = limit + (few_enough - limit) / 2;
    const float share =
        static_cast<float>(wanted - low_count) / static_cast<float>(high_count - low_count);
    const float guess = low + (high - low) * std::min(share, 0.9f);
    const std::size_t count = loops_->count(haversines, candidates_.size, guess);
    if (count >= limit) {
      high = guess;
      high_count = count;
    } else {
      low = guess;
      low_count = count;
    }
  }
  threshold_ = std::min(threshold_, high * kSlack);
  has_lowered_threshold_ = true;
}

void Search::DropBeyondThreshold() {
  candidates_.size = loops_->keep(candidates_.haversine.data(), candidates_.number.data(),
                                  candidates_.size, threshold_);
}

// Reads the candidates. Whoever has moved since the scan is taken as they are now; false if another
// may be in their place.
bool Search::ReadHits() {
  if (reading_ == Reading::kAtOnce) {
    KeepCandidates();
    return true;
  }
  for (std::size_t i = 0; i < candidates_.size; ++i) {
    const Where where = candidates_.where(i);
    const ItemBlock block = tree_->leaves_[where.leaf()].Block();
    __builtin_prefetch(block.id() + where.slot());
    __builtin_prefetch(block.stamp() + where.slot());
  }
  read_.Resize(candidates_.size);
  std::size_t read = 0;
  auto scanned = scanned_.begin();
  for (std::size_t begin = 0; begin < candidates_.size;) {
    // The candidates are in the order in which leaves were scanned.
    const std::uint32_t number = candidates_.where(begin).leaf();
    while (scanned->leaf != number) ++scanned;
    const ItemTree::Leaf& leaf = tree_->leaves_[number];
    std::size_t end = begin;
    std::size_t read_here = 0;
    bool is_same = true;
    leaf.lock.ReadConsistently([&] {
      // In this order: a block is exchanged for a smaller one only after a departure was counted.
      const ItemBlock block = leaf.Block();
      is_same = leaf.departures.load(std::memory_order_relaxed) == scanned->departures;
      if (!is_same) return;
      read_here = read;
      for (end = begin; end < candidates_.size && candidates_.where(end).leaf() == number; ++end) {
        const std::size_t slot = candidates_.where(end).slot();
        read_.Read(read_here, block, slot);
        read_here += !filter_.AsksForMask() || filter_.AdmitsMask(block.MaskOf(slot));
      }
    });
    if (!is_same) return false;
    read = read_here;
    begin = end;
  }
  read_.Resize(read);
  return true;
}

// Of all that have been read at once. They and the candidates are in the same order.
void Search::KeepCandidates() {
  for (std::size_t i = 0; i < candidates_.size; ++i) read_.Copy(candidates_.number[i], i);
  read_.Resize(candidates_.size);
}

bool Search::TakeDownArrivals() { return tree_->arrivals_.CopySince(arrivals_from_, arrivals_); }

// Puts right what the search may have missed or met twice, because it went from leaf to leaf.
bool Search::AddArrivals() {
  if (!TakeDownArrivals()) return false;
  if (arrivals_.empty()) return true;
  std::sort(arrivals_.begin(), arrivals_.end());
  arrivals_.erase(std::unique(arrivals_.begin(), arrivals_.end()), arrivals_.end());
  is_found_.assign(arrivals_.size(), false);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < read_.size(); ++i) {
    read_.Copy(i, kept);
    const auto arrival = std::lower_bound(arrivals_.begin(), arrivals_.end(), read_.id[i]);
    if (arrival != arrivals_.end() && *arrival == read_.id[i]) {
      const auto number = static_cast<std::size_t>(arrival - arrivals_.begin());
      kept += !is_found_[number];
      is_found_[number] = true;
    } else {
      ++kept;
    }
  }
  read_.Resize(kept);
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    if (is_found_[i]) continue;
    std::optional<Item> item;
    if (!tree_->TryFind(arrivals_[i], item)) return false;
    if (item && item->stamp > filter_.stamp_above && filter_.AdmitsMask(item->mask) &&
        filter_.AdmitsId(item->id)) {
      read_.id.push_back(item->id);
      read_.stamp.push_back(item->stamp);
      read_.lat.push_back(item->position.lat);
      read_.lng.push_back(item->position.lng);
    }
  }
  return true;
}

std::span<const Hit> Search::Hits() {
  RankHits();
  hits_.resize(std::min(ranked_.size(), limit_));
  for (std::size_t i = 0; i < hits_.size(); ++i) {
    const auto& [distance_m, number] = ranked_[i];
    hits_[i] = {distance_m, read_.id[number], read_.PositionOf(number), read_.stamp[number]};
  }
  return hits_;
}

bool Search::HasNearest(std::size_t wanted) const {
  if (!has_lowered_threshold_) return true;
  return hits_.size() >= wanted &&
         static_cast<float>(HaversineOfMeters(hits_[wanted - 1].distance_m)) <= threshold_;
}

bool Search::IsBefore(const Ranked& a, const Ranked& b) const {
  return a.distance_m != b.distance_m ? a.distance_m < b.distance_m
                                      : read_.id[a.number] < read_.id[b.number];
}

// Measures what has been read, and puts what is within the radius in order. Deals it to as many
// buckets as there are hits, by the square of the distance: in a small area that spreads them
// evenly, and what is left to do within a bucket is little.
void Search::RankHits() {
  const std::size_t read = read_.size();
  exact_haversines_.resize(read);
  distances_.resize(read);
  loops_->distances(center_.scan_center(), read_.lat.data(), read_.lng.data(), read,
                    exact_haversines_.data(), distances_.data());
  const DistanceFrom distance(center_.position());
  dealt_.resize(read);
  std::size_t n = 0;
  double farthest_m = 0;
  for (std::size_t i = 0; i < read; ++i) {
    const double distance_m =
        exact_haversines_[i] > 0.5 ? distance.BeyondAQuarter(read_.PositionOf(i)) : distances_[i];
    dealt_[n] = {distance_m, static_cast<std::uint32_t>(i)};
    if (distance_m > radius_m_) continue;
    farthest_m = std::max(farthest_m, distance_m);
    ++n;
  }
  dealt_.resize(n);
  const auto is_before = [&](const Ranked& a, const Ranked& b) { return IsBefore(a, b); };
  if (n / 2 > limit_) {  // far more at one distance than are asked for
    std::ranges::nth_element(dealt_, dealt_.begin() + static_cast<std::ptrdiff_t>(limit_),
                             is_before);
    n = limit_;
    dealt_.resize(n);
  }

  const double buckets_per_square =
      farthest_m > 0 ? static_cast<double>(n) / (farthest_m * farthest_m) : 0;
  const auto bucket_of = [&](const Ranked& hit) {
    const double bucket = hit.distance_m * hit.distance_m * buckets_per_square;
    return std::min(static_cast<std::uint32_t>(bucket), static_cast<std::uint32_t>(n - 1));
  };
  bucket_ends_.assign(n + 1, 0);
  for (const Ranked& hit : dealt_) ++bucket_ends_[bucket_of(hit) + 1];
  for (std::size_t i = 1; i < n; ++i) bucket_ends_[i] += bucket_ends_[i - 1];
  ranked_.resize(n);
  for (const Ranked& hit : dealt_) ranked_[bucket_ends_[bucket_of(hit)]++] = hit;
  for (std::size_t bucket = 0, begin = 0; bucket < n; ++bucket) {
    const std::size_t end = bucket_ends_[bucket];
    if (end - begin == 2) {
      if (IsBefore(ranked_[begin + 1], ranked_[begin]))
        std::swap(ranked_[begin], ranked_[begin + 1]);
    } else if (end - begin > 2) {
      std::sort(ranked_.begin() + static_cast<std::ptrdiff_t>(begin),
                ranked_.begin() + static_cast<std::ptrdiff_t>(end), is_before);
    }
    begin = end;
  }
}

bool Search::Count(const ItemTree& tree, Position center, double radius_m, const ItemFilter& filter,
                   std::size_t& count) {
  Start(tree, center, radius_m, filter, Reading::kLate);
  if (!CollectWithin(SIZE_MAX)) return false;
  // The approximation leaves only those in doubt who are next to the circle.
  const float surely_within = threshold_ / (kSlack * kSlack);
  std::size_t in_doubt = 0;
  for (std::size_t i = 0; i < candidates_.size; ++i) {
    candidates_.number[in_doubt] = candidates_.number[i];
    in_doubt += candidates_.haversine[i] > surely_within;
  }
  count = candidates_.size - in_doubt;
  candidates_.size = in_doubt;
  if (ReadHits() && TakeDownArrivals() && arrivals_.empty()) {
    const DistanceFrom distance(center);
    for (std::size_t i = 0; i < read_.size(); ++i) {
      count += distance(read_.PositionOf(i)) <= radius_m;
    }
    return true;
  }

  // Those who went from leaf to leaf must be known by name.
  if (!FindWithin(tree, center, radius_m, filter)) return false;
  count = Hits().size();
  return true;
}

std::size_t Search::bytes() const {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return held(parts_) + held(candidates_.haversine) + held(candidates_.number) + held(scanned_) +
         held(arrivals_) + held(read_.id) + held(read_.stamp) + held(read_.lat) + held(read_.lng) +
         held(exact_haversines_) + held(distances_) + held(ranked_) + held(dealt_) +
         held(bucket_ends_) + held(hits_);
}

void Search::Trim(std::size_t bytes) {
  if (this->bytes() > bytes) *this = Search(*loops_);
}

}  // namespace moyeo::spatial
