#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "moyeo/fence.h"
#include "presence/arguments.h"
#include "presence/presence_index_impl.h"
#include "presence/viewer_sets.h"
#include "spatial/leaf_watch.h"
#include "spatial/region.h"
#include "spatial/region_index.h"
#include "spatial/search.h"

namespace moyeo {
inline namespace v0 {
namespace {

using presence::CheckRadius;
using presence::CheckTime;
using presence::FromMillis;
using presence::InvalidArgument;
using presence::Millis;
using presence::Population;
using presence::ViewerSets;
using spatial::Item;
using spatial::LeafWatch;
using spatial::Position;
using spatial::Region;
using spatial::Search;

// Where no more boxes meet a leaf, its items are compared with each of them; else they are looked
// up one by one.
constexpr std::size_t kFewBoxes = 16;

// How many users are looked up on one visit, and how many so that their cache misses overlap.
constexpr std::size_t kAskedTogether = 256;
constexpr std::size_t kFoundTogether = 32;

// How many users who may have entered are kept before those are left out who are inside already.
constexpr std::size_t kFewCandidates = 1 << 16;

// What a search keeps for the next tick.
constexpr std::size_t kSearchBytesKept = std::size_t{1} << 20;

absl::StatusOr<Position> CheckPosition(const std::string& name, LatLng degrees) {
  const std::optional<Position> position = spatial::ToPosition(degrees);
  if (!position) {
    return InvalidArgument(absl::StrCat(name, ":"), spatial::WhyInvalid(degrees).message());
  }
  return *position;
}

absl::Status CheckCount(absl::string_view name, std::size_t count, std::size_t most) {
  if (count <= most) return absl::OkStatus();
  return InvalidArgument(name, absl::StrCat("are ", count, ", more than ", most));
}

using RegionOr = absl::StatusOr<std::unique_ptr<const Region>>;

RegionOr Named(absl::string_view name, RegionOr region) {
  if (region.ok()) return region;
  return InvalidArgument(absl::StrCat(name, ":"), region.status().message());
}

RegionOr ToRegion(const FenceCircle& circle) {
  const absl::StatusOr<Position> center = CheckPosition("center", circle.center);
  if (!center.ok()) return center.status();
  if (absl::Status status = CheckRadius(circle.radius_m); !status.ok()) return status;
  return spatial::MakeCircle({*center, circle.radius_m});
}

RegionOr ToRegion(const FencePolygon& polygon) {
  const absl::Status few_enough =
      CheckCount("vertices", polygon.vertices.size(), FenceOptions::kMaxVertices);
  if (!few_enough.ok()) return few_enough;
  std::vector<Position> vertices;
  for (std::size_t i = 0; i < polygon.vertices.size(); ++i) {
    const absl::StatusOr<Position> vertex =
        CheckPosition(absl::StrCat("vertices[", i, "]"), polygon.vertices[i]);
    if (!vertex.ok()) return vertex.status();
    vertices.push_back(*vertex);
  }
  return Named("vertices", spatial::MakePolygon(vertices));
}

RegionOr ToRegion(const FenceCells& cells) {
  const absl::Status few_enough = CheckCount("ids", cells.ids.size(), FenceOptions::kMaxCells);
  if (!few_enough.ok()) return few_enough;
  return Named("ids", spatial::MakeCells(cells.ids));
}

// The region, if all options are valid.
RegionOr CheckedRegion(const FenceOptions& options) {
  if (options.name.size() > FenceOptions::kMaxNameBytes) {
    return InvalidArgument("name", absl::StrCat("has ", options.name.size(), " bytes, more than ",
                                                FenceOptions::kMaxNameBytes));
  }
  if (!(options.margin_m >= 0 && options.margin_m <= FenceOptions::kMaxMarginMeters)) {
    return InvalidArgument("margin_m", absl::StrCat(options.margin_m, " is outside [0, ",
                                                    FenceOptions::kMaxMarginMeters, "]"));
  }
  if (options.dwell_ms &&
      (*options.dwell_ms < 1 || *options.dwell_ms > FenceOptions::kMaxDwellMs)) {
    return InvalidArgument("dwell_ms", absl::StrCat(*options.dwell_ms, " is outside [1, ",
                                                    FenceOptions::kMaxDwellMs, "]"));
  }
  return std::visit([](const auto& region) { return ToRegion(region); }, options.region);
}

using SharedSet = std::shared_ptr<const ViewerSets::Members>;  // null for nobody

bool IsIn(const SharedSet& set, std::uint64_t user) {
  return set != nullptr && std::ranges::binary_search(*set, user);
}

// Appends who is in one of the two sets alone.
void AppendDifference(const SharedSet& a, const SharedSet& b, std::vector<std::uint64_t>& users) {
  if (a == b) return;
  static const ViewerSets::Members nobody;
  std::ranges::set_symmetric_difference(a ? *a : nobody, b ? *b : nobody,
                                        std::back_inserter(users));
}

}  // namespace

absl::Status FenceOptions::Validate() const { return CheckedRegion(*this).status(); }

absl::Status FencesOptions::Validate() const {
  if (max_fences < 1 || max_fences > kMaxFencesLimit) {
    return InvalidArgument("max_fences",
                           absl::StrCat(max_fences, " is outside [1, ", kMaxFencesLimit, "]"));
  }
  if (max_inside < 1 || max_inside > kMaxInsideLimit) {
    return InvalidArgument("max_inside",
                           absl::StrCat(max_inside, " is outside [1, ", kMaxInsideLimit, "]"));
  }
  return absl::OkStatus();
}

struct Fences::Impl {
  struct Fence {
    FenceId id;
    std::string name;
    std::unique_ptr<const Region> region;
    std::optional<std::uint64_t> owner;
    spatial::ItemFilter filter;  // of masks alone
    double margin_m;
    std::optional<std::int64_t> dwell_ms;
    bool tells_those_inside;

    bool StillContains(Position position) const {
      return margin_m > 0 ? region->IsNear(position, margin_m) : region->Contains(position);
    }
  };

  // A fence as ticks know it, by a small number that is used again.
  struct Slot {
    std::shared_ptr<const Fence> fence = nullptr;  // null if there is none
    SharedSet never = nullptr;                     // the owner's sets
    SharedSet exactly = nullptr;
    bool is_new = false;      // until a tick has had room for all who are inside
    bool leaves_out = false;  // somebody, since it is new
  };

  // A user and a fence. Ordered by both.
  struct Pair {
    std::uint64_t user;
    std::uint32_t slot;

    friend bool operator==(const Pair&, const Pair&) = default;
    friend bool operator<(const Pair& a, const Pair& b) {
      return a.user != b.user ? a.user < b.user : a.slot < b.slot;
    }
  };

  // Somebody who is inside, as of the last tick.
  struct Inside {
    Pair pair;
    bool has_dwelt = false;
    Position position;
    std::int64_t stamp;
    std::int64_t since_ms;
  };

  // One user, found once for all fences that they may be in.
  struct Found {
    std::uint64_t user = 0;
    bool is_valid = false;  // of `user`
    std::optional<std::optional<Item>> really = std::nullopt;
    std::optional<std::optional<Item>> shown = std::nullopt;
  };

  Impl(const Population& of_index, const FencesOptions& with_options)
      : index(of_index), options(with_options) {}

  void Tick(Timestamp now);
  void TakeInRemoved();
  void TakeInAdded();
  bool HaveSetsChanged();
  void TakeInSets(Timestamp now);
  void LoadSets(Slot& slot) const;
  bool Scan(Timestamp now);
  void Test(LeafWatch& watch, const LeafWatch::Visit& visit, Timestamp now);
  void TestItem(const Item& item, std::uint32_t slot, Timestamp now);
  void Seek(std::uint32_t slot, Timestamp now);
  void AddCandidate(const Pair& candidate, Timestamp now);
  void TrimCandidates(Timestamp now);
  void LeaveOut(const Pair& candidate);
  bool See(const Population::Trees& trees, const Pair& pair, Timestamp now, Found& found,
           std::optional<Item>& item) const;
  template <typename Pairs>
  void SeeAll(const Pairs& pairs, Timestamp now);
  void LookAtThoseInside(Timestamp now);
  template <typename Visit>
  void VisitThoseEntering(Timestamp now, Visit visit);
  void AdmitCandidates(Timestamp now);
  void NoteDue(const Inside& held);
  void Tell(FenceEvent::Kind kind, const Inside& held);
  std::size_t TickBytes() const;

  const Population& index;
  const FencesOptions options;

  // What Add and Remove say, for the next tick.
  mutable std::mutex mutex;
  absl::flat_hash_map<std::uint64_t, std::shared_ptr<const Fence>> live;
  std::map<std::uint64_t, std::shared_ptr<const Fence>> added;
  std::vector<std::uint64_t> removed;
  std::uint64_t last_id = 0;

  // What belongs to the tick under way, and what it keeps for the next.
  std::atomic<bool> is_ticking = false;
  Timestamp last_time = kMinTimestamp;
  std::uint64_t clears_seen = 0;
  std::uint64_t sets_seen = 0;
  std::array<LeafWatch, 2> watches;
  spatial::RegionIndex regions;
  std::uint32_t regions_version = 1;  // never 0
  std::vector<Slot> slots;
  std::vector<std::uint32_t> free_slots;
  std::vector<std::uint32_t> emptied_slots;  // free after this tick
  absl::flat_hash_map<std::uint64_t, std::uint32_t> slot_of;
  std::vector<std::uint32_t> new_slots;
  std::vector<std::uint32_t> to_seek;
  std::vector<std::uint64_t> changed_members;  // of an owner's sets
  std::vector<Inside> inside;                  // by pair
  std::int64_t next_due_ms = INT64_MAX;        // before, nobody inside expires or dwells
  std::vector<Pair> candidates;
  std::size_t candidates_trimmed = 0;
  std::vector<std::uint32_t> near;
  std::vector<std::optional<Item>> seen;
  Search search;
  std::vector<FenceEvent> events;
  FenceTickResult result;

  std::atomic<std::size_t> inside_bytes = 0;
  std::atomic<std::size_t> tick_bytes = 0;
};

Fences::Fences(const PresenceIndex& index, const FencesOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) {
    std::fprintf(stderr, "moyeo::Fences: %s\n", status.ToString().c_str());
    std::abort();
  }
  impl_ = std::make_unique<Impl>(*index.impl_, options);
}

Fences::~Fences() = default;

absl::StatusOr<FenceId> Fences::Add(const FenceOptions& options) {
  RegionOr region = CheckedRegion(options);
  if (!region.ok()) return region.status();
  auto fence = std::make_shared<Impl::Fence>();
  fence->name = options.name;
  fence->region = *std::move(region);
  if (options.owner) fence->owner = ToNumber(*options.owner);
  fence->filter = {.all_of = options.filter.all_of,
                   .any_of = options.filter.any_of,
                   .none_of = options.filter.none_of};
  fence->margin_m = options.margin_m;
  fence->dwell_ms = options.dwell_ms;
  fence->tells_those_inside = options.tells_those_inside;
  const std::lock_guard lock(impl_->mutex);
  if (impl_->live.size() >= impl_->options.max_fences) {
    return absl::ResourceExhaustedError(
        absl::StrCat("max_fences = ", impl_->options.max_fences, " are there already"));
  }
  const std::uint64_t id = ++impl_->last_id;
  fence->id = FenceId{id};
  impl_->added.emplace(id, fence);
  impl_->live.emplace(id, std::move(fence));
  return FenceId{id};
}

bool Fences::Remove(FenceId fence) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->live.erase(ToNumber(fence)) == 0) return false;
  if (impl_->added.erase(ToNumber(fence)) == 0) impl_->removed.push_back(ToNumber(fence));
  return true;
}

