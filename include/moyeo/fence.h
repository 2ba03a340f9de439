// Fences: who comes into a place, who stays there, and who goes.

#ifndef MOYEO_FENCE_H_
#define MOYEO_FENCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/export.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// A fence, numbered by Fences. Numbers are not given twice.
enum class FenceId : std::uint64_t {};

constexpr std::uint64_t ToNumber(FenceId fence) { return static_cast<std::uint64_t>(fence); }

// Whoever is at most `radius_m` from the centre by DistanceMeters, inclusive; finite, not negative.
struct FenceCircle {
  LatLng center;
  double radius_m;
};

// What great circles from each vertex to the next, and from the last to the first, enclose: the
// smaller one of the two parts of the globe, whichever way round the vertices go. From 3 to
// FenceOptions::kMaxVertices of them, none twice, and no edge crosses another. Semi-open: a
// position exactly on an edge or a vertex that several polygons share, though no area, is inside
// of one of them at most; of which, S2 decides.
struct FencePolygon {
  std::vector<LatLng> vertices;
};

// A set of S2 cells of any levels, by their 64-bit ids: from 1 to FenceOptions::kMaxCells.
struct FenceCells {
  std::vector<std::uint64_t> ids;
};

struct FenceOptions {
  std::variant<FenceCircle, FencePolygon, FenceCells> region;

  // The host's name for it, of at most kMaxNameBytes. Several may have the same.
  std::string name = {};

  // Who watches. nullopt: the host application, to which everybody who is not hidden is where they
  // really are. What it is told is not for the eyes of users.
  // A user: who sees whom, and where, is what a nearby query with this `viewer` says: strangers who
  // are cloaked are where they are shown.
  std::optional<UserId> owner = std::nullopt;

  // Who is considered.
  AttributeFilter filter = {};

  // Whoever is inside stays so until they are further than this from the region: a remedy for
  // positions that waver at its border. From 0 to kMaxMarginMeters.
  double margin_m = 0;

  // How long a stay is until it is told, once: from 1 to kMaxDwellMs. nullopt: it is not.
  std::optional<std::int64_t> dwell_ms = std::nullopt;

  // Whether those who are inside at the first tick are told as entering. That they stay, and that
  // they exit, is told in any case. Where FencesOptions::max_inside has no room for all of them,
  // the ticks that follow are first ones too, until one has.
  bool tells_those_inside = false;

  static constexpr std::size_t kMaxVertices = 1'000;
  static constexpr std::size_t kMaxCells = 1'000;
  static constexpr std::size_t kMaxNameBytes = 255;
  static constexpr double kMaxMarginMeters = 100'000;
  static constexpr std::int64_t kMaxDwellMs = 2'592'000'000;  // thirty days

  // OK, or InvalidArgument that names the option at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// What has become of one user and one fence.
struct FenceEvent {
  enum class Kind : std::uint8_t {
    kExit,   // was inside, and is not
    kEnter,  // is inside, and was not
    kDwell,  // has been inside for dwell_ms
  };

  Kind kind;
  FenceId fence;
  UserId user;
  // As the owner sees them; canonical. Of an exit: where the last tick that found them inside saw
  // them, if the host owns the fence. If a user does, where they were when they entered or, if that
  // came, dwelt: whoever blocks, hides or ends a friendship does not say by it where they are.
  LatLng position;
  Timestamp last_seen;  // of an exit, as of the last tick that found them inside
  Timestamp since;      // the time of the tick that first found them inside

  friend bool operator==(const FenceEvent&, const FenceEvent&) = default;
};

struct FencesOptions {
  // How many fences there may be at a time. At least 1, at most kMaxFencesLimit.
  std::size_t max_fences = kMaxFencesLimit;

  // How many times, in all, users may be inside of a fence. At least 1, at most kMaxInsideLimit. A
  // large fence takes a great part of them: a host that lets users make fences is to bound how wide
  // theirs are, and how many.
  std::size_t max_inside = 10'000'000;

  static constexpr std::size_t kMaxFencesLimit = 100'000;
  static constexpr std::size_t kMaxInsideLimit = 1'000'000'000;

