// From applied to durable: those who wait at the same time share one append.

#ifndef MOYEO_ENGINE_COMMIT_QUEUE_H_
#define MOYEO_ENGINE_COMMIT_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "engine/futex.h"
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
  std::uint64_t pushed() const { return pushed_; }

  // Returns when that, and all before it, is durable; or why it never will be.
  absl::Status Await(std::uint64_t ticket);

  // Nothing becomes durable any more: an exception has ended what somebody was doing. Takes no
  // memory.
  void Interrupt();

  // Why nothing will become durable any more; OK as long as it may.
  absl::Status failure() const;

  std::uint64_t flushes() const { return flushes_; }

 private:
  // What becomes durable together. Those who wait for it sleep apart from those of other batches,
  // and without the mutex, which hundreds would want at once when they are woken.
  struct Batch {
    enum Stage : std::uint32_t {
      kOpen,    // gathers what is pushed, while another one is being written
      kWanted,  // one of those who wait is to write it
      kTaken,   // somebody does
      kOver,
    };

    // Of those who wait, each of whom is a thread that has pushed at most Engine::kMostCommands.
    std::vector<Applied> applied;
    Futex stage{kOpen};
  };

  class Turn;

  // Returns when the batch is over, or the caller has taken it.
  static void Sleep(Batch& batch);

  // REQUIRES: `lock` is of mutex_ and held, and nobody is writing; it is not held afterwards
  void WriteOpen(std::unique_lock<std::mutex>& lock);

  // Lets those push who are about to, for as long as there are some: who was told of the last flush
  // comes with the next command, and would otherwise wait for two. One yield if there is nobody.
  void Gather(std::unique_lock<std::mutex>& lock);

  absl::Status Write(std::vector<Applied> all);

  // REQUIRES: mutex_ is held
  void Fail(const absl::Status& why);

  Journal& journal_;
  const Publish publish_;

  std::atomic<std::uint64_t> pushed_ = 0;
  std::atomic<std::uint64_t> durable_ = 0;
  std::atomic<std::uint64_t> flushes_ = 0;
  std::atomic<bool> has_failed_ = false;

  mutable std::mutex mutex_;
  std::shared_ptr<Batch> open_ = std::make_shared<Batch>();
  std::shared_ptr<Batch> written_;     // nothing is pushed to it any more; null if there is none
  std::uint64_t written_through_ = 0;  // the last ticket of the batch that was the latest to be it
  bool is_writing_ = false;
  absl::Status failure_;
  const absl::Status interrupted_ =
      absl::InternalError("a command ended in an exception: open the journal anew");
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_COMMIT_QUEUE_H_
