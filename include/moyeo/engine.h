// Engine: the front door. People, meetups, rooms and messages that last, and where everybody is.

#ifndef MOYEO_ENGINE_H_
#define MOYEO_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/export.h"
#include "moyeo/feed.h"
#include "moyeo/fence.h"
#include "moyeo/journal.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/page.h"
#include "moyeo/people.h"
#include "moyeo/presence.h"
#include "moyeo/reject.h"
#include "moyeo/room.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

enum class DamagePolicy : std::uint8_t {
  kRefuse,          // Open fails
  kReadIntactPart,  // all before the damage is served, and every command fails: see damage()
};

struct EngineOptions {
  // How many users may be present, and how many may have chosen not to be cloaked, erased ones
  // included: see PresenceOptions::max_users. A command of one more fails with ResourceExhausted,
  // an erasure too: open the engine with room for all who may ever be erased.
  std::size_t max_users = PresenceOptions::kMaxUsersLimit;

  // See PresenceOptions::cloak_interval_ms. How long a position lives, and the level of cloaks, are
  // settings (command.h): those of when the engine is opened.
  std::int64_t cloak_interval_ms = 300'000;

  // How many of the latest events are kept for subscribers who come late, and how many bytes of
  // them, about: an event about somebody who is blocked by many is long. At least 1; the latest one
  // is kept in any case. What somebody has written stays in them when that person is erased, until
  // later ones take their places.
  std::size_t event_window = 65'536;
  std::size_t event_window_bytes = std::size_t{64} << 20;

  // How many subscriptions there may be at a time. At least 1.
  std::size_t max_subscriptions = 65'536;

  // After how many commands a snapshot is made in the background; 0 for never.
  std::uint64_t commands_per_snapshot = 250'000;

  // How long after somebody was erased their traces are in no file any more, counted by the time of
  // the commands: they are removed by a snapshot that begins a tenth of this, but at most an hour,
  // earlier, and that is tried again after a minute if it fails. At least 0.
  std::int64_t erase_within_ms = 7 * std::int64_t{86'400'000};

  // What to do if what the journal has is not as it was written.
  DamagePolicy on_damage = DamagePolicy::kRefuse;

  // Is told what goes on and what goes wrong in the background, a line at a time, from any thread.
  // Never contains what users have written, nor where they are. Must not throw, nor use the engine.
  std::function<void(std::string_view line)> log = nullptr;

  // OK, or InvalidArgument that names the option at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// Who is told of events. Called by one thread of the engine, without a lock: they may call every
// method of the engine, but must not throw, nor wait for long: others are told after them.
struct EventSubscriber {
  // The next event in order of sequence: each exactly once.
  std::function<void(const Event&)> on_event;

