#include "presence/distributed_mutex.h"

#include <algorithm>

#include "spatial/backoff.h"

namespace moyeo {
namespace {

using spatial::Backoff;

// Threads of this process that have ever been readers, of any mutex.
std::atomic<std::size_t> thread_count = 0;

}  // namespace

std::size_t DistributedMutex::LineOfThisThread() {
  static thread_local const std::size_t line = thread_count.fetch_add(1) % kLines;
  return line;
}

// Sequential consistency is what makes this right: of a reader that announces itself and then looks
// for a writer, and a writer that announces itself and then looks for readers, at least one sees
// the other.
void DistributedMutex::lock_shared() {
  std::atomic<std::uint32_t>& readers = lines_[LineOfThisThread()].readers;
  readers.fetch_add(1, std::memory_order_seq_cst);
  if (has_writer_.load(std::memory_order_seq_cst) == 0) return;

  waiting_readers_.fetch_add(1, std::memory_order_relaxed);
  do {
    readers.fetch_sub(1, std::memory_order_release);
    Backoff backoff;
    while (has_writer_.load(std::memory_order_acquire) != 0) {
      if (backoff.IsSpinning()) {
        backoff.Wait();
      } else {
        has_writer_.wait(1, std::memory_order_acquire);
      }
    }
    readers.fetch_add(1, std::memory_order_seq_cst);
  } while (has_writer_.load(std::memory_order_seq_cst) != 0);
  waiting_readers_.fetch_sub(1, std::memory_order_relaxed);
}

void DistributedMutex::unlock_shared() {
  lines_[LineOfThisThread()].readers.fetch_sub(1, std::memory_order_release);
}

void DistributedMutex::lock() {
  writers_.lock();
  // Readers who waited for the last writer go first. They are on their way, so that a bounded wait
  // does: it is a courtesy, and no correctness hangs on it.
  constexpr int kCourtesy = 1'000;
  Backoff courtesy;
  for (int i = 0; i < kCourtesy && waiting_readers_.load(std::memory_order_relaxed) > 0; ++i) {
    courtesy.Wait();
  }
  has_writer_.store(1, std::memory_order_seq_cst);
  const std::size_t lines = std::min(thread_count.load(std::memory_order_seq_cst), kLines);
  for (std::size_t i = 0; i < lines; ++i) {
    Backoff backoff;
    while (lines_[i].readers.load(std::memory_order_seq_cst) != 0) backoff.Wait();
  }
}

void DistributedMutex::unlock() {
  // In one order with the look for waiters that notify_all begins with: a reader that still saw the
  // writer is then one whom it sees.
  has_writer_.store(0, std::memory_order_seq_cst);
  has_writer_.notify_all();
  writers_.unlock();
}

}  // namespace moyeo
