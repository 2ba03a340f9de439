// The best of those that a search comes across, for engines that bring no such thing.

#ifndef MOYEO_BENCH_PEERS_NEAREST_H_
#define MOYEO_BENCH_PEERS_NEAREST_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "bench/peers/person.h"

namespace moyeo::bench {

// Somebody that a search has found.
struct Found {
  double squared_chord;
  const Person* person;

  friend bool operator<(const Found& a, const Found& b) {
    if (a.squared_chord != b.squared_chord) return a.squared_chord < b.squared_chord;
    return a.person->user < b.person->user;
  }
};

// Replaces the content of `result` by `found`, nearest first.
inline void Answer(std::vector<Found>& found, std::vector<Neighbor>& result) {
  std::sort(found.begin(), found.end());
  result.clear();
  for (const Found& one : found) result.push_back(ToNeighbor(*one.person, one.squared_chord));
}

// The nearest `limit` of those who are offered.
class Nearest {
 public:
  // `found` is where they are kept; its memory is reused.
  Nearest(std::vector<Found>& found, std::optional<std::size_t> limit, double max_squared_chord)
      : found_(found), limit_(limit), bound_(max_squared_chord) {
    found_.clear();
  }

  // Nobody farther away than this is of interest any more.
  double bound() const { return bound_; }

  bool full() const { return found_.size() == limit_; }

  // REQUIRES: squared_chord <= bound()
  void Offer(double squared_chord, const Person& person) {
    found_.push_back({squared_chord, &person});
    if (!limit_) return;
    // Kept in order by insertion: of so few, a heap would be slower.
    for (std::size_t i = found_.size() - 1; i > 0; --i) {
      if (found_[i - 1].squared_chord <= found_[i].squared_chord) break;
      std::swap(found_[i - 1], found_[i]);
    }
    if (found_.size() > *limit_) found_.pop_back();
    if (found_.size() == *limit_) bound_ = found_.back().squared_chord;
  }

 private:
  std::vector<Found>& found_;
  const std::optional<std::size_t> limit_;
  double bound_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_NEAREST_H_
