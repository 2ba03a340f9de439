// Feeds near each other that look at one scene, and what has changed in it for each.

#ifndef MOYEO_PRESENCE_SCENE_LOOK_H_
#define MOYEO_PRESENCE_SCENE_LOOK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "moyeo/feed.h"
#include "presence/difference.h"
#include "presence/feed_table.h"
#include "presence/scene.h"
#include "presence/shown_set.h"
#include "spatial/neighborhood.h"
#include "spatial/position.h"

namespace moyeo::presence {

// Who of one scene is where in another: found out once for all feeds that come from the one to the
// other.
class Passage {
 public:
  // `ids`, ascending, and the rest are those of the new scene, by number.
  void Lay(SceneHold from, const spatial::Neighborhood& to);
  void Forget() { from_ = SceneHold(); }

  bool IsFrom(const Scene* scene) const { return from_.get() == scene; }

  // The number in the new scene of each user of the old one; whether they have moved is in the last
  // bit. Those who are in it no more have the number of its end.
  std::span<const std::uint32_t> to() const { return to_; }

  // Those of the new scene who are not where they were in the old one, ascending by number and
  // column by column to the end of a group; unless they are too many to be of use.
  bool knows_changed() const { return knows_changed_; }
  std::span<const std::uint32_t> changed() const { return changed_; }
  const std::int32_t* changed_lat() const { return changed_lat_.data(); }
  const std::int32_t* changed_lng() const { return changed_lng_.data(); }

  std::size_t bytes() const;

 private:
  SceneHold from_;
  std::vector<std::uint32_t> to_;
  bool knows_changed_ = false;
  std::vector<std::uint32_t> changed_;
  std::vector<std::int32_t> changed_lat_;
  std::vector<std::int32_t> changed_lng_;
};

// Looks at a scene for one feed after another, in memory that is used again.
class SceneLook {
 public:
  // What a look goes by. REQUIRES: `neighborhood` covers the circle of `look_m` around the centre
  struct Circle {
    spatial::Position center;
    double look_m;    // as far as it looks
    double radius_m;  // of the feed
    bool has_moved;   // the centre, since the last look
  };

  // From now on at `scene`, which has the items of `neighborhood` with the same numbers.
  void Begin(SceneHold scene, const spatial::Neighborhood& neighborhood);

  // Holds no scene any more.
  void End();

  bool has_begun() const { return static_cast<bool>(scene_); }

  enum class Found {
    kNothing,  // not enough users are in the circle: the feed is as it was
    kAgain,    // whom it shows already
    kAnew,
  };

  // Finds whom the feed, of a viewer who sees as strangers do, shows now, and has it show them.
  Found Look(Feed& feed, const Circle& circle, spatial::Neighborhood& neighborhood);

  // What the last Look has changed.
  std::size_t changes() const { return left_.size() + told_.size(); }

  // Both tell leaves, then enters, then moves, each ascending by id. Valid until the next Look, or
  // another use of its neighbourhood.
  std::span<const FeedDelta> Deltas();
  void Write(Difference& difference, const spatial::Neighborhood& neighborhood) const;

  std::size_t bytes() const;

 private:
  const Passage& PassageFrom(Scene& scene, const spatial::Neighborhood& neighborhood);
  void ReadBefore(const Feed& feed, const spatial::Neighborhood& neighborhood);
  bool LookAgain(const Feed& feed, const Circle& circle, std::uint32_t viewer,
                 const spatial::Neighborhood& neighborhood);
  void Compare();
  const Shown& Before(std::size_t i) const {
    return before_scene_ != nullptr ? before_scene_->users()[before_number_[i]] : shown_[i];
  }

  SceneHold scene_;
  std::array<Passage, 4> passages_;
  std::size_t next_passage_ = 0;
  std::vector<FeedDelta> as_told_;  // by number: what a delta says, but for its kind and distance

  // Of one look. Whom the feed showed before, ascending by id: in a scene, or by themselves.
  const Scene* before_scene_ = nullptr;
  const Passage* passage_ = nullptr;
  std::vector<std::uint32_t> before_number_;
  std::vector<Shown> shown_;
  std::vector<std::uint32_t> before_to_;  // as Passage::to

  std::vector<std::uint32_t> found_;
  std::vector<std::uint32_t> state_;  // by number, and one for the end; 0 between looks
  std::vector<std::uint32_t> left_;   // of those before
  std::vector<std::uint32_t> told_;   // numbers of those who have come, and then who have moved
  std::size_t came_ = 0;
  std::vector<std::uint32_t> moved_;         // by number
  std::vector<std::uint32_t> moved_before_;  // which of those before
  std::span<const double> distances_;        // of told_
  std::vector<float> haversine_;
  std::vector<std::uint32_t> near_;
  std::vector<FeedDelta> deltas_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_SCENE_LOOK_H_