std::optional<std::string> Fences::NameOf(FenceId fence) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->live.find(ToNumber(fence));
  if (found == impl_->live.end()) return std::nullopt;
  return found->second->name;
}

std::size_t Fences::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->live.size();
}

absl::StatusOr<FenceTickResult> Fences::Tick(Timestamp now, const Sink& sink) {
  if (absl::Status status = CheckTime("now", now); !status.ok()) return status;
  if (impl_->is_ticking.exchange(true, std::memory_order_acquire)) {
    return absl::FailedPreconditionError("a tick is under way");
  }
  impl_->Tick(now);
  const FenceTickResult result = impl_->result;
  for (const FenceEvent& event : impl_->events) sink(event);
  impl_->is_ticking.store(false, std::memory_order_release);
  return result;
}

FenceMemoryUsage Fences::MemoryUsage() const {
  FenceMemoryUsage usage{.inside = impl_->inside_bytes.load(std::memory_order_relaxed),
                         .ticks = impl_->tick_bytes.load(std::memory_order_relaxed)};
  const std::lock_guard lock(impl_->mutex);
  usage.fences = impl_->live.capacity() * (sizeof(*impl_->live.begin()) + 1) +
                 impl_->removed.capacity() * sizeof(std::uint64_t);
  for (const auto& [id, fence] : impl_->live) {
    usage.fences += sizeof(*fence) + fence->region->bytes() + fence->name.capacity();
  }
  return usage;
}

