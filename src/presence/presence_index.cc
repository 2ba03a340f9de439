#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <span>

#include "absl/strings/str_cat.h"
#include "moyeo/presence.h"
#include "presence/arguments.h"
#include "presence/presence_index_impl.h"
#include "presence/sight.h"
#include "spatial/item_tree.h"
#include "spatial/position.h"
#include "spatial/readers.h"
#include "spatial/search.h"

namespace moyeo {
inline namespace v0 {
namespace {

using presence::CheckRadius;
using presence::CheckTime;
using presence::FromMillis;
using presence::InvalidArgument;
using presence::Population;
using presence::Sight;
using presence::ViewerSets;
using spatial::Hit;
using spatial::ItemTree;
using spatial::Position;
using spatial::Readers;
using spatial::Search;

// How many moves of a batch are prepared together: enough for their cache misses to overlap, few
// enough for all that they touch to stay in the nearest cache.
constexpr std::size_t kMovesTogether = 32;

// What one call of Expire looks at, a fraction of a millisecond in all, and what of it without
// letting others in, some microseconds.
constexpr std::size_t kSweptPerCall = 8192;
constexpr std::size_t kSweptTogether = 256;

// What a thread keeps for its next query.
constexpr std::size_t kSearchBytesKept = std::size_t{1} << 20;

absl::Status CheckQuery(const NearbyQuery& query, Timestamp now) {
  if (query.radius_m) {
    if (absl::Status status = CheckRadius(*query.radius_m); !status.ok()) return status;
  }
  if (query.limit == std::size_t{0}) {
    return InvalidArgument("limit", "0: ask for at least 1, or for everybody with nullopt");
  }
  return CheckTime("now", now);
}

// What a thread asks with.
struct Asking {
  Search search;
  Sight sight;
};

// One for each thread. What an unusual query took is given back.
class ThreadAsking {
 public:
  ~ThreadAsking() { asking().search.Trim(kSearchBytesKept); }
  Asking& operator*() { return asking(); }
  Asking* operator->() { return &asking(); }

 private:
  static Asking& asking() {
    static thread_local Asking asking;
    return asking;
  }
};

// Those near `center`, one more than the limit in case that somebody is to be left out; more if
// changes made it necessary: a limit of as many as there are leaves nobody out. The answer is
// decided outside of the visit.
std::span<const Hit> FindNear(const Population& index, Position center, const NearbyQuery& query,
                              Timestamp now, Asking& asking) {
  Search& search = asking.search;
  const double radius_m = query.radius_m.value_or(Search::kNoRadius);
  spatial::ItemFilter filter = index.FilterAt(now, query.filter);
  asking.sight.Become(index, query.viewer);
  filter.skipped = asking.sight.skipped();
  for (std::size_t limit = query.limit.value_or(SIZE_MAX);; limit *= 2) {
    bool all = false;
    index.ReadTrees([&](const Population::Trees& trees) {
      all = limit >= trees.shown.size();
      return (all ? search.FindWithin(trees.shown, center, radius_m, filter)
                  : search.FindNearest(trees.shown, center, radius_m, limit + 1, filter)) &&
             asking.sight.Look(trees, center, radius_m, filter, now);
    });
    const std::span<const Hit> hits = search.Hits();
    if (all || search.HasNearest(*query.limit + 1)) return asking.sight.Merge(hits);
  }
}

// Moves of a piece of a batch that change more than their leaf of the tree.
class MovesForLater {
 public:
  struct Move {
    std::size_t index;
    UserId user;
    Position position;
  };

  void Add(const Move& move) { moves_[size_++] = move; }
  std::span<const Move> moves() const { return std::span(moves_).first(size_); }
  bool Has(UserId user) const {
    return std::ranges::any_of(moves(), [&](const Move& move) { return move.user == user; });
  }

 private:
  std::array<Move, kMovesTogether> moves_;
  std::size_t size_ = 0;
};

void Prefetch(const ItemTree& tree, std::span<const UserId> users) {
  std::array<std::uint64_t, kMovesTogether> ids;
  std::ranges::transform(users, ids.begin(), [](UserId user) { return ToNumber(user); });
  tree.Prefetch(std::span(ids).first(users.size()));
}

// Appends `hits`, but for the viewer.
void AppendHits(std::span<const Hit> hits, const NearbyQuery& query,
                std::vector<Neighbor>& result) {
  const std::size_t size_before = result.size();
  result.resize(size_before + hits.size());
  auto next = result.begin() + static_cast<std::ptrdiff_t>(size_before);
  const auto end =
      next + static_cast<std::ptrdiff_t>(std::min(hits.size(), query.limit.value_or(hits.size())));
  for (const Hit& hit : hits) {
    if (query.viewer == UserId{hit.id}) continue;
    if (next == end) break;
    *next++ = {UserId{hit.id}, spatial::ToDegrees(hit.position), hit.distance_m,
               FromMillis(hit.stamp)};
  }
  result.erase(next, result.end());
}

}  // namespace

absl::Status PresenceOptions::Validate() const {
  if (ttl_ms < 1 || ttl_ms > kMaxTtlMs) {
    return InvalidArgument("ttl_ms", absl::StrCat(ttl_ms, " is outside [1, ", kMaxTtlMs, "]"));
  }
  if (max_users < 1 || max_users > kMaxUsersLimit) {
    return InvalidArgument("max_users",
                           absl::StrCat(max_users, " is outside [1, ", kMaxUsersLimit, "]"));
  }
  if (default_visibility > Visibility::kHidden) {
    return InvalidArgument("default_visibility", "is not one of the three");
  }
  if (cloak_level < 0 || cloak_level > kMaxCloakLevel) {
    return InvalidArgument("cloak_level",
                           absl::StrCat(cloak_level, " is outside [0, ", kMaxCloakLevel, "]"));
  }
  if (cloak_interval_ms < 1 || cloak_interval_ms > kMaxCloakIntervalMs) {
    return InvalidArgument("cloak_interval_ms", absl::StrCat(cloak_interval_ms, " is outside [1, ",
                                                             kMaxCloakIntervalMs, "]"));
  }
  return absl::OkStatus();
}

PresenceIndex::PresenceIndex(const PresenceOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) {
    std::fprintf(stderr, "moyeo::PresenceIndex: %s\n", status.ToString().c_str());
    std::abort();
  }
  impl_ = std::make_unique<Impl>(options);
}

PresenceIndex::~PresenceIndex() = default;

absl::Status PresenceIndex::Move(UserId user, LatLng position, Timestamp seen,
                                 std::optional<std::uint32_t> attributes) {
  const std::optional<Position> canonical = spatial::ToPosition(position);
  if (!canonical) return spatial::WhyInvalid(position);
  if (absl::Status status = CheckTime("seen", seen); !status.ok()) return status;
  const spatial::ItemUpdate update = impl_->Update(user, *canonical, seen, attributes);
  {
    const Readers::Visit visit(impl_->readers);
    if (impl_->PutInPlace(*impl_->trees.load(), update)) return absl::OkStatus();
  }
  const std::lock_guard lock(impl_->changes);
  if (absl::Status status = impl_->CheckRoomFor(user); !status.ok()) return status;
  impl_->Put(update);
  return absl::OkStatus();
}

absl::StatusOr<MoveBatchResult> PresenceIndex::MoveBatch(
    std::span<const UserId> users, std::span<const LatLng> positions, Timestamp seen,
    std::span<const std::uint32_t> attributes) {
  if (positions.size() != users.size()) {
    return InvalidArgument("positions",
                           absl::StrCat("are ", positions.size(), " for ", users.size(), " users"));
  }
  if (!attributes.empty() && attributes.size() != users.size()) {
    return InvalidArgument(
        "attributes", absl::StrCat("are ", attributes.size(), " for ", users.size(), " users"));
  }
  if (absl::Status status = CheckTime("seen", seen); !status.ok()) return status;

  MoveBatchResult result;
  const auto tally = [&](ItemTree::PutResult put) {
    ++(put == ItemTree::PutResult::kStale ? result.ignored : result.applied);
  };
  const auto mask = [&](std::size_t i) {
    return attributes.empty() ? std::nullopt : std::optional(attributes[i]);
  };
  for (std::size_t begin = 0; begin < users.size(); begin += kMovesTogether) {
    const std::size_t end = std::min(begin + kMovesTogether, users.size());
    const std::size_t refused_before = result.refusals.size();
    MovesForLater later;
    {
      const Readers::Visit visit(impl_->readers);
      const Population::Trees& trees = *impl_->trees.load();
      Prefetch(trees.shown, users.subspan(begin, end - begin));
      if (impl_->visibilities.in_use()) Prefetch(trees.cloaked, users.subspan(begin, end - begin));
      for (std::size_t i = begin; i < end; ++i) {
        const std::optional<Position> canonical = spatial::ToPosition(positions[i]);
        if (!canonical) {
          result.refusals.push_back({i, spatial::WhyInvalid(positions[i])});
          continue;
        }
        // A user's moves stay in order.
        const std::optional<ItemTree::PutResult> put =
            later.Has(users[i])
                ? std::nullopt
                : impl_->PutInPlace(trees, impl_->Update(users[i], *canonical, seen, mask(i)));
        if (put) {
          tally(*put);
        } else {
          later.Add({i, users[i], *canonical});
        }
      }
    }
    if (later.moves().empty()) continue;
    const std::lock_guard lock(impl_->changes);
    for (const MovesForLater::Move& move : later.moves()) {
      if (absl::Status status = impl_->CheckRoomFor(move.user); !status.ok()) {
        result.refusals.push_back({move.index, std::move(status)});
      } else {
        tally(impl_->Put(impl_->Update(move.user, move.position, seen, mask(move.index))));
      }
    }
    std::sort(result.refusals.begin() + static_cast<std::ptrdiff_t>(refused_before),
              result.refusals.end(),
              [](const auto& a, const auto& b) { return a.index < b.index; });
  }
  return result;
}

bool PresenceIndex::Remove(UserId user) {
  const std::lock_guard lock(impl_->changes);
  return impl_->Erase(user);
}

ExpireResult PresenceIndex::Expire(Timestamp now) {
  ExpireResult result;
  for (std::size_t looked_at = 0; looked_at < kSweptPerCall && !result.complete;
       looked_at += kSweptTogether) {
    const std::lock_guard lock(impl_->changes);
    const std::size_t held_before = impl_->owned_trees->size();
    ItemTree& tree = (*impl_->owned_trees).*Population::kAllTrees[impl_->swept];
    if (tree.Sweep(impl_->GoneThrough(now), kSweptTogether).round_complete) {
      impl_->swept = (impl_->swept + 1) % Population::kAllTrees.size();
      result.complete = impl_->swept == 0;
    }
    result.removed += held_before - impl_->owned_trees->size();
  }
  return result;
}

void PresenceIndex::Clear() {
  const std::lock_guard lock(impl_->changes);
  auto trees = std::make_unique<Population::Trees>(&impl_->readers);
  impl_->trees.store(trees.get());
  impl_->owned_trees.swap(trees);
  impl_->swept = 0;
  ++impl_->clears;
  impl_->readers.WaitForThoseHere();
}

std::size_t PresenceIndex::size() const {
  const Readers::Visit visit(impl_->readers);
  return impl_->trees.load()->size();
}

absl::Status PresenceIndex::SetVisibility(UserId user, Visibility visibility) {
  if (visibility > Visibility::kHidden)
    return InvalidArgument("visibility", "is not one of the three");
  const std::lock_guard lock(impl_->changes);
  return impl_->SetVisibility(user, visibility);
}

Visibility PresenceIndex::VisibilityOf(UserId user) const { return impl_->VisibilityOf(user); }

absl::Status PresenceIndex::SetViewerSet(ViewerSet set, UserId viewer,
                                         std::span<const UserId> members) {
  ViewerSets::Members ids(members.size());
  std::ranges::transform(members, ids.begin(), [](UserId user) { return ToNumber(user); });
  if (impl_->SetsOf(set).Set(ToNumber(viewer), std::move(ids))) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("members are more than kMaxSetMembers = ", kMaxSetMembers));
}

