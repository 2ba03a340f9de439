// Who is reading, so that memory is not used again under their eyes.

#ifndef MOYEO_SPATIAL_READERS_H_
#define MOYEO_SPATIAL_READERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace moyeo::spatial {

// Readers come and go without waiting for anybody, each in a cache line that it shares with few
// other threads, or none. Whoever changes what they read first takes a thing out, so that nobody
// finds it any more, and uses its memory again after a grace period: when all who might still be
// looking at it have gone.
//
//   {
//     const Readers::Visit visit(readers);
//     // What is found here stays readable to the end of the block.
//   }
//
// This is sleepable read-copy-update (McKenney): readers are counted in two ways by turns, so that
// those who come do not hide whether those who were there have gone.
class Readers {
 public:
  class Visit;

  Readers() = default;

  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  // Whether all readers who were there when this last said yes have gone. Never waits. For one
  // thread at a time.
  bool GracePeriodIsOver();

  // Waits until all readers who are there now have gone. For the same thread.
  void WaitForThoseHere();

 private:
  // More threads than this share lines, which is slower and just as right.
  static constexpr std::size_t kLines = 64;

  struct alignas(64) Line {
    std::array<std::atomic<std::uint32_t>, 2> readers = {0, 0};
  };

  static std::size_t LineOfThisThread();

  bool NobodyIsCounted(std::uint32_t way);

  std::array<Line, kLines> lines_;
  // Its last bit is the way in which those who come are counted.
  alignas(64) std::atomic<std::uint32_t> turn_ = 0;
  bool turned_ = false;  // within the grace period under way
};

class Readers::Visit {
 public:
  explicit Visit(Readers& readers);
  ~Visit() { counter_.fetch_sub(1, std::memory_order_release); }

  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  std::atomic<std::uint32_t>& counter_;
};

// Things that have been taken out and wait for their grace period.
template <typename T>
class Limbo {
 public:
  void Add(T thing) { fresh_.push_back(std::move(thing)); }

  // A grace period is over: calls `release` for each thing that was here at the end of the one
  // before.
  template <typename Release>
  void EndGracePeriod(Release release) {
    for (T& thing : leaving_) release(thing);
    leaving_.clear();
    leaving_.swap(fresh_);
  }

  std::size_t size() const { return fresh_.size() + leaving_.size(); }

 private:
  std::vector<T> fresh_;
  std::vector<T> leaving_;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_READERS_H_
