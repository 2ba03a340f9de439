// A sequence lock: writers exclude each other, readers exclude nobody and look again instead.

#ifndef MOYEO_SPATIAL_VERSION_LOCK_H_
#define MOYEO_SPATIAL_VERSION_LOCK_H_

#include <atomic>
#include <cstdint>

#include "spatial/backoff.h"

#if defined(__SANITIZE_THREAD__)
#define MOYEO_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MOYEO_THREAD_SANITIZER 1
#endif
#endif

namespace moyeo::spatial {

// Guards what is written in a moment. A reader waits until nobody writes, and excludes others only
// when it has been disturbed several times. What a writer writes and a reader reads
// must be relaxed atomics (StoreRelaxed and LoadRelaxed below); see SelectBesideMoves in
// search.cc for the one exception.
//
// Use with std::lock_guard. Not recursive.
class VersionLock {
 public:
  void lock() {
    for (Backoff backoff;; backoff.Wait()) {
      std::uint32_t version = version_.load(std::memory_order_relaxed);
      if ((version & 1) == 0 &&
          version_.compare_exchange_weak(version, version + 1, std::memory_order_acq_rel,
                                         std::memory_order_relaxed)) {
        ReleaseFence();
        return;
      }
    }
  }

  void unlock() {
    version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // Calls `read` until nobody has written during the call. Where writers come thick and fast, the
  // last call locks them out, after a few in vain. Returns the version that has been read.
  template <typename Read>
  std::uint32_t ReadConsistently(Read read) {
    constexpr int kOptimisticTries = 4;
    for (int i = 0; i < kOptimisticTries; ++i) {
      const std::uint32_t before = VersionWhenUnlocked();
      read();
      if (VersionAfterReads() == before) return before;
    }
    const Unchanged lock(*this);
    read();
    return lock.version;
  }

  // Rises with every lock and unlock.
  std::uint32_t version() const { return version_.load(std::memory_order_acquire); }

  // Nobody has locked this since `version` was read.
  bool IsAt(std::uint32_t version) { return VersionAfterReads() == version; }

 private:
  // A lock under which nothing is written, so that the version is in the end what it was.
  struct Unchanged {
    explicit Unchanged(VersionLock& lock) : held(lock) {
      held.lock();
      version = held.version_.load(std::memory_order_relaxed) - 1;
    }
    ~Unchanged() { held.version_.store(version, std::memory_order_release); }

    VersionLock& held;
    std::uint32_t version;
  };

  std::uint32_t VersionWhenUnlocked() const {
    for (Backoff backoff;; backoff.Wait()) {
      const std::uint32_t version = version_.load(std::memory_order_acquire);
      if ((version & 1) == 0) return version;
    }
  }

  // The thread sanitizer knows no fences; stronger operations take their place in its build.
#if defined(MOYEO_THREAD_SANITIZER)
  static void ReleaseFence() {}
  std::uint32_t VersionAfterReads() { return version_.fetch_add(0, std::memory_order_acq_rel); }
#else
  static void ReleaseFence() { std::atomic_thread_fence(std::memory_order_release); }
  std::uint32_t VersionAfterReads() {
    std::atomic_thread_fence(std::memory_order_acquire);
    return version_.load(std::memory_order_relaxed);
  }
#endif

  std::atomic<std::uint32_t> version_ = 0;  // odd while it is locked
};

template <typename T>
T LoadRelaxed(const T& value) {
  return std::atomic_ref<T>(const_cast<T&>(value)).load(std::memory_order_relaxed);
}

template <typename T>
void StoreRelaxed(T& variable, T value) {
  std::atomic_ref<T>(variable).store(value, std::memory_order_relaxed);
}

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_VERSION_LOCK_H_
