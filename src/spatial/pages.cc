#include "spatial/pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
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

}  // namespace moyeo::spatial