  // OK, or InvalidArgument that names the option at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// What a tick did.
struct FenceTickResult {
  std::size_t events = 0;  // calls of the sink
  std::size_t inside = 0;  // how many times users are inside of a fence now
  // How many more would be, but for max_inside. Each tick looks for all of them again, which is
  // slow.
  std::size_t left_out = 0;

  friend bool operator==(const FenceTickResult&, const FenceTickResult&) = default;
};

// Bytes taken, by part.
struct FenceMemoryUsage {
  std::size_t fences = 0;  // where they are, and what is asked
  std::size_t inside = 0;  // who is inside
  std::size_t ticks = 0;   // what one tick keeps for the next

  std::size_t total() const { return fences + inside + ticks; }
};

// Circles, polygons and cells on the map, and who crosses their borders.
//
//   moyeo::PresenceIndex index;
//   moyeo::Fences fences(index);
//   const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
//
//   auto plaza = fences.Add({.region = moyeo::FenceCircle{{37.5663, 126.9779}, 150},
//                            .name = "Seoul Plaza",
//                            .margin_m = 20,
//                            .dwell_ms = 300'000,
//                            .tells_those_inside = true});
//   if (!plaza.ok()) std::cerr << plaza.status() << '\n';
//
//   if (!index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now).ok()) return;
//   auto tick = fences.Tick(now, [](const moyeo::FenceEvent& event) {
//     if (event.kind == moyeo::FenceEvent::Kind::kEnter) {
//       std::cout << "user " << moyeo::ToNumber(event.user) << " is here\n";
//     }
//   });
//
// A tick finds out who is inside of each fence as of its time, and tells the difference to the tick
// before. Somebody is inside who is held and not expired, passes the filter, is seen by the owner,
// and is in the region; and, if they were inside before, up to `margin_m` from it. So expiry,
// removal, hiding, being blocked and a filter that does not fit any more are exits like any other.
// Who goes in and out between two ticks is not told: the host ticks as often as it cares.
//
// Enter and exit of one user and fence alternate, a dwell is between them, and of a user and a
// fence there is one of the three at most in a tick. Stays are counted from the tick that first
// found somebody inside. Adding a fence tells about those inside only when asked; removing it tells
// nothing.
//
// Moving a user costs nothing more for the fences. A tick looks at the parts of the index that have
// changed since the one before and that may meet a fence, and at those inside; where nobody is near
// a fence it is some nanoseconds a user, and where nothing has changed, less. After a change of any
// viewer's sets it also asks for those of all owners, some hundred nanoseconds a fence.
//
// Any thread may call any method at any time, except the constructor and the destructor; movers and
// ticks run beside each other. Then each event was true of its user at some moment of the tick, and
// who crosses a border meanwhile is told by this tick or the next. A wrong argument gives
// InvalidArgument that names it and changes nothing. The library starts no thread and reads no
// clock. When memory runs out, std::bad_alloc is thrown; all that may be done then is to destroy
// the fences.
class MOYEO_EXPORT Fences {
 public:
  // Is called without any lock: it may call every method of the fences and of their index but Tick.
  // It must not throw.
  using Sink = std::function<void(const FenceEvent&)>;

  // `index` must outlive the fences. REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit Fences(const PresenceIndex& index, const FencesOptions& options = {});
  ~Fences();

  Fences(const Fences&) = delete;
  Fences& operator=(const Fences&) = delete;

  // A new fence, at which the next tick that begins looks for the first time. The owner need not be
  // held.
  //
  // ResourceExhausted if there are max_fences.
  absl::StatusOr<FenceId> Add(const FenceOptions& options);

  // The fence is no more. False if there was none. A tick under way may still tell of it.
  bool Remove(FenceId fence);

  // The name of the fence; nullopt if there is none.
  std::optional<std::string> NameOf(FenceId fence) const;

  // How many fences there are.
  std::size_t size() const;

  // Brings all fences up to date with the index as of `now`, and hands what has changed to `sink`:
  // exits, then enters, then dwells, each by fence, then user.
  //
  // FailedPrecondition if a tick is under way.
  absl::StatusOr<FenceTickResult> Tick(Timestamp now, const Sink& sink);

  FenceMemoryUsage MemoryUsage() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_FENCE_H_
