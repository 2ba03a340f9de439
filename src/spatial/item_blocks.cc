#include "spatial/item_blocks.h"

#include <algorithm>
#include <memory>

namespace moyeo::spatial {

void ItemBlock::CopyFrom(ItemBlock from, std::size_t n) const {
  std::copy_n(from.lat(), n, lat());
  std::copy_n(from.lng(), n, lng());
  std::copy_n(from.stamp(), n, stamp());
  std::copy_n(from.id(), n, id());
  std::copy_n(from.mask(), n, mask());
  std::fill(lat() + n, lat() + capacity(), 0);
  std::fill(lng() + n, lng() + capacity(), 0);
}

// ---- Chunks ----

std::size_t BlockArena::Chunk::FreshGroups() const {
  if (!HasMemory()) return 0;
  const std::byte* const end = pages.data() + pages.bytes();
  return static_cast<std::size_t>(end - fresh) / ItemBlock::kBytesPerGroup;
}

void BlockArena::Chunk::MakeFresh() {
  fresh = pages.data() + ItemBlock::kAlignment;
  free = {};
}

void BlockArena::Chunk::PutBack(ItemBlock block) {
  FreeBlock*& first = free[block.groups()];
  first = std::construct_at(reinterpret_cast<FreeBlock*>(block.memory()), FreeBlock{first});
}

BlockArena::Chunk& BlockArena::ChunkOf(ItemBlock block) {
  const auto address = reinterpret_cast<std::uintptr_t>(block.memory());
  return chunks_[reinterpret_cast<const ChunkHeader*>(address & ~(kChunkBytes - 1))->number];
}

// Some room to spare, so that nobody moves to and fro.
std::size_t BlockArena::ChunksToKeep() const {
  const std::size_t needed = used_bytes_ / kChunkBytes + 1;
  return chunks_with_memory_ <= needed + needed / 4 + 1 ? chunks_.size() : needed + needed / 8;
}

void BlockArena::AddChunk() {
  const auto without_memory =
      std::ranges::find_if(chunks_, [](const Chunk& chunk) { return !chunk.HasMemory(); });
  Chunk& chunk = without_memory == chunks_.end() ? chunks_.emplace_back() : *without_memory;
  const std::size_t number = NumberOf(chunk);
  // A small index stays small: it takes of the first chunk what it needs.
  chunk.pages = Pages(kChunkBytes, number == 0 ? Pages::Size::kSmall : Pages::Size::kHuge);
  chunk.written = 0;
  chunk.MakeFresh();
  std::construct_at(reinterpret_cast<ChunkHeader*>(chunk.pages.data()), ChunkHeader{number});
  ++chunks_with_memory_;
  first_fresh_ = std::min(first_fresh_, number);
}

std::size_t BlockArena::bytes() const {
  std::size_t bytes = chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) bytes += chunk.pages.BytesTaken(chunk.written);
  return bytes;
}

// ---- Blocks ----

ItemBlock BlockArena::Allocate(std::size_t groups) {
  std::optional<ItemBlock> block = AllocateBelow(chunks_.size(), groups);
  if (!block) {
    AddChunk();
    block = AllocateBelow(chunks_.size(), groups);
  }
  return *block;
}

std::optional<ItemBlock> BlockArena::AllocateInstead(ItemBlock block) {
  const std::size_t keep = ChunksToKeep();
  if (keep >= chunks_.size() || NumberOf(ChunkOf(block)) < keep) return std::nullopt;
  return AllocateBelow(keep, block.groups());
}

void BlockArena::Free(ItemBlock block) {
  Chunk& chunk = ChunkOf(block);
  const std::size_t number = NumberOf(chunk);
  chunk.used_bytes -= block.bytes();
  used_bytes_ -= block.bytes();
  if (chunk.used_bytes > 0) return PutBack(chunk, block);
  chunk.MakeFresh();
  first_fresh_ = std::min(first_fresh_, number);
  for (std::size_t i = ChunksToKeep(); i < chunks_.size(); ++i) {
    if (!chunks_[i].HasMemory() || chunks_[i].used_bytes > 0) continue;
    chunks_[i] = Chunk();
    --chunks_with_memory_;
  }
}

void BlockArena::PutBack(Chunk& chunk, ItemBlock block) {
  chunk.PutBack(block);
  std::size_t& first = first_free_[block.groups()];
  first = std::min(first, NumberOf(chunk));
}

std::optional<ItemBlock> BlockArena::AllocateBelow(std::size_t end, std::size_t groups) {
  std::optional<ItemBlock> block = TakeFree(end, groups);
  if (!block) block = TakeFresh(end, groups);
  for (std::size_t larger = groups + 1; larger <= kMaxGroups && !block; ++larger) {
    block = TakeFree(end, larger);
    if (!block) continue;
    const std::size_t bytes = groups * ItemBlock::kBytesPerGroup;
    PutBack(ChunkOf(*block), ItemBlock(block->memory() + bytes, larger - groups));
    block = ItemBlock(block->memory(), groups);
  }
  if (block) {
    ChunkOf(*block).used_bytes += block->bytes();
    used_bytes_ += block->bytes();
  }
  return block;
}

std::optional<ItemBlock> BlockArena::TakeFree(std::size_t end, std::size_t groups) {
  std::size_t& i = first_free_[groups];
  for (; i < end; ++i) {
    FreeBlock*& first = chunks_[i].free[groups];
    if (first == nullptr) continue;
    const ItemBlock block(reinterpret_cast<std::byte*>(first), groups);
    first = first->next;
    return block;
  }
  return std::nullopt;
}

std::optional<ItemBlock> BlockArena::TakeFresh(std::size_t end, std::size_t groups) {
  for (; first_fresh_ < end; ++first_fresh_) {
    Chunk& chunk = chunks_[first_fresh_];
    const std::size_t fresh_groups = chunk.FreshGroups();
    if (fresh_groups >= groups) {
      const ItemBlock block(chunk.fresh, groups);
      chunk.fresh += block.bytes();
      const auto written = static_cast<std::size_t>(chunk.fresh - chunk.pages.data());
      chunk.written = std::max(chunk.written, written);
      return block;
    }
    // What is left of a chunk serves smaller blocks.
    if (fresh_groups > 0) {
      PutBack(chunk, ItemBlock(chunk.fresh, fresh_groups));
      chunk.fresh += fresh_groups * ItemBlock::kBytesPerGroup;
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::spatial
