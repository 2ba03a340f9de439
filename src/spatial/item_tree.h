// The spatial index: items on the globe, in an adaptive tree of cells.

#ifndef MOYEO_SPATIAL_ITEM_TREE_H_
#define MOYEO_SPATIAL_ITEM_TREE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "spatial/arrivals.h"
#include "spatial/cell.h"
#include "spatial/item_blocks.h"
#include "spatial/item_map.h"
#include "spatial/readers.h"
#include "spatial/stable_array.h"
#include "spatial/version_lock.h"

namespace moyeo::spatial {

// Which items an operation considers: those with a stamp greater than `stamp_above` whose mask
// meets the three conditions (any_of = 0 asks for nothing) and whose id is not one of `skipped`.
struct ItemFilter {
  std::int64_t stamp_above = INT64_MIN;
  std::uint32_t all_of = 0;
  std::uint32_t any_of = 0;
  std::uint32_t none_of = 0;
  std::span<const std::uint64_t> skipped = {};  // ascending; must outlive the search

  bool AsksForMask() const { return (all_of | any_of | none_of) != 0; }

  bool AdmitsId(std::uint64_t id) const {
    return skipped.empty() || !std::binary_search(skipped.begin(), skipped.end(), id);
  }

  bool AdmitsMask(std::uint32_t mask) const {
    return (mask & all_of) == all_of && (any_of == 0 || (mask & any_of) != 0) &&
           (mask & none_of) == 0;
  }
};

// What is to become of an item.
struct ItemUpdate {
  std::uint64_t id;
  Position position;
  std::int64_t stamp;
  // nullopt keeps the mask that the item has; that of a new one is 0.
  std::optional<std::uint32_t> mask = std::nullopt;
  // An item with a stamp up to this is gone, swept or not: it comes back as a new one.
  std::int64_t gone_through = INT64_MIN;
};

// Items by place and by id.
//
//   ItemTree tree;
//   tree.Put({.id = 7, .position = *ToPosition({37.57, 126.98}), .stamp = 1, .mask = 0});
//
// The tree is of nodes with sixteen children each (cell.h says how a cell is cut) and of leaves
// with at most kMaxItems items. A leaf covers an aligned run of 1, 2, 4, 8 or 16 children of its
// node, as in extendible hashing, so that a full leaf splits in two halves and two sparse halves
// merge. A run where nobody is has no leaf. One grid point cannot be split: what does not fit into
// its leaf is in a pile of further leaves, of which only the top one is not full.
//
// Threads: one at a time may change the tree. Beside it, any number may run searches (search.h) and
// call PutInPlace, TryFind, Contains, Prefetch and size, each while it is on a visit to the Readers
// with whom the tree was made; nobody waits for more than a leaf or a shard of the map, and those
// no longer than it takes to change them. Without Readers, all that is for one thread.
//
// How that works: leaves, nodes' children and shards of the map have a sequence lock each, so that
// whoever reads one sees it before a change or after it. What is taken out of the tree stays as it
// was until all have gone who may have seen it.
//
// Why a search misses nobody and meets nobody twice: it reads the children of a node once, as they
// were at one moment, and so comes to a leaf once at most. Whoever was in one leaf all the time is
// there when the search comes, for a leaf changes its place in the tree with all that it keeps, to
// where the search still goes. Everybody else went from leaf to leaf, is in arrivals_, which the
// search asks at its end, and is then taken, once, from where the map says.
//
// Why nobody waits for ever: the one who changes the tree may hold several locks, of leaves and,
// under them, of a node or of a shard of the map; whoever moves an item in place holds one, its
// leaf's, and waits under it for nothing but a shard; readers hold none.
class ItemTree {
 public:
  enum class PutResult { kInserted, kUpdated, kStale };

  explicit ItemTree(Readers* readers = nullptr,
                    std::uint64_t remembered_arrivals = Arrivals::kRemembered);

  ItemTree(const ItemTree&) = delete;
  ItemTree& operator=(const ItemTree&) = delete;

  // Inserts an item, or moves the one with this id, unless that has a later stamp (kStale: nothing
  // changes).
  PutResult Put(const ItemUpdate& update);

