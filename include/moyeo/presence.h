// PresenceIndex: who is where now, and who is near whom.

#ifndef MOYEO_PRESENCE_H_
#define MOYEO_PRESENCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/export.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

class Fences;
class NearbyFeeds;
class PresenceIndex;
struct ClusterAnswer;
struct ClusterQuery;

// clusters.h
MOYEO_EXPORT absl::StatusOr<ClusterAnswer> FindClusters(const PresenceIndex& index,
                                                        const ClusterQuery& query, Timestamp now);

// Whom a viewer sees otherwise than strangers do. Where both say something, kNeverSees counts.
enum class ViewerSet : std::uint8_t {
  kSeesExactly,  // who is seen where they really are, though they are cloaked
  kNeverSees,    // who is not seen, and does not count towards a limit
};

struct PresenceOptions {
  // How long a position lives after its user was last seen. At `last seen + ttl_ms` the user is
  // gone from every query, whether Expire has run or not. At least 1, at most kMaxTtlMs.
  std::int64_t ttl_ms = 60'000;

  // How many users the index may hold, those who expired but are not yet swept included.
  // At least 1, at most kMaxUsersLimit.
  //
  // Of some twice as many who are or were cloaked it is kept where they were shown, held or not,
  // and without an age: else whoever comes back now and then would show the border that they live
  // at. That takes 30 to 60 bytes each, and counts as PresenceMemoryUsage::sets. Where there are
  // more, those are forgotten whose cell was decided longest ago, some of whom may be held.
  std::size_t max_users = kMaxUsersLimit;

  // How users are seen for whom nothing else has been set.
  Visibility default_visibility = Visibility::kExact;

  // The S2 level of the cells at whose centres cloaked users are shown: 14 for some 500 m, and each
  // step down doubles it. At least 0, at most kMaxCloakLevel.
  int cloak_level = 14;

  // In each interval of this length a cloaked user who moves is shown in another cell once at most.
  // At least 1, at most kMaxCloakIntervalMs.
  std::int64_t cloak_interval_ms = 300'000;

  static constexpr std::int64_t kMaxTtlMs = 8'640'000'000'000'000;
  static constexpr std::size_t kMaxUsersLimit = 50'000'000;
  static constexpr int kMaxCloakLevel = 20;
  static constexpr std::int64_t kMaxCloakIntervalMs = 86'400'000;

  // OK, or InvalidArgument that names the option at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// Which users a query considers, by the 32-bit attribute mask that came with their moves. What the
// bits mean is the host's affair. The default admits everybody.
struct AttributeFilter {
  std::uint32_t all_of = 0;   // every one of these bits is set
  std::uint32_t any_of = 0;   // at least one of these is set; 0 asks for nothing
  std::uint32_t none_of = 0;  // none of these is set
};

struct NearbyQuery {
  // Users at most this far from the centre, inclusive; finite, not negative.
  // nullopt: however far away.
  std::optional<double> radius_m = std::nullopt;

  // The nearest so many, at least 1. nullopt: everybody within the radius.
  std::optional<std::size_t> limit = 50;

  AttributeFilter filter = {};

  // Who asks: they are not in the answer, and their sets (see ViewerSet) apply. nullopt: a stranger
  // to everybody. Not for NearbyUser, where it is the user.
  std::optional<UserId> viewer = std::nullopt;
};

// One user in an answer, as they were at one moment of the call.
struct Neighbor {
  UserId user;
  LatLng position;    // canonical, where they are shown
  double distance_m;  // DistanceMeters(centre, position)
  Timestamp last_seen;

  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

// What is held about one user.
struct Presence {
  LatLng position;  // canonical, where they really are
  Timestamp last_seen;
  std::uint32_t attributes;

  friend bool operator==(const Presence&, const Presence&) = default;
};

// What became of a batch of moves. Each of them was applied, was ignored, or was refused.
struct MoveBatchResult {
  struct Refusal {
    std::size_t index;  // into the batch
    absl::Status why;
  };

  std::size_t applied = 0;
  std::size_t ignored = 0;        // older than the position held
  std::vector<Refusal> refusals;  // in order of index

  // Nothing was refused.
  bool ok() const { return refusals.empty(); }
};

// Answers to many questions in one piece of memory: those to question i are
// neighbors[offsets[i]] up to, not including, neighbors[offsets[i + 1]], nearest first.
struct NearbyBatchResult {
  std::vector<Neighbor> neighbors;
  std::vector<std::size_t> offsets;  // one more than there are questions; the first is 0

  // The number of questions answered.
  std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }

