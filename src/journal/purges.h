// What is still to be forgotten, and by when.

#ifndef MOYEO_JOURNAL_PURGES_H_
#define MOYEO_JOURNAL_PURGES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "moyeo/journal.h"

namespace moyeo::journal {

// A deadline goes without saying if records up to the same one or a later one are to be forgotten
// at the same time or earlier. Of the others, times and records both rise from one to the next, and
// the first is the earliest.
class Purges {
 public:
  // Drops what then goes without saying, and returns whether `purge` itself does not.
  //
  // REQUIRES: purge.through is not less than that of any other
  bool Add(const PendingPurge& purge) {
    while (!pending_.empty() && pending_.back().by >= purge.by) pending_.pop_back();
    if (!pending_.empty() && pending_.back().through == purge.through) return false;
    pending_.push_back(purge);
    return true;
  }

  // Everything up to `sequence` has been forgotten.
  void Forget(std::uint64_t sequence) {
    while (!pending_.empty() && pending_.front().through <= sequence) pending_.pop_front();
  }

  std::optional<PendingPurge> first() const {
    return pending_.empty() ? std::nullopt : std::optional(pending_.front());
  }

  std::size_t size() const { return pending_.size(); }

 private:
  std::deque<PendingPurge> pending_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_PURGES_H_
