#include "engine/commit_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace moyeo::engine {

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
    is_writing_ = true;
    std::vector<Applied> batch = std::exchange(waiting_, {});
    const std::uint64_t last = pushed_;
    lock.unlock();
    absl::Status status = Write(std::move(batch));
    lock.lock();
    is_writing_ = false;
    if (status.ok()) {
      durable_ = last;
      ++flushes_;
    } else {
      failure_ = std::move(status);
    }
    written_.notify_all();
  }
  return absl::OkStatus();
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
  publish_(std::move(events), journaled.messages.size());
  return absl::OkStatus();
}

}  // namespace moyeo::engine