  // REQUIRES: i < size(). Valid until the next change to `neighbors`.
  std::span<const Neighbor> operator[](std::size_t i) const {
    return std::span(neighbors).subspan(offsets[i], offsets[i + 1] - offsets[i]);
  }
};

// How far a call of Expire came.
struct ExpireResult {
  std::size_t removed = 0;  // users taken out by this call
  bool complete = false;    // a round over the index has ended with this call
};

// Bytes taken from the system, by part.
struct PresenceMemoryUsage {
  std::size_t users = 0;   // positions, ids, times and masks, in blocks of the trees' leaves
  std::size_t cells = 0;   // nodes and leaf headers of the trees
  std::size_t id_map = 0;  // where in a tree each user is
  std::size_t sets = 0;    // who is seen how, and by whom

  std::size_t total() const { return users + cells + id_map + sets; }
};

// Where users are now: millions of moves and nearby queries a second, in memory alone.
//
//   moyeo::PresenceIndex index({.ttl_ms = 60'000});
//   const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
//
//   absl::Status moved = index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now);
//   if (!moved.ok()) std::cerr << moved << '\n';
//
//   auto near = index.Nearby({37.57, 126.98}, {.radius_m = 5'000, .limit = 50}, now);
//   if (near.ok()) {
//     for (const moyeo::Neighbor& n : *near) std::cout << n.distance_m << " m\n";
//   }
//
// Positions are soft state: a user is here until `ttl_ms` after they were last seen. Everything is
// exact on the whole sphere: what is within a radius and who comes first are decided by
// DistanceMeters, ties by user id. An argument at fault gives InvalidArgument that names it, and
// changes nothing. When memory runs out, std::bad_alloc is thrown; what the index holds is then
// undefined, and all that may be done with it is to destroy it.
//
// What others may see of a user is their *visibility*. A cloaked one lives in the index at the
// centre of the S2 cell that they are in, so that all that a stranger can learn, be it a position,
// a distance, the order, a count or being within a radius, comes from that centre. Who stays where
// they are can be asked about for ever, and no more comes to light than the cell. Of who moves,
// strangers learn the cell once in `cloak_interval_ms`: with the first move of an interval, which
// is not the moment of crossing a border if they report several times in an interval; and who is at
// most an eighth of a cell's edge across one is still shown where they were, also when they come
// back after their ttl or a removal. What remains to be learned of them is in which cell, give or
// take that eighth, they were about once an interval: of who drifts slowly, that a border was just
// crossed, and of who keeps to a line, from a series of cells, about where on it they are. When
// they were last seen, and their attributes, everybody sees.
//
// Any thread may call any method at any time, except the constructor and the destructor. Queries
// and moves run beside each other and beside everything else; nobody waits for a query, however
// long it takes, and a query for no more than one cell that is being changed. Only the few moves
// that leave their cell take turns, with each other and with insertions, removals and sweeps, some
// microseconds each. Three exceptions: should tens of thousands of those come by while a query
// looks at a few hundred cells, it begins again, once, and makes them wait meanwhile; Clear waits
// for the queries under way; and so does the first SetVisibility that is not kExact.
//
// Beside changes, nobody appears twice in an answer, every neighbour in it was there at some moment
// of the call, and whoever met a query without a limit throughout the call is in it. A batch is as
// many calls as it has moves or questions. Each thread that asks keeps up to a megabyte for its
// next question.
class MOYEO_EXPORT PresenceIndex {
 public:
  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit PresenceIndex(const PresenceOptions& options = {});
  ~PresenceIndex();

  PresenceIndex(const PresenceIndex&) = delete;
  PresenceIndex& operator=(const PresenceIndex&) = delete;

  // `user` is at `position`, seen at `seen`. Inserts a user who is not held. A move older than the
  // one held is ignored and OK; at equal times the later call wins.
  //
  // `attributes` replaces the user's mask; nullopt keeps it (0 for a new user, and for one whose
  // ttl had passed by `seen`).
  //
  // ResourceExhausted if the user is new and max_users are held.
  absl::Status Move(UserId user, LatLng position, Timestamp seen,
                    std::optional<std::uint32_t> attributes = std::nullopt);

  // Move for users[i] at positions[i], faster than one by one; the moves of one user in order of i.
  // A move at fault is refused alone; the others are carried out.
  //
  // `attributes` is empty (every mask is kept) or has one mask per user.
  //
  // InvalidArgument, and nothing is moved, if the lengths differ or `seen` is out of range.
  absl::StatusOr<MoveBatchResult> MoveBatch(std::span<const UserId> users,
                                            std::span<const LatLng> positions, Timestamp seen,
                                            std::span<const std::uint32_t> attributes = {});

