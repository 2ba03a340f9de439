#include "support/scarce_memory.h"

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

// Where g++ inlines only one of a pair of the operators below, it takes them for no pair.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace {

constexpr std::uint64_t kPlenty = std::numeric_limits<std::uint64_t>::max();

thread_local std::uint64_t left = kPlenty;

void* Allocate(std::size_t bytes, std::size_t alignment) {
  if (left == 0) throw std::bad_alloc();
  if (left != kPlenty) --left;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, rounded)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return Allocate(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return Allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace moyeo::testing {

ScarceMemory::ScarceMemory(std::uint64_t allocations) { left = allocations; }
ScarceMemory::~ScarceMemory() { left = kPlenty; }

}  // namespace moyeo::testing