  // Events before `next` are no longer there: look at everything anew. What on_event is given goes
  // on from `next`.
  std::function<void(std::uint64_t next)> on_resync;
};

// Figures for those who run an engine.
struct EngineStatistics {
  std::uint64_t accepted = 0;       // commands since it was opened, without repeated ones
  std::uint64_t refused = 0;        // by the rules
  std::uint64_t flushes = 0;        // how many appends the accepted ones took
  std::uint64_t events = 0;         // the sequence of the latest
  std::uint64_t snapshots = 0;      // since it was opened
  std::uint64_t last_snapshot = 0;  // the number of its last command; 0 if there is none
  std::uint64_t commands = 0;       // the number of the latest durable command that is served
  std::size_t users_present = 0;
  std::size_t users_uncloaked = 0;  // of max_users, erased ones included
};

// All of moyeo in one.
//
//   auto journal = moyeo::OpenSqliteJournal("/var/lib/meet");
//   if (!journal.ok()) return journal.status();
//   auto opened = moyeo::Engine::Open(*std::move(journal));
//   if (!opened.ok()) return opened.status();
//   moyeo::Engine& engine = **opened;
//
//   const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
//   const moyeo::UserId ada{1};
//   auto outcome = engine.Apply(
//       {.time = now, .actor = ada, .body = moyeo::Register{.nickname = "Ada"}});
//   if (!outcome.ok()) return outcome.status();
//   if (!outcome->accepted()) std::cerr << moyeo::SentenceOf(outcome->reject) << '\n';
//
//   absl::Status moved = engine.Move(ada, {37.5665, 126.9780}, now);
//   if (!moved.ok()) return moved;
//   auto near = engine.presence().NearbyUser(ada, {.radius_m = 5'000}, now);
//
// Two planes: commands (command.h) change what lasts, and are journaled; positions are soft state
// and never written anywhere. What users may see of each other, the engine tells presence by
// itself: visibility (cloaked, unless they chose otherwise), friends, members of a confirmed
// meetup, blocks.
//
// A command has been done when Apply returns: its outcome, the events that follow from it and every
// answer that knows of it wait until it is durable. Callers who wait at the same time share one
// flush. When the journal fails, nobody knows whether what came since the last flush is in it: the
// engine answers every call about what lasts with that error. Destroy it, open the journal anew,
// and give commands again with the same request ids.
//
// Errors: InvalidArgument for a wrong argument, NotFound and PermissionDenied as each method says,
// DataLoss for damage, and what the journal says. What the rules refuse is no error: see Outcome.
//
// Any thread may call any method at any time, except the destructor. Each answer is of a state
// between two commands. The engine reads no clock: the host calls Advance when something is due,
// Expire now and then, and the ticks of feeds and fences. It has two threads, one that hands out
// events and one that makes snapshots.
class MOYEO_EXPORT Engine {
 public:
  // Goes on from what is in `journal`: the newest good snapshot, and the commands after it.
  //
  // The commands must have been accepted by the rules of this very version; a snapshot may be of
  // older ones. So call Snapshot() before you upgrade to a version with other rules, of which the
  // changelog tells.
  //
  // DataLoss, with the place, unless options.on_damage says otherwise; FailedPrecondition if
  // commands after the newest snapshot are of other rules, or a snapshot is of newer ones;
  // ResourceExhausted if more than options.max_users are not cloaked.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(std::unique_ptr<Journal> journal,
                                                      EngineOptions options = {});

  // One without a journal, whose commands are gone with it.
  static absl::StatusOr<std::unique_ptr<Engine>> OpenInMemory(EngineOptions options = {});

  // Why only a part is served (see DamagePolicy::kReadIntactPart); OK if all is.
  const absl::Status& damage() const;

  // Closes it. Not to be called by a subscriber.
  ~Engine();

  // Ends both threads, and waits for the subscriber who is being told something, and no more, of
  // one event. A snapshot that is being made is given up; but if it is there already, what it
  // replaces is forgotten first, which waits for a Backup under way. Commands that have begun are
  // answered, and so are questions, but for Messages and Export, if they have to look twice. Calls
  // that come later fail with FailedPrecondition, but for positions, which go on, and Statistics.
  // Closing again does nothing. Not to be called by a subscriber.
  //
  // OK if every command that was asked for has become durable, and otherwise why not.
  absl::Status Close();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- What lasts

  // Does what the command asks for, or says why the rules refuse it. An Advance without request id
  // when nothing is due does nothing, and neither does what was accepted before (see
  // Command::request_id), which gives the same outcome: they are not journaled.
  //
  // ResourceExhausted that names max_users, and nothing is done, if somebody would no longer be
  // cloaked, or erased, and there is no room: see EngineOptions::max_users.
  absl::StatusOr<Outcome> Apply(const Command& command);

  static constexpr std::size_t kMostCommands = 100'000;

  // The same for many, one after the other, with one wait. Each is done or refused by itself.
  // Others wait for all of them. InvalidArgument, and nothing is done, for more than kMostCommands.
  // There is room for those who would not be cloaked if there is for all of them, whoever else
  // makes room.
  absl::StatusOr<std::vector<Outcome>> ApplyBatch(std::span<const Command> commands);