  // Forgets where `user` is, but not how they may be seen, nor in which cell a cloaked one was
  // shown (SetVisibility to kExact forgets that). False if they were not held. A late move brings a
  // removed user back.
  bool Remove(UserId user);

  // Takes out users whose ttl has passed at `now`, going round the index from call to call: a
  // bounded piece of work each, of some eight thousand users looked at. Queries never need it;
  // memory does, most of which goes back to the system as a crowd leaves. One round per ttl is
  // plenty: for a million users who live a minute, two calls a second. At the end of a round,
  // whoever was expired when it began is gone; to be rid of everybody who is expired now, end the
  // round that is under way and go another (`now` is taken as the nearest valid time):
  //
  //   for (int round = 0; round < 2; ++round) {
  //     while (!index.Expire(now).complete) {
  //     }
  //   }
  ExpireResult Expire(Timestamp now);

  // Forgets where everybody is and returns the memory, but not who may be seen how. Waits for the
  // queries under way.
  void Clear();

  // How many users are held, those who expired but are not yet swept included.
  std::size_t size() const;

  // From now on `user` is seen like this, held or not, and also when they come back: Remove, Expire
  // and Clear change nothing of it. A user who is held is shown so at once.
  //
  // InvalidArgument for what is no Visibility. ResourceExhausted, and nothing changes, if max_users
  // others have a visibility that is not the default one.
  absl::Status SetVisibility(UserId user, Visibility visibility);

  Visibility VisibilityOf(UserId user) const;

  // How many users may be in one set of one viewer.
  static constexpr std::size_t kMaxSetMembers = 32'768;

  // Makes `members` the set of `viewer`; an empty one costs nothing. The next query shows it, and
  // feeds of the viewer when they are next due.
  //
  // ResourceExhausted, and the set stays, if there are more than kMaxSetMembers different ones.
  absl::Status SetViewerSet(ViewerSet set, UserId viewer, std::span<const UserId> members);

  // Adds one member, or takes one out: the same for one who is in the set already, or is not.
  absl::Status AddToViewerSet(ViewerSet set, UserId viewer, UserId member);
  void RemoveFromViewerSet(ViewerSet set, UserId viewer, UserId member);

  // Who is in the set of `viewer`, by id.
  std::vector<UserId> MembersOf(ViewerSet set, UserId viewer) const;

  // What is held about `user`, for the host's own eyes: their visibility does not matter. nullopt
  // if they are not held or expired at `now`, which is taken as the nearest valid time.
  std::optional<Presence> Find(UserId user, Timestamp now) const;

  // The users near `center` at `now`, nearest first, ties by id, as the query's viewer sees them. A
  // user seen after `now` counts.
  //
  // The second form replaces the content of `result` and reuses its memory; on an error `result`
  // is left as it was.
  absl::StatusOr<std::vector<Neighbor>> Nearby(LatLng center, const NearbyQuery& query,
                                               Timestamp now) const;
  absl::Status Nearby(LatLng center, const NearbyQuery& query, Timestamp now,
                      std::vector<Neighbor>& result) const;

  // The users near `user`, around where they really are and as they see them; they are not in the
  // answer.
  //
  // InvalidArgument if the query names a viewer. NotFound if `user` is not held or expired at
  // `now`.
  absl::StatusOr<std::vector<Neighbor>> NearbyUser(UserId user, const NearbyQuery& query,
                                                   Timestamp now) const;
  absl::Status NearbyUser(UserId user, const NearbyQuery& query, Timestamp now,
                          std::vector<Neighbor>& result) const;

  // Nearby for each of `centers`. Replaces the content of `result` and reuses its memory.
  //
  // InvalidArgument that names the index of the first centre at fault; `result` is left as it was.
  absl::Status NearbyBatch(std::span<const LatLng> centers, const NearbyQuery& query, Timestamp now,
                           NearbyBatchResult& result) const;

  // How many users `viewer` sees within `radius_m` of `center` at `now`: as many as a query of
  // theirs without a limit finds. nullopt: a stranger to everybody. Finite, not negative,
  // inclusive.
  absl::StatusOr<std::size_t> CountWithin(LatLng center, double radius_m, Timestamp now,
                                          const AttributeFilter& filter = {},
                                          std::optional<UserId> viewer = std::nullopt) const;

  PresenceMemoryUsage MemoryUsage() const;

 private:
  friend class Fences;       // fence.h
  friend class NearbyFeeds;  // feed.h
  friend absl::StatusOr<ClusterAnswer> FindClusters(const PresenceIndex& index,
                                                    const ClusterQuery& query, Timestamp now);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_PRESENCE_H_