// ---- A tick ----

void Fences::Impl::Tick(Timestamp now) {
  result = {};
  events.clear();
  candidates.clear();
  candidates_trimmed = 0;
  to_seek.clear();
  // Asked before any set is read: what changes meanwhile, the next tick takes in.
  const bool sets_have_changed = HaveSetsChanged();
  bool has_changed = sets_have_changed;
  {
    const std::lock_guard lock(mutex);
    has_changed |= !added.empty() || !removed.empty();
    TakeInRemoved();
    TakeInAdded();
  }
  if (sets_have_changed) TakeInSets(now);
  has_changed |= Scan(now);
  for (const std::uint32_t slot : to_seek) Seek(slot, now);
  search.Trim(kSearchBytesKept);
  // Who was inside before is not judged again as one who enters.
  TrimCandidates(now);
  if (has_changed || now < last_time || Millis(now) >= next_due_ms) LookAtThoseInside(now);
  AdmitCandidates(now);
  std::erase_if(new_slots, [&](std::uint32_t slot) {
    slots[slot].is_new = std::exchange(slots[slot].leaves_out, false);
    return !slots[slot].is_new;
  });
  free_slots.insert(free_slots.end(), emptied_slots.begin(), emptied_slots.end());
  emptied_slots.clear();
  last_time = now;
  if (result.left_out > 0) {
    for (LeafWatch& watch : watches) watch.Forget();
  }
  std::ranges::sort(events, {}, [](const FenceEvent& event) {
    return std::tuple(event.kind, event.fence, event.user);
  });
  result.events = events.size();
  result.inside = inside.size();
  inside_bytes.store(inside.capacity() * sizeof(Inside), std::memory_order_relaxed);
  tick_bytes.store(TickBytes(), std::memory_order_relaxed);
}

