#include "engine/commit_queue.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace moyeo::engine {

// The time during which one writes for all. If an exception ends it, nobody is left waiting for
// who has gone.
class CommitQueue::Turn {
 public:
  // REQUIRES: `lock` is of queue.mutex_ and held
  Turn(CommitQueue& queue, std::unique_lock<std::mutex>& lock) : queue_(queue), lock_(lock) {
    queue_.is_writing_ = true;
    queue_.open_->stage.store(Batch::kTaken);
  }

  ~Turn() {
    if (!lock_.owns_lock()) lock_.lock();
    queue_.is_writing_ = false;
    if (!is_over_) queue_.Fail(queue_.interrupted_);
    const std::shared_ptr<Batch> over = std::exchange(queue_.written_, nullptr);
    const std::shared_ptr<Batch> next = queue_.open_;
    const bool has_failed = queue_.has_failed_;
    const bool is_wanted = !has_failed && queue_.pushed_ > queue_.durable_;
    if (over != nullptr) over->stage.store(Batch::kOver);
    if (has_failed) {
      next->stage.store(Batch::kOver);
    } else if (is_wanted) {
      next->stage.store(Batch::kWanted);
    }
    lock_.unlock();
    // First who writes next, then those who have waited.
    if (is_wanted) next->stage.WakeOne();
    if (over != nullptr) over->stage.WakeAll();
    if (has_failed) next->stage.WakeAll();
  }

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // From now on another batch is open.
  std::vector<Applied> Close() {
    auto open = std::make_shared<Batch>();
    queue_.written_ = std::exchange(queue_.open_, std::move(open));
    queue_.written_through_ = queue_.pushed_;
    return std::move(queue_.written_->applied);
  }

  void IsOver(const absl::Status& status) {
    is_over_ = true;
    if (status.ok()) {
      queue_.durable_ = queue_.written_through_;
      ++queue_.flushes_;
    } else {
      queue_.Fail(status);
    }
  }

 private:
  CommitQueue& queue_;
  std::unique_lock<std::mutex>& lock_;
  bool is_over_ = false;
};

CommitQueue::CommitQueue(Journal& journal, Publish publish)
    : journal_(journal), publish_(std::move(publish)) {}

std::uint64_t CommitQueue::Push(Applied applied) {
  const std::lock_guard lock(mutex_);
  open_->applied.push_back(std::move(applied));
  return ++pushed_;
}

absl::Status CommitQueue::Await(std::uint64_t ticket) {
  while (durable_ < ticket) {
    std::shared_ptr<Batch> awaited;
    {
      std::unique_lock lock(mutex_);
      if (durable_ >= ticket) break;
      if (!failure_.ok()) return failure_;
      if (!is_writing_) {
        WriteOpen(lock);
        continue;
      }
      awaited = ticket <= written_through_ ? written_ : open_;
    }
    Sleep(*awaited);
  }
  return absl::OkStatus();
}

void CommitQueue::Sleep(Batch& batch) {
  std::uint32_t stage = batch.stage.load();
  while (stage != Batch::kOver) {
    if (stage == Batch::kWanted) {
      if (batch.stage.Exchange(stage, Batch::kTaken)) return;
    } else {
      batch.stage.Wait(stage);
      stage = batch.stage.load();
    }
  }
}

void CommitQueue::WriteOpen(std::unique_lock<std::mutex>& lock) {
  Turn turn(*this, lock);
  Gather(lock);
  std::vector<Applied> all = turn.Close();
  lock.unlock();
  const absl::Status status = Write(std::move(all));
  lock.lock();
  turn.IsOver(status);
}

void CommitQueue::Gather(std::unique_lock<std::mutex>& lock) {
  for (std::uint64_t before = 0; before != pushed_;) {
    before = pushed_;
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
  }
}

void CommitQueue::Fail(const absl::Status& why) {
  if (failure_.ok()) failure_ = why;
  has_failed_ = true;
}

void CommitQueue::Interrupt() {
  const std::lock_guard lock(mutex_);
  Fail(interrupted_);
  open_->stage.store(Batch::kOver);
  open_->stage.WakeAll();
}

absl::Status CommitQueue::failure() const {
  if (!has_failed_) return absl::OkStatus();
  const std::lock_guard lock(mutex_);
  return failure_;
}

absl::Status CommitQueue::Write(std::vector<Applied> all) {
  JournalBatch journaled;
  std::vector<Event> events;
  for (Applied& applied : all) {
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
