#include "engine/event_window.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace moyeo::engine {
namespace {

// Told to one before it is somebody else's turn.
constexpr std::size_t kEventsAtOnce = 256;

}  // namespace

EventWindow::EventWindow(LatestEvents latest, std::uint64_t last, std::size_t max_subscribers)
    : max_subscribers_(max_subscribers),
      events_(std::move(latest)),
      last_(last),
      thread_([this] { Run(); }),
      thread_id_(thread_.get_id()) {}

void EventWindow::Close() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void EventWindow::Push(std::vector<Event> events) {
  {
    const std::lock_guard lock(mutex_);
    for (Event& event : events) {
      last_ = event.sequence;
      events_.Push(std::move(event));
    }
  }
  changed_.notify_one();
}

std::uint64_t EventWindow::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

absl::StatusOr<EventWindow::Number> EventWindow::Add(std::uint64_t after,
                                                     EventSubscriber subscriber) {
  Number number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (is_closing_) return absl::FailedPreconditionError("the engine is closed");
    if (readers_.size() >= max_subscribers_) {
      return absl::ResourceExhaustedError(
          absl::StrCat("there are max_subscriptions = ", max_subscribers_, " already"));
    }
    if (after > last_) {
      return absl::InvalidArgumentError(
          absl::StrCat("after: there is no event ", after, "; the latest is ", last_));
    }
    number = ++last_number_;
    readers_.push_back({.number = number,
                        .next = after + 1,
                        .subscriber = std::make_shared<Subscriber>(std::move(subscriber))});
  }
  changed_.notify_one();
  return number;
}

void EventWindow::Remove(Number subscriber) {
  // Destroyed without the lock: they may hold other subscriptions.
  std::shared_ptr<Subscriber> removed;
  std::unique_lock lock(mutex_);
  const auto reader = std::ranges::find(readers_, subscriber, &Reader::number);
  if (reader != readers_.end()) {
    removed = std::move(reader->subscriber);
    removed->has_ended = true;
    readers_.erase(reader);
  }
  if (std::this_thread::get_id() == thread_id_) return;
  told_.wait(lock, [&] { return being_told_ != subscriber; });
}

EventWindow::Reader* EventWindow::NextReader() {
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    Reader& reader = readers_[(turn_ + i) % readers_.size()];
    if (reader.next > last_) continue;
    turn_ = (turn_ + i + 1) % readers_.size();
    return &reader;
  }
  return nullptr;
}

void EventWindow::Tell(Reader& reader, std::unique_lock<std::mutex>& lock) {
  const Number number = reader.number;
  std::shared_ptr<Subscriber> subscriber = reader.subscriber;
  const bool needs_resync = reader.next < first();
  if (needs_resync) reader.next = first();
  const std::uint64_t resumed = reader.next;
  std::vector<std::shared_ptr<const Event>> events =
      events_.From(reader.next - first(), kEventsAtOnce);
  reader.next += events.size();
  being_told_ = number;

  lock.unlock();
  if (needs_resync) subscriber->told.on_resync(resumed);
  for (const std::shared_ptr<const Event>& event : events) {
    // They may have ended their subscription meanwhile.
    if (subscriber->has_ended || is_closing_) break;
    subscriber->told.on_event(*event);
  }
  events.clear();
  subscriber.reset();
  lock.lock();
  being_told_ = 0;
  told_.notify_all();
}

void EventWindow::Run() {
  std::unique_lock lock(mutex_);
  while (!is_closing_) {
    if (Reader* const reader = NextReader()) {
      Tell(*reader, lock);
    } else {
      changed_.wait(lock);
    }
  }
}

}  // namespace moyeo::engine
