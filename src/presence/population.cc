#include "presence/population.h"

#include "absl/strings/str_cat.h"

namespace moyeo::presence {

using spatial::ItemTree;

Population::Population(const PresenceOptions& with_options)
    : options(with_options),
      cloak(options.cloak_level),
      visibilities(options.default_visibility, options.max_users),
      sets{ViewerSets(PresenceIndex::kMaxSetMembers), ViewerSets(PresenceIndex::kMaxSetMembers)},
      owned_trees(std::make_unique<Trees>(&readers)),
      trees(owned_trees.get()) {}

absl::Status Population::CheckRoomFor(UserId user) const {
  const Trees& held = *owned_trees;
  if (held.size() < options.max_users || held.shown.Contains(ToNumber(user)) ||
      held.hidden.Contains(ToNumber(user))) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "user ", ToNumber(user), " is new and max_users = ", options.max_users, " are held already"));
}

std::optional<ItemTree::PutResult> Population::PutInPlace(const Trees& in,
                                                          const spatial::ItemUpdate& update) const {
  if (!visibilities.in_use()) return in.shown.PutInPlace(update);
  const std::lock_guard lock(visibilities.LockOf(update.id));
  switch (visibilities.Of(update.id)) {
    case Visibility::kExact:
      return in.shown.PutInPlace(update);
    case Visibility::kHidden:
      return in.hidden.PutInPlace(update);
    case Visibility::kCloaked:
      break;
  }
  std::optional<spatial::Item> held;
  if (!in.shown.TryFind(update.id, held) || !held) return std::nullopt;
  const std::optional<ItemTree::PutResult> put = in.cloaked.PutInPlace(update);
  if (put != ItemTree::PutResult::kUpdated) return put;
  spatial::ItemUpdate shown = update;
  shown.position = PositionShown(held, update);
  return in.shown.PutInPlace(shown);
}

ItemTree::PutResult Population::Put(const spatial::ItemUpdate& update) {
  if (!visibilities.in_use()) return owned_trees->shown.Put(update);
  const std::lock_guard lock(visibilities.LockOf(update.id));
  switch (visibilities.Of(update.id)) {
    case Visibility::kExact:
      return owned_trees->shown.Put(update);
    case Visibility::kHidden:
      return owned_trees->hidden.Put(update);
    case Visibility::kCloaked:
      break;
  }
  const std::optional<spatial::Item> held = owned_trees->shown.Find(update.id);
  if (owned_trees->cloaked.Put(update) == ItemTree::PutResult::kStale) {
    return ItemTree::PutResult::kStale;
  }
  spatial::ItemUpdate shown = update;
  shown.position = PositionShown(held, update);
  return owned_trees->shown.Put(shown);
}

// The intervals of users begin at different times, so that not all of them change cells at once.
spatial::Position Population::PositionShown(const std::optional<spatial::Item>& held,
                                            const spatial::ItemUpdate& update) const {
  if (!held || held->stamp <= update.gone_through) return cloak.CenterOf(update.position);
  const std::int64_t interval_ms = options.cloak_interval_ms;
  const std::uint64_t hash = update.id * std::uint64_t{0x9e3779b97f4a7c15} >> 32;
  const auto begin =
      static_cast<std::int64_t>(hash * static_cast<std::uint64_t>(interval_ms) >> 32);
  const auto interval_of = [&](std::int64_t stamp) {
    const std::int64_t since = stamp - begin;
    return since / interval_ms - (since % interval_ms < 0);
  };
  if (interval_of(held->stamp) == interval_of(update.stamp) ||
      cloak.IsNear(held->position, update.position)) {
    return held->position;
  }
  return cloak.CenterOf(update.position);
}

bool Population::FindReally(const Trees& in, UserId user, Timestamp now,
                            std::optional<spatial::Item>& item) const {
  const auto find = [&](const ItemTree& tree) {
    if (!tree.TryFind(ToNumber(user), item)) return false;
    if (item && item->stamp <= GoneThrough(now)) item.reset();
    return true;
  };
  if (!visibilities.in_use()) return find(in.shown);
  const std::lock_guard lock(visibilities.LockOf(ToNumber(user)));
  switch (visibilities.Of(ToNumber(user))) {
    case Visibility::kExact:
      return find(in.shown);
    case Visibility::kCloaked:
      return find(in.cloaked);
    case Visibility::kHidden:
      break;
  }
  return find(in.hidden);
}

bool Population::FindForFriends(const Trees& in, UserId user, Timestamp now,
                                std::optional<spatial::Item>& item) const {
  if (VisibilityOf(user) == Visibility::kHidden) {
    item.reset();
    return true;
  }
  return FindReally(in, user, now, item);
}

bool Population::Erase(UserId user) {
  const std::lock_guard lock(visibilities.LockOf(ToNumber(user)));
  Trees& held = *owned_trees;
  held.cloaked.Erase(ToNumber(user));
  const bool was_shown = held.shown.Erase(ToNumber(user));
  const bool was_hidden = held.hidden.Erase(ToNumber(user));
  return was_shown || was_hidden;
}

// Whoever moves a user decides where, while on a visit or under `changes`: after those who may not
// know yet that visibilities are in use have gone, all take the user's lock.
absl::Status Population::SetVisibility(UserId user, Visibility visibility) {
  const std::uint64_t id = ToNumber(user);
  if (visibility != Visibility::kExact && !visibilities.in_use()) {
    visibilities.Use();
    readers.WaitForThoseHere();
  }
  const std::lock_guard user_lock(visibilities.LockOf(id));
  const Visibility before = visibilities.Of(id);
  if (!visibilities.Set(id, visibility)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("max_users = ", options.max_users,
                     " have a visibility that is not the default one already"));
  }
  if (before == visibility) return absl::OkStatus();

  Trees& held = *owned_trees;
  const auto tree_of = [&](Visibility seen) -> ItemTree& {
    return seen == Visibility::kExact     ? held.shown
           : seen == Visibility::kCloaked ? held.cloaked
                                          : held.hidden;
  };
  if (const std::optional<spatial::Item> item = tree_of(before).Find(id)) {
    spatial::ItemUpdate update{
        .id = id, .position = item->position, .stamp = item->stamp, .mask = item->mask};
    tree_of(visibility).Put(update);
    if (visibility == Visibility::kCloaked) {
      update.position = cloak.CenterOf(item->position);
      held.shown.Put(update);
    }
  }
  if (visibility == Visibility::kHidden) held.shown.Erase(id);
  if (visibility != Visibility::kCloaked) held.cloaked.Erase(id);
  if (visibility != Visibility::kHidden) held.hidden.Erase(id);
  return absl::OkStatus();
}

}  // namespace moyeo::presence
