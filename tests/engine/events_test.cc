// Who is told of events: in order, each once, and never under a lock.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <vector>

#include "engine/engine_fixture.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What one subscriber has been told.
class Listener {
 public:
  EventSubscriber subscriber() {
    return {.on_event =
                [this](const Event& event) {
                  const std::lock_guard lock(mutex_);
                  told_.push_back(event.sequence);
                  changed_.notify_all();
                },
            .on_resync =
                [this](std::uint64_t next) {
                  const std::lock_guard lock(mutex_);
                  resyncs_.push_back(next);
                  changed_.notify_all();
                }};
  }

  // What has been told when event `last` has.
  std::vector<std::uint64_t> ToldThrough(std::uint64_t last) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !told_.empty() && told_.back() >= last; });
    return told_;
  }

  std::vector<std::uint64_t> resyncs() {
    const std::lock_guard lock(mutex_);
    return resyncs_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> told_;
  std::vector<std::uint64_t> resyncs_;
};

// From `first` to `last`.
std::vector<std::uint64_t> Sequences(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> sequences(last - first + 1);
  std::iota(sequences.begin(), sequences.end(), first);
  return sequences;
}

class EngineEventsTest : public EngineTest {
 protected:
  std::uint64_t last() const { return engine_->Statistics().events; }
};

TEST_F(EngineEventsTest, EveryEventIsToldOnceInOrder) {
  OpenInMemory();
  Listener early;
  const auto first = engine_->Subscribe(0, early.subscriber());
  ASSERT_THAT(first, IsOk());
  Register4();
  Befriend(kAda, kBob);
  Listener late;
  const auto second = engine_->Subscribe(2, late.subscriber());
  ASSERT_THAT(second, IsOk());
  Do(kAda, Block{kBob});
  EXPECT_EQ(early.ToldThrough(last()), Sequences(1, last()));
  EXPECT_EQ(late.ToldThrough(last()), Sequences(3, last()));
  EXPECT_THAT(early.resyncs(), IsEmpty());
}

TEST_F(EngineEventsTest, ASubscriberGoesOnAfterReopening) {
  Open();
  Register4();
  const std::uint64_t heard = last();
  Befriend(kAda, kBob);
  Open();
  Listener listener;
  const auto subscription = engine_->Subscribe(heard, listener.subscriber());
  ASSERT_THAT(subscription, IsOk());
  Do(kAda, Block{kBob});
  EXPECT_EQ(listener.ToldThrough(last()), Sequences(heard + 1, last()));
  EXPECT_THAT(listener.resyncs(), IsEmpty());
}

TEST_F(EngineEventsTest, WhoComesTooLateIsToldToLookAnew) {
  Open({.event_window = 3});
  Register4();
  Listener listener;
  const auto subscription = engine_->Subscribe(0, listener.subscriber());
  ASSERT_THAT(subscription, IsOk());
  EXPECT_EQ(listener.ToldThrough(4), Sequences(2, 4));
  EXPECT_THAT(listener.resyncs(), ElementsAre(2));
}

TEST_F(EngineEventsTest, OfLongEventsFewerAreKept) {
  constexpr std::size_t kText = 2'000;
  // Enough for one message, and not for two.
  Open({.event_window_bytes = sizeof(Event) + 3 * kText / 2});
  Do(kAda, Register{.nickname = "Ada"});
  const MeetupId meetup = Host(kAda);
  for (int i = 0; i < 5; ++i) Do(kAda, PostMessage{meetup, std::string(kText, 'x')});
  for (int i = 0; i < 2; ++i) {
    Listener listener;
    const auto subscription = engine_->Subscribe(0, listener.subscriber());
    ASSERT_THAT(subscription, IsOk());
    EXPECT_EQ(listener.ToldThrough(last()), Sequences(last(), last()));
    EXPECT_THAT(listener.resyncs(), ElementsAre(last()));
    Open({.event_window_bytes = sizeof(Event) + 3 * kText / 2});
  }
}

TEST_F(EngineEventsTest, EventsBeforeASnapshotAreGoneAfterReopening) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Open();
  Listener listener;
  const auto subscription = engine_->Subscribe(1, listener.subscriber());
  ASSERT_THAT(subscription, IsOk());
  Befriend(kAda, kBob);
  EXPECT_EQ(listener.ToldThrough(last()), Sequences(5, last()));
  EXPECT_THAT(listener.resyncs(), ElementsAre(5));
}

TEST_F(EngineEventsTest, ThereIsNoSubscribingToWhatHasNotBeen) {
  OpenInMemory();
  Listener listener;
  EXPECT_THAT(engine_->Subscribe(1, listener.subscriber()).status(), IsInvalid("after"));
  EXPECT_THAT(engine_->Subscribe(0, {}).status(), IsInvalid("subscriber"));
}

