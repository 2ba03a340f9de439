#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "moyeo/feed.h"
#include "presence/arguments.h"
#include "presence/difference.h"
#include "presence/feed_table.h"
#include "presence/look_counts.h"
#include "presence/look_together.h"
#include "presence/presence_index_impl.h"
#include "presence/sight.h"
#include "spatial/cell.h"
#include "spatial/search.h"

namespace moyeo {
inline namespace v0 {
namespace {

using presence::Change;
using presence::CheckRadius;
using presence::CheckTime;
using presence::Difference;
using presence::Feed;
using presence::FeedTable;
using presence::FromMillis;
using presence::InvalidArgument;
using presence::LookCounts;
using presence::LookPlan;
using presence::LookTogether;
using presence::Millis;
using presence::PendingChanges;
using presence::Population;
using presence::SceneLook;
using presence::ScenePool;
using presence::Shown;
using presence::ShownSet;
using presence::Sight;
using spatial::Hit;
using spatial::ItemTree;
using spatial::Position;
using spatial::Search;

static_assert(FeedOptions::kMaxLimit <= ShownSet::kMaxSize);
static_assert(FeedOptions::kMaxIntervalMs <= std::numeric_limits<std::uint32_t>::max());

// How many feeds a thread takes from a tick at a time: neighbours, so that what it reads for one of
// them is at hand for the next.
constexpr std::size_t kFeedsTogether = 512;

// How many centres are looked up together, so that their cache misses overlap.
constexpr std::size_t kFoundTogether = 32;

// What a thread's searches, and what it copies, keep for the next tick each.
constexpr std::size_t kSearchBytesKept = std::size_t{1} << 20;

FeedId IdOf(std::uint32_t place, std::uint32_t generation) {
  return FeedId{std::uint64_t{generation} << 32 | place};
}
std::uint32_t PlaceOf(FeedId id) { return static_cast<std::uint32_t>(ToNumber(id)); }
std::uint32_t GenerationOf(FeedId id) { return static_cast<std::uint32_t>(ToNumber(id) >> 32); }

absl::Status NoSuchFeed(FeedId id) {
  return absl::NotFoundError(absl::StrCat("there is no feed ", ToNumber(id)));
}

// Orders positions so that those near each other are mostly near each other in the order too.
std::uint64_t PathOf(Position position) { return spatial::PathOf(spatial::ToGrid(position)); }

// When a feed that was looked at is due again: at the same phase of each interval, which is another
// one for each place.
std::int64_t NextDue(std::int64_t now_ms, std::uint32_t interval_ms, std::uint32_t place) {
  if (interval_ms == 0) return FeedTable::kAlways;
  const std::int64_t interval = interval_ms;
  const std::uint64_t hash = place * std::uint64_t{0x9e3779b97f4a7c15} >> 32;
  const auto phase = static_cast<std::int64_t>(hash * interval_ms >> 32);
  const std::int64_t into = ((now_ms - phase) % interval + interval) % interval;
  return now_ms - into + interval;
}

FeedDelta ToDelta(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kLeave:
      return {FeedDelta::Kind::kLeave, UserId{change.id}, spatial::ToDegrees(change.before), 0,
              kMinTimestamp};
    case Change::Kind::kEnter:
      return {FeedDelta::Kind::kEnter, UserId{change.id}, spatial::ToDegrees(change.after),
              change.distance_m, FromMillis(change.stamp)};
    case Change::Kind::kMove:
      break;
  }
  return {FeedDelta::Kind::kMove, UserId{change.id}, spatial::ToDegrees(change.after),
          change.distance_m, FromMillis(change.stamp)};
}

template <typename Options>
void CheckOrAbort(const char* who, const Options& options) {
  if (absl::Status status = options.Validate(); !status.ok()) {
    std::fprintf(stderr, "%s: %s\n", who, status.ToString().c_str());
    std::abort();
  }
}

}  // namespace

absl::Status FeedOptions::Validate() const {
  if (const LatLng* point = std::get_if<LatLng>(&center)) {
    if (!spatial::ToPosition(*point)) {
      return InvalidArgument("center:", spatial::WhyInvalid(*point).message());
    }
  } else if (viewer) {
    return InvalidArgument("viewer", "is given though the centre is a user, who is the viewer");
  }
  if (radius_m) {
    if (absl::Status status = CheckRadius(*radius_m); !status.ok()) return status;
  }
  if (limit < 1 || limit > kMaxLimit) {
    return InvalidArgument("limit", absl::StrCat(limit, " is outside [1, ", kMaxLimit, "]"));
  }
  if (interval_ms < 0 || interval_ms > kMaxIntervalMs) {
    return InvalidArgument("interval_ms",
                           absl::StrCat(interval_ms, " is outside [0, ", kMaxIntervalMs, "]"));
  }
  return absl::OkStatus();
}

absl::Status NearbyFeedsOptions::Validate() const {
  if (max_feeds < 1 || max_feeds > kMaxFeedsLimit) {
    return InvalidArgument("max_feeds",
                           absl::StrCat(max_feeds, " is outside [1, ", kMaxFeedsLimit, "]"));
  }
  if (max_pending < 1 || max_pending > kMaxPendingLimit) {
    return InvalidArgument("max_pending",
                           absl::StrCat(max_pending, " is outside [1, ", kMaxPendingLimit, "]"));
  }
  return absl::OkStatus();
}

struct NearbyFeeds::Impl {
  // A feed that is due.
  struct Due {
    std::uint64_t path;
    std::uint32_t place;

