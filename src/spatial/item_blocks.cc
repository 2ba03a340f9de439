#include "spatial/item_blocks.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace moyeo::spatial {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kSmallestChunk = std::size_t{1} << 16;
constexpr std::size_t kHugePage = std::size_t{1} << 21;

}  // namespace

BlockArena::~BlockArena() { Clear(); }

ItemBlock BlockArena::Allocate(std::size_t groups) {
  std::vector<std::byte*>& free = free_[groups];
  if (!free.empty()) {
    const ItemBlock block(free.back(), groups);
    free.pop_back();
    return block;
  }
  const std::size_t bytes = groups * ItemBlock::kBytesPerGroup;
  if (static_cast<std::size_t>(end_ - next_) < bytes) AddChunk();
  const ItemBlock block(next_, groups);
  next_ += bytes;
  return block;
}

void BlockArena::Free(ItemBlock block) { free_[block.groups()].push_back(block.memory()); }

void BlockArena::AddChunk() {
  // What is left of the last chunk serves smaller blocks.
  const std::size_t left = static_cast<std::size_t>(end_ - next_) / ItemBlock::kBytesPerGroup;
  if (left > 0) Free(ItemBlock(next_, left));

  // As large as all before it together, so that a small index stays small.
  const std::size_t bytes = std::clamp(bytes_, kSmallestChunk, kHugePage);
  const std::size_t alignment = bytes == kHugePage ? kHugePage : kCacheLine;
  auto* chunk = static_cast<std::byte*>(std::aligned_alloc(alignment, bytes));
  if (chunk == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  // A wish, since a random item costs a page-table walk as well: it does no harm if it is not
  // granted.
  if (bytes == kHugePage) madvise(chunk, bytes, MADV_HUGEPAGE);
#endif
  std::memset(chunk, 0, bytes);
  chunks_.push_back(chunk);
  bytes_ += bytes;
  next_ = chunk;
  end_ = chunk + bytes;
}

void BlockArena::Clear() {
  for (std::byte* chunk : chunks_) std::free(chunk);
  chunks_.clear();
  for (std::vector<std::byte*>& free : free_) free.clear();
  next_ = end_ = nullptr;
  bytes_ = 0;
}

}  // namespace moyeo::spatial
