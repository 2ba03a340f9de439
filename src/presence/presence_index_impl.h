// The inside of a PresenceIndex, for itself and for the feeds.

#ifndef MOYEO_PRESENCE_PRESENCE_INDEX_IMPL_H_
#define MOYEO_PRESENCE_PRESENCE_INDEX_IMPL_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "moyeo/presence.h"
#include "presence/arguments.h"
#include "spatial/item_tree.h"
#include "spatial/readers.h"
#include "spatial/search.h"

namespace moyeo {
inline namespace v0 {

struct PresenceIndex::Impl {
  Impl() : owned_tree(std::make_unique<spatial::ItemTree>(&readers)), tree(owned_tree.get()) {}

  // Users last seen up to this are gone at `now`.
  std::int64_t GoneThrough(Timestamp now) const {
    return presence::Millis(std::clamp(now, kMinTimestamp, kMaxTimestamp)) - options.ttl_ms;
  }

  spatial::ItemUpdate Update(UserId user, spatial::Position position, Timestamp seen,
                             std::optional<std::uint32_t> attributes) const {
    return {.id = ToNumber(user),
            .position = position,
            .stamp = presence::Millis(seen),
            .mask = attributes,
            .gone_through = GoneThrough(seen)};
  }

  spatial::ItemFilter FilterAt(Timestamp now, const AttributeFilter& filter) const {
    return {.stamp_above = GoneThrough(now),
            .all_of = filter.all_of,
            .any_of = filter.any_of,
            .none_of = filter.none_of};
  }

  // Calls `read` with the tree, beside all changes. If it returns false, because they came too
  // fast, it is called once more, beside none but moves in place.
  template <typename Read>
  void ReadTree(Read read) const {
    {
      const spatial::Readers::Visit visit(readers);
      if (read(std::as_const(*tree.load()))) return;
    }
    const std::lock_guard lock(changes);
    read(std::as_const(*tree.load()));
  }

  absl::Status CheckRoomFor(UserId user) const;

  // Nullopt in `item` if `user` is not held or expired at `now`. False as ItemTree::TryFind.
  bool FindAlive(const spatial::ItemTree& in, UserId user, Timestamp now,
                 std::optional<spatial::Item>& item) const {
    if (!in.TryFind(ToNumber(user), item)) return false;
    if (item && item->stamp <= GoneThrough(now)) item.reset();
    return true;
  }

  // Those near `center`, one more than the limit in case that somebody is to be left out; more if
  // changes made it necessary: a limit of as many as there are leaves nobody out. The answer is
  // decided outside of the visit.
  std::span<const spatial::Hit> Find(spatial::Search& search, spatial::Position center,
                                     const NearbyQuery& query, Timestamp now) const {
    const double radius_m = query.radius_m.value_or(spatial::Search::kNoRadius);
    const spatial::ItemFilter filter = FilterAt(now, query.filter);
    for (std::size_t limit = query.limit.value_or(SIZE_MAX);; limit *= 2) {
      bool all = false;
      ReadTree([&](const spatial::ItemTree& in) {
        all = limit >= in.size();
        return all ? search.FindWithin(in, center, radius_m, filter)
                   : search.FindNearest(in, center, radius_m, limit + 1, filter);
      });
      const std::span<const spatial::Hit> hits = search.Hits();
      if (all || search.HasNearest(*query.limit + 1)) return hits;
    }
  }

  PresenceOptions options;
  mutable spatial::Readers readers;
  // Held by whoever changes more of the tree than a move within a leaf does.
  mutable std::mutex changes;
  std::unique_ptr<spatial::ItemTree> owned_tree;
  std::uint64_t clears = 0;                    // how often it was another one; like it
  std::atomic<const spatial::ItemTree*> tree;  // the same, for visits
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_PRESENCE_PRESENCE_INDEX_IMPL_H_
