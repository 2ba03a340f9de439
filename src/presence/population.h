// The users of a PresenceIndex: where they are, who may see whom, and who may change that when.

#ifndef MOYEO_PRESENCE_POPULATION_H_
#define MOYEO_PRESENCE_POPULATION_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "moyeo/presence.h"
#include "presence/arguments.h"
#include "presence/viewer_sets.h"
#include "presence/visibilities.h"
#include "spatial/cloak.h"
#include "spatial/item_tree.h"
#include "spatial/readers.h"

namespace moyeo::presence {

// What an index, and what is built on it, has in common. Arguments have been checked by others.
struct Population {
  // The users. A stranger's question is put to `shown` alone, so that no answer to it depends on
  // where anybody else than those seen exactly really is.
  struct Trees {
    explicit Trees(spatial::Readers* readers) : shown(readers), cloaked(readers), hidden(readers) {}

    std::size_t size() const { return shown.size() + hidden.size(); }

    spatial::ItemTree shown;    // those whom strangers may see, where strangers see them
    spatial::ItemTree cloaked;  // those of them who are cloaked, where they really are
    spatial::ItemTree hidden;   // those whom nobody sees, where they really are
  };
  static constexpr std::array<spatial::ItemTree Trees::*, 3> kAllTrees = {
      &Trees::shown, &Trees::cloaked, &Trees::hidden};

  // The tree in which those of a visibility are where they really are.
  static constexpr spatial::ItemTree Trees::*WhereIs(Visibility visibility) {
    return kAllTrees[static_cast<std::size_t>(visibility)];
  }

  explicit Population(const PresenceOptions& with_options);

  // Users last seen up to this are gone at `now`.
  std::int64_t GoneThrough(Timestamp now) const {
    return Millis(std::clamp(now, kMinTimestamp, kMaxTimestamp)) - options.ttl_ms;
  }

  spatial::ItemUpdate Update(UserId user, spatial::Position position, Timestamp seen,
                             std::optional<std::uint32_t> attributes) const {
    return {.id = ToNumber(user),
            .position = position,
            .stamp = Millis(seen),
            .mask = attributes,
            .gone_through = GoneThrough(seen)};
  }

  spatial::ItemFilter FilterAt(Timestamp now, const AttributeFilter& filter) const {
    return {.stamp_above = GoneThrough(now),
            .all_of = filter.all_of,
            .any_of = filter.any_of,
            .none_of = filter.none_of};
  }

  // Calls `read` with the trees, beside all changes. If it returns false, because they came too
  // fast, it is called once more, beside none but moves in place.
  template <typename Read>
  void ReadTrees(Read read) const {
    {
      const spatial::Readers::Visit visit(readers);
      if (read(std::as_const(*trees.load()))) return;
    }
    const std::lock_guard lock(changes);
    read(std::as_const(*trees.load()));
  }

  // A move of a user who need not leave any leaf; nullopt if they must, or are not held. To be
  // called on a visit.
  std::optional<spatial::ItemTree::PutResult> PutInPlace(const Trees& in,
                                                         const spatial::ItemUpdate& update) const;

  // Any move. REQUIRES: `changes` is held
  spatial::ItemTree::PutResult Put(const spatial::ItemUpdate& update);

  // ResourceExhausted if `user` is new and there is no room. REQUIRES: `changes` is held
  absl::Status CheckRoomFor(UserId user) const;

  // False if `user` was not held. REQUIRES: `changes` is held
  bool Erase(UserId user);

  // ResourceExhausted, and nothing changes, if too many users differ from the default. REQUIRES:
  // `changes` is held
  absl::Status SetVisibility(UserId user, Visibility visibility);

  // The number of the interval of a user in which `stamp` is.
  std::int64_t IntervalOf(std::uint64_t user, std::int64_t stamp) const;

  // Where a cloaked user who moves, or is cloaked from now on, is shown; that is remembered.
  // REQUIRES: the user's lock is held
  spatial::Position PositionShown(const spatial::ItemUpdate& update) const;

  // Who is in one tree; the rest as below.
  bool FindIn(const spatial::ItemTree& tree, UserId user, Timestamp now,
              std::optional<spatial::Item>& item) const;

  // Where `user` really is; nullopt in `item` if they are not held or expired at `now`. False as
  // ItemTree::TryFind.
  bool FindReally(const Trees& in, UserId user, Timestamp now,
                  std::optional<spatial::Item>& item) const;

  // The same for those who see `user` exactly; nullopt also if nobody sees them.
  bool FindForFriends(const Trees& in, UserId user, Timestamp now,
                      std::optional<spatial::Item>& item) const;

  Visibility VisibilityOf(UserId user) const {
    const std::lock_guard lock(visibilities.LockOf(ToNumber(user)));
    return visibilities.Of(ToNumber(user));
  }

  const ViewerSets& SetsOf(ViewerSet set) const { return sets[static_cast<std::size_t>(set)]; }
  ViewerSets& SetsOf(ViewerSet set) { return sets[static_cast<std::size_t>(set)]; }

  // Rises with every change of whom somebody may see, and where, once that has taken effect.
  std::uint64_t SightVersion() const {
    std::uint64_t version = visibility_changes.load(std::memory_order_acquire);
    for (const ViewerSets& of_viewers : sets) version += of_viewers.version();
    return version;
  }

  const PresenceOptions options;
  const spatial::Cloak cloak;
  Visibilities visibilities;
  std::atomic<std::uint64_t> visibility_changes = 0;
  std::array<ViewerSets, 2> sets;

  mutable spatial::Readers readers;
  // Held by whoever changes more of the trees than a move within a leaf does. Comes before the
  // locks of `visibilities`.
  mutable std::mutex changes;
  std::unique_ptr<Trees> owned_trees;
  std::uint64_t clears = 0;         // how often they were others; like them
  std::atomic<const Trees*> trees;  // the same, for visits
  std::size_t swept = 0;            // of kAllTrees, in the round of Expire that is under way
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_POPULATION_H_
