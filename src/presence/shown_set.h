// Whom a feed shows, in few bytes.

#ifndef MOYEO_PRESENCE_SHOWN_SET_H_
#define MOYEO_PRESENCE_SHOWN_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "presence/scene.h"
#include "spatial/neighborhood.h"

namespace moyeo::presence {

// Somebody who is shown, and where.
using Shown = spatial::Placed;

// A set of Shown, exactly, by id: either a part of a scene, of whose users one bit each says
// whether they are in it, or by itself. Neighbours are near each other: their positions differ from
// the south-westmost of them in few bits, and that is what a set by itself keeps of a position; of
// an id, by how much it is above the one before. All of them take as many bits as the one that
// needs most.
class ShownSet {
 public:
  ShownSet() = default;
  ~ShownSet() { LetGo(); }

  ShownSet(ShownSet&& other) noexcept = default;
  ShownSet& operator=(ShownSet&& other) noexcept {
    LetGo();
    memory_ = std::move(other.memory_);
    return *this;
  }

  // REQUIRES: `shown` is ascending by id, without doubles; at most kMaxSize
  void Assign(std::span<const Shown> shown);

  // The users of a scene with these numbers there, ascending, without doubles; at most kMaxSize.
  void Assign(Scene& scene, std::span<const std::uint32_t> numbers);

  // Replaces the content of `shown`.
  void Read(std::vector<Shown>& shown) const;

  // The scene of which this is a part; null if it is by itself.
  Scene* scene() const;

  // Replaces the content of `numbers`. REQUIRES: scene() != nullptr
  void ReadNumbers(std::vector<std::uint32_t>& numbers) const;

  void Clear() {
    LetGo();
    memory_.reset();
  }

  // It is about to be read: brings as much as a part of a scene takes towards the processor.
  void Prefetch() const {
    // As a number: there may be less memory, or none, and then nothing is fetched.
    const auto begin = reinterpret_cast<std::uintptr_t>(memory_.get());
    for (std::size_t byte = 0; byte < 128; byte += 64) {
      __builtin_prefetch(reinterpret_cast<const void*>(begin + byte));
    }
  }

  std::size_t size() const;
  // Without the scene.
  std::size_t bytes() const;

  static constexpr std::size_t kMaxSize = 0xFFFF;

 private:
  struct Header;
  struct Apart;
  struct Part;

  // Lets go the scene, if there is one: what is in the memory means nothing then.
  void LetGo();
  Header Reserve(std::size_t bytes);
  Header ReadHeader() const;
  template <typename Use>
  void ForEachNumber(Use use) const;

  // A Part or an Apart and what follows it; null for nobody.
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_SHOWN_SET_H_
