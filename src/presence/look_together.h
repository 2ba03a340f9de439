// Feeds near each other look together: what is around all of them is copied once, and each finds in
// the copy whom it shows. None of this decides an answer.

#ifndef MOYEO_PRESENCE_LOOK_TOGETHER_H_
#define MOYEO_PRESENCE_LOOK_TOGETHER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "moyeo/presence.h"
#include "presence/feed_table.h"
#include "presence/population.h"
#include "presence/scene_look.h"
#include "presence/shown_set.h"
#include "spatial/neighborhood.h"
#include "spatial/position.h"
#include "spatial/search.h"

namespace moyeo::presence {

// What a tick reads of a feed before it looks for its neighbours and those of the feeds nearby
// together.
struct LookPlan {
  // Of a feed at `place`. Its centre is known if it is a point.
  LookPlan(std::uint32_t place, const Feed& feed, std::uint32_t interval_ms, std::uint64_t path);

  std::uint64_t path;  // of the centre when last seen
  std::uint32_t place;
  std::uint32_t version;
  bool has_center;  // here, and one that may look together with others
  bool follows_user;
  std::uint64_t user;
  spatial::Position center;
  double radius_m;
  double look_m;  // as far as it looks at first
  std::size_t wanted;
  AttributeFilter filter;
  std::uint32_t interval_ms;
  std::uint32_t turn = 0;  // for Arrange
};

// One more than the limit, in case that the viewer is to be left out.
inline std::size_t WantedBy(const Feed& feed) { return feed.limit + std::size_t{feed.has_viewer}; }

// Puts plans of one filter and interval next to each other, and neighbours among them still.
void Arrange(std::span<LookPlan> plans);

// What is around some feeds, in memory that is used again.
class LookTogether {
 public:
  // Copies what is around those of the plans, from the first on, that had best look together, and
  // tells how many they are: at least 1. REQUIRES: !plans.empty()
  std::size_t Gather(const Population& index, Timestamp now, spatial::Search& search,
                     std::span<const LookPlan> plans, ScenePool& scenes);

  // These return false, or nothing, if it takes a search of its own. REQUIRES: `plan` is one of
  // those of the last Gather, and `feed` the one in its place now

  // Where those who look have become a scene: whom the feed shows from now on. The scene then tells
  // what has changed.
  SceneLook::Found LookAtScene(Feed& feed, const LookPlan& plan, bool has_moved);
  const SceneLook& scene() const { return scene_; }
  SceneLook& scene() { return scene_; }
  void Write(Difference& difference) const { scene_.Write(difference, neighborhood_); }
  // Looks at it no more.
  void End() { scene_.End(); }

  // Whether the feed, whose centre has not moved since, is proved to show whom it showed: nobody
  // has come into its reach or gone out of it. Then `moved` are those of them who have moved.
  bool FindShownAgain(const Feed& feed, const LookPlan& plan, std::span<const Shown> shown,
                      std::vector<spatial::Hit>& moved);

  // Finds the `wanted` nearest within the radius, in no order.
  bool Find(const Feed& feed, const LookPlan& plan, std::vector<spatial::Hit>& found);

  std::size_t bytes() const { return neighborhood_.bytes() + scene_.bytes(); }
  void Trim(std::size_t bytes) { neighborhood_.Trim(bytes); }

 private:
  bool Serves(const Feed& feed, const LookPlan& plan) const;

  bool has_gathered_ = false;
  spatial::Neighborhood neighborhood_;
  SceneLook scene_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_LOOK_TOGETHER_H_