// REQUIRES: `mutex` is held
void Fences::Impl::TakeInRemoved() {
  for (const std::uint64_t id : removed) {
    const auto found = slot_of.find(id);
    const std::uint32_t slot = found->second;
    regions.Remove(slot, slots[slot].fence->region->boxes());
    slots[slot] = Slot();
    emptied_slots.push_back(slot);
    slot_of.erase(found);
  }
  removed.clear();
}

// REQUIRES: `mutex` is held
void Fences::Impl::TakeInAdded() {
  if (added.empty()) return;
  if (++regions_version == 0) {
    ++regions_version;
    for (LeafWatch& watch : watches) watch.Forget();
  }
  for (auto& [id, fence] : added) {
    if (free_slots.empty()) {
      free_slots.push_back(static_cast<std::uint32_t>(slots.size()));
      slots.emplace_back();
    }
    const std::uint32_t slot = free_slots.back();
    free_slots.pop_back();
    regions.Add(slot, fence->region->boxes());
    slot_of[id] = slot;
    slots[slot] = {.fence = std::move(fence), .is_new = true};
    LoadSets(slots[slot]);
    new_slots.push_back(slot);
    to_seek.push_back(slot);
  }
  added.clear();
}

void Fences::Impl::LoadSets(Slot& slot) const {
  if (slot.fence == nullptr || !slot.fence->owner) return;
  slot.never = index.SetsOf(ViewerSet::kNeverSees).Of(*slot.fence->owner);
  slot.exactly = index.SetsOf(ViewerSet::kSeesExactly).Of(*slot.fence->owner);
}

