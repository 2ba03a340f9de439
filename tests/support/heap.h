// How much memory this process has allocated.

#ifndef MOYEO_TESTS_SUPPORT_HEAP_H_
#define MOYEO_TESTS_SUPPORT_HEAP_H_

#include <cstddef>
#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace moyeo::testing {

// In bytes, by all threads; 0 if the C library does not tell. Sanitizers' own does not.
inline std::size_t HeapBytes() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_HEAP_H_
