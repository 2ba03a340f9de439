#include "presence/scene_look.h"

#include <algorithm>

#include "presence/arguments.h"

namespace moyeo::presence {
namespace {

using spatial::Neighborhood;
using spatial::Position;

// By what part of it a reach, which is a float, may be too short or too long, and more.
constexpr double kRim = 4e-6;

// Where more than one in so many has changed, to look anew is better than to prove that it need
// not be.
constexpr std::size_t kUsersPerChanged = 3;

}  // namespace

void Passage::Lay(SceneHold from, const Neighborhood& to) {
  from_ = std::move(from);
  const std::span<const Shown> users = from_->users();
  const std::span<const std::uint64_t> ids = to.ids();
  const auto end = static_cast<std::uint32_t>(ids.size());
  const std::size_t most_changed = ids.size() / kUsersPerChanged;
  to_.resize(users.size());
  changed_.clear();
  const auto add_changed = [&](std::uint32_t number) {
    if (changed_.size() <= most_changed) changed_.push_back(number);
  };
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    for (; number < end && ids[number] < users[i].id; ++number) add_changed(number);
    if (number == end || ids[number] != users[i].id) {
      to_[i] = end << 1;
      continue;
    }
    const bool has_moved = to.PositionOf(number) != users[i].position;
    if (has_moved) add_changed(number);
    to_[i] = number << 1 | static_cast<std::uint32_t>(has_moved);
    ++number;
  }
  for (; number < end; ++number) add_changed(number);

  knows_changed_ = changed_.size() <= most_changed;
  if (!knows_changed_) return;
  const std::size_t padded = to.PaddedSize(changed_.size());
  changed_lat_.resize(padded);
  changed_lng_.resize(padded);
  for (std::size_t i = 0; i < changed_.size(); ++i) {
    changed_lat_[i] = to.PositionOf(changed_[i]).lat;
    changed_lng_[i] = to.PositionOf(changed_[i]).lng;
  }
}

std::size_t Passage::bytes() const {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return held(to_) + held(changed_) + held(changed_lat_) + held(changed_lng_);
}

void SceneLook::Begin(SceneHold scene, const Neighborhood& neighborhood) {
  End();
  scene_ = std::move(scene);
  const std::size_t size = neighborhood.size();
  as_told_.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    as_told_[i] = {FeedDelta::Kind::kEnter, UserId{neighborhood.ids()[i]},
                   spatial::ToDegrees(scene_->users()[i].position), 0,
                   FromMillis(neighborhood.stamps()[i])};
  }
  if (state_.size() < size + 1) state_.resize(size + 1);
}

void SceneLook::End() {
  scene_ = SceneHold();
  for (Passage& passage : passages_) passage.Forget();
}

const Passage& SceneLook::PassageFrom(Scene& scene, const Neighborhood& neighborhood) {
  for (const Passage& passage : passages_) {
    if (passage.IsFrom(&scene)) return passage;
  }
  Passage& passage = passages_[next_passage_++ % passages_.size()];
  passage.Lay(SceneHold::On(scene), neighborhood);
  return passage;
}

// Whom the feed has shown, and where they are in the scene.
void SceneLook::ReadBefore(const Feed& feed, const Neighborhood& neighborhood) {
  passage_ = nullptr;
  Scene* const scene = feed.shown.scene();
  before_scene_ = scene;
  if (scene != nullptr) {
    feed.shown.ReadNumbers(before_number_);
    passage_ = &PassageFrom(*scene, neighborhood);
    before_to_.resize(before_number_.size());
    const std::uint32_t* const to = passage_->to().data();
    for (std::size_t i = 0; i < before_number_.size(); ++i) before_to_[i] = to[before_number_[i]];
    return;
  }
  feed.shown.Read(shown_);
  const std::span<const std::uint64_t> ids = neighborhood.ids();
  const auto end = static_cast<std::uint32_t>(ids.size());
  before_to_.resize(shown_.size());
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    while (number < end && ids[number] < shown_[i].id) ++number;
    const bool is_here = number < end && ids[number] == shown_[i].id;
    const bool has_moved = is_here && neighborhood.PositionOf(number) != shown_[i].position;
    before_to_[i] = (is_here ? number : end) << 1 | static_cast<std::uint32_t>(has_moved);
  }
}

SceneLook::Found SceneLook::Look(Feed& feed, const Circle& circle, Neighborhood& neighborhood) {
  ReadBefore(feed, neighborhood);
  std::uint32_t viewer = Neighborhood::kNone;
  if (feed.has_viewer) {
    const std::span<const std::uint64_t> ids = neighborhood.ids();
    const auto at = std::ranges::lower_bound(ids, feed.viewer);
    if (at != ids.end() && *at == feed.viewer) {
      viewer = static_cast<std::uint32_t>(at - ids.begin());
    }
  }
  Found result = Found::kAgain;
  if (!LookAgain(feed, circle, viewer, neighborhood)) {
    result = Found::kAnew;
    const double reach_m =
        neighborhood.FindNearestNumbers(circle.center, circle.look_m, feed.limit, viewer, found_);
    if (found_.size() < feed.limit && circle.look_m < circle.radius_m) return Found::kNothing;
    feed.SetReach(reach_m);
    Compare();
  }
  feed.shown.Assign(*scene_, found_);
  distances_ = neighborhood.Measure(circle.center, told_);
  return result;
}

