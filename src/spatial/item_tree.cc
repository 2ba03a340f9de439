#include "spatial/item_tree.h"

#include <algorithm>
#include <bitset>
#include <utility>

namespace moyeo::spatial {
namespace {

// A leaf that falls to a quarter is merged with its buddy if the two fill a leaf to half, so that
// neither a few insertions nor a few erasures undo what was just done.
constexpr std::size_t kSparseItems = kMaxItems / 4;
constexpr std::size_t kMergedItems = kMaxItems / 2;

std::size_t GroupsFor(std::size_t items) { return (items + kGroupItems - 1) / kGroupItems; }

}  // namespace

ItemTree::ItemTree() { Clear(); }

void ItemTree::Clear() {
  nodes_.Clear();
  node_infos_.Clear();
  leaves_.Clear();
  piles_.Clear();
  blocks_.Clear();
  map_.Clear();
  size_ = 0;
  sweep_path_ = 0;
  sweep_pile_left_ = 0;
  AddNode(Cell(), kNone, 0);
}

std::size_t ItemTree::cell_bytes() const {
  return nodes_.bytes() + node_infos_.bytes() + leaves_.bytes() + piles_.bytes();
}

// ---- Items ----

ItemTree::PutResult ItemTree::Put(std::uint64_t id, Position position, std::int64_t stamp,
                                  std::optional<std::uint32_t> mask) {
  if (const std::optional<PutResult> result = PutInPlace(id, position, stamp, mask)) {
    return *result;
  }
  const std::optional<Where> where = map_.Find(id);
  if (!where) {
    Insert(kRoot, {id, position, stamp, mask.value_or(0)});
    ++size_;
    return PutResult::kInserted;
  }

  const Leaf& leaf = leaves_[where->leaf()];
  const Item held = leaf.block.Get(where->slot());
  if (stamp < held.stamp) return PutResult::kStale;
  std::uint32_t node = leaf.parent;
  while (!node_infos_[node].cell.Contains(ToGrid(position))) node = node_infos_[node].parent;
  Insert(node, {id, position, stamp, mask.value_or(held.mask)});
  EraseAt(*where);
  return PutResult::kUpdated;
}

std::optional<ItemTree::PutResult> ItemTree::PutInPlace(std::uint64_t id, Position position,
                                                        std::int64_t stamp,
                                                        std::optional<std::uint32_t> mask) {
  const std::optional<Where> where = map_.Find(id);
  if (!where) return std::nullopt;
  const Leaf& leaf = leaves_[where->leaf()];
  if (!leaf.cell.Contains(ToGrid(position))) return std::nullopt;
  const std::size_t slot = where->slot();
  leaf.in_place.Lock();
  const bool stale = stamp < leaf.block.StampOf(slot);
  if (!stale) {
    leaf.block.Move(slot, position, stamp);
    if (mask) leaf.block.SetMask(slot, *mask);
  }
  leaf.in_place.Unlock();
  return stale ? PutResult::kStale : PutResult::kUpdated;
}

bool ItemTree::Erase(std::uint64_t id) {
  const std::optional<Where> where = map_.Find(id);
  if (!where) return false;
  map_.Erase(id);
  --size_;
  EraseAt(*where);
  return true;
}

std::optional<Item> ItemTree::Find(std::uint64_t id) const {
  const std::optional<Where> where = map_.Find(id);
  if (!where) return std::nullopt;
  const Leaf& leaf = leaves_[where->leaf()];
  Item item;
  leaf.in_place.ReadConsistently([&] { item = leaf.block.Get(where->slot()); });
  return item;
}

void ItemTree::Prefetch(std::span<const std::uint64_t> ids) const {
  // Three rounds, so that the misses of one round are under way together.
  for (const std::uint64_t id : ids) map_.Prefetch(id);
  for (const std::uint64_t id : ids) {
    if (const std::optional<Where> where = map_.Find(id)) {
      __builtin_prefetch(&leaves_[where->leaf()]);
    }
  }
  for (const std::uint64_t id : ids) {
    if (const std::optional<Where> where = map_.Find(id)) {
      const ItemBlock& block = leaves_[where->leaf()].block;
      __builtin_prefetch(block.lat() + where->slot(), 1);
      __builtin_prefetch(block.lng() + where->slot(), 1);
      __builtin_prefetch(block.stamp() + where->slot(), 1);
    }
  }
}

void ItemTree::Insert(std::uint32_t node, const Item& item) {
  const GridPoint grid = ToGrid(item.position);
  for (;;) {
    const NodeInfo& info = node_infos_[node];
    const int place = ChildOf(info.cell, info.layout, grid);
    const Child child = nodes_[node].children[static_cast<std::size_t>(place)];
    if (child.is_node()) {
      node = child.index();
      continue;
    }
    if (child.is_nothing()) {
      const int first_place = place & -child.run();
      return Append(AddLeaf(node, first_place, child.log2_run()), item);
    }
    const Leaf& leaf = leaves_[child.index()];
    if (leaf.count < kMaxItems) return Append(child.index(), item);
    if (leaf.cell.IsPoint()) return AddToPile(child.index(), item);
    Split(child.index());
  }
}

void ItemTree::Append(std::uint32_t number, const Item& item) {
  Leaf& leaf = leaves_[number];
  if (leaf.count == leaf.block.capacity()) Resize(leaf, leaf.block.groups() + 1);
  leaf.block.Set(leaf.count, item);
  map_.Set(item.id, Where(number, leaf.count));
  leaf.oldest = std::min(leaf.oldest, item.stamp);
  ++leaf.count;
}

void ItemTree::Resize(Leaf& leaf, std::size_t groups) {
  const ItemBlock from = leaf.block;
  leaf.block = blocks_.Allocate(groups);
  if (from.groups() == 0) return;
  std::copy_n(from.lat(), leaf.count, leaf.block.lat());
  std::copy_n(from.lng(), leaf.count, leaf.block.lng());
  std::copy_n(from.stamp(), leaf.count, leaf.block.stamp());
  std::copy_n(from.id(), leaf.count, leaf.block.id());
  std::copy_n(from.mask(), leaf.count, leaf.block.mask());
  blocks_.Free(from);
}

void ItemTree::EraseAt(Where where) {
  const Leaf& leaf = leaves_[where.leaf()];
  const bool piled = leaf.pile != kNone;
  TakeOut(where.leaf(), where.slot());
  if (!piled && leaf.count <= kSparseItems) MergeSparse(leaf.parent, leaf.first_place);
}

void ItemTree::TakeOut(std::uint32_t number, std::size_t slot) {
  // The last item fills the hole: that of the top leaf in a pile, so that the others stay full.
  const std::uint32_t pile = leaves_[number].pile;
  const std::uint32_t donor_number = pile == kNone ? number : piles_[pile].back();
  Leaf& donor = leaves_[donor_number];
  --donor.count;
  if (donor_number != number || donor.count != slot) {
    Leaf& leaf = leaves_[number];
    const Item item = donor.block.Get(donor.count);
    leaf.block.Set(slot, item);
    leaf.oldest = std::min(leaf.oldest, item.stamp);
    map_.Set(item.id, Where(number, slot));
  }
  if (donor.block.capacity() - donor.count >= 2 * kGroupItems) {
    Resize(donor, std::max<std::size_t>(1, GroupsFor(donor.count)));
  }
  if (pile != kNone && donor.count == 0) {
    const std::uint32_t ground = nodes_[donor.parent].children[donor.first_place].index();
    RemoveLeaf(donor_number);
    piles_[pile].pop_back();
    if (piles_[pile].empty()) {
      leaves_[ground].pile = kNone;
      piles_.Remove(pile);
    }
  }
}

// ---- Nodes and leaves ----

std::uint32_t ItemTree::AddNode(const Cell& cell, std::uint32_t parent, int place) {
  const std::uint32_t node = nodes_.Add();
  node_infos_.Add();  // gives the same number
  node_infos_[node] = {cell, LayoutOf(cell), static_cast<std::uint8_t>(place), parent};
  SetRun(node, 0, Child::Nothing(4));
  return node;
}

std::uint32_t ItemTree::AddLeaf(std::uint32_t node, int first_place, int log2_run) {
  const std::uint32_t leaf = leaves_.Add();
  leaves_[leaf].parent = node;
  Cover(leaf, first_place, log2_run);
  return leaf;
}

void ItemTree::RemoveLeaf(std::uint32_t leaf) {
  blocks_.Free(leaves_[leaf].block);
  leaves_.Remove(leaf);
}

void ItemTree::Cover(std::uint32_t number, int first_place, int log2_run) {
  Leaf& leaf = leaves_[number];
  const NodeInfo& info = node_infos_[leaf.parent];
  leaf.first_place = static_cast<std::uint8_t>(first_place);
  leaf.log2_run = static_cast<std::uint8_t>(log2_run);
  leaf.cell = CellOfRun(info.cell, info.layout, first_place, log2_run);
  SetRun(leaf.parent, first_place, Child::Leaf(number, log2_run));
}

void ItemTree::SetRun(std::uint32_t node, int first_place, Child child) {
  std::fill_n(nodes_[node].children.begin() + first_place, child.run(), child);
}

void ItemTree::Split(std::uint32_t number) {
  Leaf& leaf = leaves_[number];
  if (leaf.log2_run == 0) {
    const std::uint32_t node = AddNode(leaf.cell, leaf.parent, leaf.first_place);
    SetRun(leaf.parent, leaf.first_place, Child::Node(node));
    leaf.parent = node;
    leaf.first_place = 0;
    leaf.log2_run = 4;
  }

  const std::uint32_t node = leaf.parent;
  const int log2_half = leaf.log2_run - 1;
  const int lower = leaf.first_place;
  const int upper = lower + (1 << log2_half);
  const NodeInfo& info = node_infos_[node];
  std::bitset<kMaxItems> is_upper;
  for (std::size_t i = 0; i < leaf.count; ++i) {
    is_upper[i] = ChildOf(info.cell, info.layout, ToGrid(leaf.block.PositionOf(i))) >= upper;
  }

  if (is_upper.none()) {
    Cover(number, lower, log2_half);
    SetRun(node, upper, Child::Nothing(log2_half));
  } else if (is_upper.count() == leaf.count) {
    Cover(number, upper, log2_half);
    SetRun(node, lower, Child::Nothing(log2_half));
  } else {
    Cover(number, lower, log2_half);
    const std::uint32_t other = AddLeaf(node, upper, log2_half);
    Resize(leaves_[other], GroupsFor(is_upper.count()));
    // From the last to the first, so that what fills a hole stays.
    for (std::size_t i = leaf.count; i-- > 0;) {
      if (!is_upper[i]) continue;
      Append(other, leaf.block.Get(i));
      TakeOut(number, i);
    }
  }
}

void ItemTree::AddToPile(std::uint32_t ground, const Item& item) {
  Leaf& leaf = leaves_[ground];
  if (leaf.pile == kNone) leaf.pile = piles_.Add();
  std::vector<std::uint32_t>& pile = piles_[leaf.pile];
  if (pile.empty() || leaves_[pile.back()].count == kMaxItems) {
    const std::uint32_t top = leaves_.Add();
    leaves_[top].cell = leaf.cell;
    leaves_[top].parent = leaf.parent;
    leaves_[top].first_place = leaf.first_place;
    leaves_[top].log2_run = leaf.log2_run;
    leaves_[top].pile = leaf.pile;
    pile.push_back(top);
  }
  Append(pile.back(), item);
}

void ItemTree::MergeSparse(std::uint32_t node, int place) {
  const Child child = nodes_[node].children[static_cast<std::size_t>(place)];
  if (!child.is_nothing() && leaves_[child.index()].count == 0) {
    SetRun(node, place & -child.run(), Child::Nothing(child.log2_run()));
    RemoveLeaf(child.index());
  }
  for (;;) {
    while (MergeWithBuddy(node, place)) {
    }
    if (nodes_[node].children[0].log2_run() != 4 || node == kRoot) return;
    const NodeInfo info = node_infos_[node];
    CollapseIntoParent(node);
    node = info.parent;
    place = info.place;
  }
}

bool ItemTree::MergeWithBuddy(std::uint32_t node, int place) {
  const auto child_at = [&](int at) { return nodes_[node].children[static_cast<std::size_t>(at)]; };
  const auto count_of = [&](Child child) {
    return child.is_nothing() ? std::size_t{0} : std::size_t{leaves_[child.index()].count};
  };
  const Child child = child_at(place);
  if (child.log2_run() == 4) return false;
  const int first_place = place & -child.run();
  const Child buddy = child_at(first_place ^ child.run());
  if (buddy.is_node() || buddy.log2_run() != child.log2_run()) return false;
  if (count_of(child) + count_of(buddy) > kMergedItems) return false;

  const int merged_place = first_place & ~child.run();
  const int merged_log2_run = child.log2_run() + 1;
  if (child.is_nothing() && buddy.is_nothing()) {
    SetRun(node, merged_place, Child::Nothing(merged_log2_run));
    return true;
  }
  const auto [fewer, more] =
      count_of(child) < count_of(buddy) ? std::pair(child, buddy) : std::pair(buddy, child);
  if (!fewer.is_nothing()) {
    const Leaf& from = leaves_[fewer.index()];
    for (std::size_t i = 0; i < from.count; ++i) Append(more.index(), from.block.Get(i));
    RemoveLeaf(fewer.index());
  }
  Cover(more.index(), merged_place, merged_log2_run);
  return true;
}

// REQUIRES: one run covers all places of `node`, which is not the root
void ItemTree::CollapseIntoParent(std::uint32_t node) {
  const Child child = nodes_[node].children[0];
  const NodeInfo info = node_infos_[node];
  nodes_.Remove(node);
  node_infos_.Remove(node);
  if (child.is_nothing()) {
    SetRun(info.parent, info.place, Child::Nothing(0));
  } else {
    leaves_[child.index()].parent = info.parent;
    Cover(child.index(), info.place, 0);
  }
}

// ---- Sweeping ----

ItemTree::Stop ItemTree::StopAt(std::uint64_t path) const {
  std::uint32_t node = kRoot;
  for (int shift = 60;; shift -= 4) {
    const int place = static_cast<int>(path >> shift & 15);
    const Child child = nodes_[node].children[static_cast<std::size_t>(place)];
    if (child.is_node()) {
      node = child.index();
      continue;
    }
    const int first_place = place & -child.run();
    const std::uint64_t before = path >> shift >> 4 << 4 << shift;
    return {node, first_place,
            before + (static_cast<std::uint64_t>(first_place + child.run()) << shift)};
  }
}

ItemTree::SweepResult ItemTree::Sweep(std::int64_t stamp_through, std::size_t budget) {
  const std::size_t size_before = size_;
  bool complete = false;
  for (std::size_t looked_at = 0; looked_at < budget && !complete;) {
    const Stop stop = StopAt(sweep_path_);
    const Child child = nodes_[stop.node].children[static_cast<std::size_t>(stop.place)];
    ++looked_at;
    if (!child.is_nothing()) {
      looked_at += SweepPile(child.index(), stamp_through, budget - looked_at);
      if (sweep_pile_left_ > 0) break;
      looked_at += SweepItems(child.index(), stamp_through);
      const Leaf& leaf = leaves_[child.index()];
      if (leaf.count <= kSparseItems) MergeSparse(stop.node, stop.place);
    }
    sweep_path_ = stop.next_path;
    complete = sweep_path_ == 0;
  }
  return {size_before - size_, complete};
}

// Goes down a pile, so that what fills the holes has been looked at, and stops where `budget` is
// used up with sweep_pile_left_ > 0.
std::size_t ItemTree::SweepPile(std::uint32_t ground, std::int64_t stamp_through,
                                std::size_t budget) {
  std::size_t looked_at = 0;
  const auto pile_size = [&] {
    const std::uint32_t pile = leaves_[ground].pile;
    return pile == kNone ? std::size_t{0} : piles_[pile].size();
  };
  std::size_t left = sweep_pile_left_ == 0 ? pile_size() : std::min(sweep_pile_left_, pile_size());
  for (; left > 0 && looked_at < budget; --left) {
    looked_at += SweepItems(piles_[leaves_[ground].pile][left - 1], stamp_through);
  }
  sweep_pile_left_ = std::min(left, pile_size());
  return looked_at;
}

std::size_t ItemTree::SweepItems(std::uint32_t number, std::int64_t stamp_through) {
  Leaf& leaf = leaves_[number];
  if (leaf.oldest > stamp_through) return 1;
  const std::size_t looked_at = 1 + std::size_t{leaf.count};
  for (std::size_t slot = leaf.count; slot-- > 0;) {
    if (leaf.block.stamp()[slot] > stamp_through) continue;
    map_.Erase(leaf.block.id()[slot]);
    --size_;
    TakeOut(number, slot);
  }
  if (leaf.count > 0) {
    leaf.oldest = *std::min_element(leaf.block.stamp(), leaf.block.stamp() + leaf.count);
  }
  return looked_at;
}

// ---- For tests ----

std::string ItemTree::CheckInvariants() const {
  std::size_t items = 0;
  std::size_t leaves = 0;
  std::size_t nodes = 0;
  std::size_t piles = 0;
  std::string error;
  const auto expect = [&](bool is_true, const char* what) {
    if (!is_true && error.empty()) error = what;
  };

  const auto check_items = [&](std::uint32_t number) {
    const Leaf& leaf = leaves_[number];
    ++leaves;
    items += leaf.count;
    expect(leaf.count > 0, "a leaf has items");
    expect(leaf.count <= leaf.block.capacity(), "a leaf's items fit into its block");
    expect(leaf.block.capacity() - leaf.count < 2 * kGroupItems,
           "a block has no more room than needed");
    for (std::size_t i = 0; i < leaf.count; ++i) {
      const Item item = leaf.block.Get(i);
      expect(leaf.cell.Contains(ToGrid(item.position)), "an item is in its leaf's cell");
      expect(item.stamp >= leaf.oldest, "no item is older than its leaf's oldest");
      expect(map_.Find(item.id) == Where(number, i), "the map knows where an item is");
    }
  };

  const auto check_leaf = [&](std::uint32_t node, int place, Child child) {
    const NodeInfo& info = node_infos_[node];
    const Leaf& leaf = leaves_[child.index()];
    check_items(child.index());
    expect(leaf.parent == node && leaf.first_place == place && leaf.log2_run == child.log2_run() &&
               leaf.cell == CellOfRun(info.cell, info.layout, place, child.log2_run()),
           "a leaf knows where it hangs");
    if (leaf.pile == kNone) return;
    ++piles;
    const std::vector<std::uint32_t>& pile = piles_[leaf.pile];
    expect(leaf.cell.IsPoint() && leaf.count == kMaxItems && !pile.empty(),
           "a pile stands on the full leaf of one grid point");
    for (const std::uint32_t piled : pile) {
      const Leaf& other = leaves_[piled];
      check_items(piled);
      expect(other.count == kMaxItems || piled == pile.back(), "a pile is full below its top");
      expect(other.cell == leaf.cell && other.parent == node && other.first_place == place &&
                 other.pile == leaf.pile,
             "a piled leaf knows where it hangs");
    }
  };

  const auto check_node = [&](const auto& self, std::uint32_t node, const Cell& cell) -> void {
    ++nodes;
    const NodeInfo& info = node_infos_[node];
    const std::array<Child, 16>& children = nodes_[node].children;
    expect(info.cell == cell, "a node knows its cell");
    expect(node == kRoot || children[0].is_node() || children[0].log2_run() < 4,
           "a node has more than one child");
    for (int place = 0; place < 16;) {
      const Child child = children[static_cast<std::size_t>(place)];
      for (int i = place; i < place + child.run(); ++i) {
        expect(children[static_cast<std::size_t>(i)] == child, "a run has one child");
      }
      if (!error.empty()) return;
      if (child.is_node()) {
        expect(
            node_infos_[child.index()].parent == node && node_infos_[child.index()].place == place,
            "a node knows where it hangs");
        self(self, child.index(), CellOfRun(cell, info.layout, place, 0));
      } else if (!child.is_nothing()) {
        check_leaf(node, place, child);
      }
      place += child.run();
    }
  };

  check_node(check_node, kRoot, Cell());
  expect(items == size_ && map_.size() == size_, "the map and the tree have the same items");
  expect(leaves == leaves_.size(), "no leaf is lost");
  expect(nodes == nodes_.size() && nodes == node_infos_.size(), "no node is lost");
  expect(piles == piles_.size(), "no pile is lost");
  return error;
}

}  // namespace moyeo::spatial