  // When something is due next, so that Advance has something to do: a meetup's start, say, or the
  // removal of what was erased, also if it is to be tried again.
  absl::StatusOr<std::optional<Timestamp>> NextDue() const;

  absl::StatusOr<Settings> settings() const;

  // ---- People. NotFound for a user, viewer or not, whom there is not or who was erased, and for
  // one whom the viewer never sees; InvalidArgument for a page that cannot be.

  absl::StatusOr<ProfileView> ViewProfile(UserId viewer, UserId user) const;

  // Those whose nickname has `text` in it under NFKC case folding, ascending by id. InvalidArgument
  // if `text` is not UTF-8, empty, or longer than a nickname may be.
  absl::StatusOr<Page<UserSummary>> SearchPeople(UserId viewer, std::string_view text,
                                                 const PageRequest& page = {}) const;

  // By id, ascending.
  absl::StatusOr<Page<UserSummary>> Friends(UserId user, const PageRequest& page = {}) const;
  absl::StatusOr<Page<UserSummary>> RequestsSent(UserId user, const PageRequest& page = {}) const;
  absl::StatusOr<Page<UserSummary>> RequestsReceived(UserId user,
                                                     const PageRequest& page = {}) const;
  absl::StatusOr<Page<UserSummary>> Blocked(UserId user, const PageRequest& page = {}) const;

  // Everything held about a user, for them. What is deleted while it is being read may be missing.
  absl::StatusOr<UserExport> Export(UserId user) const;

  // ---- Meetups. `viewer` may be nullopt, the host application, who sees everything. NotFound as
  // above, and for a meetup that there is not or whose host the viewer, who is no member, never
  // sees.

  absl::StatusOr<MeetupView> ViewMeetup(std::optional<UserId> viewer, MeetupId meetup) const;

  // In order of joining, at most Limits::kMostCapacity, without those whom the viewer never sees.
  absl::StatusOr<std::vector<MemberView>> Members(std::optional<UserId> viewer,
                                                  MeetupId meetup) const;

  // These are of listed meetups, without those whose host the viewer never sees, by start ascending
  // and id descending.
  absl::StatusOr<Page<MeetupSummary>> OpenMeetups(std::optional<UserId> viewer,
                                                  const PageRequest& page = {}) const;
  // With a tag that equals `tag` under NFKC case folding. InvalidArgument if it cannot be a tag.
  absl::StatusOr<Page<MeetupSummary>> MeetupsWithTag(std::optional<UserId> viewer,
                                                     std::string_view tag,
                                                     const PageRequest& page = {}) const;
  // That start at `from` or later and before `to`.
  absl::StatusOr<Page<MeetupSummary>> MeetupsStartingWithin(std::optional<UserId> viewer,
                                                            Timestamp from, Timestamp to,
                                                            const PageRequest& page = {}) const;

  // The same meetups, newest first, with `text` in the title or in a tag under NFKC case folding.
  // InvalidArgument if it is not UTF-8, empty, or longer than a title may be.
  absl::StatusOr<Page<MeetupSummary>> SearchMeetups(std::optional<UserId> viewer,
                                                    std::string_view text,
                                                    const PageRequest& page = {}) const;

  // The same meetups, nearest to the centre of the area first, ties by id. InvalidArgument if the
  // area is not valid.
  absl::StatusOr<Page<MeetupSummary>> MeetupsOnMap(std::optional<UserId> viewer,
                                                   const MapArea& area,
                                                   const PageRequest& page = {}) const;

  // By start ascending and id descending: of which they are a member, or the host, until forgotten;
  // to which they are invited.
  absl::StatusOr<Page<MeetupSummary>> MyMeetups(UserId user, const PageRequest& page = {}) const;
  absl::StatusOr<Page<MeetupSummary>> HostedMeetups(UserId user,
                                                    const PageRequest& page = {}) const;
  absl::StatusOr<Page<MeetupSummary>> MyInvitations(UserId user,
                                                    const PageRequest& page = {}) const;

  // ---- Matching: see matching.h. NotFound as above.

