// What has changed since somebody last collected it.

#ifndef MOYEO_PRESENCE_PENDING_CHANGES_H_
#define MOYEO_PRESENCE_PENDING_CHANGES_H_

#include <cstddef>
#include <span>
#include <vector>

#include "presence/difference.h"

namespace moyeo::presence {

// Changes of one feed, summed up: one for each user at most, from how they were before the first to
// how they are after the last, and none where that is the same.
class PendingChanges {
 public:
  // Something has changed once more.
  void Add(const Difference& difference);

  // Ascending by id.
  std::span<const Change> changes() const { return changes_; }

  std::size_t bytes() const { return sizeof(*this) + changes_.capacity() * sizeof(Change); }

 private:
  void Add(std::span<const Change> later);

  std::vector<Change> changes_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_PENDING_CHANGES_H_
