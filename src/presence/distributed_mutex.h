// A shared mutex whose readers do not get into each other's way.

#ifndef MOYEO_PRESENCE_DISTRIBUTED_MUTEX_H_
#define MOYEO_PRESENCE_DISTRIBUTED_MUTEX_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace moyeo {

// For many short shared sections and few exclusive ones. A reader announces itself in a cache line
// that it shares with few other threads, or none, so that sharing costs next to nothing on any
// number of processors; a writer keeps new readers out and waits for each line to be clear.
//
// Use with std::shared_lock and std::unique_lock. Not recursive. A writer that finds readers
// waiting lets them in first, so that neither side starves.
class DistributedMutex {
 public:
  DistributedMutex() = default;

  DistributedMutex(const DistributedMutex&) = delete;
  DistributedMutex& operator=(const DistributedMutex&) = delete;

  void lock_shared();
  void unlock_shared();
  void lock();
  void unlock();

 private:
  // More threads than this share lines, which is slower and just as right.
  static constexpr std::size_t kLines = 64;

  struct alignas(64) Line {
    std::atomic<std::uint32_t> readers = 0;
  };

  static std::size_t LineOfThisThread();

  std::array<Line, kLines> lines_;
  alignas(64) std::atomic<std::uint32_t> has_writer_ = 0;
  std::atomic<std::uint32_t> waiting_readers_ = 0;
  std::mutex writers_;
};

}  // namespace moyeo

#endif  // MOYEO_PRESENCE_DISTRIBUTED_MUTEX_H_
