// How long things took, counted so finely that percentiles can be read off.

#ifndef MOYEO_EXAMPLES_CROWD_HISTOGRAM_H_
#define MOYEO_EXAMPLES_CROWD_HISTOGRAM_H_

#include <cstdint>
#include <vector>

namespace moyeo_crowd {

// Counts durations in microseconds, however many, in a fixed 400 KB: up to 2 ms each value by
// itself, above in buckets whose width is less than a thousandth of the values in them.
//
//   Histogram delays;
//   delays.Add(1'250);
//   std::cout << delays.Percentile(99) << " µs\n";
class Histogram {
 public:
  // A longer duration counts as this one: almost 13 days.
  static constexpr std::int64_t kMostMicros = (std::int64_t{1} << 40) - 1;

  Histogram();

  // A negative duration counts as 0.
  void Add(std::int64_t micros);

  std::uint64_t count() const { return count_; }

  // The least duration that at least `percent` of a hundred are not above, less than a thousandth
  // too great; 0 if there is none.
  //
  // REQUIRES: 0 <= percent <= 100
  std::int64_t Percentile(double percent) const;

  // The greatest; 0 if there is none.
  std::int64_t Max() const { return max_; }

  void Clear();

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_HISTOGRAM_H_
