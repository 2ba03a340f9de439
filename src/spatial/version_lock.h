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

// Guards what is written in a moment. A reader waits until nobody writes, and excludes writers, but
// no other reader, only when it has been disturbed several times. What a writer writes and a reader
// reads must be relaxed atomics (StoreRelaxed and LoadRelaxed below); see SelectBesideMoves in
// search.cc for the one exception.
//
// Use with std::lock_guard. Not recursive.
class VersionLock {
 public:
  void lock() {
    for (Backoff backoff;; backoff.Wait()) {
      const std::uint32_t version = version_.load(std::memory_order_relaxed);
      if (TryMark(version, kWriting)) {
        ReleaseFence();
        return;
      }
    }
  }

  void unlock() {
    const std::uint32_t version = version_.load(std::memory_order_relaxed);
    version_.store(version - kWriting + kNext, std::memory_order_release);
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
  std::uint32_t version() const { return version_.load(std::memory_order_acquire) & ~kReading; }

  // Nobody has written since `version` was read.
  bool IsAt(std::uint32_t version) { return VersionAfterReads() == version; }

 private:
  // What stands in the last two bits of the version, which rises above them.
  static constexpr std::uint32_t kWriting = 1;
  static constexpr std::uint32_t kReading = 2;  // a reader keeps writers out
  static constexpr std::uint32_t kNext = 4;

  // Keeps writers out. Other readers see nothing of it: they would disturb each other, and go on
  // doing so when the last writer has long gone.
  struct Unchanged {
    explicit Unchanged(VersionLock& lock) : held(lock) {
      for (Backoff backoff;; backoff.Wait()) {
        version = held.version_.load(std::memory_order_relaxed);
        if (held.TryMark(version, kReading)) return;
      }
    }
    ~Unchanged() { held.version_.store(version, std::memory_order_release); }

    VersionLock& held;
    std::uint32_t version;
  };

  // False if somebody writes, or keeps writers out, or now and then for no reason.
  bool TryMark(std::uint32_t version, std::uint32_t mark) {
    return (version & (kWriting | kReading)) == 0 &&
           version_.compare_exchange_weak(version, version | mark, std::memory_order_acq_rel,
                                          std::memory_order_relaxed);
  }

  std::uint32_t VersionWhenUnlocked() const {
    for (Backoff backoff;; backoff.Wait()) {
      const std::uint32_t version = version_.load(std::memory_order_acquire);
      if ((version & kWriting) == 0) return version & ~kReading;
    }
  }

  // The thread sanitizer knows no fences; stronger operations take their place in its build.
#if defined(MOYEO_THREAD_SANITIZER)
  static void ReleaseFence() {}
  std::uint32_t VersionAfterReads() {
    return version_.fetch_add(0, std::memory_order_acq_rel) & ~kReading;
  }
#else
  static void ReleaseFence() { std::atomic_thread_fence(std::memory_order_release); }
  std::uint32_t VersionAfterReads() {
    std::atomic_thread_fence(std::memory_order_acquire);
    return version_.load(std::memory_order_relaxed) & ~kReading;
  }
#endif

  std::atomic<std::uint32_t> version_ = 0;
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
