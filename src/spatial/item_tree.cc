#include "spatial/item_tree.h"

#include <algorithm>
#include <bitset>
#include <cassert>
#include <mutex>
#include <utility>

namespace moyeo::spatial {
namespace {

// A leaf that falls to a quarter is merged with its buddy if the two fill a leaf to half, so that
// neither a few insertions nor a few erasures undo what was just done.
constexpr std::size_t kSparseItems = kMaxItems / 4;
constexpr std::size_t kMergedItems = kMaxItems / 2;

// Readers are looked for when so much has been taken out.
constexpr std::size_t kRetiredTogether = 32;

std::size_t GroupsFor(std::size_t items) { return (items + kGroupItems - 1) / kGroupItems; }

}  // namespace

ItemTree::ItemTree(Readers* readers, std::uint64_t remembered_arrivals)
    : readers_(readers), arrivals_(remembered_arrivals) {
  AddNode(Cell(), kNone, 0);
}

std::size_t ItemTree::cell_bytes() const {
  std::size_t bytes = nodes_.bytes() + node_infos_.bytes() + leaves_.bytes() + arrivals_.bytes();
  for (const auto& [ground, pile] : piles_) {
    bytes += sizeof(std::pair(ground, pile)) + pile.capacity() * sizeof(ground);
  }
  return bytes;
}

// ---- Items ----

ItemTree::PutResult ItemTree::Put(const ItemUpdate& update) {
  if (const std::optional<PutResult> result = PutInPlace(update)) return *result;
  const auto& [id, position, stamp, mask, gone_through] = update;
  const std::optional<ItemMap::Found> found = map_.Find(id);
  if (!found) {
    Insert(kRoot, {id, position, stamp, mask.value_or(0)});
    size_.fetch_add(1, std::memory_order_relaxed);
    Settle();
    return PutResult::kInserted;
  }

  // It must leave its leaf: nothing else disturbs PutInPlace while nobody else changes the tree.
  const Where where = found->where();
  Leaf& leaf = leaves_[where.leaf()];
  assert(!leaf.cell.Contains(ToGrid(position)));
  {
    // Nobody can move the item while it goes.
    const std::lock_guard lock(leaf.lock);
    // Who will fill the hole is on the way while the new leaf is looked for.
    PrefetchLast(leaf);
    const Item held = leaf.Block().Get(where.slot());
    if (stamp < held.stamp) return PutResult::kStale;
    std::uint32_t node = leaf.parent;
    while (!node_infos_[node].cell.Contains(ToGrid(position))) node = node_infos_[node].parent;
    const std::uint32_t kept_mask = held.stamp > gone_through ? held.mask : 0;
    Insert(node, {id, position, stamp, mask.value_or(kept_mask)});
    TakeOut(where.leaf(), where.slot());
  }
  MendAfterDepartures(where.leaf());
  Settle();
  return PutResult::kUpdated;
}

std::optional<ItemTree::PutResult> ItemTree::PutInPlace(const ItemUpdate& update) const {
  const auto& [id, position, stamp, mask, gone_through] = update;
  constexpr int kTries = 4;
  for (int i = 0; i < kTries; ++i) {
    const std::optional<ItemMap::Found> found = map_.Find(id);
    if (!found) return std::nullopt;
    const Leaf& leaf = leaves_[found->where().leaf()];
    const std::lock_guard lock(leaf.lock);
    // Nobody takes an item from a leaf, or tells the map, without the leaf's lock.
    if (!found->IsCurrent()) continue;
    if (!leaf.cell.Contains(ToGrid(position))) return std::nullopt;
    const std::size_t slot = found->where().slot();
    const ItemBlock block = leaf.Block();
    const std::int64_t held_stamp = block.StampOf(slot);
    if (stamp < held_stamp) return PutResult::kStale;
    block.Move(slot, position, stamp);
    if (mask || held_stamp <= gone_through) block.SetMask(slot, mask.value_or(0));
    return PutResult::kUpdated;
  }
  return std::nullopt;
}

bool ItemTree::Erase(std::uint64_t id) {
  const std::optional<ItemMap::Found> found = map_.Find(id);
  if (!found) return false;
  const Where where = found->where();
  {
    const Leaf& leaf = leaves_[where.leaf()];
    const std::lock_guard lock(leaf.lock);
    PrefetchLast(leaf);
    map_.Erase(id);
    TakeOut(where.leaf(), where.slot());
  }
  size_.fetch_sub(1, std::memory_order_relaxed);
  MendAfterDepartures(where.leaf());
  Settle();
  return true;
}

std::optional<Item> ItemTree::Find(std::uint64_t id) const {
  std::optional<Item> item;
  [[maybe_unused]] const bool found_out = TryFind(id, item);
  assert(found_out);
  return item;
}

bool ItemTree::TryFind(std::uint64_t id, std::optional<Item>& item) const {
  constexpr int kTries = 8;
  for (int i = 0; i < kTries; ++i) {
    item.reset();
    const std::optional<ItemMap::Found> found = map_.Find(id);
    if (!found) return true;
    const Leaf& leaf = leaves_[found->where().leaf()];
    const std::size_t slot = found->where().slot();
    leaf.lock.ReadConsistently([&] {
      const ItemBlock block = leaf.Block();
      const std::size_t held = std::min(leaf.Count(), block.capacity());
      item = slot < held ? std::optional(block.Get(slot)) : std::nullopt;
    });
    if (item && item->id == id) return true;
  }
  return false;
}

void ItemTree::Prefetch(std::span<const std::uint64_t> ids) const {
  // Three rounds, so that the misses of one round are under way together.
  for (const std::uint64_t id : ids) map_.Prefetch(id);
  for (const std::uint64_t id : ids) {
    if (const std::optional<ItemMap::Found> found = map_.Find(id)) {
      __builtin_prefetch(&leaves_[found->where().leaf()]);
    }
  }
  for (const std::uint64_t id : ids) {
    if (const std::optional<ItemMap::Found> found = map_.Find(id)) {
      const ItemBlock block = leaves_[found->where().leaf()].Block();
      __builtin_prefetch(block.lat() + found->where().slot(), 1);
      __builtin_prefetch(block.lng() + found->where().slot(), 1);
      __builtin_prefetch(block.stamp() + found->where().slot(), 1);
    }
  }
}

void ItemTree::Insert(std::uint32_t node, const Item& item) {
  const GridPoint grid = ToGrid(item.position);
  for (;;) {
    const NodeInfo& info = node_infos_[node];
    const int place = ChildOf(info.cell, info.layout, grid);
    const Child child = nodes_[node].ChildAt(place);
    if (child.is_node()) {
      node = child.index();
      continue;
    }
    if (child.is_nothing()) {
      const int first_place = place & -child.run();
      const std::uint32_t number = AddLeaf(node, first_place, child.log2_run());
      {
        const std::lock_guard lock(leaves_[number].lock);
        Append(number, item);
      }
      return SetRun(node, first_place, Child::Leaf(number, child.log2_run()));
    }
    const Leaf& leaf = leaves_[child.index()];
    if (leaf.Count() < kMaxItems) {
      const std::lock_guard lock(leaf.lock);
      return Append(child.index(), item);
    }
    if (leaf.cell.IsPoint()) return AddToPile(child.index(), item);
    Split(child.index());
  }
}

void ItemTree::Append(std::uint32_t number, const Item& item) {
  Leaf& leaf = leaves_[number];
  const std::size_t count = leaf.Count();
  arrivals_.Add(item.id);
  if (count == leaf.Block().capacity()) Resize(leaf, leaf.Block().groups() + 1);
  leaf.Block().Set(count, item);
  leaf.oldest.store(std::min(leaf.Oldest(), item.stamp), std::memory_order_relaxed);
  leaf.count.store(static_cast<std::uint8_t>(count + 1), std::memory_order_relaxed);
  map_.Set(item.id, Where(number, count));
}

void ItemTree::Resize(Leaf& leaf, std::size_t groups) {
  const ItemBlock from = leaf.Block();
  const ItemBlock to = blocks_.Allocate(groups);
  to.CopyFrom(from, leaf.Count());
  leaf.block.store(to, std::memory_order_release);
  Retire(from);
}

// Brings the last item of a leaf, and its place in the map, towards the processor.
void ItemTree::PrefetchLast(const Leaf& leaf) const {
  const ItemBlock block = leaf.Block();
  const std::size_t last = leaf.Count() - 1;
  block.Prefetch(last);
  map_.Prefetch(block.IdOf(last));
}

void ItemTree::TakeOut(std::uint32_t number, std::size_t slot) {
  // The last item fills the hole: that of the top leaf in a pile, so that the others stay full.
  const std::uint32_t ground = leaves_[number].ground;
  const std::uint32_t donor_number = ground == kNone ? number : piles_[ground].back();
  Leaf& leaf = leaves_[number];
  Leaf& donor = leaves_[donor_number];
  std::unique_lock donor_lock(donor.lock, std::defer_lock);
  if (donor_number != number) donor_lock.lock();

  const std::size_t last = donor.Count() - 1;
  leaf.departures.fetch_add(1, std::memory_order_relaxed);
  if (donor_number != number) {
    donor.departures.fetch_add(1, std::memory_order_relaxed);
    arrivals_.Add(donor.Block().IdOf(last));
  }
  if (donor_number != number || last != slot) {
    const Item item = donor.Block().Get(last);
    leaf.Block().Set(slot, item);
    leaf.oldest.store(std::min(leaf.Oldest(), item.stamp), std::memory_order_relaxed);
    map_.Set(item.id, Where(number, slot));
  }
  donor.count.store(static_cast<std::uint8_t>(last), std::memory_order_relaxed);
  // What is left with nothing is removed soon.
  if (last > 0 && donor.Block().capacity() - last >= 2 * kGroupItems) {
    Resize(donor, GroupsFor(last));
  }
  if (ground != kNone && last == 0) RemoveTopOfPile(ground);
}

// ---- Piles ----

void ItemTree::AddToPile(std::uint32_t ground_number, const Item& item) {
  Leaf& ground = leaves_[ground_number];
  std::vector<std::uint32_t>& pile = piles_[ground_number];
  ground.ground = ground_number;
  if (!pile.empty() && leaves_[pile.back()].Count() < kMaxItems) {
    const std::lock_guard lock(leaves_[pile.back()].lock);
    return Append(pile.back(), item);
  }
  const std::uint32_t number = AddLeaf(ground.parent, ground.first_place, ground.log2_run);
  Leaf& top = leaves_[number];
  top.ground = ground_number;
  top.next.store(ground.next.load(std::memory_order_relaxed), std::memory_order_relaxed);
  {
    const std::lock_guard lock(top.lock);
    Append(number, item);
  }
  pile.push_back(number);
  ground.next.store(number, std::memory_order_release);
}

void ItemTree::RemoveTopOfPile(std::uint32_t ground_number) {
  Leaf& ground = leaves_[ground_number];
  std::vector<std::uint32_t>& pile = piles_[ground_number];
  const std::uint32_t top = pile.back();
  ground.next.store(leaves_[top].next.load(std::memory_order_relaxed), std::memory_order_release);
  RemoveLeaf(top);
  pile.pop_back();
  if (pile.empty()) {
    ground.ground = kNone;
    piles_.erase(ground_number);
  }
}

// ---- Nodes and leaves ----

ItemTree::Children ItemTree::ChildrenOf(std::uint32_t node) const {
  Children children;
  node_infos_[node].lock.ReadConsistently([&] {
    for (int place = 0; place < 16; ++place) {
      children[static_cast<std::size_t>(place)] = nodes_[node].ChildAt(place);
    }
  });
  return children;
}

std::uint32_t ItemTree::AddNode(const Cell& cell, std::uint32_t parent, int place) {
  const std::uint32_t node = nodes_.Add();
  node_infos_.Add();  // gives the same number
  NodeInfo& info = node_infos_[node];
  info.cell = cell;
  info.layout = LayoutOf(cell);
  info.place = static_cast<std::uint8_t>(place);
  info.parent = parent;
  SetRun(node, 0, Child::Nothing(4));
  return node;
}

std::uint32_t ItemTree::AddLeaf(std::uint32_t node, int first_place, int log2_run) {
  const std::uint32_t leaf = leaves_.Add();
  leaves_[leaf].parent = node;
  leaves_[leaf].born = ++leaves_born_;
  Cover(leaf, first_place, log2_run);
  return leaf;
}

void ItemTree::RemoveLeaf(std::uint32_t leaf) {
  Retire(leaves_[leaf].Block());
  leaves_[leaf].is_removed = true;
  leaves_.Remove(leaf);
}

void ItemTree::Cover(std::uint32_t number, int first_place, int log2_run) {
  Leaf& leaf = leaves_[number];
  const NodeInfo& info = node_infos_[leaf.parent];
  leaf.first_place = static_cast<std::uint8_t>(first_place);
  leaf.log2_run = static_cast<std::uint8_t>(log2_run);
  leaf.cell = CellOfRun(info.cell, info.layout, first_place, log2_run);
}

void ItemTree::SetRun(std::uint32_t node, int first_place, Child child) {
  const std::lock_guard lock(node_infos_[node].lock);
  FillRun(nodes_[node], first_place, child);
}

void ItemTree::SetRuns(std::uint32_t node, int first_place, Child lower, Child upper) {
  const std::lock_guard lock(node_infos_[node].lock);
  FillRun(nodes_[node], first_place, lower);
  FillRun(nodes_[node], first_place + lower.run(), upper);
}

void ItemTree::FillRun(Node& node, int first_place, Child child) {
  for (int place = first_place; place < first_place + child.run(); ++place) {
    node.children[static_cast<std::size_t>(place)].store(child, std::memory_order_release);
  }
}

void ItemTree::Split(std::uint32_t number) {
  Leaf& leaf = leaves_[number];
  const std::lock_guard lock(leaf.lock);
  if (leaf.log2_run == 0) {
    // Readers find the leaf below the new node, or still in the node's place.
    const std::uint32_t node = AddNode(leaf.cell, leaf.parent, leaf.first_place);
    SetRun(node, 0, Child::Leaf(number, 4));
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
  const ItemBlock block = leaf.Block();
  const std::size_t count = leaf.Count();
  std::bitset<kMaxItems> is_upper;
  for (std::size_t i = 0; i < count; ++i) {
    is_upper[i] = ChildOf(info.cell, info.layout, ToGrid(block.PositionOf(i))) >= upper;
  }

  const Child half = Child::Leaf(number, log2_half);
  if (is_upper.none()) {
    Cover(number, lower, log2_half);
    SetRuns(node, lower, half, Child::Nothing(log2_half));
  } else if (is_upper.count() == count) {
    Cover(number, upper, log2_half);
    SetRuns(node, lower, Child::Nothing(log2_half), half);
  } else {
    const std::uint32_t other = AddLeaf(node, upper, log2_half);
    {
      const std::lock_guard other_lock(leaves_[other].lock);
      Resize(leaves_[other], GroupsFor(is_upper.count()));
      // From the last to the first, so that what fills a hole stays.
      for (std::size_t i = count; i-- > 0;) {
        if (!is_upper[i]) continue;
        Append(other, leaf.Block().Get(i));
        TakeOut(number, i);
      }
    }
    Cover(number, lower, log2_half);
    SetRuns(node, lower, half, Child::Leaf(other, log2_half));
  }
}

void ItemTree::MendAfterDepartures(std::uint32_t number) {
  const Leaf& leaf = leaves_[number];
  if (leaf.ground == kNone && leaf.Count() <= kSparseItems) {
    MergeSparse(leaf.parent, leaf.first_place);
  }
}

void ItemTree::MergeSparse(std::uint32_t node, int place) {
  const Child child = nodes_[node].ChildAt(place);
  if (!child.is_nothing() && leaves_[child.index()].Count() == 0) {
    SetRun(node, place & -child.run(), Child::Nothing(child.log2_run()));
    RemoveLeaf(child.index());
  }
  for (;;) {
    while (MergeWithBuddy(node, place)) {
    }
    if (nodes_[node].ChildAt(0).log2_run() != 4 || node == kRoot) return;
    const std::uint32_t parent = node_infos_[node].parent;
    place = node_infos_[node].place;
    CollapseIntoParent(node);
    node = parent;
  }
}

bool ItemTree::MergeWithBuddy(std::uint32_t node, int place) {
  const auto count_of = [&](Child child) {
    return child.is_nothing() ? std::size_t{0} : leaves_[child.index()].Count();
  };
  const Child child = nodes_[node].ChildAt(place);
  if (child.log2_run() == 4) return false;
  const int first_place = place & -child.run();
  const Child buddy = nodes_[node].ChildAt(first_place ^ child.run());
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
  const std::lock_guard lock(leaves_[more.index()].lock);
  if (!fewer.is_nothing()) {
    const Leaf& from = leaves_[fewer.index()];
    const std::lock_guard from_lock(from.lock);
    for (std::size_t i = 0; i < from.Count(); ++i) Append(more.index(), from.Block().Get(i));
    RemoveLeaf(fewer.index());
  }
  Cover(more.index(), merged_place, merged_log2_run);
  SetRun(node, merged_place, Child::Leaf(more.index(), merged_log2_run));
  return true;
}

// REQUIRES: one run covers all places of `node`, which is not the root
void ItemTree::CollapseIntoParent(std::uint32_t node) {
  const Child child = nodes_[node].ChildAt(0);
  const NodeInfo& info = node_infos_[node];
  if (child.is_nothing()) {
    SetRun(info.parent, info.place, Child::Nothing(0));
  } else {
    Leaf& leaf = leaves_[child.index()];
    const std::lock_guard lock(leaf.lock);
    leaf.parent = info.parent;
    Cover(child.index(), info.place, 0);
    SetRun(info.parent, info.place, Child::Leaf(child.index(), 0));
  }
  nodes_.Remove(node);
  node_infos_.Remove(node);
  ++retired_lately_;
}

// ---- Memory ----

void ItemTree::Retire(ItemBlock block) {
  if (block.groups() == 0) return;
  retired_.Add(block);
  ++retired_lately_;
}

void ItemTree::Settle() {
  arrivals_.Settle();
  if (retired_lately_ >= kRetiredTogether) Reclaim();
}

void ItemTree::Reclaim() {
  retired_lately_ = 0;  // not again before as much more has come together
  if (readers_ != nullptr && !readers_->GracePeriodIsOver()) return;
  nodes_.EndGracePeriod();
  node_infos_.EndGracePeriod();
  leaves_.EndGracePeriod();
  map_.EndGracePeriod();
  retired_.EndGracePeriod([&](ItemBlock block) { blocks_.Free(block); });
}

void ItemTree::MoveBlockDown(Leaf& leaf) {
  const ItemBlock from = leaf.Block();
  const std::optional<ItemBlock> to = blocks_.AllocateInstead(from);
  if (!to) return;
  const std::lock_guard lock(leaf.lock);
  to->CopyFrom(from, leaf.Count());
  leaf.block.store(*to, std::memory_order_release);
  Retire(from);
}

// ---- Sweeping ----

ItemTree::Stop ItemTree::StopAt(std::uint64_t path) const {
  std::uint32_t node = kRoot;
  for (int shift = 60;; shift -= 4) {
    const int place = static_cast<int>(path >> shift & 15);
    const Child child = nodes_[node].ChildAt(place);
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
  const std::size_t size_before = size();
  bool complete = false;
  for (std::size_t looked_at = 0; looked_at < budget && !complete;) {
    const Stop stop = StopAt(sweep_path_);
    const Child child = nodes_[stop.node].ChildAt(stop.place);
    ++looked_at;
    if (!child.is_nothing()) {
      looked_at += SweepPile(child.index(), stamp_through, budget - looked_at);
      if (sweep_pile_left_ > 0) break;
      looked_at += SweepItems(child.index(), stamp_through);
      MendAfterDepartures(child.index());
    }
    sweep_path_ = stop.next_path;
    complete = sweep_path_ == 0;
  }
  arrivals_.Settle();
  Reclaim();
  return {size_before - size(), complete};
}

// Goes down a pile, so that what fills the holes has been looked at, and stops where `budget` is
// used up with sweep_pile_left_ > 0.
std::size_t ItemTree::SweepPile(std::uint32_t ground, std::int64_t stamp_through,
                                std::size_t budget) {
  std::size_t looked_at = 0;
  const auto pile_size = [&] {
    const auto pile = piles_.find(ground);
    return pile == piles_.end() ? std::size_t{0} : pile->second.size();
  };
  std::size_t left = sweep_pile_left_ == 0 ? pile_size() : std::min(sweep_pile_left_, pile_size());
  for (; left > 0 && looked_at < budget; --left) {
    looked_at += SweepItems(piles_[ground][left - 1], stamp_through);
  }
  sweep_pile_left_ = std::min(left, pile_size());
  return looked_at;
}

std::size_t ItemTree::SweepItems(std::uint32_t number, std::int64_t stamp_through) {
  Leaf& leaf = leaves_[number];
  MoveBlockDown(leaf);
  if (leaf.Oldest() > stamp_through) return 1;
  const std::lock_guard lock(leaf.lock);
  const std::size_t looked_at = 1 + leaf.Count();
  for (std::size_t slot = leaf.Count(); slot-- > 0;) {
    const ItemBlock block = leaf.Block();
    if (block.StampOf(slot) > stamp_through) continue;
    map_.Erase(block.IdOf(slot));
    size_.fetch_sub(1, std::memory_order_relaxed);
    TakeOut(number, slot);
  }
  if (leaf.Count() > 0) {
    const std::int64_t* const stamps = leaf.Block().stamp();
    leaf.oldest.store(*std::min_element(stamps, stamps + leaf.Count()), std::memory_order_relaxed);
  }
  return looked_at;
}

// ---- Marks ----

bool ItemTree::Mark(std::vector<LeafMark>& marks, std::uint32_t& begin, std::int64_t above,
                    std::int64_t through) const {
  constexpr std::uint32_t kMarkedTogether = 256;
  marks.resize(std::max<std::size_t>(marks.size(), leaves_.end()));
  const std::uint32_t end = std::min(begin + kMarkedTogether, leaves_.end());
  bool has_changed = false;
  for (std::uint32_t number = begin; number < end; ++number) {
    const Leaf& leaf = leaves_[number];
    LeafMark& mark = marks[number];
    const std::uint32_t version = leaf.lock.version();
    has_changed |= mark.born != leaf.born || mark.version != version;
    mark = {leaf.born, version};
    if (leaf.is_removed || leaf.Oldest() > through) continue;
    const ItemBlock block = leaf.Block();
    for (std::size_t slot = 0; slot < leaf.Count(); ++slot) {
      const std::int64_t stamp = block.StampOf(slot);
      has_changed |= stamp > above && stamp <= through;
    }
  }
  begin = end == leaves_.end() ? 0 : end;
  return has_changed;
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
    items += leaf.Count();
    const ItemBlock block = leaf.Block();
    expect(leaf.Count() > 0, "a leaf has items");
    expect(leaf.Count() <= block.capacity(), "a leaf's items fit into its block");
    expect(block.capacity() - leaf.Count() < 2 * kGroupItems,
           "a block has no more room than needed");
    for (std::size_t i = 0; i < leaf.Count(); ++i) {
      const Item item = block.Get(i);
      const std::optional<ItemMap::Found> found = map_.Find(item.id);
      expect(leaf.cell.Contains(ToGrid(item.position)), "an item is in its leaf's cell");
      expect(item.stamp >= leaf.Oldest(), "no item is older than its leaf's oldest");
      expect(found && found->where() == Where(number, i), "the map knows where an item is");
    }
  };

  const auto check_leaf = [&](std::uint32_t node, int place, Child child) {
    const NodeInfo& info = node_infos_[node];
    const Leaf& leaf = leaves_[child.index()];
    check_items(child.index());
    expect(leaf.parent == node && leaf.first_place == place && leaf.log2_run == child.log2_run() &&
               leaf.cell == CellOfRun(info.cell, info.layout, place, child.log2_run()),
           "a leaf knows where it hangs");
    const auto found = piles_.find(child.index());
    expect((found == piles_.end() ? kNone : child.index()) == leaf.ground,
           "a leaf knows whether a pile stands on it");
    std::uint32_t next = leaf.next;
    if (found != piles_.end()) {
      ++piles;
      const std::vector<std::uint32_t>& pile = found->second;
      expect(leaf.cell.IsPoint() && leaf.Count() == kMaxItems && !pile.empty(),
             "a pile stands on the full leaf of one grid point");
      for (std::size_t i = pile.size(); i-- > 0;) {
        const Leaf& piled = leaves_[pile[i]];
        check_items(pile[i]);
        expect(pile[i] == next, "a pile hangs together from its top down");
        expect(piled.Count() == kMaxItems || pile[i] == pile.back(),
               "a pile is full below its top");
        expect(piled.cell == leaf.cell && piled.parent == node && piled.first_place == place &&
                   piled.ground == child.index(),
               "a piled leaf knows where it hangs");
        next = piled.next;
      }
    }
    expect(next == kNone, "a pile ends");
  };

  const auto check_node = [&](const auto& self, std::uint32_t node, const Cell& cell) -> void {
    ++nodes;
    const NodeInfo& info = node_infos_[node];
    const Children children = ChildrenOf(node);
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
  expect(items == size() && map_.size() == size(), "the map and the tree have the same items");
  expect(leaves == leaves_.size(), "no leaf is lost");
  expect(nodes == nodes_.size() && nodes == node_infos_.size(), "no node is lost");
  expect(piles == piles_.size(), "no pile is lost");
  return error;
}

}  // namespace moyeo::spatial
