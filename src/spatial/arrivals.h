// Which items have lately come to a leaf.

#ifndef MOYEO_SPATIAL_ARRIVALS_H_
#define MOYEO_SPATIAL_ARRIVALS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "spatial/pages.h"

namespace moyeo::spatial {

// A search visits one leaf after another, and meanwhile items go from leaf to leaf: one may pass
// behind its back, or be met twice. So whoever brings an item to a leaf writes its id down first,
// and a search that has come to its end looks up where those are who have arrived since it began.
// Whoever has not arrived anywhere was in one leaf all the time.
//
// Only the last so many are remembered: a long search copies them now and then.
//
// Threads: readers may call the const methods while one thread writes.
class Arrivals {
 public:
  static constexpr std::uint64_t kRemembered = 1 << 15;

  // REQUIRES: remembered >= 1
  explicit Arrivals(std::uint64_t remembered = kRemembered)
      : remembered_(remembered),
        ids_((remembered + 1) * sizeof(std::uint64_t), Pages::Size::kSmall) {}

  // Before others can find it at its new place.
  void Add(std::uint64_t id);

  // Everybody has arrived, and is to be found nowhere else.
  void Settle() {
    settled_.store(written_.load(std::memory_order_relaxed), std::memory_order_release);
  }

  // What a search asks for before it looks at anything else.
  std::uint64_t settled() const { return settled_.load(std::memory_order_acquire); }

  // Appends to `ids` those who have arrived since settled() was `since`, some of them more than
  // once, and sets `since` to go on from there. False if there are more than are remembered.
  bool CopySince(std::uint64_t& since, std::vector<std::uint64_t>& ids) const;

  std::size_t bytes() const;

 private:
  std::uint64_t& IdAt(std::uint64_t number) const {
    return reinterpret_cast<std::uint64_t*>(ids_.data())[number % (remembered_ + 1)];
  }

  const std::uint64_t remembered_;
  Pages ids_;  // a ring, with room for the one that is being written
  alignas(64) std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> settled_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_ARRIVALS_H_
