#include "presence/look_together.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "spatial/haversine.h"

namespace moyeo::presence {
namespace {

using spatial::Hit;
using spatial::Position;

// Looking together is worth while for so many feeds at least, in an area so many times as wide from
// corner to corner as they look far, if they want so many users each at most, and if there are not
// too many more around them than they want together: of a city far off, a village copies nothing. A
// feed looks so much further than it had to at the tick before, in case that its neighbours have
// gone a little away.
constexpr std::size_t kFewestTogether = 4;
constexpr double kAreaOfLooks = 3;
constexpr std::size_t kMostTogether = 256;
constexpr std::size_t kMostCopiedPerWanted = 32;
constexpr double kLookFurther = 1.2;

// What is around some feeds becomes a scene if there are at most so many users for each that the
// least of them wants, and no more than they want together: then they take less than sets of their
// own.
constexpr std::size_t kMostInScenePerWanted = 16;

// Of those who look together. They show the same scene until they are due again: so that none of
// them keeps it for much longer than the others, their intervals are the same.
auto Key(const LookPlan& plan) {
  return std::tuple(plan.interval_ms, plan.filter.all_of, plan.filter.any_of, plan.filter.none_of);
}

// How many of the plans from the first on look together: those of one key, in a small area, that
// look about as far. Of several ways to part them from those who follow, it is best to part them
// where the path leaves the largest square: others fill the next one. Their area's middle and the
// circle that holds all of theirs come with it.
std::size_t CountTogether(std::span<const LookPlan> plans, Position& middle, double& radius_m) {
  const LookPlan& first = plans.front();
  if (!first.has_center) return 1;
  struct Area {
    std::int64_t south, north, west, east;
  };
  Area area{first.center.lat, first.center.lat, first.center.lng, first.center.lng};
  Area best_area = area;
  std::uint64_t best_step = 0;
  // Only a guess of what is worth while: what is found in the circle is proved.
  const double meters_per_unit = kEarthRadiusMeters * spatial::kRadiansPerUnit;
  const double narrowing = std::cos(static_cast<double>(area.south) * spatial::kRadiansPerUnit);
  const double widest_m = kAreaOfLooks * first.look_m;
  std::size_t count = 0;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const LookPlan& plan = plans[i];
    if (!plan.has_center || plan.look_m > 2 * first.look_m || first.look_m > 2 * plan.look_m ||
        Key(plan) != Key(first)) {
      break;
    }
    const std::int64_t lat = plan.center.lat;
    const std::int64_t lng = plan.center.lng;
    area = {std::min(area.south, lat), std::max(area.north, lat), std::min(area.west, lng),
            std::max(area.east, lng)};
    const double height_m = static_cast<double>(area.north - area.south) * meters_per_unit;
    const double width_m = static_cast<double>(area.east - area.west) * meters_per_unit * narrowing;
    if (height_m * height_m + width_m * width_m > widest_m * widest_m) break;
    const std::uint64_t step = i + 1 < plans.size() ? plan.path ^ plans[i + 1].path : UINT64_MAX;
    if (step < best_step && count >= kFewestTogether) continue;
    best_step = step;
    best_area = area;
    count = i + 1;
  }
  const auto& [south, north, west, east] = best_area;
  middle = {static_cast<std::int32_t>((south + north) / 2),
            static_cast<std::int32_t>((west + east) / 2)};
  const spatial::DistanceFrom distance(middle);
  radius_m = 0;
  for (const LookPlan& plan : plans.first(count)) {
    radius_m = std::max(radius_m, distance(plan.center) + plan.look_m);
  }
  radius_m += 1;  // for the rounding of it all
  return count;
}

}  // namespace

LookPlan::LookPlan(std::uint32_t place_of_feed, const Feed& feed, std::uint32_t its_interval_ms,
                   std::uint64_t its_path)
    : path(its_path),
      place(place_of_feed),
      version(feed.version),
      has_center(feed.is_live() && feed.reach_m != 0 && feed.limit <= kMostTogether),
      follows_user(feed.follows_user),
      user(feed.viewer),
      center(feed.point),
      radius_m(feed.radius_m),
      look_m(std::min(feed.radius_m, feed.reach_m * kLookFurther)),
      wanted(WantedBy(feed)),
      filter(feed.filter),
      interval_ms(its_interval_ms) {}

void Arrange(std::span<LookPlan> plans) {
  for (std::uint32_t i = 0; i < plans.size(); ++i) plans[i].turn = i;
  // std::ranges::stable_sort would allocate.
  std::ranges::sort(plans, {},
                    [](const LookPlan& plan) { return std::pair(Key(plan), plan.turn); });
}

std::size_t LookTogether::Gather(const Population& index, Timestamp now, spatial::Search& search,
                                 std::span<const LookPlan> plans, ScenePool& scenes) {
  scene_.End();
  Position middle;
  double radius_m = 0;
  const std::size_t count = CountTogether(plans, middle, radius_m);
  has_gathered_ = count >= kFewestTogether;
  if (!has_gathered_) return count;
  std::size_t wanted = 0;
  std::size_t least_wanted = plans.front().wanted;
  for (const LookPlan& plan : plans.first(count)) {
    wanted += plan.wanted;
    least_wanted = std::min(least_wanted, plan.wanted);
  }
  index.ReadTrees([&](const Population::Trees& trees) {
    return neighborhood_.Gather(search, trees.shown, middle, radius_m,
                                index.FilterAt(now, plans.front().filter),
                                kMostCopiedPerWanted * wanted);
  });
  // The circle holds that of every plan, unless nobody is in it because too many are.
  has_gathered_ = neighborhood_.Covers(middle, 0);
  const std::size_t size = neighborhood_.size();
  if (size > 0 && size <= wanted && size <= kMostInScenePerWanted * least_wanted) {
    neighborhood_.SortById();
    scene_.Begin(scenes.Make(neighborhood_.ids(), neighborhood_.lats(), neighborhood_.lngs()),
                 neighborhood_);
  }
  return count;
}

SceneLook::Found LookTogether::LookAtScene(Feed& feed, const LookPlan& plan, bool has_moved) {
  if (!scene_.has_begun() || !Serves(feed, plan)) return SceneLook::Found::kNothing;
  SceneLook::Circle circle{.center = plan.center,
                           .look_m = plan.look_m,
                           .radius_m = plan.radius_m,
                           .has_moved = has_moved};
  const SceneLook::Found found = scene_.Look(feed, circle, neighborhood_);
  if (found != SceneLook::Found::kNothing) return found;
  circle.look_m = std::min(plan.radius_m, neighborhood_.CoveredAround(plan.center));
  return scene_.Look(feed, circle, neighborhood_);
}

bool LookTogether::Serves(const Feed& feed, const LookPlan& plan) const {
  return has_gathered_ && feed.version == plan.version;
}

bool LookTogether::FindShownAgain(const Feed& feed, const LookPlan& plan,
                                  std::span<const Shown> shown, std::vector<Hit>& moved) {
  return Serves(feed, plan) &&
         neighborhood_.HasStill(plan.center, std::min<double>(feed.reach_m, plan.look_m), shown,
                                feed.has_viewer ? std::optional(feed.viewer) : std::nullopt, moved);
}

bool LookTogether::Find(const Feed& feed, const LookPlan& plan, std::vector<Hit>& found) {
  if (!Serves(feed, plan)) return false;
  neighborhood_.FindNearest(plan.center, plan.look_m, plan.wanted, found);
  return found.size() == plan.wanted || plan.look_m == plan.radius_m;
}

}  // namespace moyeo::presence
