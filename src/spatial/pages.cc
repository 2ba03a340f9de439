#include "spatial/pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

namespace moyeo::spatial {
namespace {

std::size_t RoundUp(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

std::byte* Map(std::size_t bytes) {
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(memory);
}

void Unmap(std::byte* memory, std::size_t bytes) {
  if (bytes > 0) munmap(memory, bytes);
}

// Maps more, and gives back what lies before and behind the aligned part.
std::byte* MapAligned(std::size_t bytes, std::size_t alignment) {
  std::byte* const memory = Map(bytes + alignment);
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(memory) & (alignment - 1);
  Unmap(memory, before);
  Unmap(memory + before + bytes, alignment - before);
  return memory + before;
}

}  // namespace

Pages::Pages(std::size_t bytes, Size size) : bytes_(RoundUp(bytes, kPageBytes)), size_(size) {
  data_ = bytes_ < kHugePageBytes ? Map(bytes_) : MapAligned(bytes_, kHugePageBytes);
#if defined(MADV_HUGEPAGE)
  if (size == Size::kHuge) madvise(data_, bytes_, MADV_HUGEPAGE);
#endif
}

Pages::~Pages() { Unmap(data_, bytes_); }

std::size_t Pages::BytesTaken(std::size_t written) const {
  return std::min(bytes_, RoundUp(written, size_ == Size::kHuge ? kHugePageBytes : kPageBytes));
}

std::byte* PieceArena::Allocate(std::size_t bytes) {
  constexpr std::size_t kPiecesPerChunk = 16;
  const std::size_t needed = sizeof(Header) + RoundUp(bytes, kAlignment);
  if (chunks_.empty() || chunks_[newest_].pages.bytes() - chunks_[newest_].cut < needed) {
    const auto free = std::ranges::find_if(
        chunks_, [](const Chunk& chunk) { return chunk.pages.data() == nullptr; });
    newest_ = static_cast<std::size_t>(free - chunks_.begin());
    if (free == chunks_.end()) chunks_.emplace_back();
    // The first is taken as it is needed, so that what is small stays small.
    chunks_[newest_].pages = Pages(RoundUp(kPiecesPerChunk * needed, kHugePageBytes),
                                   newest_ == 0 ? Pages::Size::kSmall : Pages::Size::kHuge);
  }
  Chunk& chunk = chunks_[newest_];
  auto* const header = reinterpret_cast<Header*>(chunk.pages.data() + chunk.cut);
  std::construct_at(header, Header{newest_});
  chunk.cut += needed;
  ++chunk.pieces;
  return reinterpret_cast<std::byte*>(header + 1);
}

void PieceArena::Free(std::byte* piece) {
  Chunk& chunk = chunks_[(reinterpret_cast<Header*>(piece) - 1)->chunk];
  if (--chunk.pieces == 0) chunk = Chunk();
}

std::size_t PieceArena::bytes() const {
  std::size_t bytes = chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) bytes += chunk.pages.BytesTaken(chunk.cut);
  return bytes;
}

}  // namespace moyeo::spatial
