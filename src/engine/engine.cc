#include "moyeo/engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/commit_queue.h"
#include "engine/event_window.h"
#include "engine/fair_mutex.h"
#include "engine/latest_events.h"
#include "engine/message_changes.h"
#include "engine/message_texts.h"
#include "engine/replay.h"
#include "engine/sight_wiring.h"
#include "moyeo/json.h"
#include "society/message_store.h"
#include "society/snapshot.h"
#include "society/society.h"
#include "society/state.h"

namespace moyeo {
inline namespace v0 {
namespace {

using society::Society;

// `ms` after `time`, or the end of time.
Timestamp Later(Timestamp time, std::int64_t ms) {
  const auto left = kMaxTimestamp - time;
  return time + std::min(std::chrono::milliseconds(ms), left);
}

// Who may be cloaked or no longer cloaked by it; nullopt if nobody.
std::optional<UserId> WhoseCloak(const Command& command) {
  const bool is_about_one = std::holds_alternative<Register>(command.body) ||
                            std::holds_alternative<SetVisibility>(command.body) ||
                            std::holds_alternative<Erase>(command.body);
  return is_about_one ? command.actor : std::nullopt;
}

bool AsksToBeUncloaked(const Command& command) {
  if (!command.actor) return false;
  if (const auto* registers = std::get_if<Register>(&command.body)) {
    return registers->visibility != Visibility::kCloaked;
  }
  if (const auto* sets = std::get_if<SetVisibility>(&command.body)) {
    return sets->visibility != Visibility::kCloaked;
  }
  return std::holds_alternative<Erase>(command.body);
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
  if (event_window_bytes < 1) {
    return absl::InvalidArgumentError("event_window_bytes: 0 is less than 1");
  }
  if (max_subscriptions < 1) {
    return absl::InvalidArgumentError("max_subscriptions: 0 is less than 1");
  }
  if (erase_within_ms < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("erase_within_ms: ", erase_within_ms, " is less than 0"));
  }
  return absl::OkStatus();
}

struct Engine::Impl {
  Impl(EngineOptions options_in, std::unique_ptr<Journal> journal_in, engine::Replayed replayed,
       engine::LatestEvents latest)
      : options(std::move(options_in)),
        journal(std::move(journal_in)),
        society(std::move(replayed.society)),
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
        queue(*journal, [this](std::vector<Event> done) { Publish(std::move(done)); }),
        events(std::make_shared<engine::EventWindow>(std::move(latest), society.sequence(),
                                                     options.max_subscriptions)) {}

  ~Impl() { Close().IgnoreError(); }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Log(std::string_view line) const {
    if (options.log != nullptr) options.log(line);
  }

  absl::Status Close() {
    const std::lock_guard closing(close_mutex);
    if (closed_with) return *closed_with;
    {
      // Whoever is changing something comes to an end, and nobody else begins.
      const std::lock_guard lock(state_mutex);
      is_closed = true;
    }
    absl::Status status = queue.Await(queue.pushed());
    // A command that ended in an exception has nothing that could be awaited.
    if (status.ok()) status = queue.failure();
    { const std::lock_guard lock(keeper_mutex); }
    keeper_wakes.notify_one();
    if (keeper.joinable()) keeper.join();
    { const std::lock_guard lock(snapshot_mutex); }
    events->Close();
    closed_with = status;
    return status;
  }

  absl::Status CheckOpen() const {
    return is_closed ? absl::FailedPreconditionError("the engine is closed") : absl::OkStatus();
  }

  // Why nothing that lasts is answered any more. Who asks while holding state_mutex knows that no
  // command was done by halves.
  absl::Status CheckAnswers() const {
    if (absl::Status status = CheckOpen(); !status.ok()) return status;
    return queue.failure();
  }

  // ---- Commands

  absl::StatusOr<std::vector<Outcome>> Apply(std::span<const Command> commands) {
    if (commands.size() > kMostCommands) {
      return absl::InvalidArgumentError(
          absl::StrCat("commands: ", commands.size(), " are more than ", kMostCommands));
    }
    std::vector<std::string> records;
    records.reserve(commands.size());
    for (const Command& command : commands) records.push_back(ToJson(command));

    std::vector<Outcome> outcomes;
    outcomes.reserve(commands.size());
    std::uint64_t ticket = 0;
    {
      const std::lock_guard lock(state_mutex);
      if (absl::Status status = CheckWritable(); !status.ok()) return status;
      if (absl::Status status = CheckRoomFor(commands); !status.ok()) return status;
      // Of a command that is done by halves, nothing must ever be known.
      absl::Cleanup interrupt = [this] { queue.Interrupt(); };
      for (std::size_t i = 0; i < commands.size(); ++i) {
        society.Prefetch(commands.subspan(i));
        outcomes.push_back(ApplyOne(commands[i], std::move(records[i])));
      }
      std::move(interrupt).Cancel();
      ticket = queue.pushed();
    }
    if (absl::Status status = queue.Await(ticket); !status.ok()) return status;
    return outcomes;
  }

  // REQUIRES: state_mutex is held
  Outcome ApplyOne(const Command& command, std::string record) {
    if (IsNeedless(command)) return {};
    if (command.request_id) {
      if (const std::optional<Outcome> before = society.OutcomeBefore(command)) return *before;
    }
    const std::optional<UserId> whose = WhoseCloak(command);
    const bool was_uncloaked = whose && IsUncloaked(*whose);
    std::vector<Event> happened;
    const Outcome outcome = society.Apply(command, happened);
    if (!outcome.accepted()) {
      ++refused;
      return outcome;
    }
    ++accepted;
    if (whose) {
      uncloaked -= std::size_t{was_uncloaked};
      uncloaked += std::size_t{IsUncloaked(*whose)};
    }
    std::optional<Timestamp> purge_by;
    if (std::holds_alternative<Erase>(command.body)) {
      purge_by = Later(society.time(), options.erase_within_ms);
    }
    // Where somebody really is must be in no file.
    if (std::holds_alternative<CreateTicket>(command.body)) {
      record = ToJson(society.AsKept(command));
    }
    time = society.time();
    std::vector<MessageChange> messages = engine::MessageChangesOf(happened);
    queue.Push({.record = {.sequence = ++applied,
                           .time = command.time,
                           .request_id = command.request_id,
                           .rules_version = society::kRulesVersion,
                           .command = std::move(record)},
                .messages = std::move(messages),
                .purge_by = purge_by,
                .events = std::move(happened)});
    return outcome;
  }

  // Whether presence has to remember of them that they are not cloaked.
  bool IsUncloaked(UserId user) const {
    const society::State& state = society.state();
    const auto found = state.users.find(user);
    if (found == state.users.end()) return state.erased.contains(user);
    return found->second->visibility != Visibility::kCloaked;
  }

  void CountUncloaked() {
    const society::State& state = society.state();
    uncloaked = state.erased.size();
    for (const auto& [id, user] : state.users) {
      uncloaked += std::size_t{user->visibility != Visibility::kCloaked};
    }
  }

  // Whether presence can be told of what they ask for: else strangers would go on seeing somebody
  // who has been answered that they are hidden. As if none of them made room.
  absl::Status CheckRoomFor(std::span<const Command> commands) const {
    std::size_t more = 0;
    for (const Command& command : commands) {
      if (AsksToBeUncloaked(command) && !IsUncloaked(*command.actor)) ++more;
    }
    if (more == 0 || uncloaked + more <= options.max_users) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat(
        "max_users = ", options.max_users, ": ", uncloaked.load(),
        " are not cloaked, erased ones included, and there is no room for ", more, " more"));
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
    if (!purge) return due;
    const Timestamp begins = BeginOf(*purge);
    if (begins > society.time()) due = std::min(begins, due.value_or(begins));
    return due;
  }

  // Why nothing may change any more.
  absl::Status CheckWritable() const {
    if (absl::Status status = CheckAnswers(); !status.ok()) return status;
    if (damage.ok()) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("only what is intact can be read: ", damage.ToString()));
  }

