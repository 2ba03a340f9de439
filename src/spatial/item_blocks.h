// The memory in which the tree keeps its items: blocks of columns, from an arena.

#ifndef MOYEO_SPATIAL_ITEM_BLOCKS_H_
#define MOYEO_SPATIAL_ITEM_BLOCKS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spatial/pages.h"
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
// of all before anything else of any. In one word, so that it can be replaced under readers.
class ItemBlock {
 public:
  static constexpr std::size_t kBytesPerItem = 28;
  static constexpr std::size_t kBytesPerGroup = kBytesPerItem * kGroupItems;
  static constexpr std::size_t kAlignment = 64;

  ItemBlock() = default;
  ItemBlock(std::byte* memory, std::size_t groups)
      : bits_(reinterpret_cast<std::uintptr_t>(memory) | groups) {}

  std::size_t groups() const { return bits_ & (kAlignment - 1); }
  std::size_t capacity() const { return groups() * kGroupItems; }
  std::size_t bytes() const { return groups() * kBytesPerGroup; }
  std::byte* memory() const { return reinterpret_cast<std::byte*>(bits_ & ~(kAlignment - 1)); }

  std::int32_t* lat() const { return Column<std::int32_t>(0); }
  std::int32_t* lng() const { return Column<std::int32_t>(4); }
  std::int64_t* stamp() const { return Column<std::int64_t>(8); }
  std::uint64_t* id() const { return Column<std::uint64_t>(16); }
  std::uint32_t* mask() const { return Column<std::uint32_t>(24); }

  std::uint64_t IdOf(std::size_t i) const { return LoadRelaxed(id()[i]); }
  Position PositionOf(std::size_t i) const {
    return {LoadRelaxed(lat()[i]), LoadRelaxed(lng()[i])};
  }
  std::int64_t StampOf(std::size_t i) const { return LoadRelaxed(stamp()[i]); }
  std::uint32_t MaskOf(std::size_t i) const { return LoadRelaxed(mask()[i]); }

  Item Get(std::size_t i) const { return {IdOf(i), PositionOf(i), StampOf(i), MaskOf(i)}; }

  void Set(std::size_t i, const Item& item) const {
    StoreRelaxed(id()[i], item.id);
    Move(i, item.position, item.stamp);
    SetMask(i, item.mask);
  }
  void Move(std::size_t i, Position position, std::int64_t stamp_now) const {
    StoreRelaxed(lat()[i], position.lat);
    StoreRelaxed(lng()[i], position.lng);
    StoreRelaxed(stamp()[i], stamp_now);
  }
  void SetMask(std::size_t i, std::uint32_t mask_now) const { StoreRelaxed(mask()[i], mask_now); }

  // Brings an item towards the processor.
  void Prefetch(std::size_t i) const {
    __builtin_prefetch(id() + i);
    __builtin_prefetch(lat() + i);
    __builtin_prefetch(lng() + i);
    __builtin_prefetch(stamp() + i);
    __builtin_prefetch(mask() + i);
  }

  // Makes the first `n` items those of `from`, which nobody changes meanwhile. The others are
  // somewhere valid: the loops that measure whole groups read them too.
  void CopyFrom(ItemBlock from, std::size_t n) const;

 private:
  // Columns begin at `bytes` per item of capacity, the widths of those before them.
  template <typename T>
  T* Column(std::size_t bytes) const {
    return reinterpret_cast<T*>(memory() + bytes * capacity());
  }

  std::uintptr_t bits_ = 0;  // the address, whose last bits are free, and the groups
};

// Hands out blocks of 1 to kMaxGroups groups, aligned to a cache line. It keeps those that were
// given back for others, and gives chunks of memory in which none is left back to the system.
//
// Where much less is used than there is, the chunks with the greatest numbers are to become empty:
// whoever has a block there should take another one instead.
class BlockArena {
 public:
  BlockArena() = default;

  BlockArena(const BlockArena&) = delete;
  BlockArena& operator=(const BlockArena&) = delete;

  ItemBlock Allocate(std::size_t groups);
  void Free(ItemBlock block);

  // A block as large as `block`, in a chunk that stays; nullopt if `block` is in such a one itself,
  // or nothing is free there.
  std::optional<ItemBlock> AllocateInstead(ItemBlock block);

  // Bytes taken from the system.
  std::size_t bytes() const;

 private:
  static constexpr std::size_t kChunkBytes = kHugePageBytes;

  // What a block that was given back begins with.
  struct FreeBlock {
    FreeBlock* next;
  };

  // What a chunk begins with: so a block finds its chunk.
  struct ChunkHeader {
    std::size_t number;
  };

  struct Chunk {
    Pages pages;
    std::byte* fresh = nullptr;                        // from here on nothing is handed out
    std::size_t written = 0;                           // how far anything ever was
    std::size_t used_bytes = 0;                        // of blocks handed out
    std::array<FreeBlock*, kMaxGroups + 1> free = {};  // by groups

    bool HasMemory() const { return pages.data() != nullptr; }
    std::size_t FreshGroups() const;
    void MakeFresh();
    void PutBack(ItemBlock block);
  };

  Chunk& ChunkOf(ItemBlock block);
  std::size_t NumberOf(const Chunk& chunk) const {
    return static_cast<std::size_t>(&chunk - chunks_.data());
  }

  // How many chunks there should be.
  std::size_t ChunksToKeep() const;
  void AddChunk();

  // A block from a chunk numbered below `end`: one that was given back, a fresh one, or a piece of
  // a larger one.
  std::optional<ItemBlock> AllocateBelow(std::size_t end, std::size_t groups);
  std::optional<ItemBlock> TakeFree(std::size_t end, std::size_t groups);
  std::optional<ItemBlock> TakeFresh(std::size_t end, std::size_t groups);
  void PutBack(Chunk& chunk, ItemBlock block);

  std::vector<Chunk> chunks_;  // some without memory
  std::size_t chunks_with_memory_ = 0;
  std::size_t used_bytes_ = 0;
  // No chunk below has a free block of so many groups; or fresh memory.
  std::array<std::size_t, kMaxGroups + 1> first_free_ = {};
  std::size_t first_fresh_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_ITEM_BLOCKS_H_
