// NearbyFeeds: what has changed around somebody, without asking again and again.

#ifndef MOYEO_FEED_H_
#define MOYEO_FEED_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/export.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo {

namespace presence {
struct LookCounts;  // for moyeo's own tests
}

inline namespace v0 {

// A feed, numbered by NearbyFeeds. Numbers are not given twice.
enum class FeedId : std::uint64_t {};

constexpr std::uint64_t ToNumber(FeedId feed) { return static_cast<std::uint64_t>(feed); }

// How what has changed comes to its reader.
enum class FeedDelivery : std::uint8_t {
  kSink,     // each tick hands it to its sink
  kCollect,  // it is kept, summed up, until Collect
};

struct FeedOptions {
  // Whose surroundings: those of a user, wherever they go, or of a point.
  std::variant<UserId, LatLng> center;

  // For whom a point is watched: they are not in their own list, and their sets (see ViewerSet)
  // apply. nullopt: for a stranger to everybody. Nullopt also if the centre is a user, who then is
  // the viewer.
  std::optional<UserId> viewer = std::nullopt;

  // Users at most this far from the centre, inclusive; finite, not negative.
  // nullopt: however far away.
  std::optional<double> radius_m = std::nullopt;

  // The nearest so many, from 1 to kMaxLimit.
  std::size_t limit = 50;

  AttributeFilter filter = {};

  // A feed is due once in each stretch of so many milliseconds, from 0, which is at every tick, to
  // kMaxIntervalMs. How far into the stretch differs from feed to feed, so that those of one
  // interval are spread over it; between its first two looks there may be less.
  std::int64_t interval_ms = 0;

  FeedDelivery delivery = FeedDelivery::kSink;

  static constexpr std::size_t kMaxLimit = 10'000;
  static constexpr std::int64_t kMaxIntervalMs = 86'400'000;

  // OK, or InvalidArgument that names the option at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// One change of what a feed shows.
struct FeedDelta {
  enum class Kind : std::uint8_t {
    kLeave,  // `user` is shown no more
    kEnter,  // `user` is shown, and was not
    kMove,   // `user` is shown at another position
  };

  Kind kind;
  UserId user;
  LatLng position;      // canonical; of a leave, where they were shown last
  double distance_m;    // DistanceMeters(centre, position) in that tick; of a leave, 0
  Timestamp last_seen;  // as the tick found it; of a leave, kMinTimestamp

  friend bool operator==(const FeedDelta&, const FeedDelta&) = default;
};

// What a tick hands to its sink: the changes of one feed since its update or snapshot before.
struct FeedUpdate {
  FeedId feed;
  std::uint64_t sequence;             // one more than that of the update or snapshot before; from 1
  std::span<const FeedDelta> deltas;  // not empty: leaves, then enters, then moves, each by user
};

// What Collect hands out.
struct FeedCollection {
  std::uint64_t sequence =
      0;  // as in FeedUpdate; where there is nothing new, that of the one before
  std::vector<FeedDelta> deltas;  // leaves, then enters, then moves, each by user
  bool needs_resync = false;      // too much was pending: there are no deltas before a Resync
};

// All that a feed shows.
struct FeedSnapshot {
  std::uint64_t sequence = 0;       // as in FeedUpdate
  std::vector<Neighbor> neighbors;  // nearest first
};

struct NearbyFeedsOptions {
  // How many feeds there may be at a time. At least 1, at most kMaxFeedsLimit.
  std::size_t max_feeds = kMaxFeedsLimit;

  // How many deltas of one feed may wait to be collected. At least 1, at most kMaxPendingLimit.
  // There are never more than users whom it showed at the last Collect and those whom it shows now:
  // twice the limit of a feed is never exceeded.
  std::size_t max_pending = 1'000;

  static constexpr std::size_t kMaxFeedsLimit = 50'000'000;
  static constexpr std::size_t kMaxPendingLimit = 1'000'000;

  // OK, or InvalidArgument that names the option at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// What a tick did.
struct FeedTickResult {
  std::size_t due = 0;      // feeds that it looked at
  std::size_t updates = 0;  // told, each by a call of the sink
  std::size_t deltas = 0;   // handed to the sink, or added to what is pending
};

// Bytes taken, by part.
struct FeedMemoryUsage {
  std::size_t feeds = 0;    // what is asked, and when; that of ended ones is kept for new ones
  std::size_t shown = 0;    // whom each feed shows, and where
  std::size_t pending = 0;  // what waits to be collected
  std::size_t ticks = 0;    // what one tick keeps for the next

  std::size_t total() const { return feeds + shown + pending + ticks; }
};

// The surroundings of many users and points, kept up to date for all of them together, and told as
// what has changed.
//
//   moyeo::PresenceIndex index;
//   moyeo::NearbyFeeds feeds(index);
//   const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
//
//   auto feed = feeds.Subscribe({.center = moyeo::UserId{7}, .radius_m = 5'000, .limit = 50});
//   if (!feed.ok()) std::cerr << feed.status() << '\n';
//
//   if (!index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now).ok()) return;
//   if (!index.Move(moyeo::UserId{8}, {37.5658, 126.9751}, now).ok()) return;
//   auto tick = feeds.Tick(now, [](const moyeo::FeedUpdate& update) {
//     for (const moyeo::FeedDelta& delta : update.deltas) {
//       if (delta.kind == moyeo::FeedDelta::Kind::kEnter) std::cout << delta.distance_m << " m\n";
//     }
//   });
//
// A feed shows whom a nearby query of its centre, radius, limit, filter and viewer finds; while the
// user at the centre is not held or expired, nobody. A tick brings up to date what each feed that
// is due shows, and tells the difference: whoever replays it over what the feed showed before has
// exactly the users, and their positions, that such a query gives at that instant. A feed shows
// nobody before its first tick, which therefore tells everybody as entering. That somebody was seen
// again where they were, or that the centre moved, is no difference, and of a feed without one
// nothing is told.
//
// Enter and leave of one user alternate. Updates and snapshots of one feed are numbered without a
// gap, so that whoever has mixed up their order can tell: an update whose sequence is not above
// that of the last snapshot is a part of it already.
//
// Any thread may call any method at any time, except the constructor and the destructor; movers and
// ticks run beside each other, and then a feed shows what a query beside moves does (presence.h).
// What concerns one feed waits for a tick, or another call, that is at it or at one of those that
// share its lock: some microseconds for fifty neighbours, a millisecond where a limit or the sets
// of a viewer are in the thousands. What a tick tells of a feed after a change of a ViewerSet or a
// visibility has returned goes by that change, unless it was looking at the feed already. A wrong
// argument gives InvalidArgument that names it, and an unknown feed NotFound; both change nothing.
// The library starts no thread and reads no clock. When memory runs out, std::bad_alloc is thrown;
// all that may be done then is to destroy the feeds.
class MOYEO_EXPORT NearbyFeeds {
 public:
  // Is called without any lock: it may call every method of the feeds and of their index but Tick
  // and StartTick, and may End the very feed. What it is given is valid until it returns. It must
  // not throw. An empty one is not called, and what it would have been told is lost.
  using Sink = std::function<void(const FeedUpdate&)>;

  class Ticking;

  // `index` must outlive the feeds. REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit NearbyFeeds(const PresenceIndex& index, const NearbyFeedsOptions& options = {});
  ~NearbyFeeds();

  NearbyFeeds(const NearbyFeeds&) = delete;
  NearbyFeeds& operator=(const NearbyFeeds&) = delete;

  // A new feed, which is due at the next tick. The user at the centre, and the viewer, need not be
  // held.
  //
  // ResourceExhausted if there are max_feeds.
  absl::StatusOr<FeedId> Subscribe(const FeedOptions& options);

  // The feed has these options from now on and is due at the next tick, which tells the difference
  // to what it showed before; if it needs a resync, it rests until then. Its delivery cannot
  // change: InvalidArgument.
  absl::Status Change(FeedId feed, const FeedOptions& options);

  // The feed is no more. False if there was none. A tick under way may still tell what it has found
  // before.
  bool End(FeedId feed);

  // How many feeds there are.
  std::size_t size() const;

  // Brings all feeds that are due at `now` up to date, mostly in the order of their places, and
  // hands what has changed to `sink`, one call for each feed with kSink that has changed. At a tick
  // of a time before that of the last one all are due.
  //
  // FailedPrecondition if a tick is under way.
  absl::StatusOr<FeedTickResult> Tick(Timestamp now, const Sink& sink);

  // The same for several threads of the host:
  //
  //   auto tick = feeds.StartTick(now);
  //   in each thread: tick->Work(sink);
  //
  // The tick is under way as long as its Ticking lives. A feed whose turn had not come by then is
  // due still. The time is that of the one call of StartTick.
  absl::StatusOr<Ticking> StartTick(Timestamp now);

  // Hands out what has changed since the last Collect or Resync, summed up: of each user the latest
  // position, and nothing of those who came and left, or who are where they were. Looks at
  // nothing: only ticks do. Where more than max_pending deltas came together, the feed
  // gives them up, rests, and `needs_resync` is set until a Resync. Replaces the content of
  // `result` and reuses its memory.
  //
  // FailedPrecondition if the feed's delivery is not kCollect.
  absl::Status Collect(FeedId feed, FeedCollection& result);

  // Brings one feed up to date and hands out all that it shows at `now`; nothing is pending then.
  // Replaces the content of `result` and reuses its memory.
  absl::Status Resync(FeedId feed, Timestamp now, FeedSnapshot& result);

  FeedMemoryUsage MemoryUsage() const;

 private:
  friend struct presence::LookCounts;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A tick that is under way. Must not outlive its feeds.
class MOYEO_EXPORT NearbyFeeds::Ticking {
 public:
  Ticking(Ticking&& other) noexcept;
  Ticking& operator=(Ticking&& other) noexcept;  // the tick that was this is under way no more
  ~Ticking();

  // Takes part in the tick until no feed is left to take. Several threads may call it at once, each
  // with a sink of its own or the same one; what is told of one feed comes from one of them.
  // Returns what this call did. REQUIRES: this has not been moved from
  FeedTickResult Work(const Sink& sink);

 private:
  friend class NearbyFeeds;
  explicit Ticking(Impl* feeds);

  Impl* feeds_;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_FEED_H_
