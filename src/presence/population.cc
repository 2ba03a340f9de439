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
  // A sweep may have come to the one and not yet to the other: then they are new, and may be
  // refused.
  if (!in.shown.Contains(update.id)) return std::nullopt;
  const std::optional<ItemTree::PutResult> put = in.cloaked.PutInPlace(update);
  if (put != ItemTree::PutResult::kUpdated) return put;
  spatial::ItemUpdate shown = update;
  shown.position = PositionShown(update);
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
  if (owned_trees->cloaked.Put(update) == ItemTree::PutResult::kStale) {
    return ItemTree::PutResult::kStale;
  }
  spatial::ItemUpdate shown = update;
  shown.position = PositionShown(update);
  return owned_trees->shown.Put(shown);
}

// The intervals of users begin at different times, so that not all of them change cells at once.
std::int64_t Population::IntervalOf(std::uint64_t user, std::int64_t stamp) const {
  const std::int64_t interval_ms = options.cloak_interval_ms;
  const std::uint64_t hash = user * std::uint64_t{0x9e3779b97f4a7c15} >> 32;
  const auto begin =
      static_cast<std::int64_t>(hash * static_cast<std::uint64_t>(interval_ms) >> 32);
  const std::int64_t since = stamp - begin;
  return since / interval_ms - (since % interval_ms < 0);
}

// Whoever comes back after having expired or been removed is shown where they were shown before,
// if that is near: else those who come and go at a border would be shown now here, now there, and
// so give the border away.
spatial::Position Population::PositionShown(const spatial::ItemUpdate& update) const {
  const std::int64_t interval = IntervalOf(update.id, update.stamp);
  Visibilities::Cloaked* const last = visibilities.WhereShown(update.id);
  if (last == nullptr) {
    const spatial::Position center = cloak.CenterOf(update.position);
    visibilities.Remember(update.id, {center, interval});
    return center;
  }
  if (interval != last->decided) {
    last->decided = interval;
    if (!cloak.IsNear(last->shown, update.position)) last->shown = cloak.CenterOf(update.position);
  }
  return last->shown;
}

bool Population::FindIn(const spatial::ItemTree& tree, UserId user, Timestamp now,
                        std::optional<spatial::Item>& item) const {
  if (!tree.TryFind(ToNumber(user), item)) return false;
  if (item && item->stamp <= GoneThrough(now)) item.reset();
  return true;
}

bool Population::FindReally(const Trees& in, UserId user, Timestamp now,
                            std::optional<spatial::Item>& item) const {
  if (!visibilities.in_use()) return FindIn(in.shown, user, now, item);
  const std::lock_guard lock(visibilities.LockOf(ToNumber(user)));
  return FindIn(in.*WhereIs(visibilities.Of(ToNumber(user))), user, now, item);
}

bool Population::FindForFriends(const Trees& in, UserId user, Timestamp now,
                                std::optional<spatial::Item>& item) const {
  const std::lock_guard lock(visibilities.LockOf(ToNumber(user)));
  const Visibility visibility = visibilities.Of(ToNumber(user));
  item.reset();
  return visibility == Visibility::kHidden || FindIn(in.*WhereIs(visibility), user, now, item);
}

bool Population::Erase(UserId user) {
  if (!visibilities.in_use()) return owned_trees->shown.Erase(ToNumber(user));
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
  if (visibility == Visibility::kExact) visibilities.Forget(id);
  if (const std::optional<spatial::Item> item = (held.*WhereIs(before)).Find(id)) {
    spatial::ItemUpdate update{
        .id = id, .position = item->position, .stamp = item->stamp, .mask = item->mask};
    (held.*WhereIs(visibility)).Put(update);
    if (visibility == Visibility::kCloaked) {
      update.position = PositionShown(update);
      held.shown.Put(update);
    }
  }
  if (visibility == Visibility::kHidden) held.shown.Erase(id);
  if (visibility != Visibility::kCloaked) held.cloaked.Erase(id);
  if (visibility != Visibility::kHidden) held.hidden.Erase(id);
  visibility_changes.fetch_add(1, std::memory_order_release);
  return absl::OkStatus();
}

}  // namespace moyeo::presence