absl::Status PresenceIndex::AddToViewerSet(ViewerSet set, UserId viewer, UserId member) {
  if (impl_->SetsOf(set).Add(ToNumber(viewer), ToNumber(member))) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("there are kMaxSetMembers = ", kMaxSetMembers, " members already"));
}

void PresenceIndex::RemoveFromViewerSet(ViewerSet set, UserId viewer, UserId member) {
  impl_->SetsOf(set).Remove(ToNumber(viewer), ToNumber(member));
}

std::vector<UserId> PresenceIndex::MembersOf(ViewerSet set, UserId viewer) const {
  std::vector<UserId> users;
  if (const auto members = impl_->SetsOf(set).Of(ToNumber(viewer))) {
    for (const std::uint64_t id : *members) users.push_back(UserId{id});
  }
  return users;
}

std::optional<Presence> PresenceIndex::Find(UserId user, Timestamp now) const {
  std::optional<spatial::Item> item;
  impl_->ReadTrees(
      [&](const Population::Trees& trees) { return impl_->FindReally(trees, user, now, item); });
  if (!item) return std::nullopt;
  return Presence{spatial::ToDegrees(item->position), FromMillis(item->stamp), item->mask};
}

absl::Status PresenceIndex::Nearby(LatLng center, const NearbyQuery& query, Timestamp now,
                                   std::vector<Neighbor>& result) const {
  const std::optional<Position> canonical = spatial::ToPosition(center);
  if (!canonical) return spatial::WhyInvalid(center);
  if (absl::Status status = CheckQuery(query, now); !status.ok()) return status;
  ThreadAsking asking;
  const std::span<const Hit> hits = FindNear(*impl_, *canonical, query, now, *asking);
  result.clear();
  AppendHits(hits, query, result);
  return absl::OkStatus();
}

