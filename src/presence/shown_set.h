// Whom a feed shows, in few bytes.

#ifndef MOYEO_PRESENCE_SHOWN_SET_H_
#define MOYEO_PRESENCE_SHOWN_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "spatial/neighborhood.h"

namespace moyeo::presence {

// Somebody who is shown, and where.
using Shown = spatial::Placed;

// A set of Shown, exactly, by id. Neighbours are near each other: their positions differ from the
// south-westmost of them in few bits, and that is what is kept of a position; of an id, by how much
// it is above the one before. All of a set takes as many bits as the one of them that needs most.
class ShownSet {
 public:
  ShownSet() = default;

  // REQUIRES: `shown` is ascending by id, without doubles; at most kMaxSize
  void Assign(std::span<const Shown> shown);

  // Replaces the content of `shown`.
  void Read(std::vector<Shown>& shown) const;

  void Clear() { memory_.reset(); }

  // It is about to be read: brings as much as fifty neighbours take towards the processor.
  void Prefetch() const {
    // As a number: there may be less memory, or none, and then nothing is fetched.
    const auto begin = reinterpret_cast<std::uintptr_t>(memory_.get());
    for (std::size_t byte = 0; byte < 640; byte += 64) {
      __builtin_prefetch(reinterpret_cast<const void*>(begin + byte));
    }
  }

  std::size_t size() const;
  std::size_t bytes() const;

  static constexpr std::size_t kMaxSize = 0xFFFF;

 private:
  struct Header;

  // A header and what follows it; null for nobody.
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_SHOWN_SET_H_
