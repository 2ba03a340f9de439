// What a thread does that waits for another.

#ifndef MOYEO_SPATIAL_BACKOFF_H_
#define MOYEO_SPATIAL_BACKOFF_H_

#include <thread>

namespace moyeo::spatial {

// Spins a little at first, in case that the wait is about to end, then lets other threads run.
class Backoff {
 public:
  void Wait() {
    if (!IsSpinning()) {
      std::this_thread::yield();
      return;
    }
    ++spins_;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
  }

  bool IsSpinning() const { return spins_ < kSpins; }

 private:
  static constexpr int kSpins = 64;
  int spins_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_BACKOFF_H_
