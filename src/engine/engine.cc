#include "moyeo/engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/commit_queue.h"
#include "engine/event_window.h"
#include "engine/fair_mutex.h"
#include "engine/message_texts.h"
#include "engine/replay.h"
#include "engine/sight_wiring.h"
#include "moyeo/json.h"
#include "society/snapshot.h"
#include "society/society.h"

namespace moyeo {
inline namespace v0 {
namespace {

using society::Society;

// `ms` after `time`, or the end of time.
Timestamp Later(Timestamp time, std::int64_t ms) {
  const auto left = kMaxTimestamp - time;
  return time + std::min(std::chrono::milliseconds(ms), left);
}

}  // namespace

absl::Status EngineOptions::Validate() const {
  if (max_users < 1 || max_users > PresenceOptions::kMaxUsersLimit) {
    return absl::InvalidArgumentError(absl::StrCat("max_users: ", max_users, " is not from 1 to ",
                                                   PresenceOptions::kMaxUsersLimit));
  }
  if (cloak_interval_ms < 1 || cloak_interval_ms > PresenceOptions::kMaxCloakIntervalMs) {
    return absl::InvalidArgumentError(absl::StrCat("cloak_interval_ms: ", cloak_interval_ms,
                                                   " is not from 1 to ",
                                                   PresenceOptions::kMaxCloakIntervalMs));
  }
  if (event_window < 1) return absl::InvalidArgumentError("event_window: 0 is less than 1");
  if (erase_within_ms < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("erase_within_ms: ", erase_within_ms, " is less than 0"));
  }
  return absl::OkStatus();
}

struct Engine::Impl {
  Impl(EngineOptions options_in, std::unique_ptr<Journal> journal_in, engine::Replayed replayed,
       std::vector<Event> latest)
      : options(std::move(options_in)),
        journal(std::move(journal_in)),
        society(std::move(replayed.society)),
        texts(*journal),
        damage(std::move(replayed.damage)),
        applied(replayed.last),
        last_snapshot(replayed.snapshot),
        index({.ttl_ms = society.settings().presence_ttl_ms,
               .max_users = options.max_users,
               .default_visibility = Visibility::kCloaked,
               .cloak_level = society.settings().cloak_level,
               .cloak_interval_ms = options.cloak_interval_ms}),
        feeds(index),
        fences(index),
        queue(*journal, [this](std::vector<Event> done,
                               std::size_t messages) { Publish(std::move(done), messages); }),
        events(std::make_shared<engine::EventWindow>(options.event_window,
                                                     society.sequence() - latest.size())) {
    events->Push(std::move(latest));
  }

