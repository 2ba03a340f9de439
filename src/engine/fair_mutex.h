// A mutex for readers and writers that lets neither starve.

#ifndef MOYEO_ENGINE_FAIR_MUTEX_H_
#define MOYEO_ENGINE_FAIR_MUTEX_H_

#include <mutex>
#include <shared_mutex>

namespace moyeo::engine {

// std::shared_mutex lets readers in for ever before a writer who waits. Here everybody queues at a
// door, which a writer holds shut until the readers inside have left.
class FairMutex {
 public:
  void lock() {
    const std::lock_guard door(door_);
    inside_.lock();
  }
  void unlock() { inside_.unlock(); }

  void lock_shared() {
    const std::lock_guard door(door_);
    inside_.lock_shared();
  }
  void unlock_shared() { inside_.unlock_shared(); }

 private:
  std::mutex door_;
  std::shared_mutex inside_;
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_FAIR_MUTEX_H_