// Whether any viewer's set has changed since this was last asked.
bool Fences::Impl::HaveSetsChanged() {
  std::uint64_t version = 0;
  for (const ViewerSets& sets : index.sets) version += sets.version();
  return std::exchange(sets_seen, version) != version;
}

// Who has come into an owner's set, or left it, may have come to be seen inside without a move.
void Fences::Impl::TakeInSets(Timestamp now) {
  for (std::uint32_t number = 0; number < slots.size(); ++number) {
    Slot& slot = slots[number];
    if (slot.fence == nullptr || !slot.fence->owner) continue;
    const auto never_before = slot.never;
    const auto exactly_before = slot.exactly;
    LoadSets(slot);
    changed_members.clear();
    AppendDifference(never_before, slot.never, changed_members);
    AppendDifference(exactly_before, slot.exactly, changed_members);
    for (const std::uint64_t user : changed_members) AddCandidate({user, number}, now);
  }
}

// Looks through the leaves for those who may have entered. Returns whether any leaf has changed.
bool Fences::Impl::Scan(Timestamp now) {
  // Where time has gone back, those are back who had expired.
  const bool went_back = now < last_time;
  const std::int64_t above = went_back ? index.GoneThrough(now) : INT64_MAX;
  const std::int64_t through = went_back ? index.GoneThrough(last_time) : INT64_MIN;
  bool has_changed = false;
  constexpr std::array kTrees = {&Population::Trees::shown, &Population::Trees::cloaked};
  for (std::size_t tree = 0; tree < kTrees.size(); ++tree) {
    LeafWatch& watch = watches[tree];
    std::uint32_t leaf = 0;
    do {
      {
        const std::lock_guard lock(index.changes);
        if (std::exchange(clears_seen, index.clears) != index.clears) {
          has_changed = true;
          leaf = 0;
          for (LeafWatch& of_tree : watches) of_tree.Forget();
        }
        has_changed |=
            watch.Read((*index.owned_trees).*kTrees[tree], regions_version, above, through, leaf);
      }
      for (const LeafWatch::Visit& visit : watch.visits()) Test(watch, visit, now);
    } while (leaf != 0);
  }
  return has_changed;
}

void Fences::Impl::Test(LeafWatch& watch, const LeafWatch::Visit& visit, Timestamp now) {
  const std::int64_t gone_through = index.GoneThrough(now);
  if (!regions.FindIn(visit.cell, kFewBoxes, near)) {
    for (const Item& item : watch.ItemsOf(visit)) {
      if (item.stamp <= gone_through) continue;
      regions.FindAt(spatial::ToGrid(item.position), near);
      for (const std::uint32_t slot : near) TestItem(item, slot, now);
    }
    return;
  }
  if (near.empty()) watch.SetClear(visit, regions_version);
  for (const std::uint32_t slot : near) {
    const std::span<const spatial::Box> boxes = slots[slot].fence->region->boxes();
    for (const Item& item : watch.ItemsOf(visit)) {
      if (item.stamp <= gone_through) continue;
      const spatial::GridPoint grid = spatial::ToGrid(item.position);
      if (std::ranges::any_of(boxes, [&](const auto& box) { return box.Contains(grid); })) {
        TestItem(item, slot, now);
      }
    }
  }
}

void Fences::Impl::TestItem(const Item& item, std::uint32_t slot, Timestamp now) {
  const Fence& fence = *slots[slot].fence;
  if (!fence.filter.AdmitsMask(item.mask) || !fence.region->Contains(item.position)) return;
  AddCandidate({item.id, slot}, now);
}