absl::Status PresenceIndex::NearbyUser(UserId user, const NearbyQuery& query, Timestamp now,
                                       std::vector<Neighbor>& result) const {
  if (absl::Status status = CheckQuery(query, now); !status.ok()) return status;
  if (query.viewer) return InvalidArgument("viewer", "is given though it is the user who asks");
  std::optional<spatial::Item> asker;
  impl_->ReadTrees(
      [&](const Population::Trees& trees) { return impl_->FindReally(trees, user, now, asker); });
  if (!asker) return absl::NotFoundError(absl::StrCat("user ", ToNumber(user), " is not here"));
  NearbyQuery own_query = query;
  own_query.viewer = user;
  ThreadAsking asking;
  const std::span<const Hit> hits = FindNear(*impl_, asker->position, own_query, now, *asking);
  result.clear();
  AppendHits(hits, own_query, result);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Neighbor>> PresenceIndex::Nearby(LatLng center, const NearbyQuery& query,
                                                            Timestamp now) const {
  std::vector<Neighbor> result;
  if (absl::Status status = Nearby(center, query, now, result); !status.ok()) return status;
  return result;
}

absl::StatusOr<std::vector<Neighbor>> PresenceIndex::NearbyUser(UserId user,
                                                                const NearbyQuery& query,
                                                                Timestamp now) const {
  std::vector<Neighbor> result;
  if (absl::Status status = NearbyUser(user, query, now, result); !status.ok()) return status;
  return result;
}

absl::Status PresenceIndex::NearbyBatch(std::span<const LatLng> centers, const NearbyQuery& query,
                                        Timestamp now, NearbyBatchResult& result) const {
  if (absl::Status status = CheckQuery(query, now); !status.ok()) return status;
  for (std::size_t i = 0; i < centers.size(); ++i) {
    if (spatial::ToPosition(centers[i])) continue;
    return InvalidArgument(absl::StrCat("centers[", i, "]:"),
                           spatial::WhyInvalid(centers[i]).message());
  }
  result.neighbors.clear();
  result.offsets.assign(1, 0);
  ThreadAsking asking;
  for (const LatLng center : centers) {
    const std::span<const Hit> hits =
        FindNear(*impl_, *spatial::ToPosition(center), query, now, *asking);
    AppendHits(hits, query, result.neighbors);
    result.offsets.push_back(result.neighbors.size());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::size_t> PresenceIndex::CountWithin(LatLng center, double radius_m,
                                                       Timestamp now, const AttributeFilter& filter,
                                                       std::optional<UserId> viewer) const {
  const std::optional<Position> canonical = spatial::ToPosition(center);
  if (!canonical) return spatial::WhyInvalid(center);
  if (absl::Status status = CheckRadius(radius_m); !status.ok()) return status;
  if (absl::Status status = CheckTime("now", now); !status.ok()) return status;
  ThreadAsking asking;
  asking->sight.Become(*impl_, viewer);
  spatial::ItemFilter admitted = impl_->FilterAt(now, filter);
  admitted.skipped = viewer ? asking->sight.SkippedWith(*viewer) : asking->sight.skipped();
  std::size_t count = 0;
  impl_->ReadTrees([&](const Population::Trees& trees) {
    return asking->search.Count(trees.shown, *canonical, radius_m, admitted, count) &&
           asking->sight.Look(trees, *canonical, radius_m, admitted, now);
  });
  for (const Hit& hit : asking->sight.Merge({})) count += viewer != UserId{hit.id};
  return count;
}

PresenceMemoryUsage PresenceIndex::MemoryUsage() const {
  const std::lock_guard lock(impl_->changes);
  PresenceMemoryUsage usage;
  for (const auto tree : Population::kAllTrees) {
    usage.users += ((*impl_->owned_trees).*tree).block_bytes();
    usage.cells += ((*impl_->owned_trees).*tree).cell_bytes();
    usage.id_map += ((*impl_->owned_trees).*tree).map_bytes();
  }
  usage.sets = impl_->visibilities.bytes();
  for (const ViewerSets& sets : impl_->sets) usage.sets += sets.bytes();
  return usage;
}

}  // namespace v0
}  // namespace moyeo