  // The same for an item that need not leave its leaf, as few do who move; nullopt, and nothing
  // changes, if it is not here or must leave. Beside changes, nullopt also if it got away.
  std::optional<PutResult> PutInPlace(const ItemUpdate& update) const;

  // False if there is no such item.
  bool Erase(std::uint64_t id);

  std::optional<Item> Find(std::uint64_t id) const;
  bool Contains(std::uint64_t id) const { return map_.Find(id).has_value(); }

  // Find beside changes: false, and `item` means nothing, if the item got away again and again.
  bool TryFind(std::uint64_t id, std::optional<Item>& item) const;

  // Erases items with stamps up to `stamp_through`, going round the tree in cell order from where
  // the last call stopped, until about `budget` items and leaves have been looked at.
  struct SweepResult {
    std::size_t erased = 0;
    bool round_complete = false;  // this call came to the end of the tree
  };
  SweepResult Sweep(std::int64_t stamp_through, std::size_t budget);

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // A Put of one of `ids` is about to come: brings towards the processor what it will touch.
  void Prefetch(std::span<const std::uint64_t> ids) const;

  // What somebody has seen of a leaf.
  struct LeafMark {
    std::uint32_t born = 0;
    std::uint32_t version = 0;
  };

  // Brings the marks of some leaves, from number `begin` on, up to date, and tells whether any of
  // them has changed: something has been put, has come or has gone, or has a stamp above `above`
  // and up to `through`. Sets `begin` to the leaf to go on with; at the end, to 0. Beside
  // PutInPlace alone.
  bool Mark(std::vector<LeafMark>& marks, std::uint32_t& begin, std::int64_t above,
            std::int64_t through) const;

  std::size_t block_bytes() const { return blocks_.bytes(); }
  std::size_t cell_bytes() const;
  std::size_t map_bytes() const { return map_.bytes(); }

  // Empty if everything that the class comment and item_tree.cc promise of the structure is true;
  // otherwise what is not. For tests: it reads the whole tree.
  std::string CheckInvariants() const;

 private:
  friend class CellCounts;
  friend class LeafWatch;
  friend class Search;

  static constexpr std::uint32_t kRoot = 0;
  static constexpr std::uint32_t kNone = 0x0FFFFFFF;

  // What a node has in one of its sixteen places: a node, a leaf, or nothing. The two latter cover
  // a run of places, and stand in each of them.
  class Child {
   public:
    static Child Node(std::uint32_t index) { return Child(kNodeBit | index); }
    static Child Leaf(std::uint32_t index, int log2_run) {
      return Child(static_cast<std::uint32_t>(log2_run) << kRunShift | index);
    }
    static Child Nothing(int log2_run) { return Leaf(kNone, log2_run); }

    Child() = default;

    bool is_node() const { return (bits_ & kNodeBit) != 0; }
    bool is_nothing() const { return index() == kNone; }
    std::uint32_t index() const { return bits_ & kNone; }
    int log2_run() const { return static_cast<int>(bits_ >> kRunShift & 7); }
    int run() const { return 1 << log2_run(); }

    friend bool operator==(Child, Child) = default;

   private:
    static constexpr std::uint32_t kNodeBit = 0x80000000;
    static constexpr int kRunShift = 28;

    explicit Child(std::uint32_t bits) : bits_(bits) {}

    std::uint32_t bits_ = 0;
  };

  using Children = std::array<Child, 16>;

  // One cache line; what a descent does not need at every step is in NodeInfo.
  struct alignas(64) Node {
    std::array<std::atomic<Child>, 16> children;

    Child ChildAt(int place) const {
      return children[static_cast<std::size_t>(place)].load(std::memory_order_acquire);
    }
  };

  struct NodeInfo {
    Cell cell;
    Layout layout;
    std::uint8_t place = 0;  // among the parent's children
    std::uint32_t parent = kNone;
    mutable VersionLock lock;  // of the children; the rest never changes
  };