// Looks everywhere for those who may be inside of one fence.
void Fences::Impl::Seek(std::uint32_t slot, Timestamp now) {
  const Fence& fence = *slots[slot].fence;
  spatial::ItemFilter filter = fence.filter;
  filter.stamp_above = index.GoneThrough(now);
  const Region::Circle& bound = fence.region->bound();
  for (const auto tree : {&Population::Trees::shown, &Population::Trees::cloaked}) {
    index.ReadTrees([&](const Population::Trees& trees) {
      return search.FindWithin(trees.*tree, bound.center, bound.radius_m, filter);
    });
    const Search::Columns& found = search.Unmeasured();
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (fence.region->Contains(found.PositionOf(i))) AddCandidate({found.id[i], slot}, now);
    }
  }
}

void Fences::Impl::AddCandidate(const Pair& candidate, Timestamp now) {
  candidates.push_back(candidate);
  if (candidates.size() >= kFewCandidates + 2 * candidates_trimmed) TrimCandidates(now);
}

// Drops those who are inside already. Where there are more others than may be inside, drops those
// who do not enter, and leaves out who is still too many.
void Fences::Impl::TrimCandidates(Timestamp now) {
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  auto known = inside.begin();
  std::erase_if(candidates, [&](const Pair& candidate) {
    while (known != inside.end() && known->pair < candidate) ++known;
    return known != inside.end() && known->pair == candidate;
  });
  if (candidates.size() > options.max_inside) {
    std::size_t entering = 0;
    VisitThoseEntering(now, [&](Pair candidate, const Item&) {
      if (entering == options.max_inside) return LeaveOut(candidate);
      candidates[entering++] = candidate;
    });
    candidates.resize(entering);
  }
  candidates_trimmed = candidates.size();
}

void Fences::Impl::LeaveOut(const Pair& candidate) {
  ++result.left_out;
  slots[candidate.slot].leaves_out = true;
}

// Finds the user as the owner of the fence sees them; nullopt if they do not. False as
// ItemTree::TryFind.
bool Fences::Impl::See(const Population::Trees& trees, const Pair& pair, Timestamp now,
                       Found& found, std::optional<Item>& item) const {
  item.reset();
  const Slot& slot = slots[pair.slot];
  if (slot.fence == nullptr) return true;
  bool exactly = index.visibilities.in_use();
  if (slot.fence->owner) {
    if (*slot.fence->owner == pair.user || IsIn(slot.never, pair.user)) return true;
    exactly = exactly && IsIn(slot.exactly, pair.user);
  }
  if (!found.is_valid || found.user != pair.user) found = {.user = pair.user, .is_valid = true};
  std::optional<std::optional<Item>>& kept = exactly ? found.really : found.shown;
  if (!kept) {
    std::optional<Item> fresh;
    if (!(exactly ? index.FindForFriends(trees, UserId{pair.user}, now, fresh)
                  : trees.shown.TryFind(pair.user, fresh))) {
      return false;
    }
    if (fresh && fresh->stamp <= index.GoneThrough(now)) fresh.reset();
    kept = fresh;
  }
  item = *kept;
  return true;
}

// Sets `seen` to what becomes of See for each pair.
template <typename Pairs>
void Fences::Impl::SeeAll(const Pairs& pairs, Timestamp now) {
  seen.resize(pairs.size());
  index.ReadTrees([&](const Population::Trees& trees) {
    Found found;
    std::array<std::uint64_t, kFoundTogether> ids;
    for (std::size_t begin = 0; begin < pairs.size(); begin += kFoundTogether) {
      const std::size_t end = std::min(begin + kFoundTogether, pairs.size());
      for (std::size_t i = begin; i < end; ++i) ids[i - begin] = pairs[i].user;
      const auto together = std::span(ids).first(end - begin);
      trees.shown.Prefetch(together);
      if (index.visibilities.in_use()) trees.cloaked.Prefetch(together);
      for (std::size_t i = begin; i < end; ++i) {
        if (!See(trees, pairs[i], now, found, seen[i])) return false;
      }
    }
    return true;
  });
}