  // Of what is durable now: by one thread at a time.
  void Publish(std::vector<Event> done) {
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
  std::invoke_result_t<Read, const Society&> Ask(Read read) {
    std::uint64_t ticket = 0;
    auto answer = [&]() -> std::invoke_result_t<Read, const Society&> {
      const std::shared_lock lock(state_mutex);
      if (absl::Status status = CheckAnswers(); !status.ok()) return status;
      ticket = queue.pushed();
      return read(std::as_const(society));
    }();
    if (absl::Status status = queue.Await(ticket); !status.ok()) return status;
    return answer;
  }

  // The same of what has messages in it. Their texts are looked up by `fill` when the state is no
  // longer held, which others are waiting to change.
  template <typename Read, typename Fill>
  std::invoke_result_t<Read, const Society&> AskWithTexts(Read read, Fill fill) {
    while (true) {
      auto answer = Ask(read);
      if (!answer.ok()) return answer;
      const absl::StatusOr<std::optional<engine::MessagePlace>> missing = fill(*answer);
      if (!missing.ok()) return missing.status();
      if (!missing->has_value()) return answer;
      const MeetupId room = (*missing)->room;
      const absl::StatusOr<bool> is_kept = Ask([&](const Society& now) {
        return absl::StatusOr<bool>(now.state().meetups.contains(room));
      });
      if (!is_kept.ok()) return is_kept.status();
      if (*is_kept) {
        return absl::DataLossError(absl::StrCat("message ", (*missing)->number, " of meetup ",
                                                ToNumber(room), " is missing"));
      }
      // The room was forgotten meanwhile: as if it had been asked later.
    }
  }

  // ---- Snapshots

  // When it is time to make the snapshot that purges: so early that it can be tried again.
  Timestamp BeginOf(const PendingPurge& purge) const {
    constexpr std::int64_t kMostMs = 3'600'000;
    const std::chrono::milliseconds lead(std::min(options.erase_within_ms / 10, kMostMs));
    return std::max(purge.by - lead, retry_at.load());
  }

  bool WantsPurge() const {
    const std::optional<PendingPurge> purge = journal->pending_purge();
    return purge && BeginOf(*purge) <= time.load();
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
    const engine::ReplayOptions replay{.log = [this](std::string_view line) { Log(line); },
                                       .is_cancelled = [this] { return is_closed.load(); }};
    absl::StatusOr<engine::Replayed> again = engine::Replay(*journal, replay);
    if (!again.ok()) return again.status();
    if (!again->damage.ok()) return again->damage;
    const bool is_new = again->last > again->snapshot;
    if (is_new) {
      // It has been read back before what it replaces is forgotten.
      if (absl::Status status = engine::WriteTo(*journal, *again, replay); !status.ok()) {
        return status;
      }
      ++snapshots;
    }
    last_snapshot = again->last;  // perhaps one whose reading back had failed
    Log(absl::StrCat("snapshot ", again->last));
    // The one that it was made from stays, in case that the newest turns out to be damaged, unless
    // somebody was erased since.
    const bool purges = journal->pending_purge().has_value();
    if (!purges && (!is_new || again->snapshot <= journal->forgotten())) return absl::OkStatus();
    return journal->Forget(purges ? again->last : again->snapshot);
  }

  // A second state may be too much where one is not.
  absl::Status MakeSnapshotIfThereIsMemory() {
    try {
      return MakeSnapshot();
    } catch (const std::bad_alloc&) {
      return absl::ResourceExhaustedError("out of memory");
    }
  }

  // The background thread.
  void Keep() {
    std::unique_lock lock(keeper_mutex);
    while (true) {
      keeper_wakes.wait(lock, [this] { return is_closed || WantsSnapshot(); });
      if (is_closed) return;
      lock.unlock();
      const absl::Status status = MakeSnapshotIfThereIsMemory();
      if (!status.ok()) {
        // Not at once again.
        retry_at = Later(time, 60'000);
        Log(absl::StrCat("no snapshot: ", status.ToString()));
      }
      lock.lock();
    }
  }

  const EngineOptions options;
  const std::unique_ptr<Journal> journal;

  mutable engine::FairMutex state_mutex;
  Society society;
  const absl::Status damage;
  std::uint64_t applied;

  std::atomic<Timestamp> time = kMinTimestamp;
  std::atomic<Timestamp> retry_at = kMinTimestamp;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::size_t> uncloaked = 0;
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
  std::thread keeper;

  std::atomic<bool> is_closed = false;
  std::mutex close_mutex;
  std::optional<absl::Status> closed_with;
};

// ---- Opening and closing

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(std::unique_ptr<Journal> journal,
                                                     EngineOptions options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  engine::LatestEvents latest(options.event_window, options.event_window_bytes);
  const auto hear = [&](std::vector<Event>& events) {
    for (Event& event : events) latest.Push(std::move(event));
  };
  const auto log = [&](std::string_view line) {
    if (options.log != nullptr) options.log(line);
  };
  absl::StatusOr<engine::Replayed> replayed = engine::Replay(*journal, {.hear = hear, .log = log});
  if (!replayed.ok()) return replayed.status();
  if (!replayed->damage.ok()) {
    if (options.on_damage == DamagePolicy::kRefuse) return replayed->damage;
    log(absl::StrCat("only the first ", replayed->last,
                     " commands are served: ", replayed->damage.ToString()));
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(journal), *std::move(replayed),
                                     std::move(latest));
  impl->time = impl->society.time();
  impl->CountUncloaked();
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

absl::Status Engine::Close() { return impl_->Close(); }

const absl::Status& Engine::damage() const { return impl_->damage; }

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
  return impl_->AskWithTexts(
      [&](const Society& society) { return society.Export(user, society::BlankMessageStore()); },
      [&](UserExport& all) { return engine::FillIn(*impl_->journal, all.messages); });
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

absl::StatusOr<Page<FoundMeetup>> Engine::Find(std::optional<UserId> viewer, const FindQuery& query,
                                               const PageRequest& page) const {
  return impl_->Ask([&](const Society& society) { return society.Find(viewer, query, page); });
}

absl::StatusOr<std::vector<Recommendation>> Engine::Recommend(UserId user,
                                                              const RecommendQuery& query) const {
  return impl_->Ask([&](const Society& society) { return society.Recommend(user, query); });
}

absl::StatusOr<std::vector<TicketView>> Engine::Tickets(UserId user) const {
  return impl_->Ask([&](const Society& society) { return society.Tickets(user); });
}

absl::StatusOr<RoomView> Engine::ViewRoom(UserId viewer, MeetupId meetup) const {
  return impl_->Ask([&](const Society& society) { return society.ViewRoom(viewer, meetup); });
}

absl::StatusOr<Page<MessageView>> Engine::Messages(UserId viewer, MeetupId meetup,
                                                   const PageRequest& page) const {
  return impl_->AskWithTexts(
      [&](const Society& society) {
        return society.Messages(viewer, meetup, society::BlankMessageStore(), page);
      },
      [&](Page<MessageView>& messages) {
        return engine::FillIn(*impl_->journal, meetup, messages.items);
      });
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
  if (absl::Status status = impl_->CheckAnswers(); !status.ok()) return status;
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
  if (absl::Status status = impl_->CheckAnswers(); !status.ok()) return status;
  return impl_->journal->Backup(directory);
}

EngineStatistics Engine::Statistics() const {
  return {.accepted = impl_->accepted,
          .refused = impl_->refused,
          .flushes = impl_->queue.flushes(),
          .events = impl_->events->last(),
          .snapshots = impl_->snapshots,
          .last_snapshot = impl_->last_snapshot,
          // Of a part, no command changes anything.
          .commands = impl_->damage.ok() ? impl_->journal->last() : impl_->applied,
          .users_present = impl_->index.size(),
          .users_uncloaked = impl_->uncloaked};
}

}  // namespace v0
}  // namespace moyeo
