#include "spatial/item_map.h"

#include <memory>
#include <mutex>

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

// ---- Tables ----

constexpr std::array<std::uint32_t, ItemMap::Table::kSizes> ItemMap::Table::kCapacities = [] {
  std::array<std::uint32_t, kSizes> capacities{0, 8};
  for (std::size_t i = 2; i < kSizes; ++i) {
    capacities[i] = static_cast<std::uint32_t>(std::uint64_t{capacities[i - 1]} * 3 / 2);
  }
  return capacities;
}();

// Beside changes the search may go astray, and find no end where there seem to be no empty entries:
// then it gives up after one round.
ItemMap::Entry& ItemMap::Table::Probe(std::uint64_t id, std::uint64_t hash) const {
  Entry* const first = entries();
  const std::uint32_t n = capacity();
  std::uint32_t i = Home(hash);
  for (std::uint32_t left = n; left > 1; --left) {
    if (first[i].IsEmpty() || first[i].HasId(id)) break;
    i = Next(i, n);
  }
  return first[i];
}

// Closes the gap, so that no probe stops short: an entry moves back into the hole unless its home
// lies behind the hole.
void ItemMap::Table::Erase(Entry& entry) const {
  Entry* const first = entries();
  const std::uint32_t n = capacity();
  auto hole = static_cast<std::uint32_t>(&entry - first);
  for (std::uint32_t i = Next(hole, n); !first[i].IsEmpty(); i = Next(i, n)) {
    const std::uint32_t home = Home(Hash(first[i].id()));
    const bool home_is_between = hole < i ? hole < home && home <= i : hole < home || home <= i;
    if (home_is_between) continue;
    first[hole].Set(first[i].id(), first[i].where);
    hole = i;
  }
  StoreRelaxed(first[hole].where, kEmpty);
}

// ---- For readers ----

std::optional<ItemMap::Found> ItemMap::Find(std::uint64_t id) const {
  const std::uint64_t hash = Hash(id);
  const Shard& shard = ShardOf(hash);
  std::uint32_t where = kEmpty;
  const std::uint32_t version = shard.lock.ReadConsistently([&] {
    where = kEmpty;
    const Table table = shard.Load();
    if (table.size() == 0) return;
    const Entry& entry = table.Probe(id, hash);
    if (entry.HasId(id)) where = LoadRelaxed(entry.where);
  });
  if (where == kEmpty) return std::nullopt;
  return Found(Where(where), shard, version);
}

void ItemMap::Prefetch(std::uint64_t id) const {
  const std::uint64_t hash = Hash(id);
  const Table table = ShardOf(hash).Load();
  __builtin_prefetch(table.entries() + table.Home(hash));
}

// ---- For the thread that changes the map ----

void ItemMap::Set(std::uint64_t id, Where where) {
  const std::uint64_t hash = Hash(id);
  Shard& shard = ShardOf(hash);
  Table table = shard.Load();
  const bool is_new = table.size() == 0 || table.Probe(id, hash).IsEmpty();
  if (is_new && std::uint64_t{shard.held + 1} * 5 > std::uint64_t{table.capacity()} * 4) {
    Resize(shard, table.size() + 1);
    table = shard.Load();
  }
  const std::lock_guard lock(shard.lock);
  table.Probe(id, hash).Set(id, where.bits());
  shard.held += is_new;
}

void ItemMap::Erase(std::uint64_t id) {
  const std::uint64_t hash = Hash(id);
  Shard& shard = ShardOf(hash);
  const Table table = shard.Load();
  {
    const std::lock_guard lock(shard.lock);
    table.Erase(table.Probe(id, hash));
  }
  --shard.held;
  if (table.size() > 2 && shard.held < table.capacity() / 5) Resize(shard, table.size() - 2);
}

void ItemMap::Resize(Shard& shard, std::size_t size) {
  const std::uint32_t capacity = Table::CapacityOf(size);
  auto* const entries = reinterpret_cast<Entry*>(memory_.Allocate(capacity * sizeof(Entry)));
  std::uninitialized_fill_n(entries, capacity, Entry{0, 0, kEmpty});
  const Table from = shard.Load();
  const Table to(entries, size);
  for (std::uint32_t i = 0; i < from.capacity(); ++i) {
    const Entry& entry = from.entries()[i];
    if (entry.where != kEmpty) to.Probe(entry.id(), Hash(entry.id())) = entry;
  }
  {
    const std::lock_guard lock(shard.lock);
    shard.table.store(to, std::memory_order_release);
  }
  if (from.size() > 0) outgrown_.Add(from);
}

void ItemMap::EndGracePeriod() {
  outgrown_.EndGracePeriod(
      [&](Table table) { memory_.Free(reinterpret_cast<std::byte*>(table.entries())); });
}

std::size_t ItemMap::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) size += shard.held;
  return size;
}

std::size_t ItemMap::bytes() const { return sizeof(*this) + memory_.bytes(); }

}  // namespace moyeo::spatial