  // What readers look at is atomic. All but the last three is changed under the lock.
  struct alignas(64) Leaf {
    mutable VersionLock lock;
    // Counts how often an item has left: until then, what is in a slot stays there.
    std::atomic<std::uint32_t> departures = 0;
    std::atomic<ItemBlock> block = ItemBlock();
    std::atomic<std::int64_t> oldest = INT64_MAX;  // no item has a smaller stamp
    Cell cell;
    std::atomic<std::uint8_t> count = 0;
    std::uint8_t first_place = 0;  // of its run in the parent
    std::uint8_t log2_run = 0;
    bool is_removed = false;  // from the tree; what it held may be used by others
    std::uint32_t parent = kNone;
    std::uint32_t ground = kNone;  // the leaf under the pile that this leaf is in or under
    std::uint32_t born = 0;        // how many leaves there had been before
    // The next leaf of a pile: from the ground to the top, and from there down.
    std::atomic<std::uint32_t> next = kNone;

    ItemBlock Block() const { return block.load(std::memory_order_acquire); }
    std::size_t Count() const { return count.load(std::memory_order_relaxed); }
    std::int64_t Oldest() const { return oldest.load(std::memory_order_relaxed); }
  };

  // A node's children as they were at one moment.
  Children ChildrenOf(std::uint32_t node) const;

  std::uint32_t AddNode(const Cell& cell, std::uint32_t parent, int place);
  // Makes a leaf for a run of places, and does not hang it up there yet.
  std::uint32_t AddLeaf(std::uint32_t node, int first_place, int log2_run);
  void RemoveLeaf(std::uint32_t leaf);
  // Tells a leaf, which is locked, what it covers.
  void Cover(std::uint32_t number, int first_place, int log2_run);
  // Hangs up a child, or two beside each other as if at once.
  void SetRun(std::uint32_t node, int first_place, Child child);
  void SetRuns(std::uint32_t node, int first_place, Child lower, Child upper);
  static void FillRun(Node& node, int first_place, Child child);

  void Insert(std::uint32_t node, const Item& item);
  // These three want the leaf locked; TakeOut leaves the map and the tree to the caller.
  void Append(std::uint32_t number, const Item& item);
  void Resize(Leaf& leaf, std::size_t groups);
  void PrefetchLast(const Leaf& leaf) const;
  void TakeOut(std::uint32_t number, std::size_t slot);

  void Split(std::uint32_t number);
  void AddToPile(std::uint32_t ground, const Item& item);
  void RemoveTopOfPile(std::uint32_t ground);

  // Merges a leaf that has become sparse with others.
  void MendAfterDepartures(std::uint32_t number);
  // Merges the run at `place`, which has a leaf or nothing, as far as it goes.
  void MergeSparse(std::uint32_t node, int place);
  bool MergeWithBuddy(std::uint32_t node, int place);
  void CollapseIntoParent(std::uint32_t node);

  // A run of places in cell order, and where the next one begins. A path is the places of a
  // descent, sixteen of four bits each, the root's first.
  struct Stop {
    std::uint32_t node;
    int place;
    std::uint64_t next_path;  // 0 after the last run
  };
  Stop StopAt(std::uint64_t path) const;
  // Both return how many leaves and items they have looked at.
  std::size_t SweepItems(std::uint32_t number, std::int64_t stamp_through);
  std::size_t SweepPile(std::uint32_t ground, std::int64_t stamp_through, std::size_t budget);
  void MoveBlockDown(Leaf& leaf);

  // Ends a change: everybody has arrived, and what readers have left behind is used again.
  void Settle();
  void Reclaim();
  // ItemBlocks wait in retired_, the rest in what holds it.
  void Retire(ItemBlock block);

  Readers* const readers_;
  StableArray<Node> nodes_;
  StableArray<NodeInfo> node_infos_;  // same numbers as nodes_
  StableArray<Leaf> leaves_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> piles_;  // by ground; the top last
  BlockArena blocks_;
  Limbo<ItemBlock> retired_;
  std::size_t retired_lately_ = 0;
  ItemMap map_;
  Arrivals arrivals_;
  std::atomic<std::size_t> size_ = 0;

  std::uint32_t leaves_born_ = 0;

  // Where Sweep goes on: a path, and how many leaves of a pile there are still to do.
  std::uint64_t sweep_path_ = 0;
  std::size_t sweep_pile_left_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_ITEM_TREE_H_
