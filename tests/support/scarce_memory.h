// Memory that runs out where a test wants it to.

#ifndef MOYEO_TESTS_SUPPORT_SCARCE_MEMORY_H_
#define MOYEO_TESTS_SUPPORT_SCARCE_MEMORY_H_

#include <cstdint>

namespace moyeo::testing {

// As long as it lives, operator new succeeds in this thread so many times, and then throws
// std::bad_alloc. Other threads, and malloc, are spared. For programs that are linked with
// moyeo_test_scarce_memory, which have its operator new.
class ScarceMemory {
 public:
  explicit ScarceMemory(std::uint64_t allocations);
  ~ScarceMemory();

  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_SCARCE_MEMORY_H_