  ~Impl() {
    {
      const std::lock_guard lock(keeper_mutex);
      is_closing = true;
    }
    keeper_wakes.notify_one();
    if (keeper.joinable()) keeper.join();
    events->Close();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Log(std::string_view line) const {
    if (options.log != nullptr) options.log(line);
  }

  // ---- Commands

  absl::StatusOr<std::vector<Outcome>> Apply(std::span<const Command> commands) {
    std::vector<std::string> records;
    records.reserve(commands.size());
    for (const Command& command : commands) records.push_back(ToJson(command));

    std::vector<Outcome> outcomes;
    outcomes.reserve(commands.size());
    std::uint64_t ticket = 0;
    {
      const std::lock_guard lock(state_mutex);
      if (absl::Status status = CheckWritable(); !status.ok()) return status;
      for (std::size_t i = 0; i < commands.size(); ++i) {
        outcomes.push_back(ApplyOne(commands[i], std::move(records[i])));
      }
      ticket = queue.pushed();
    }
    if (absl::Status status = queue.Await(ticket); !status.ok()) return status;
    return outcomes;
  }

  // REQUIRES: state_mutex is held
  Outcome ApplyOne(const Command& command, std::string record) {
    if (IsNeedless(command)) return {};
    std::vector<Event> happened;
    const Outcome outcome = society.Apply(command, happened);
    if (!outcome.accepted()) {
      ++refused;
      return outcome;
    }
    ++accepted;
    for (const Event& event : happened) texts.Take(event);
    std::optional<Timestamp> purge_by;
    if (std::holds_alternative<Erase>(command.body)) {
      purge_by = Later(society.time(), options.erase_within_ms);
    }
    time = society.time();
    queue.Push({.record = {.sequence = ++applied,
                           .time = command.time,
                           .request_id = command.request_id,
                           .rules_version = society::kRulesVersion,
                           .command = std::move(record)},
                .messages = texts.Changes(),
                .purge_by = purge_by,
                .events = std::move(happened)});
    return outcome;
  }

  // Whether it is an Advance that has nothing to do, not even to bring about the time to purge.
  bool IsNeedless(const Command& command) const {
    if (!std::holds_alternative<Advance>(command.body) || command.request_id) return false;
    if (society.Validate(command) != Reject::kNone) return false;
    const std::optional<Timestamp> due = NextDue();
    return !due || *due > command.time;
  }

  std::optional<Timestamp> NextDue() const {
    std::optional<Timestamp> due = society.NextDue();
    const std::optional<PendingPurge> purge = journal->pending_purge();
    if (purge && purge->by > society.time()) due = std::min(purge->by, due.value_or(purge->by));
    return due;
  }

  // Why nothing may change any more.
  absl::Status CheckWritable() const {
    if (damage.ok()) return queue.failure();
    return absl::FailedPreconditionError(
        absl::StrCat("only what is intact can be read: ", damage.ToString()));
  }

  // Of what is durable now: by one thread at a time.
  void Publish(std::vector<Event> done, std::size_t messages) {
    texts.Forget(messages);
    for (const Event& event : done) {
      const absl::Status status = engine::Wire(event, index);
      if (!status.ok()) Log(absl::StrCat("presence is not told of an event: ", status.ToString()));
    }
    events->Push(std::move(done));
    if (!WantsSnapshot()) return;
    { const std::lock_guard lock(keeper_mutex); }
    keeper_wakes.notify_one();
  }

  // ---- Questions

  // What `read` says of the state as it is, when that is durable.
  template <typename Read>
  auto Ask(Read read) -> decltype(read(std::declval<const Society&>())) {
    std::uint64_t ticket = 0;
    auto answer = [&] {
      const std::shared_lock lock(state_mutex);
      ticket = queue.pushed();
      return read(std::as_const(society));
    }();
    if (absl::Status status = queue.Await(ticket); !status.ok()) return status;
    return answer;
  }

  // ---- Snapshots

  bool WantsPurge() const {
    const std::optional<PendingPurge> purge = journal->pending_purge();
    return purge && purge->by <= time.load();
  }

  bool WantsSnapshot() const {
    if (time.load() < retry_at.load()) return false;
    if (options.commands_per_snapshot > 0 &&
        journal->last() - last_snapshot >= options.commands_per_snapshot) {
      return true;
    }
    return WantsPurge();
  }

  absl::Status MakeSnapshot() {
    const std::lock_guard lock(snapshot_mutex);
    if (absl::Status status = CheckWritable(); !status.ok()) return status;
    // Not the state in use but another one, made again from the journal: nobody waits for it.
    absl::StatusOr<engine::Replayed> again = engine::Replay(
        *journal, [](std::vector<Event>&) {}, [this](std::string_view line) { Log(line); });
    if (!again.ok()) return again.status();
    if (!again->damage.ok()) return again->damage;
    const bool is_new = again->last > again->snapshot;
    if (is_new) {
      if (absl::Status status = engine::WriteTo(*journal, *again); !status.ok()) return status;
      last_snapshot = again->last;
      ++snapshots;
    }
    Log(absl::StrCat("snapshot ", again->last));
    // The one that it was made from stays, in case that the newest turns out to be damaged, unless
    // somebody was erased since.
    const bool purges = journal->pending_purge().has_value();
    if (!purges && (!is_new || again->snapshot <= journal->forgotten())) return absl::OkStatus();
    return journal->Forget(purges ? again->last : again->snapshot);
  }

  // The background thread.
  void Keep() {
    std::unique_lock lock(keeper_mutex);
    while (true) {
      keeper_wakes.wait(lock, [this] { return is_closing || WantsSnapshot(); });
      if (is_closing) return;
      lock.unlock();
      const absl::Status status = MakeSnapshot();
      if (!status.ok()) {
        Log(absl::StrCat("no snapshot: ", status.ToString()));
        // Not at once again.
        retry_at = Later(time, 60'000);
      }
      lock.lock();
    }
  }

  const EngineOptions options;
  const std::unique_ptr<Journal> journal;

  mutable engine::FairMutex state_mutex;
  Society society;
  engine::MessageTexts texts;
  const absl::Status damage;
  std::uint64_t applied;

  std::atomic<Timestamp> time = kMinTimestamp;
  std::atomic<Timestamp> retry_at = kMinTimestamp;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> snapshots = 0;
  std::atomic<std::uint64_t> last_snapshot;

  PresenceIndex index;
  NearbyFeeds feeds;
  Fences fences;
  engine::CommitQueue queue;
  // Shared with subscriptions, which may be destroyed after the engine.
  const std::shared_ptr<engine::EventWindow> events;

  std::mutex snapshot_mutex;
  std::mutex keeper_mutex;
  std::condition_variable keeper_wakes;
  bool is_closing = false;
  std::thread keeper;
};

// ---- Opening and closing

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(std::unique_ptr<Journal> journal,
                                                     EngineOptions options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  std::deque<Event> window;
  const auto hear = [&](std::vector<Event>& events) {
    std::ranges::move(events, std::back_inserter(window));
    while (window.size() > options.event_window) window.pop_front();
  };
  absl::StatusOr<engine::Replayed> replayed =
      engine::Replay(*journal, hear, [&](std::string_view line) {
        if (options.log != nullptr) options.log(line);
      });
  if (!replayed.ok()) return replayed.status();
  if (!replayed->damage.ok() && options.on_damage == DamagePolicy::kRefuse) {
    return replayed->damage;
  }
  std::vector<Event> latest(std::make_move_iterator(window.begin()),
                            std::make_move_iterator(window.end()));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(journal), *std::move(replayed),
                                     std::move(latest));
  impl->time = impl->society.time();
  if (absl::Status status = engine::WireAll(impl->society, impl->index); !status.ok()) {
    return status;
  }
  if (impl->damage.ok()) impl->keeper = std::thread([&keeping = *impl] { keeping.Keep(); });
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::OpenInMemory(EngineOptions options) {
  return Open(NewMemoryJournal(), std::move(options));
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

// ---- What lasts

absl::StatusOr<Outcome> Engine::Apply(const Command& command) {
  absl::StatusOr<std::vector<Outcome>> outcomes = impl_->Apply({&command, 1});
  if (!outcomes.ok()) return outcomes.status();
  return outcomes->front();
}

absl::StatusOr<std::vector<Outcome>> Engine::ApplyBatch(std::span<const Command> commands) {
  return impl_->Apply(commands);
}

absl::StatusOr<std::optional<Timestamp>> Engine::NextDue() const {
  return impl_->Ask([this](const Society&) {
    return absl::StatusOr<std::optional<Timestamp>>(impl_->NextDue());
  });
}

absl::StatusOr<Settings> Engine::settings() const {
  return impl_->Ask(
      [](const Society& society) { return absl::StatusOr<Settings>(society.settings()); });
}

absl::StatusOr<std::uint64_t> Engine::Hash() const {
  return impl_->Ask(
      [](const Society& society) { return absl::StatusOr<std::uint64_t>(society.Hash()); });
}

// ---- People, meetups and rooms

absl::StatusOr<ProfileView> Engine::ViewProfile(UserId viewer, UserId user) const {
  return impl_->Ask([&](const Society& society) { return society.ViewProfile(viewer, user); });
}

absl::StatusOr<Page<UserSummary>> Engine::SearchPeople(UserId viewer, std::string_view text,
                                                       const PageRequest& page) const {
  return impl_->Ask(
      [&](const Society& society) { return society.SearchPeople(viewer, text, page); });
}

absl::StatusOr<Page<UserSummary>> Engine::Friends(UserId user, const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.Friends(user, page); });
}

absl::StatusOr<Page<UserSummary>> Engine::RequestsSent(UserId user, const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.RequestsSent(user, page); });
}

