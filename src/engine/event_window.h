// The latest events, and those who are told of them.

#ifndef MOYEO_ENGINE_EVENT_WINDOW_H_
#define MOYEO_ENGINE_EVENT_WINDOW_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/latest_events.h"
#include "moyeo/engine.h"
#include "moyeo/event.h"

namespace moyeo::engine {

// Hands events to subscribers by a thread of its own, so that whoever has caused them waits for
// nobody. For any thread.
class EventWindow {
 public:
  // Goes on from `latest`, the last of which has the sequence `last`. Has so many subscribers at
  // most.
  EventWindow(LatestEvents latest, std::uint64_t last, std::size_t max_subscribers);

  // REQUIRES: it has been closed
  ~EventWindow() = default;

  // Tells nobody any more when it returns, which waits for one call at most. Not to be called by a
  // subscriber.
  void Close();

  EventWindow(const EventWindow&) = delete;
  EventWindow& operator=(const EventWindow&) = delete;

  // The next events. REQUIRES: their sequences go on from last()
  void Push(std::vector<Event> events);

  // The sequence of the latest event.
  std::uint64_t last() const;

  using Number = std::uint64_t;

  // The events after `after`, and all that come, until Remove. InvalidArgument if there was none of
  // that sequence yet; ResourceExhausted if there are too many already; FailedPrecondition after
  // Close.
  absl::StatusOr<Number> Add(std::uint64_t after, EventSubscriber subscriber);

  // Waits until the subscriber has been told what they are being told, unless it is they who call.
  void Remove(Number subscriber);

 private:
  struct Subscriber {
    explicit Subscriber(EventSubscriber told_in) : told(std::move(told_in)) {}

    const EventSubscriber told;
    // Asked before each event, without the mutex, which those who push wait for.
    std::atomic<bool> has_ended = false;
  };

  struct Reader {
    Number number;
    std::uint64_t next;  // the sequence of the event that they are told next
    std::shared_ptr<Subscriber> subscriber;
  };

  void Run();
  // Somebody for whom there is something, in turn; null if there is nobody.
  Reader* NextReader();
  // Tells one reader what there is for them, up to some events. `lock` is of mutex_, and free
  // meanwhile.
  void Tell(Reader& reader, std::unique_lock<std::mutex>& lock);
  std::uint64_t first() const { return last_ + 1 - events_.size(); }

  const std::size_t max_subscribers_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable told_;
  LatestEvents events_;
  std::uint64_t last_;
  std::vector<Reader> readers_;
  std::size_t turn_ = 0;
  Number last_number_ = 0;
  Number being_told_ = 0;
  std::atomic<bool> is_closing_ = false;
  std::thread thread_;  // it uses all of the above
  const std::thread::id thread_id_;
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_EVENT_WINDOW_H_
