// From applied to durable: those who wait at the same time share one append.

#ifndef MOYEO_ENGINE_COMMIT_QUEUE_H_
#define MOYEO_ENGINE_COMMIT_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "moyeo/event.h"
#include "moyeo/journal.h"

namespace moyeo::engine {

// What one accepted command has led to.
struct Applied {
  JournalRecord record;
  std::vector<MessageChange> messages;
  std::optional<Timestamp> purge_by;
  std::vector<Event> events;
};

// There is no thread for it: of those who wait, one writes for all, and for whoever comes until it
// begins. So a lone caller is not handed from thread to thread, and many share what a flush costs.
class CommitQueue {
 public:
  // Called with the events that have become durable, in order, by one thread at a time, before
  // those who wait for them are told.
  using Publish = std::function<void(std::vector<Event> events)>;

  CommitQueue(Journal& journal, Publish publish);

  // To be durable next. Returns what to wait for. REQUIRES: the caller sees to the order
  std::uint64_t Push(Applied applied);

  // What has been pushed so far.
  std::uint64_t pushed() const;

  // Returns when that, and all before it, is durable; or why it never will be.
  absl::Status Await(std::uint64_t ticket);

  // Nothing becomes durable any more: an exception has ended what somebody was doing. Takes no
  // memory.
  void Interrupt();

  // Why nothing will become durable any more; OK as long as it may.
  absl::Status failure() const;

  std::uint64_t flushes() const;

 private:
  class Turn;

  absl::Status Write(std::vector<Applied> batch);

  Journal& journal_;
  const Publish publish_;

  mutable std::mutex mutex_;
  std::condition_variable written_;
  std::vector<Applied> waiting_;
  std::uint64_t pushed_ = 0;
  std::uint64_t durable_ = 0;
  std::uint64_t flushes_ = 0;
  bool is_writing_ = false;
  absl::Status failure_;
  const absl::Status interrupted_ =
      absl::InternalError("a command ended in an exception: open the journal anew");
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_COMMIT_QUEUE_H_
