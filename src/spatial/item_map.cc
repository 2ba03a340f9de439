#include "spatial/item_map.h"

#include <algorithm>

namespace moyeo::spatial {

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): ids given in sequence spread evenly.
std::uint64_t ItemMap::Hash(std::uint64_t id) {
  id ^= id >> 30;
  id *= 0xbf58476d1ce4e5b9;
  id ^= id >> 27;
  id *= 0x94d049bb133111eb;
  id ^= id >> 31;
  return id;
}

std::optional<Where> ItemMap::Find(std::uint64_t id) const {
  const std::uint64_t hash = Hash(id);
  const Shard& shard = ShardOf(hash);
  if (shard.capacity == 0) return std::nullopt;
  for (std::uint32_t i = shard.Home(hash);; i = shard.Next(i)) {
    const Entry& entry = shard.entries[i];
    if (entry.where == kEmpty) return std::nullopt;
    if (entry.id == id) return Where(entry.where);
  }
}

void ItemMap::Prefetch(std::uint64_t id) const {
  const std::uint64_t hash = Hash(id);
  const Shard& shard = ShardOf(hash);
  __builtin_prefetch(shard.entries.get() + shard.Home(hash));
}

void ItemMap::Set(std::uint64_t id, Where where) {
  const std::uint64_t hash = Hash(id);
  Shard& shard = ShardOf(hash);
  if (shard.capacity > 0) {
    for (std::uint32_t i = shard.Home(hash); shard.entries[i].where != kEmpty; i = shard.Next(i)) {
      if (shard.entries[i].id != id) continue;
      shard.entries[i].where = where.bits();
      return;
    }
  }
  if (std::uint64_t{shard.size + 1} * 5 > std::uint64_t{shard.capacity} * 4) shard.Grow();
  shard.InsertNew(id, where.bits());
}

void ItemMap::Shard::InsertNew(std::uint64_t id, std::uint32_t where) {
  std::uint32_t i = Home(Hash(id));
  while (entries[i].where != kEmpty) i = Next(i);
  entries[i] = {id, where};
  ++size;
}

void ItemMap::Shard::Grow() {
  Shard grown;
  grown.capacity = std::max<std::uint32_t>(8, capacity + capacity / 2);
  grown.entries = std::make_unique_for_overwrite<Entry[]>(grown.capacity);
  std::fill_n(grown.entries.get(), grown.capacity, Entry{0, kEmpty});
  for (std::uint32_t i = 0; i < capacity; ++i) {
    if (entries[i].where != kEmpty) grown.InsertNew(entries[i].id, entries[i].where);
  }
  *this = std::move(grown);
}

void ItemMap::Erase(std::uint64_t id) {
  const std::uint64_t hash = Hash(id);
  Shard& shard = ShardOf(hash);
  std::uint32_t hole = shard.Home(hash);
  while (shard.entries[hole].id != id || shard.entries[hole].where == kEmpty) {
    hole = shard.Next(hole);
  }
  // Closes the gap, so that no probe stops short: an entry moves back into the hole unless its home
  // lies behind the hole.
  for (std::uint32_t i = shard.Next(hole); shard.entries[i].where != kEmpty; i = shard.Next(i)) {
    const std::uint32_t home = shard.Home(Hash(shard.entries[i].id));
    const bool home_is_between = hole < i ? hole < home && home <= i : hole < home || home <= i;
    if (home_is_between) continue;
    shard.entries[hole] = shard.entries[i];
    hole = i;
  }
  shard.entries[hole].where = kEmpty;
  --shard.size;
}

void ItemMap::Clear() {
  for (Shard& shard : shards_) shard = Shard();
}

std::size_t ItemMap::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) size += shard.size;
  return size;
}

std::size_t ItemMap::bytes() const {
  std::size_t bytes = sizeof(*this);
  for (const Shard& shard : shards_) bytes += shard.capacity * sizeof(Entry);
  return bytes;
}

}  // namespace moyeo::spatial
