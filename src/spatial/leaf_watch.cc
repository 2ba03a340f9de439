#include "spatial/leaf_watch.h"

#include <algorithm>

namespace moyeo::spatial {
namespace {

// What one call looks at, some microseconds' worth.
constexpr std::uint32_t kLeavesTogether = 256;
constexpr std::size_t kItemsTogether = 1024;

}  // namespace

bool LeafWatch::Read(const ItemTree& tree, std::uint32_t version, std::int64_t above,
                     std::int64_t through, std::uint32_t& begin) {
  visits_.clear();
  items_.clear();
  const std::uint32_t all = tree.leaves_.end();
  seen_.resize(std::max<std::size_t>(seen_.size(), all));
  const std::uint32_t end = std::min(begin + kLeavesTogether, all);
  bool has_changed = false;
  std::uint32_t number = begin;
  for (; number < end && items_.size() < kItemsTogether; ++number) {
    const ItemTree::Leaf& leaf = tree.leaves_[number];
    Seen& seen = seen_[number];
    const ItemTree::LeafMark now{leaf.born, leaf.lock.version()};
    bool is_changed = seen.mark.born != now.born || seen.mark.version != now.version;
    if (!leaf.is_removed && leaf.Oldest() <= through && above < through) {
      const ItemBlock block = leaf.Block();
      for (std::size_t slot = 0; slot < leaf.Count(); ++slot) {
        const std::int64_t stamp = block.StampOf(slot);
        is_changed |= stamp > above && stamp <= through;
      }
    }
    if (!is_changed) continue;
    has_changed = true;
    const bool is_same = seen.mark.born == now.born && seen.cell == leaf.cell;
    seen.mark = now;
    if (leaf.is_removed || (is_same && seen.clear_version == version)) continue;
    seen.cell = leaf.cell;
    seen.clear_version = 0;
    const std::size_t read_before = items_.size();
    seen.mark.version = leaf.lock.ReadConsistently([&] {
      items_.resize(read_before);
      const ItemBlock block = leaf.Block();
      for (std::size_t slot = 0; slot < leaf.Count(); ++slot) items_.push_back(block.Get(slot));
    });
    visits_.push_back({number, leaf.cell, static_cast<std::uint32_t>(read_before),
                       static_cast<std::uint32_t>(items_.size())});
  }
  begin = number == all ? 0 : number;
  return has_changed;
}

void LeafWatch::SetClear(const Visit& visit, std::uint32_t version) {
  seen_[visit.leaf].clear_version = version;
}

std::size_t LeafWatch::bytes() const {
  return seen_.capacity() * sizeof(Seen) + visits_.capacity() * sizeof(Visit) +
         items_.capacity() * sizeof(Item);
}

}  // namespace moyeo::spatial
