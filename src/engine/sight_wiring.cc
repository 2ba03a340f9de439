#include "engine/sight_wiring.h"

#include <variant>
#include <vector>

#include "society/state.h"

namespace moyeo::engine {
namespace {

template <typename Changed>
absl::Status ChangeSet(ViewerSet set, const Changed& changed, PresenceIndex& index) {
  for (const UserId user : changed.removed) {
    index.RemoveFromViewerSet(set, changed.viewer, user);
  }
  for (const UserId user : changed.added) {
    if (absl::Status status = index.AddToViewerSet(set, changed.viewer, user); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

// Who was erased is nowhere, and seen by nobody if a position of theirs comes late.
absl::Status Forget(UserId user, PresenceIndex& index) {
  index.Remove(user);
  for (const ViewerSet set : {ViewerSet::kSeesExactly, ViewerSet::kNeverSees}) {
    if (absl::Status status = index.SetViewerSet(set, user, {}); !status.ok()) return status;
  }
  return index.SetVisibility(user, Visibility::kHidden);
}

}  // namespace

absl::Status WireAll(const society::Society& society, PresenceIndex& index) {
  for (const UserId erased : society.state().erased) {
    if (absl::Status status = index.SetVisibility(erased, Visibility::kHidden); !status.ok()) {
      return status;
    }
  }
  for (const auto& [id, user] : society.state().users) {
    absl::Status status = absl::OkStatus();
    if (user->visibility != Visibility::kCloaked) {
      status = index.SetVisibility(id, user->visibility);
    }
    if (status.ok() && (!user->friends.empty() || !user->seen_in.empty())) {
      status = index.SetViewerSet(ViewerSet::kSeesExactly, id, society.SeesExactly(id));
    }
    if (status.ok() && (!user->blocks.empty() || !user->blocked_by.empty())) {
      status = index.SetViewerSet(ViewerSet::kNeverSees, id, society.NeverSees(id));
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Wire(const Event& event, PresenceIndex& index) {
  if (const auto* registered = std::get_if<UserRegistered>(&event.body)) {
    return index.SetVisibility(registered->user, registered->visibility);
  }
  if (const auto* changed = std::get_if<VisibilityChanged>(&event.body)) {
    return index.SetVisibility(changed->user, changed->visibility);
  }
  if (const auto* sees = std::get_if<SeesExactlyChanged>(&event.body)) {
    return ChangeSet(ViewerSet::kSeesExactly, *sees, index);
  }
  if (const auto* never = std::get_if<NeverSeesChanged>(&event.body)) {
    return ChangeSet(ViewerSet::kNeverSees, *never, index);
  }
  if (const auto* erased = std::get_if<UserErased>(&event.body)) return Forget(erased->user, index);
  return absl::OkStatus();
}

}  // namespace moyeo::engine
