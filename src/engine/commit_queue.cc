#include "engine/commit_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace moyeo::engine {

// The time during which one writes for all. If an exception ends it, nobody is left waiting for
// who has gone.
class CommitQueue::Turn {
 public:
  // REQUIRES: `lock` is of queue.mutex_ and held
  Turn(CommitQueue& queue, std::unique_lock<std::mutex>& lock) : queue_(queue), lock_(lock) {
    queue_.is_writing_ = true;
  }

  ~Turn() {
    if (!lock_.owns_lock()) lock_.lock();
    queue_.is_writing_ = false;
    if (!is_over_ && queue_.failure_.ok()) queue_.failure_ = queue_.interrupted_;
    queue_.written_.notify_all();
  }

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  void IsOver() { is_over_ = true; }

 private:
  CommitQueue& queue_;
  std::unique_lock<std::mutex>& lock_;
  bool is_over_ = false;
};

CommitQueue::CommitQueue(Journal& journal, Publish publish)
    : journal_(journal), publish_(std::move(publish)) {}

std::uint64_t CommitQueue::Push(Applied applied) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(applied));
  return ++pushed_;
}

std::uint64_t CommitQueue::pushed() const {
  const std::lock_guard lock(mutex_);
  return pushed_;
}

absl::Status CommitQueue::Await(std::uint64_t ticket) {
  std::unique_lock lock(mutex_);
  while (durable_ < ticket) {
    if (!failure_.ok()) return failure_;
    if (is_writing_) {
      written_.wait(lock);
      continue;
    }
    Turn turn(*this, lock);
    std::vector<Applied> batch = std::exchange(waiting_, {});
    const std::uint64_t last = pushed_;
    lock.unlock();
    absl::Status status = Write(std::move(batch));
    lock.lock();
    turn.IsOver();
    if (status.ok()) {
      durable_ = last;
      ++flushes_;
    } else {
      failure_ = std::move(status);
    }
  }
  return absl::OkStatus();
}

void CommitQueue::Interrupt() {
  const std::lock_guard lock(mutex_);
  if (failure_.ok()) failure_ = interrupted_;
  written_.notify_all();
}

absl::Status CommitQueue::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::uint64_t CommitQueue::flushes() const {
  const std::lock_guard lock(mutex_);
  return flushes_;
}

absl::Status CommitQueue::Write(std::vector<Applied> batch) {
  JournalBatch journaled;
  std::vector<Event> events;
  for (Applied& applied : batch) {
    journaled.records.push_back(std::move(applied.record));
    std::ranges::move(applied.messages, std::back_inserter(journaled.messages));
    std::ranges::move(applied.events, std::back_inserter(events));
    if (!applied.purge_by) continue;
    journaled.purge_by = std::min(*applied.purge_by, journaled.purge_by.value_or(kMaxTimestamp));
  }
  if (absl::Status status = journal_.Append(journaled); !status.ok()) return status;
  publish_(std::move(events));
  return absl::OkStatus();
}

}  // namespace moyeo::engine
