// Where in the tree each item is, by id.

#ifndef MOYEO_SPATIAL_ITEM_MAP_H_
#define MOYEO_SPATIAL_ITEM_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

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
// It is cut into shards that grow one at a time, so that no insertion waits for the whole to be
// copied.
class ItemMap {
 public:
  ItemMap() = default;

  ItemMap(const ItemMap&) = delete;
  ItemMap& operator=(const ItemMap&) = delete;

  std::optional<Where> Find(std::uint64_t id) const;

  // Inserts or overwrites.
  void Set(std::uint64_t id, Where where);

  // REQUIRES: `id` is in the map
  void Erase(std::uint64_t id);

  void Clear();

  std::size_t size() const;
  std::size_t bytes() const;

  // Brings the place of `id` towards the processor.
  void Prefetch(std::uint64_t id) const;

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFF;  // no Where has this leaf

  struct __attribute__((packed)) Entry {
    std::uint64_t id;
    std::uint32_t where;
  };

  struct Shard {
    std::unique_ptr<Entry[]> entries;
    std::uint32_t capacity = 0;
    std::uint32_t size = 0;

    // Where `hash` would like to be: its low half scaled to the capacity.
    std::uint32_t Home(std::uint64_t hash) const {
      return static_cast<std::uint32_t>((hash & 0xFFFFFFFF) * capacity >> 32);
    }
    std::uint32_t Next(std::uint32_t i) const { return i + 1 == capacity ? 0 : i + 1; }
    void Grow();
    void InsertNew(std::uint64_t id, std::uint32_t where);
  };

  static constexpr std::size_t kShards = 256;

  static std::uint64_t Hash(std::uint64_t id);
  const Shard& ShardOf(std::uint64_t hash) const { return shards_[hash >> 56]; }
  Shard& ShardOf(std::uint64_t hash) { return shards_[hash >> 56]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_ITEM_MAP_H_
