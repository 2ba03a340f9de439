// What a viewer sees otherwise than strangers do.

#ifndef MOYEO_PRESENCE_SIGHT_H_
#define MOYEO_PRESENCE_SIGHT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "presence/population.h"
#include "presence/viewer_sets.h"
#include "spatial/search.h"

namespace moyeo::presence {

// Leaves out of a search whom the viewer never sees, and adds those whom the viewer sees exactly:
// they are looked up one by one, where they really are. In memory that is used again.
class Sight {
 public:
  // From now on that of `viewer`, with the sets of this moment; nullopt: a stranger's.
  void Become(const Population& index, std::optional<UserId> viewer);

  // Whether it is as a stranger's.
  bool is_plain() const { return never_ == nullptr && exactly_ == nullptr; }

  // Whom a search for this viewer skips. Valid until the next Become.
  std::span<const std::uint64_t> skipped() const;

  // They, and the viewer. Like the former.
  std::span<const std::uint64_t> SkippedWith(UserId viewer);

  // Looks up those seen exactly who are near `center`. False as ItemTree::TryFind.
  bool Look(const Population::Trees& trees, spatial::Position center, double radius_m,
            const spatial::ItemFilter& filter, Timestamp now);

  // Puts those that Look found among `hits`, in order. Valid until the next call, and as long as
  // `hits`.
  std::span<const spatial::Hit> Merge(std::span<const spatial::Hit> hits);

 private:
  const Population* index_ = nullptr;
  std::shared_ptr<const ViewerSets::Members> never_;  // null for nobody; like it
  std::shared_ptr<const ViewerSets::Members> exactly_;
  std::vector<std::uint64_t> both_;  // the union, if there are both
  std::vector<std::uint64_t> with_viewer_;
  std::vector<spatial::Hit> found_;
  std::vector<spatial::Hit> merged_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_SIGHT_H_