TEST_F(EngineEventsTest, ThereAreNoMoreSubscriptionsThanThereMayBe) {
  OpenInMemory({.max_subscriptions = 2});
  Listener listener;
  std::optional<Engine::Subscription> first = *engine_->Subscribe(0, listener.subscriber());
  const auto second = engine_->Subscribe(0, listener.subscriber());
  EXPECT_THAT(second, IsOk());
  EXPECT_THAT(engine_->Subscribe(0, listener.subscriber()).status(),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_subscriptions = 2")));
  first.reset();
  EXPECT_THAT(engine_->Subscribe(0, listener.subscriber()), IsOk());
}

TEST_F(EngineEventsTest, ASubscriberMayUseTheEngine) {
  OpenInMemory();
  Listener listener;
  EventSubscriber subscriber = listener.subscriber();
  // Whoever registers has a friend by and by.
  subscriber.on_event = [&, told = std::move(subscriber.on_event)](const Event& event) {
    if (const auto* registered = std::get_if<UserRegistered>(&event.body)) {
      if (registered->user != kAda) Do(kAda, RequestFriend{registered->user});
    }
    told(event);
  };
  const auto subscription = engine_->Subscribe(0, std::move(subscriber));
  ASSERT_THAT(subscription, IsOk());
  Register4();
  EXPECT_EQ(listener.ToldThrough(7), Sequences(1, 7));
  EXPECT_EQ(engine_->RequestsSent(kAda)->items.size(), 3u);
}

TEST_F(EngineEventsTest, WhoHasEndedTheirSubscriptionIsToldNothingMore) {
  OpenInMemory();
  Listener other;
  const auto watching = engine_->Subscribe(0, other.subscriber());
  int told = 0;
  std::optional<Engine::Subscription> subscription;
  std::mutex mutex;
  mutex.lock();  // until it is known which subscription it is
  auto made = engine_->Subscribe(0, {.on_event =
                                         [&](const Event&) {
                                           const std::lock_guard lock(mutex);
                                           ++told;
                                           subscription.reset();
                                         },
                                     .on_resync = [](std::uint64_t) {}});
  ASSERT_THAT(made, IsOk());
  subscription = *std::move(made);
  mutex.unlock();
  Register4();
  EXPECT_EQ(other.ToldThrough(4), Sequences(1, 4));
  engine_.reset();
  EXPECT_EQ(told, 1);
}

TEST_F(EngineEventsTest, WhoEndsTheirSubscriptionInsteadOfLookingAnewIsToldNothing) {
  Open({.event_window = 3});
  Register4();
  int told = 0;
  std::optional<Engine::Subscription> subscription;
  std::mutex mutex;
  mutex.lock();
  auto made = engine_->Subscribe(0, {.on_event = [&](const Event&) { ++told; },
                                     .on_resync =
                                         [&](std::uint64_t) {
                                           const std::lock_guard lock(mutex);
                                           subscription.reset();
                                         }});
  ASSERT_THAT(made, IsOk());
  subscription = *std::move(made);
  mutex.unlock();
  Listener other;
  const auto watching = engine_->Subscribe(0, other.subscriber());
  Befriend(kAda, kBob);
  other.ToldThrough(last());
  engine_.reset();
  EXPECT_EQ(told, 0);
}

// As sessions do, which live as long as they are told something.
TEST_F(EngineEventsTest, ASubscriberMayHoldSubscriptions) {
  OpenInMemory();
  struct Session {
    std::optional<Engine::Subscription> first;
    std::optional<Engine::Subscription> second;
  };
  auto session = std::make_shared<Session>();
  const std::weak_ptr<Session> left = session;
  const auto subscribe = [&](std::function<void(const Event&)> on_event) {
    auto made =
        engine_->Subscribe(0, {.on_event = std::move(on_event), .on_resync = [](std::uint64_t) {}});
    EXPECT_THAT(made, IsOk());
    return *std::move(made);
  };
  session->first = subscribe([](const Event&) {});
  session->second = subscribe([session](const Event&) { session->second.reset(); });
  session.reset();
  Listener other;
  const auto watching = engine_->Subscribe(0, other.subscriber());
  Register4();
  other.ToldThrough(4);
  engine_.reset();
  EXPECT_TRUE(left.expired());
}

TEST_F(EngineEventsTest, EndingASubscriptionWaitsForWhoIsBeingTold) {
  OpenInMemory();
  std::atomic<bool> is_over = false;
  std::atomic<int> told_after = 0;
  for (int round = 0; round < 50; ++round) {
    is_over = false;
    auto subscription = engine_->Subscribe(0, {.on_event =
                                                   [&](const Event&) {
                                                     if (is_over) ++told_after;
                                                   },
                                               .on_resync = [](std::uint64_t) {}});
    ASSERT_THAT(subscription, IsOk());
    Do(UserId{100u + static_cast<unsigned>(round)},
       Register{.nickname = "user" + std::to_string(round)});
    { const Engine::Subscription ended = *std::move(subscription); }
    is_over = true;
  }
  EXPECT_EQ(told_after, 0);
}

}  // namespace
}  // namespace moyeo::testing