  // The same meetups, those that are wanted. A page by distance or by start looks at a thousand
  // meetups at most. InvalidArgument if an argument is wrong: a place or a radius, an order that
  // needs a place without one, too many tags or such as cannot be, a text that is not UTF-8 or
  // longer than a title may be.
  absl::StatusOr<Page<FoundMeetup>> Find(std::optional<UserId> viewer, const FindQuery& query,
                                         const PageRequest& page = {}) const;

  // The best of the listed meetups with a place that they could join: of which they are no member,
  // whose host they may see, and from which they were not kicked, unless they are invited. The
  // greatest total first, ties by id. InvalidArgument as above.
  absl::StatusOr<std::vector<Recommendation>> Recommend(UserId user,
                                                        const RecommendQuery& query) const;

  // Their open tickets, ascending.
  absl::StatusOr<std::vector<TicketView>> Tickets(UserId user) const;

  // ---- Rooms. NotFound as above; PermissionDenied if the viewer is not a member.

  absl::StatusOr<RoomView> ViewRoom(UserId viewer, MeetupId meetup) const;

  // Newest first, what was posted since they joined, without messages of users whom they never see.
  // What is deleted while it is being read may be shown as deleted.
  absl::StatusOr<Page<MessageView>> Messages(UserId viewer, MeetupId meetup,
                                             const PageRequest& page = {}) const;

  // ---- Events

  // A subscription, which ends when it is destroyed: whoever is being told something then has been
  // told, unless they themselves destroy it. So nobody may destroy it who holds a lock that its
  // subscriber wants. It ends with its engine, too.
  class MOYEO_EXPORT Subscription {
   public:
    Subscription(Subscription&&) noexcept;
    Subscription& operator=(Subscription&&) noexcept;
    ~Subscription();

   private:
    friend class Engine;
    struct Impl;
    explicit Subscription(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
  };

  // Tells `subscriber` of all events after that of sequence `after`, those that have been and those
  // to come. on_resync comes first if some of them are no longer there.
  //
  // InvalidArgument if `after` is of an event that has not been; ResourceExhausted if there are
  // options.max_subscriptions.
  absl::StatusOr<Subscription> Subscribe(std::uint64_t after, EventSubscriber subscriber);

  // ---- Where everybody is. Nobody needs to be registered in order to be somewhere.

  // As in PresenceIndex.
  absl::Status Move(UserId user, LatLng position, Timestamp seen,
                    std::optional<std::uint32_t> attributes = std::nullopt);
  absl::StatusOr<MoveBatchResult> MoveBatch(std::span<const UserId> users,
                                            std::span<const LatLng> positions, Timestamp seen,
                                            std::span<const std::uint32_t> attributes = {});
  bool Remove(UserId user);
  ExpireResult Expire(Timestamp now);

  // For questions; its changes are the engine's.
  const PresenceIndex& presence() const;

  // The engine's own, over presence(): the host ticks them.
  NearbyFeeds& feeds();
  Fences& fences();

  // ---- For those who run it

  // Makes a snapshot of everything durable by now and forgets what it makes needless; returns when
  // it is there. What was erased is in no file after it. Needs as much memory again as the state
  // has, and throws std::bad_alloc if there is none.
  //
  // Cancelled if the engine is closed meanwhile; DataLoss if the journal is damaged, or the
  // snapshot is read back otherwise than it was written, which then replaces nothing;
  // FailedPrecondition if only a part is served; Unavailable if others read the journal for so long
  // that what was forgotten is still in its files: the next one tries again.
  absl::Status Snapshot();

  // Makes a copy of the journal in a new directory, while everything goes on but for what snapshots
  // would forget, erasures included, which waits for it. See Journal::Backup.
  absl::Status Backup(const std::string& directory) const;

  // A digest of the state after all commands so far, the same on every machine. Reads all of it: a
  // fraction of a second for a million people, for which commands wait.
  absl::StatusOr<std::uint64_t> Hash() const;

  EngineStatistics Statistics() const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_ENGINE_H_