    friend bool operator<(const Due& a, const Due& b) {
      return a.path != b.path ? a.path < b.path : a.place < b.place;
    }
  };

  // What one thread works with.
  struct Worker {
    Search search;
    Sight sight;
    LookTogether together;
    std::uint64_t sight_version = 0;  // of before the plans were made
    std::vector<LookPlan> plans;
    std::vector<std::uint64_t> users;
    std::vector<Hit> found;
    std::vector<Shown> shown;
    Difference difference;
    std::vector<FeedDelta> deltas;
    LookCounts looks;

    std::size_t bytes() const {
      const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
      return sizeof(*this) + search.bytes() + together.bytes() + held(plans) + held(users) +
             held(found) + held(shown) + difference.bytes() + held(deltas);
    }
  };

  // The use of a worker by one thread.
  class Lease {
   public:
    explicit Lease(Impl& impl) : impl_(impl) {
      const std::lock_guard lock(impl_.workers_mutex);
      if (impl_.workers.empty()) {
        // Each finds a place to come back to.
        impl_.workers.reserve(impl_.workers_made + 1);
        worker_ = std::make_unique<Worker>();
        ++impl_.workers_made;
        return;
      }
      worker_ = std::move(impl_.workers.back());
      impl_.workers.pop_back();
    }
    ~Lease() {
      worker_->search.Trim(kSearchBytesKept);
      worker_->together.End();
      worker_->together.Trim(kSearchBytesKept);
      const std::lock_guard lock(impl_.workers_mutex);
      impl_.workers.push_back(std::move(worker_));
    }

    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Worker& operator*() const { return *worker_; }

   private:
    Impl& impl_;
    std::unique_ptr<Worker> worker_;
  };

  Impl(const Population& of_index, const NearbyFeedsOptions& with_options)
      : index(of_index), options(with_options), table(with_options.max_feeds) {}

  // Calls `use` with the feed, its chunk and its number there, while it is locked; or tells that
  // there is none.
  template <typename Use>
  absl::Status With(FeedId id, Use use) {
    const std::uint32_t place = PlaceOf(id);
    if (!table.Has(place)) return NoSuchFeed(id);
    FeedTable::Chunk& chunk = table.ChunkOf(place);
    const std::size_t number = place % FeedTable::kFeedsPerChunk;
    const std::lock_guard lock(table.LockOf(place));
    Feed& feed = chunk.feeds[number];
    if (!feed.is_live() || feed.generation != GenerationOf(id)) return NoSuchFeed(id);
    return use(feed, chunk, number);
  }

