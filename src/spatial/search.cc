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

float HaversineIn(std::uint64_t ordered) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(ordered >> 32));
}

}  // namespace

Search::Part::Part(float bound, Kind kind, std::uint32_t index)
    : bits_(Ordered(bound, static_cast<std::uint32_t>(kind) << 28 | index)) {}

float Search::Part::bound() const { return HaversineIn(bits_); }

Search::Candidate::Candidate(float haversine, Where where)
    : bits_(Ordered(haversine, where.bits())) {}

float Search::Candidate::haversine() const { return HaversineIn(bits_); }

void Search::Start(const ItemTree& tree, Position center, double radius_m,
                   const ItemFilter& filter) {
  tree_ = &tree;
  center_ = QueryPoint(center);
  filter_ = filter;
  threshold_ = static_cast<float>(HaversineOfMeters(radius_m)) * kSlack;
  parts_.clear();
  candidates_.clear();
  hits_.clear();
}

std::span<const Hit> Search::Nearest(const ItemTree& tree, Position center, double radius_m,
                                     std::size_t limit, const ItemFilter& filter) {
  if (limit >= tree.size()) return Within(tree, center, radius_m, filter);
  Start(tree, center, radius_m, filter);
  CollectNearest(limit);
  return DecideHits(radius_m, limit);
}

std::span<const Hit> Search::Within(const ItemTree& tree, Position center, double radius_m,
                                    const ItemFilter& filter) {
  Start(tree, center, radius_m, filter);
  CollectWithin();
  return DecideHits(radius_m, candidates_.size());
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
  constexpr int kNoPlace = -1;
  PushChildren(node, kNoPlace);
  push_outside(node);

  std::size_t enough = 2 * limit + kMaxItems;
  while (!parts_.empty()) {
    std::pop_heap(parts_.begin(), parts_.end(), std::greater());
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.bound() > threshold_) break;
    switch (part.kind()) {
      case Part::kLeaf:
        ScanLeaf(part.index());
        if (candidates_.size() >= enough) {
          KeepNearest(limit);
          // Many at one distance cannot be told apart yet: do not try again for each leaf.
          enough = std::max(enough, 2 * candidates_.size());
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
    parts_.emplace_back(bound, child.is_node() ? Part::kNode : Part::kLeaf, child.index());
    std::push_heap(parts_.begin(), parts_.end(), std::greater());
  }
}

void Search::CollectWithin() {
  parts_.emplace_back(0.0f, Part::kNode, ItemTree::kRoot);
  while (!parts_.empty()) {
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.kind() == Part::kLeaf) {
      ScanLeaf(part.index());
      continue;
    }
    const ItemTree::NodeInfo& info = tree_->node_infos_[part.index()];
    const std::array<ItemTree::Child, 16>& children = tree_->nodes_[part.index()].children;
    const std::array<float, 16> bounds = center_.ChildBounds(info.cell, info.layout);
    for (int place = 0; place < 16;) {
      const ItemTree::Child child = children[static_cast<std::size_t>(place)];
      const auto first = bounds.begin() + place;
      place += child.run();
      if (child.is_nothing()) continue;
      const float bound = *std::min_element(first, first + child.run());
      if (bound > threshold_) continue;
      parts_.emplace_back(bound, child.is_node() ? Part::kNode : Part::kLeaf, child.index());
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
  const ItemBlock& block = leaf.block;
  std::array<float, kMaxItems> haversines;
  center_.Haversines(block.lat(), block.lng(), leaf.count, haversines.data());

  const std::size_t before = candidates_.size();
  candidates_.resize(before + leaf.count);
  std::size_t kept = before;
  for (std::size_t i = 0; i < leaf.count; ++i) {
    candidates_[kept] = Candidate(haversines[i], Where(number, i));
    kept += haversines[i] <= threshold_;
  }
  candidates_.resize(kept);

  const bool check_stamps = leaf.oldest <= filter_.stamp_above;
  const bool check_masks = (filter_.all_of | filter_.any_of | filter_.none_of) != 0;
  if (!check_stamps && !check_masks) return;
  const auto is_filtered_out = [&](Candidate candidate) {
    const std::size_t i = candidate.where().slot();
    return block.stamp()[i] <= filter_.stamp_above || !filter_.AdmitsMask(block.mask()[i]);
  };
  candidates_.erase(std::remove_if(candidates_.begin() + static_cast<std::ptrdiff_t>(before),
                                   candidates_.end(), is_filtered_out),
                    candidates_.end());
}

// Drops candidates that cannot be among the `limit` nearest.
void Search::KeepNearest(std::size_t limit) {
  if (candidates_.size() <= limit) return;
  const auto last = candidates_.begin() + static_cast<std::ptrdiff_t>(limit - 1);
  std::nth_element(candidates_.begin(), last, candidates_.end());
  threshold_ = std::min(threshold_, last->haversine() * kSlack);
  candidates_.erase(std::remove_if(last + 1, candidates_.end(),
                                   [&](Candidate c) { return c.haversine() > threshold_; }),
                    candidates_.end());
}

std::span<const Hit> Search::DecideHits(double radius_m, std::size_t limit) {
  KeepNearest(limit);
  const DistanceFrom distance(center_.position());
  for (const Candidate candidate : candidates_) {
    const Where where = candidate.where();
    const ItemBlock& block = tree_->leaves_[where.leaf()].block;
    const std::size_t i = where.slot();
    const Position position = block.PositionOf(i);
    const double distance_m = distance(position);
    if (distance_m > radius_m) continue;
    hits_.push_back({distance_m, block.id()[i], position, block.stamp()[i]});
  }
  if (hits_.size() > limit) {
    std::nth_element(hits_.begin(), hits_.begin() + static_cast<std::ptrdiff_t>(limit), hits_.end());
    hits_.resize(limit);
  }
  std::sort(hits_.begin(), hits_.end());
  return hits_;
}

std::size_t Search::Count(const ItemTree& tree, Position center, double radius_m,
                          const ItemFilter& filter) {
  Start(tree, center, radius_m, filter);
  CollectWithin();
  const DistanceFrom distance(center);
  return static_cast<std::size_t>(
      std::count_if(candidates_.begin(), candidates_.end(), [&](Candidate candidate) {
        const Where where = candidate.where();
        return distance(tree.leaves_[where.leaf()].block.PositionOf(where.slot())) <= radius_m;
      }));
}

void Search::Trim(std::size_t bytes) {
  const std::size_t held = parts_.capacity() * sizeof(Part) +
                           candidates_.capacity() * sizeof(Candidate) +
                           hits_.capacity() * sizeof(Hit);
  if (held > bytes) *this = Search();
}

}  // namespace moyeo::spatial
