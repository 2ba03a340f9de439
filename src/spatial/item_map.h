// Where in the tree each item is, by id.

#ifndef MOYEO_SPATIAL_ITEM_MAP_H_
#define MOYEO_SPATIAL_ITEM_MAP_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "spatial/pages.h"
#include "spatial/readers.h"
#include "spatial/version_lock.h"

namespace moyeo::spatial {

// A leaf of the tree and a place in it, in 32 bits.
class Where {
 public:
  static constexpr int kSlotBits = 7;
  static constexpr std::uint32_t kMaxLeaf = (std::uint32_t{1} << (32 - kSlotBits)) - 2;

  Where() = default;
  Where(std::uint32_t leaf, std::size_t slot)
      : bits_(leaf << kSlotBits | static_cast<std::uint32_t>(slot)) {}
  explicit Where(std::uint32_t bits) : bits_(bits) {}

  std::uint32_t leaf() const { return bits_ >> kSlotBits; }
  std::size_t slot() const { return bits_ & ((1u << kSlotBits) - 1); }
  std::uint32_t bits() const { return bits_; }

  friend bool operator==(Where, Where) = default;

 private:
  std::uint32_t bits_ = 0;
};

// A hash map of 64-bit ids: linear probing in entries of twelve bytes, at most four fifths full.
// It is cut into shards that grow and shrink one at a time, so that nobody waits for the whole to
// be copied.
//
// Threads: readers may call the const methods while one thread changes the map.
class ItemMap {
  struct Shard;

 public:
  // What Find found, and whether that may have changed since.
  class Found {
   public:
    Found(Where where, const Shard& shard, std::uint32_t version)
        : where_(where), version_(version), shard_(&shard) {}

    Where where() const { return where_; }
    bool IsCurrent() const { return shard_->lock.IsAt(version_); }

   private:
    Where where_;
    std::uint32_t version_;
    const Shard* shard_;
  };

  ItemMap() = default;

  ItemMap(const ItemMap&) = delete;
  ItemMap& operator=(const ItemMap&) = delete;

  std::optional<Found> Find(std::uint64_t id) const;

  // Inserts or overwrites.
  void Set(std::uint64_t id, Where where);

  // REQUIRES: `id` is in the map
  void Erase(std::uint64_t id);

  // Tables that were outgrown stay readable until the grace period after this one is over.
  void EndGracePeriod();

  std::size_t size() const;
  std::size_t bytes() const;

  // Brings the place of `id` towards the processor.
  void Prefetch(std::uint64_t id) const;

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFF;  // no Where has this leaf

  // The halves of the id apart, so that four bytes' alignment will do.
  struct Entry {
    std::uint32_t id_low;
    std::uint32_t id_high;
    std::uint32_t where;

    bool HasId(std::uint64_t id) const {
      return LoadRelaxed(id_low) == static_cast<std::uint32_t>(id) &&
             LoadRelaxed(id_high) == id >> 32;
    }
    bool IsEmpty() const { return LoadRelaxed(where) == kEmpty; }
    std::uint64_t id() const { return std::uint64_t{id_high} << 32 | id_low; }
    void Set(std::uint64_t id, std::uint32_t where_bits) {
      StoreRelaxed(id_low, static_cast<std::uint32_t>(id));
      StoreRelaxed(id_high, static_cast<std::uint32_t>(id >> 32));
      StoreRelaxed(where, where_bits);
    }
  };

  // Linear probing in some entries, whose address and number are in one word, so that a table can
  // be replaced under readers. Does not own the entries.
  class Table {
   public:
    static constexpr std::size_t kAlignment = 64;
    static constexpr std::size_t kSizes = 48;

    Table() = default;  // has no entries
    Table(Entry* entries, std::size_t size)
        : bits_(reinterpret_cast<std::uintptr_t>(entries) | size) {}

    Entry* entries() const { return reinterpret_cast<Entry*>(bits_ & ~(kAlignment - 1)); }
    std::uint32_t capacity() const { return kCapacities[size()]; }

    // Each size has half as many entries again as the one before, but size 0 none.
    std::size_t size() const { return bits_ & (kAlignment - 1); }
    static std::uint32_t CapacityOf(std::size_t size) { return kCapacities[size]; }

    // Where `hash` would like to be: its low half scaled to the capacity.
    std::uint32_t Home(std::uint64_t hash) const {
      return static_cast<std::uint32_t>((hash & 0xFFFFFFFF) * capacity() >> 32);
    }

    // The entry of `id`, or the empty one where the search for it ends. REQUIRES: size() > 0
    Entry& Probe(std::uint64_t id, std::uint64_t hash) const;

    // Makes an entry empty.
    void Erase(Entry& entry) const;

   private:
    static const std::array<std::uint32_t, kSizes> kCapacities;

    static std::uint32_t Next(std::uint32_t i, std::uint32_t capacity) {
      return i + 1 == capacity ? 0 : i + 1;
    }

    std::uintptr_t bits_ = 0;
  };

  struct Shard {
    mutable VersionLock lock;  // the thread that changes the map keeps readers out with it
    std::uint32_t held = 0;    // entries that are not empty; for that thread alone
    std::atomic<Table> table;

    Table Load() const { return table.load(std::memory_order_acquire); }
  };

  static constexpr std::size_t kShards = 1024;

  static std::uint64_t Hash(std::uint64_t id);
  const Shard& ShardOf(std::uint64_t hash) const { return shards_[hash >> 54]; }
  Shard& ShardOf(std::uint64_t hash) { return shards_[hash >> 54]; }

  void Resize(Shard& shard, std::size_t size);

  std::array<Shard, kShards> shards_;
  PieceArena memory_;  // of the tables
  Limbo<Table> outgrown_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_ITEM_MAP_H_