// Tells who has gone and who has stayed for long.
void Fences::Impl::LookAtThoseInside(Timestamp now) {
  next_due_ms = INT64_MAX;
  std::vector<Pair> pairs;
  std::size_t kept = 0;
  for (std::size_t begin = 0; begin < inside.size(); begin += kAskedTogether) {
    const std::size_t end = std::min(begin + kAskedTogether, inside.size());
    pairs.clear();
    for (std::size_t i = begin; i < end; ++i) pairs.push_back(inside[i].pair);
    SeeAll(pairs, now);
    for (std::size_t i = begin; i < end; ++i) {
      Inside& held = inside[i];
      const Slot& slot = slots[held.pair.slot];
      if (slot.fence == nullptr) continue;
      const Fence& fence = *slot.fence;
      const std::optional<Item>& item = seen[i - begin];
      if (!item || !fence.filter.AdmitsMask(item->mask) ||
          (item->position != held.position && !fence.StillContains(item->position))) {
        Tell(FenceEvent::Kind::kExit, held);
        continue;
      }
      const bool dwells =
          fence.dwell_ms && !held.has_dwelt && Millis(now) - held.since_ms >= *fence.dwell_ms;
      // The exit may come because the owner is to see the user no more: to a user, it is to tell no
      // place that the events before did not.
      if (!fence.owner || dwells) held.position = item->position;
      held.stamp = item->stamp;
      if (dwells) {
        held.has_dwelt = true;
        Tell(FenceEvent::Kind::kDwell, held);
      }
      NoteDue(held);
      inside[kept++] = held;
    }
  }
  inside.resize(kept);
  if (inside.capacity() > 4 * kept + kAskedTogether) inside.shrink_to_fit();
}

// Calls `visit` with each candidate whom the owner of the fence sees inside of it, and with how.
template <typename Visit>
void Fences::Impl::VisitThoseEntering(Timestamp now, Visit visit) {
  for (std::size_t begin = 0; begin < candidates.size(); begin += kAskedTogether) {
    const auto together =
        std::span(candidates).subspan(begin, std::min(kAskedTogether, candidates.size() - begin));
    SeeAll(together, now);
    for (std::size_t i = 0; i < together.size(); ++i) {
      const Fence& fence = *slots[together[i].slot].fence;
      const std::optional<Item>& item = seen[i];
      if (item && fence.filter.AdmitsMask(item->mask) && fence.region->Contains(item->position)) {
        visit(together[i], *item);
      }
    }
  }
}

void Fences::Impl::AdmitCandidates(Timestamp now) {
  const std::size_t before = inside.size();
  VisitThoseEntering(now, [&](const Pair& candidate, const Item& item) {
    if (inside.size() >= options.max_inside) return LeaveOut(candidate);
    inside.push_back({.pair = candidate,
                      .position = item.position,
                      .stamp = item.stamp,
                      .since_ms = Millis(now)});
    NoteDue(inside.back());
    const Slot& slot = slots[candidate.slot];
    if (!slot.is_new || slot.fence->tells_those_inside) {
      Tell(FenceEvent::Kind::kEnter, inside.back());
    }
  });
  std::inplace_merge(inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(before),
                     inside.end(),
                     [](const Inside& a, const Inside& b) { return a.pair < b.pair; });
}

void Fences::Impl::NoteDue(const Inside& held) {
  next_due_ms = std::min(next_due_ms, held.stamp + index.options.ttl_ms);
  const Fence& fence = *slots[held.pair.slot].fence;
  if (fence.dwell_ms && !held.has_dwelt) {
    next_due_ms = std::min(next_due_ms, held.since_ms + *fence.dwell_ms);
  }
}

void Fences::Impl::Tell(FenceEvent::Kind kind, const Inside& held) {
  events.push_back({.kind = kind,
                    .fence = slots[held.pair.slot].fence->id,
                    .user = UserId{held.pair.user},
                    .position = spatial::ToDegrees(held.position),
                    .last_seen = FromMillis(held.stamp),
                    .since = FromMillis(held.since_ms)});
}

std::size_t Fences::Impl::TickBytes() const {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  std::size_t bytes = regions.bytes() + held(slots) + held(free_slots) + held(emptied_slots) +
                      held(new_slots) + held(to_seek) + held(changed_members) + held(candidates) +
                      held(near) + held(seen) + held(events) +
                      slot_of.capacity() * (sizeof(*slot_of.begin()) + 1);
  for (const LeafWatch& watch : watches) bytes += watch.bytes();
  return bytes;
}

}  // namespace v0
}  // namespace moyeo