  bool HasChangedSinceLastTick(Timestamp now);
  void ListDue(Timestamp now);
  void Find(Feed& feed, Timestamp now, Worker& worker, std::optional<Position>& center) const;
  static void KeepShown(Feed& feed, std::size_t wanted, std::vector<Hit>& found);
  static void Rest(FeedTable::Chunk& chunk, std::uint32_t place, Timestamp now,
                   std::uint32_t epoch_shown);
  void MakePlans(std::size_t begin, std::size_t end, Timestamp now, Worker& worker);
  void Look(const LookPlan& plan, Timestamp now, Worker& worker, const Sink& sink,
            FeedTickResult& result);
  void Keep(const Difference& difference, Feed& feed, FeedTable::Chunk& chunk,
            std::size_t number) const;
  FeedTickResult Work(const Sink& sink);

  Feed& FeedAt(std::uint32_t place) const {
    return chunks[place / FeedTable::kFeedsPerChunk]->feeds[place % FeedTable::kFeedsPerChunk];
  }

  const Population& index;
  const NearbyFeedsOptions options;
  ScenePool scenes;
  FeedTable table;

  std::mutex workers_mutex;
  std::vector<std::unique_ptr<Worker>> workers;  // idle
  std::size_t workers_made = 0;

  // The tick under way, and what it keeps for the next.
  std::atomic<bool> is_ticking = false;
  Timestamp tick_time{};
  Timestamp last_tick_time = kMinTimestamp;
  std::uint32_t epoch = 1;  // rises when something has changed as a tick begins; never 0
  std::uint64_t clears_seen = 0;
  std::uint64_t sight_version = 0;
  std::array<std::vector<ItemTree::LeafMark>, std::tuple_size_v<decltype(Population::kAllTrees)>>
      marks;
  std::vector<FeedTable::Chunk*> chunks;
  std::vector<Due> due;
  std::atomic<std::size_t> taken = 0;  // of those due
  std::atomic<std::size_t> tick_bytes = 0;
};

// Writes down the options, which are valid, and makes the feed due.
static void Set(const FeedOptions& options, FeedTable::Chunk& chunk, std::size_t number) {
  Feed& feed = chunk.feeds[number];
  ++feed.version;
  feed.reach_m = 0;
  feed.limit = static_cast<std::uint32_t>(options.limit);
  feed.filter = options.filter;
  feed.radius_m = options.radius_m.value_or(Search::kNoRadius);
  feed.collects = options.delivery == FeedDelivery::kCollect;
  if (const UserId* user = std::get_if<UserId>(&options.center)) {
    feed.follows_user = true;
    feed.has_viewer = true;
    feed.viewer = ToNumber(*user);
  } else {
    feed.follows_user = false;
    feed.has_viewer = options.viewer.has_value();
    feed.viewer = ToNumber(options.viewer.value_or(UserId{0}));
    feed.point = *spatial::ToPosition(std::get<LatLng>(options.center));
  }
  chunk.interval_ms[number].store(static_cast<std::uint32_t>(options.interval_ms),
                                  std::memory_order_relaxed);
  chunk.epoch[number].store(0, std::memory_order_relaxed);
  if (feed.needs_resync) return;
  chunk.due[number].store(FeedTable::kAlways, std::memory_order_release);
}

NearbyFeeds::NearbyFeeds(const PresenceIndex& index, const NearbyFeedsOptions& options) {
  CheckOrAbort("moyeo::NearbyFeeds", options);
  impl_ = std::make_unique<Impl>(*index.impl_, options);
}

NearbyFeeds::~NearbyFeeds() = default;

absl::StatusOr<FeedId> NearbyFeeds::Subscribe(const FeedOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  const std::optional<std::uint32_t> place = impl_->table.Take();
  if (!place) {
    return absl::ResourceExhaustedError(
        absl::StrCat("max_feeds = ", impl_->options.max_feeds, " are there already"));
  }
  FeedTable::Chunk& chunk = impl_->table.ChunkOf(*place);
  const std::size_t number = *place % FeedTable::kFeedsPerChunk;
  const std::lock_guard lock(impl_->table.LockOf(*place));
  Set(options, chunk, number);
  return IdOf(*place, ++chunk.feeds[number].generation);
}

absl::Status NearbyFeeds::Change(FeedId feed, const FeedOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  return impl_->With(feed, [&](Feed& held, FeedTable::Chunk& chunk, std::size_t number) {
    if (held.collects != (options.delivery == FeedDelivery::kCollect)) {
      return InvalidArgument("delivery", "cannot change");
    }
    Set(options, chunk, number);
    return absl::OkStatus();
  });
}

bool NearbyFeeds::End(FeedId feed) {
  const absl::Status status =
      impl_->With(feed, [&](Feed& held, FeedTable::Chunk& chunk, std::size_t number) {
        Feed ended;
        ended.generation = held.generation + 1;
        ended.version = held.version + 1;
        held = std::move(ended);
        chunk.due[number].store(FeedTable::kNever, std::memory_order_release);
        return absl::OkStatus();
      });
  if (!status.ok()) return false;
  impl_->table.GiveBack(PlaceOf(feed));
  return true;
}

std::size_t NearbyFeeds::size() const { return impl_->table.size(); }

// ---- Ticks ----

// Whether any feed, its own options aside, could show anything else than at the tick before.
bool NearbyFeeds::Impl::HasChangedSinceLastTick(Timestamp now) {
  const std::uint64_t sight_now = index.SightVersion();
  bool has_changed = std::exchange(sight_version, sight_now) != sight_now;
  const auto [above, through] =
      std::minmax({index.GoneThrough(last_tick_time), index.GoneThrough(now)});
  for (std::size_t tree = 0; tree < marks.size(); ++tree) {
    std::uint32_t leaf = 0;
    do {
      const std::lock_guard lock(index.changes);
      if (std::exchange(clears_seen, index.clears) != index.clears) {
        has_changed = true;
        leaf = 0;
        for (auto& of_tree : marks) of_tree.clear();
      }
      has_changed |= ((*index.owned_trees).*Population::kAllTrees[tree])
                         .Mark(marks[tree], leaf, above, through);
    } while (leaf != 0);
  }
  return has_changed;
}

void NearbyFeeds::Impl::ListDue(Timestamp now) {
  if (HasChangedSinceLastTick(now) && ++epoch == 0) ++epoch;
  // Where time has gone back, what is due later is due again.
  const bool went_back = now < last_tick_time;
  last_tick_time = now;
  table.ListChunks(chunks);
  due.clear();
  for (std::size_t c = 0; c < chunks.size(); ++c) {
    FeedTable::Chunk& chunk = *chunks[c];
    for (std::size_t i = 0; i < FeedTable::kFeedsPerChunk; ++i) {
      std::int64_t at = chunk.due[i].load(std::memory_order_acquire);
      if (at == FeedTable::kNever || (at > Millis(now) && !went_back)) continue;
      const auto place = static_cast<std::uint32_t>(c * FeedTable::kFeedsPerChunk + i);
      if (chunk.epoch[i].load(std::memory_order_relaxed) == epoch) {
        // It would show what it shows. So that they stay spread, feeds with an interval rest again,
        // unless one is changed at this moment.
        if (at == FeedTable::kAlways) continue;
        const std::uint32_t interval_ms = chunk.interval_ms[i].load(std::memory_order_relaxed);
        chunk.due[i].compare_exchange_strong(at, NextDue(Millis(now), interval_ms, place),
                                             std::memory_order_relaxed);
        continue;
      }
      // It stays due if this tick is cut short, and the next one does not know that time went back.
      if (at > Millis(now)) {
        chunk.due[i].compare_exchange_strong(at, FeedTable::kAlways, std::memory_order_relaxed);
      }
      due.push_back({chunk.path[i].load(std::memory_order_relaxed), place});
    }
  }
  std::sort(due.begin(), due.end());
  std::size_t mark_bytes = 0;
  for (const auto& of_tree : marks) mark_bytes += of_tree.capacity() * sizeof(of_tree[0]);
  tick_bytes.store(
      due.capacity() * sizeof(due[0]) + chunks.capacity() * sizeof(FeedTable::Chunk*) + mark_bytes,
      std::memory_order_relaxed);
  taken.store(0, std::memory_order_relaxed);
}

// Finds whom the feed shows at `now`, nearest first, and where its centre is; nullopt if it is
// nowhere.
void NearbyFeeds::Impl::Find(Feed& feed, Timestamp now, Worker& worker,
                             std::optional<Position>& center) const {
  worker.sight.Become(index, feed.has_viewer ? std::optional(UserId{feed.viewer}) : std::nullopt);
  spatial::ItemFilter filter = index.FilterAt(now, feed.filter);
  filter.skipped = worker.sight.skipped();
  const std::size_t wanted = presence::WantedBy(feed);
  worker.found.clear();
  feed.reach_m = 0;
  for (std::size_t limit = wanted;; limit *= 2) {
    index.ReadTrees([&](const Population::Trees& trees) {
      center.reset();
      if (feed.follows_user) {
        std::optional<spatial::Item> user;
        if (!index.FindReally(trees, UserId{feed.viewer}, now, user)) return false;
        if (!user) return true;
        center = user->position;
      } else {
        center = feed.point;
      }
      return worker.search.FindNearest(trees.shown, *center, feed.radius_m, limit, filter) &&
             worker.sight.Look(trees, *center, feed.radius_m, filter, now);
    });
    if (!center) return;
    const std::span<const Hit> shown = worker.search.Hits();
    if (!worker.search.HasNearest(wanted)) continue;  // beside changes: somebody went away
    const std::span<const Hit> hits = worker.sight.Merge(shown);
    worker.found.assign(hits.begin(),
                        hits.begin() + static_cast<std::ptrdiff_t>(std::min(hits.size(), wanted)));
    break;
  }
  KeepShown(feed, wanted, worker.found);
}

// Leaves out of what was found, `wanted` at most, whom the feed does not show.
void NearbyFeeds::Impl::KeepShown(Feed& feed, std::size_t wanted, std::vector<Hit>& found) {
  double farthest_m = 0;
  for (const Hit& hit : found) farthest_m = std::max(farthest_m, hit.distance_m);
  feed.SetReach(found.size() == wanted ? farthest_m : feed.radius_m);
  if (!feed.has_viewer) return;
  const auto viewer = std::ranges::find(found, feed.viewer, &Hit::id);
  if (viewer != found.end()) {
    found.erase(viewer);
  } else if (found.size() > feed.limit) {
    found.erase(std::max_element(found.begin(), found.end()));
  }
}

// A feed has been looked at.
void NearbyFeeds::Impl::Rest(FeedTable::Chunk& chunk, std::uint32_t place, Timestamp now,
                             std::uint32_t epoch_shown) {
  const std::size_t number = place % FeedTable::kFeedsPerChunk;
  const std::uint32_t interval_ms = chunk.interval_ms[number].load(std::memory_order_relaxed);
  chunk.epoch[number].store(epoch_shown, std::memory_order_relaxed);
  chunk.due[number].store(NextDue(Millis(now), interval_ms, place), std::memory_order_release);
}

// Reads what the feeds from `begin` to `end` ask, and where their centres are.
void NearbyFeeds::Impl::MakePlans(std::size_t begin, std::size_t end, Timestamp now,
                                  Worker& worker) {
  worker.sight_version = index.SightVersion();
  worker.plans.clear();
  worker.users.clear();
  constexpr std::size_t kAhead = 8;
  for (std::size_t i = begin; i < end; ++i) {
    if (i + kAhead < end) {
      const std::uint32_t ahead = due[i + kAhead].place;
      chunks[ahead / FeedTable::kFeedsPerChunk]->Prefetch(ahead % FeedTable::kFeedsPerChunk);
    }
    const std::uint32_t place = due[i].place;
    const std::lock_guard lock(table.LockOf(place));
    const Feed& feed = FeedAt(place);
    feed.shown.Prefetch();
    const std::uint32_t interval_ms = chunks[place / FeedTable::kFeedsPerChunk]
                                          ->interval_ms[place % FeedTable::kFeedsPerChunk]
                                          .load(std::memory_order_relaxed);
    LookPlan& plan = worker.plans.emplace_back(place, feed, interval_ms, due[i].path);
    if (plan.has_center && feed.has_viewer) {
      worker.sight.Become(index, UserId{feed.viewer});
      plan.has_center = worker.sight.is_plain();
    }
    if (plan.has_center && plan.follows_user) worker.users.push_back(plan.user);
  }
  index.ReadTrees([&](const Population::Trees& trees) {
    for (std::size_t i = 0; i < worker.users.size(); i += kFoundTogether) {
      const auto together =
          std::span(worker.users).subspan(i, std::min(kFoundTogether, worker.users.size() - i));
      trees.shown.Prefetch(together);
      if (index.visibilities.in_use()) trees.cloaked.Prefetch(together);
    }
    for (LookPlan& plan : worker.plans) {
      if (!plan.has_center || !plan.follows_user) continue;
      std::optional<spatial::Item> user;
      plan.has_center = index.FindReally(trees, UserId{plan.user}, now, user) && user;
      if (plan.has_center) plan.center = user->position;
    }
    return true;
  });
  presence::Arrange(worker.plans);
}

void NearbyFeeds::Impl::Look(const LookPlan& plan, Timestamp now, Worker& worker, const Sink& sink,
                             FeedTickResult& result) {
  FeedTable::Chunk& chunk = *chunks[plan.place / FeedTable::kFeedsPerChunk];
  const std::size_t number = plan.place % FeedTable::kFeedsPerChunk;
  FeedUpdate update;
  {
    const std::lock_guard lock(table.LockOf(plan.place));
    Feed& feed = chunk.feeds[number];
    if (!feed.is_live() || feed.needs_resync) return;  // since the tick began
    ++result.due;
    // Whoever has been hidden or blocked meanwhile, by a sink for instance, is in the copy still.
    const bool together = worker.sight_version == index.SightVersion();
    const std::uint64_t path = PathOf(plan.center);
    const bool has_moved = chunk.path[number].load(std::memory_order_relaxed) != path;
    Difference& difference = worker.difference;
    const auto found_in_scene =
        together ? worker.together.LookAtScene(feed, plan, has_moved) : SceneLook::Found::kNothing;
    if (found_in_scene != SceneLook::Found::kNothing) {
      ++(found_in_scene == SceneLook::Found::kAgain ? worker.looks.again : worker.looks.together);
      ++worker.looks.in_scenes;
      if (has_moved) chunk.path[number].store(path, std::memory_order_relaxed);
      Rest(chunk, plan.place, now, epoch);
      const std::size_t changes = worker.together.scene().changes();
      if (changes == 0) return;
      result.deltas += changes;
      if (feed.collects) {
        worker.together.Write(difference);
        Keep(difference, feed, chunk, number);
        return;
      }
      update = {IdOf(plan.place, feed.generation), ++feed.sequence,
                worker.together.scene().Deltas()};
    } else {
      feed.shown.Read(worker.shown);
      if (together && !has_moved &&
          worker.together.FindShownAgain(feed, plan, worker.shown, worker.found)) {
        ++worker.looks.again;
        difference.FindMoves(worker.shown, worker.found);
      } else {
        std::optional<Position> center = plan.center;
        if (together && worker.together.Find(feed, plan, worker.found)) {
          ++worker.looks.together;
          KeepShown(feed, plan.wanted, worker.found);
        } else {
          ++worker.looks.alone;
          Find(feed, now, worker, center);
        }
        if (center) chunk.path[number].store(PathOf(*center), std::memory_order_relaxed);
        difference.Find(worker.shown, worker.found);
      }
      Rest(chunk, plan.place, now, epoch);
      // Even if nothing has changed, no scene is kept for one that has not looked at it again.
      if (!difference.empty() || feed.shown.scene() != nullptr) {
        feed.shown.Assign(difference.now());
      }
      if (difference.empty()) return;
      result.deltas += difference.size();
      if (feed.collects) {
        Keep(difference, feed, chunk, number);
        return;
      }
      worker.deltas.clear();
      for (const auto& changes : {difference.leaves(), difference.enters(), difference.moves()}) {
        for (const presence::Change& change : changes) worker.deltas.push_back(ToDelta(change));
      }
      update = {IdOf(plan.place, feed.generation), ++feed.sequence, worker.deltas};
    }
  }
  if (!sink) return;
  ++result.updates;
  sink(update);
}

// Adds to what is pending, or gives it up.
void NearbyFeeds::Impl::Keep(const Difference& difference, Feed& feed, FeedTable::Chunk& chunk,
                             std::size_t number) const {
  if (feed.pending == nullptr) feed.pending = std::make_unique<PendingChanges>();
  feed.pending->Add(difference);
  const std::size_t pending = feed.pending->changes().size();
  if (pending > 0 && pending <= options.max_pending) return;
  feed.pending.reset();
  if (pending == 0) return;
  feed.shown.Clear();
  feed.needs_resync = true;
  chunk.due[number].store(FeedTable::kNever, std::memory_order_release);
}

FeedTickResult NearbyFeeds::Impl::Work(const Sink& sink) {
  FeedTickResult result;
  const Lease lease(*this);
  Worker& worker = *lease;
  const Timestamp now = tick_time;
  for (;;) {
    const std::size_t begin = taken.fetch_add(kFeedsTogether, std::memory_order_relaxed);
    if (begin >= due.size()) return result;
    MakePlans(begin, std::min(begin + kFeedsTogether, due.size()), now, worker);
    for (std::span<const LookPlan> left = worker.plans; !left.empty();) {
      const std::size_t count = worker.together.Gather(index, now, worker.search, left, scenes);
      for (const LookPlan& plan : left.first(count)) Look(plan, now, worker, sink, result);
      left = left.subspan(count);
    }
  }
}

absl::StatusOr<FeedTickResult> NearbyFeeds::Tick(Timestamp now, const Sink& sink) {
  absl::StatusOr<Ticking> tick = StartTick(now);
  if (!tick.ok()) return tick.status();
  return tick->Work(sink);
}

absl::StatusOr<NearbyFeeds::Ticking> NearbyFeeds::StartTick(Timestamp now) {
  if (absl::Status status = CheckTime("now", now); !status.ok()) return status;
  if (impl_->is_ticking.exchange(true, std::memory_order_acquire)) {
    return absl::FailedPreconditionError("a tick is under way");
  }
  Ticking tick(impl_.get());
  impl_->tick_time = now;
  impl_->ListDue(now);
  return tick;
}

NearbyFeeds::Ticking::Ticking(Impl* feeds) : feeds_(feeds) {}

NearbyFeeds::Ticking::Ticking(Ticking&& other) noexcept
    : feeds_(std::exchange(other.feeds_, nullptr)) {}

NearbyFeeds::Ticking& NearbyFeeds::Ticking::operator=(Ticking&& other) noexcept {
  // Of another set of feeds than the new one: each has one tick at a time.
  const Ticking ended(std::exchange(feeds_, std::exchange(other.feeds_, nullptr)));
  return *this;
}

NearbyFeeds::Ticking::~Ticking() {
  if (feeds_ != nullptr) feeds_->is_ticking.store(false, std::memory_order_release);
}

FeedTickResult NearbyFeeds::Ticking::Work(const Sink& sink) { return feeds_->Work(sink); }

// ---- One feed ----

absl::Status NearbyFeeds::Collect(FeedId feed, FeedCollection& result) {
  return impl_->With(feed, [&](Feed& held, FeedTable::Chunk&, std::size_t) {
    if (!held.collects) {
      return absl::FailedPreconditionError(
          absl::StrCat("what changes in feed ", ToNumber(feed), " goes to a sink"));
    }
    result.deltas.clear();
    result.needs_resync = held.needs_resync;
    if (held.pending != nullptr) {
      using Kind = presence::Change::Kind;
      for (const Kind kind : {Kind::kLeave, Kind::kEnter, Kind::kMove}) {
        for (const presence::Change& change : held.pending->changes()) {
          if (change.kind == kind) result.deltas.push_back(ToDelta(change));
        }
      }
      held.pending.reset();
      ++held.sequence;
    }
    result.sequence = held.sequence;
    return absl::OkStatus();
  });
}

absl::Status NearbyFeeds::Resync(FeedId feed, Timestamp now, FeedSnapshot& result) {
  if (absl::Status status = CheckTime("now", now); !status.ok()) return status;
  const Impl::Lease lease(*impl_);
  Impl::Worker& worker = *lease;
  return impl_->With(feed, [&](Feed& held, FeedTable::Chunk& chunk, std::size_t number) {
    std::optional<Position> center;
    impl_->Find(held, now, worker, center);
    if (center) chunk.path[number].store(PathOf(*center), std::memory_order_relaxed);
    result.neighbors.clear();
    for (const Hit& hit : worker.found) {
      result.neighbors.push_back({UserId{hit.id}, spatial::ToDegrees(hit.position), hit.distance_m,
                                  FromMillis(hit.stamp)});
    }
    worker.difference.Find({}, worker.found);
    held.shown.Assign(worker.difference.now());
    held.pending.reset();
    held.needs_resync = false;
    ++held.version;
    Impl::Rest(chunk, PlaceOf(feed), now, 0);
    result.sequence = ++held.sequence;
    return absl::OkStatus();
  });
}

FeedMemoryUsage NearbyFeeds::MemoryUsage() const {
  FeedMemoryUsage usage{.feeds = impl_->table.bytes()};
  std::vector<FeedTable::Chunk*> chunks;
  impl_->table.ListChunks(chunks);
  for (std::size_t place = 0; place < chunks.size() * FeedTable::kFeedsPerChunk; ++place) {
    const std::lock_guard lock(impl_->table.LockOf(static_cast<std::uint32_t>(place)));
    const Feed& feed =
        chunks[place / FeedTable::kFeedsPerChunk]->feeds[place % FeedTable::kFeedsPerChunk];
    usage.shown += feed.shown.bytes();
    if (feed.pending != nullptr) usage.pending += feed.pending->bytes();
  }
  usage.shown += impl_->scenes.bytes_held();
  usage.ticks = impl_->tick_bytes.load(std::memory_order_relaxed) + impl_->scenes.bytes_kept();
  const std::lock_guard lock(impl_->workers_mutex);
  for (const auto& worker : impl_->workers) usage.ticks += worker->bytes();
  return usage;
}

}  // namespace v0

presence::LookCounts presence::LookCounts::Of(const NearbyFeeds& feeds) {
  LookCounts sum;
  for (const auto& worker : feeds.impl_->workers) {
    sum.alone += worker->looks.alone;
    sum.together += worker->looks.together;
    sum.again += worker->looks.again;
    sum.in_scenes += worker->looks.in_scenes;
  }
  return sum;
}

}  // namespace moyeo