absl::StatusOr<Page<UserSummary>> Engine::RequestsReceived(UserId user,
                                                           const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.RequestsReceived(user, page); });
}

absl::StatusOr<Page<UserSummary>> Engine::Blocked(UserId user, const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.Blocked(user, page); });
}

absl::StatusOr<UserExport> Engine::Export(UserId user) const {
  return impl_->Ask([&](const Society& society) { return society.Export(user, impl_->texts); });
}

absl::StatusOr<MeetupView> Engine::ViewMeetup(std::optional<UserId> viewer, MeetupId meetup) const {
  return impl_->Ask([&](const Society& society) { return society.ViewMeetup(viewer, meetup); });
}

absl::StatusOr<std::vector<MemberView>> Engine::Members(std::optional<UserId> viewer,
                                                        MeetupId meetup) const {
  return impl_->Ask([&](const Society& society) { return society.Members(viewer, meetup); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::OpenMeetups(std::optional<UserId> viewer,
                                                        const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.OpenMeetups(viewer, page); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::MeetupsWithTag(std::optional<UserId> viewer,
                                                           std::string_view tag,
                                                           const PageRequest& page) const {
  return impl_->Ask(
      [&](const Society& society) { return society.MeetupsWithTag(viewer, tag, page); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::MeetupsStartingWithin(std::optional<UserId> viewer,
                                                                  Timestamp from, Timestamp to,
                                                                  const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) {
    return society.MeetupsStartingWithin(viewer, from, to, page);
  });
}

absl::StatusOr<Page<MeetupSummary>> Engine::SearchMeetups(std::optional<UserId> viewer,
                                                          std::string_view text,
                                                          const PageRequest& page) const {
  return impl_->Ask(
      [&](const Society& society) { return society.SearchMeetups(viewer, text, page); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::MeetupsOnMap(std::optional<UserId> viewer,
                                                         const MapArea& area,
                                                         const PageRequest& page) const {
  return impl_->Ask(
      [&](const Society& society) { return society.MeetupsOnMap(viewer, area, page); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::MyMeetups(UserId user, const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.MyMeetups(user, page); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::HostedMeetups(UserId user,
                                                          const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.HostedMeetups(user, page); });
}

absl::StatusOr<Page<MeetupSummary>> Engine::MyInvitations(UserId user,
                                                          const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.MyInvitations(user, page); });
}

absl::StatusOr<RoomView> Engine::ViewRoom(UserId viewer, MeetupId meetup) const {
  return impl_->Ask([&](const Society& society) { return society.ViewRoom(viewer, meetup); });
}

absl::StatusOr<Page<MessageView>> Engine::Messages(UserId viewer, MeetupId meetup,
                                                   const PageRequest& page) const {
  return impl_->Ask(
      [&](const Society& society) { return society.Messages(viewer, meetup, impl_->texts, page); });
}

// ---- Events

struct Engine::Subscription::Impl {
  const std::weak_ptr<engine::EventWindow> window;
  const engine::EventWindow::Number number;

  ~Impl() {
    if (const std::shared_ptr<engine::EventWindow> events = window.lock()) events->Remove(number);
  }
};

Engine::Subscription::Subscription(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::Subscription::Subscription(Subscription&&) noexcept = default;
Engine::Subscription& Engine::Subscription::operator=(Subscription&&) noexcept = default;
Engine::Subscription::~Subscription() = default;

absl::StatusOr<Engine::Subscription> Engine::Subscribe(std::uint64_t after,
                                                       EventSubscriber subscriber) {
  if (subscriber.on_event == nullptr || subscriber.on_resync == nullptr) {
    return absl::InvalidArgumentError("subscriber: both functions are needed");
  }
  const absl::StatusOr<engine::EventWindow::Number> number =
      impl_->events->Add(after, std::move(subscriber));
  if (!number.ok()) return number.status();
  return Subscription(std::unique_ptr<Subscription::Impl>(
      new Subscription::Impl{.window = impl_->events, .number = *number}));
}

// ---- Where everybody is

absl::Status Engine::Move(UserId user, LatLng position, Timestamp seen,
                          std::optional<std::uint32_t> attributes) {
  return impl_->index.Move(user, position, seen, attributes);
}

absl::StatusOr<MoveBatchResult> Engine::MoveBatch(std::span<const UserId> users,
                                                  std::span<const LatLng> positions, Timestamp seen,
                                                  std::span<const std::uint32_t> attributes) {
  return impl_->index.MoveBatch(users, positions, seen, attributes);
}

bool Engine::Remove(UserId user) { return impl_->index.Remove(user); }

ExpireResult Engine::Expire(Timestamp now) { return impl_->index.Expire(now); }

const PresenceIndex& Engine::presence() const { return impl_->index; }

NearbyFeeds& Engine::feeds() { return impl_->feeds; }

Fences& Engine::fences() { return impl_->fences; }

// ---- For those who run it

absl::Status Engine::Snapshot() { return impl_->MakeSnapshot(); }

absl::Status Engine::Backup(const std::string& directory) const {
  return impl_->journal->Backup(directory);
}

EngineStatistics Engine::Statistics() const {
  return {.accepted = impl_->accepted,
          .refused = impl_->refused,
          .flushes = impl_->queue.flushes(),
          .events = impl_->events->last(),
          .snapshots = impl_->snapshots,
          .last_snapshot = impl_->last_snapshot,
          .commands = impl_->journal->last(),
          .users_present = impl_->index.size()};
}

}  // namespace v0
}  // namespace moyeo
