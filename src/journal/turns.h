// A mutex that is had by turns.

#ifndef MOYEO_JOURNAL_TURNS_H_
#define MOYEO_JOURNAL_TURNS_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace moyeo::journal {

// Who waits longest has it next: a thread that takes it over and over does not keep others out, as
// it would with std::mutex.
class TurnMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = next_++;
    changed_.wait(lock, [&] { return now_ == mine; });
  }

  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      ++now_;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  std::uint64_t now_ = 0;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_TURNS_H_
