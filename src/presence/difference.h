// What has changed between two answers to a feed.

#ifndef MOYEO_PRESENCE_DIFFERENCE_H_
#define MOYEO_PRESENCE_DIFFERENCE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "presence/shown_set.h"
#include "spatial/position.h"
#include "spatial/search.h"

namespace moyeo::presence {

// Somebody who has come, has moved or has gone.
struct Change {
  enum class Kind : std::uint8_t { kLeave, kEnter, kMove };

  Kind kind;
  std::uint64_t id;
  spatial::Position before;  // but for kEnter
  spatial::Position after;   // but for kLeave
  double distance_m;         // likewise
  std::int64_t stamp;        // likewise
};

// The changes of one feed, in memory that is used again.
class Difference {
 public:
  // Compares `found`, in any order, with what was `shown` before, ascending by id.
  void Find(std::span<const Shown> shown, std::span<const spatial::Hit> found);

  // The same where those `shown` before are found again, and nobody else, and of them only `moved`
  // elsewhere. Both ascending by id.
  void FindMoves(std::span<const Shown> shown, std::span<const spatial::Hit> moved);

  // The same change by change, of each kind ascending by id; what is shown now is not known then.
  void Clear();
  void Add(const Change& change);

  // Each ascending by id.
  std::span<const Change> leaves() const { return leaves_; }
  std::span<const Change> enters() const { return enters_; }
  std::span<const Change> moves() const { return moves_; }

  bool empty() const { return leaves_.empty() && enters_.empty() && moves_.empty(); }
  std::size_t size() const { return leaves_.size() + enters_.size() + moves_.size(); }

  std::size_t bytes() const;

  // What is shown now, ascending by id.
  std::span<const Shown> now() const { return now_; }

 private:
  // The number of the hit for each of those shown before, plus 1; 0 if they are gone.
  std::vector<std::uint32_t> found_again_;
  // Those shown before by a hash of their ids: their numbers plus 1, by linear probing.
  std::vector<std::uint32_t> table_;
  std::vector<Change> leaves_;
  std::vector<Change> enters_;
  std::vector<Change> moves_;
  std::vector<Shown> now_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_DIFFERENCE_H_
