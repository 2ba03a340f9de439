// How much work a test takes on: one number for all of them.

#ifndef MOYEO_TESTS_SUPPORT_SCALE_H_
#define MOYEO_TESTS_SUPPORT_SCALE_H_

#include <algorithm>
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define MOYEO_TEST_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOYEO_TEST_SANITIZED 1
#endif

// By how much the amounts below are divided; a build may define it (for a sanitizer that leaves no
// macro, valgrind, a small machine).
#ifndef MOYEO_TEST_SLOWDOWN
#if defined(MOYEO_TEST_SANITIZED)
#define MOYEO_TEST_SLOWDOWN 2
#elif !defined(__OPTIMIZE__)
#define MOYEO_TEST_SLOWDOWN 2
#else
#define MOYEO_TEST_SLOWDOWN 1
#endif
#endif

namespace moyeo::testing {

// `amount` of work in an optimised build without sanitizers, less in a slow one, never nothing.
constexpr std::size_t Scaled(std::size_t amount) {
  return std::max<std::size_t>(1, amount / MOYEO_TEST_SLOWDOWN);
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_SCALE_H_
