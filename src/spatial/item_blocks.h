// The memory in which the tree keeps its items: blocks of columns, from an arena.

#ifndef MOYEO_SPATIAL_ITEM_BLOCKS_H_
#define MOYEO_SPATIAL_ITEM_BLOCKS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "spatial/position.h"
#include "spatial/version_lock.h"

namespace moyeo::spatial {

// Something at a place. The tree keeps and filters `stamp` and `mask` without knowing what they
// mean.
struct Item {
  std::uint64_t id;
  Position position;
  std::int64_t stamp;
  std::uint32_t mask;
};

// Items grow in groups of sixteen, which fill whole cache lines in every column.
inline constexpr std::size_t kGroupItems = 16;
inline constexpr std::size_t kMaxGroups = 8;
inline constexpr std::size_t kMaxItems = kGroupItems * kMaxGroups;

// A block of memory for `groups` groups of items, column by column: a search reads the coordinates
// of all before anything else of any.
class ItemBlock {
 public:
  static constexpr std::size_t kBytesPerItem = 28;
  static constexpr std::size_t kBytesPerGroup = kBytesPerItem * kGroupItems;

  ItemBlock() = default;
  ItemBlock(std::byte* memory, std::size_t groups)
      : memory_(memory), groups_(static_cast<std::uint32_t>(groups)) {}

  std::size_t groups() const { return groups_; }
  std::size_t capacity() const { return groups_ * kGroupItems; }
  std::byte* memory() const { return memory_; }

  std::int32_t* lat() const { return Column<std::int32_t>(0); }
  std::int32_t* lng() const { return Column<std::int32_t>(4); }
  std::int64_t* stamp() const { return Column<std::int64_t>(8); }
  std::uint64_t* id() const { return Column<std::uint64_t>(16); }
  std::uint32_t* mask() const { return Column<std::uint32_t>(24); }

  Position PositionOf(std::size_t i) const {
    return {LoadRelaxed(lat()[i]), LoadRelaxed(lng()[i])};
  }
  std::int64_t StampOf(std::size_t i) const { return LoadRelaxed(stamp()[i]); }
  std::uint32_t MaskOf(std::size_t i) const { return LoadRelaxed(mask()[i]); }

  Item Get(std::size_t i) const { return {id()[i], PositionOf(i), StampOf(i), MaskOf(i)}; }

  void Set(std::size_t i, const Item& item) const {
    id()[i] = item.id;
    Move(i, item.position, item.stamp);
    SetMask(i, item.mask);
  }

  // What may change while others read.
  void Move(std::size_t i, Position position, std::int64_t stamp_now) const {
    StoreRelaxed(lat()[i], position.lat);
    StoreRelaxed(lng()[i], position.lng);
    StoreRelaxed(stamp()[i], stamp_now);
  }
  void SetMask(std::size_t i, std::uint32_t mask_now) const { StoreRelaxed(mask()[i], mask_now); }

 private:
  // Columns begin at `bytes` per item of capacity, the widths of those before them.
  template <typename T>
  T* Column(std::size_t bytes) const {
    return reinterpret_cast<T*>(memory_ + bytes * capacity());
  }

  std::byte* memory_ = nullptr;
  std::uint32_t groups_ = 0;
};

// Hands out blocks of 1 to kMaxGroups groups, aligned to a cache line and filled with zeros at
// first, and keeps those that were given back for the next of their size.
class BlockArena {
 public:
  BlockArena() = default;
  ~BlockArena();

  BlockArena(const BlockArena&) = delete;
  BlockArena& operator=(const BlockArena&) = delete;

  ItemBlock Allocate(std::size_t groups);
  void Free(ItemBlock block);

  // Gives all memory back to the system. No block is valid afterwards.
  void Clear();

  std::size_t bytes() const { return bytes_; }

 private:
  void AddChunk();

  std::vector<std::byte*> chunks_;
  std::byte* next_ = nullptr;  // the rest of the newest chunk
  std::byte* end_ = nullptr;
  std::array<std::vector<std::byte*>, kMaxGroups + 1> free_;  // by groups
  std::size_t bytes_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_ITEM_BLOCKS_H_