// Whether the feed is proved to show whom it showed: nobody of the few who have changed has come
// into its reach or gone out of it. All others are as far as they were.
bool SceneLook::LookAgain(const Feed& feed, const Circle& circle, std::uint32_t viewer,
                          const Neighborhood& neighborhood) {
  if (circle.has_moved || passage_ == nullptr || !passage_->knows_changed()) return false;
  const auto end = static_cast<std::uint32_t>(neighborhood.size());
  left_.clear();
  told_.clear();
  moved_before_.clear();
  came_ = 0;
  found_.resize(before_to_.size());
  for (std::size_t i = 0; i < before_to_.size(); ++i) {
    const std::uint32_t to = before_to_[i];
    found_[i] = to >> 1;
    if (found_[i] == end) return false;
    if ((to & 1) == 0) continue;
    told_.push_back(found_[i]);
    moved_before_.push_back(static_cast<std::uint32_t>(i));
  }
  const std::span<const std::uint32_t> changed = passage_->changed();
  haversine_.resize(neighborhood.PaddedSize(changed.size()));
  near_.resize(haversine_.size());
  const std::size_t near = neighborhood.Select(
      circle.center, std::min(feed.reach_m * (1 + kRim), circle.radius_m), passage_->changed_lat(),
      passage_->changed_lng(), changed.size(), haversine_.data(), near_.data());
  const spatial::DistanceFrom distance(circle.center);
  std::size_t still = 0;
  for (std::size_t i = 0; i < near; ++i) {
    const std::uint32_t number = changed[near_[i]];
    if (still < told_.size() && told_[still] == number) {
      if (distance(neighborhood.PositionOf(number)) >= feed.reach_m * (1 - kRim)) return false;
      ++still;
    } else if (number != viewer) {
      return false;
    }
  }
  return still == told_.size();
}

// What has changed from those before to those found.
void SceneLook::Compare() {
  std::uint32_t* const state = state_.data();
  const auto end = static_cast<std::uint32_t>(as_told_.size());
  const std::size_t before = before_to_.size();
  for (std::size_t i = 0; i < before; ++i) {
    const std::uint32_t to = before_to_[i];
    state[to >> 1] = static_cast<std::uint32_t>(i + 1) << 1 | (to & 1);
  }
  // Both lists are written without asking: what is too much is overwritten.
  told_.resize(found_.size() + 1);
  moved_.resize(found_.size() + 1);
  moved_before_.resize(found_.size() + 1);
  std::size_t came = 0;
  std::size_t moved = 0;
  for (const std::uint32_t number : found_) {
    const std::uint32_t was = state[number];
    state[number] = 0;
    told_[came] = number;
    came += was == 0;
    moved_[moved] = number;
    moved_before_[moved] = (was >> 1) - 1;
    moved += was & 1;
  }
  told_.resize(came + moved);
  std::copy_n(moved_.begin(), moved, told_.begin() + static_cast<std::ptrdiff_t>(came));
  moved_before_.resize(moved);
  came_ = came;

  left_.resize(before + 1);
  std::size_t left = 0;
  for (std::size_t i = 0; i < before; ++i) {
    const std::uint32_t number = before_to_[i] >> 1;
    left_[left] = static_cast<std::uint32_t>(i);
    left += (number == end) | (state[number] != 0);
    state[number] = 0;
  }
  left_.resize(left);
}

std::span<const FeedDelta> SceneLook::Deltas() {
  if (deltas_.size() < changes()) deltas_.resize(changes());
  FeedDelta* delta = deltas_.data();
  for (const std::uint32_t i : left_) {
    const Shown& before = Before(i);
    *delta++ = {FeedDelta::Kind::kLeave, UserId{before.id}, spatial::ToDegrees(before.position), 0,
                kMinTimestamp};
  }
  for (std::size_t i = 0; i < told_.size(); ++i) {
    const FeedDelta& as_told = as_told_[told_[i]];
    *delta++ = {i < came_ ? FeedDelta::Kind::kEnter : FeedDelta::Kind::kMove, as_told.user,
                as_told.position, distances_[i], as_told.last_seen};
  }
  return std::span(deltas_).first(changes());
}

void SceneLook::Write(Difference& difference, const Neighborhood& neighborhood) const {
  difference.Clear();
  for (const std::uint32_t i : left_) {
    difference.Add({Change::Kind::kLeave, Before(i).id, Before(i).position, {}, 0, 0});
  }
  for (std::size_t i = 0; i < told_.size(); ++i) {
    const std::uint32_t number = told_[i];
    const bool has_come = i < came_;
    difference.Add({has_come ? Change::Kind::kEnter : Change::Kind::kMove,
                    neighborhood.ids()[number],
                    has_come ? Position() : Before(moved_before_[i - came_]).position,
                    neighborhood.PositionOf(number), distances_[i], neighborhood.stamps()[number]});
  }
}

std::size_t SceneLook::bytes() const {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  std::size_t bytes = held(as_told_) + held(before_number_) + held(shown_) + held(before_to_) +
                      held(found_) + held(state_) + held(left_) + held(told_) + held(moved_) +
                      held(moved_before_) + held(haversine_) + held(near_) + held(deltas_);
  for (const Passage& passage : passages_) bytes += passage.bytes();
  return bytes;
}

}  // namespace moyeo::presence
