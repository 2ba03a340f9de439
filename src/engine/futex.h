// A word of memory to wait for.

#ifndef MOYEO_ENGINE_FUTEX_H_
#define MOYEO_ENGINE_FUTEX_H_

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

namespace moyeo::engine {

// What std::atomic::wait is, but that one sleeps at once: the standard library's yields a few times
// before, and where hundreds wait on few cores, each of these is a turn of somebody else, so that
// they keep each other from sleeping.
class Futex {
 public:
  explicit Futex(std::uint32_t value) : value_(value) {}

  Futex(const Futex&) = delete;
  Futex& operator=(const Futex&) = delete;

  std::uint32_t load() const { return value_; }
  void store(std::uint32_t value) { value_ = value; }
  bool Exchange(std::uint32_t& expected, std::uint32_t desired) {
    return value_.compare_exchange_strong(expected, desired);
  }

  // Returns when woken while the value was `old`, or if it is another; or at any time.
  void Wait(std::uint32_t old) { Call(FUTEX_WAIT_PRIVATE, old); }

  void WakeOne() { Call(FUTEX_WAKE_PRIVATE, 1); }
  void WakeAll() { Call(FUTEX_WAKE_PRIVATE, INT_MAX); }

 private:
  void Call(int operation, std::uint32_t argument) {
    static_assert(sizeof(value_) == sizeof(std::uint32_t));
    syscall(SYS_futex, &value_, operation, argument, nullptr, nullptr, 0);
  }

  std::atomic<std::uint32_t> value_;
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_FUTEX_H_
