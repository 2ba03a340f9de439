#include "examples/crowd/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace moyeo_crowd {
namespace {

// Values below 2^kExactBits have a bucket each. Above, each doubling of the value has 2^(kExactBits
// - 1) buckets.
constexpr int kExactBits = 11;
constexpr std::size_t kHalf = std::size_t{1} << (kExactBits - 1);
constexpr int kMostBits = 40;
constexpr std::size_t kBuckets = (kMostBits - kExactBits + 2) * kHalf;

// How many low bits of a value do not matter to the choice of its bucket.
int Coarseness(std::uint64_t value) {
  return std::max(0, static_cast<int>(std::bit_width(value)) - kExactBits);
}

std::size_t BucketOf(std::uint64_t value) {
  const int shift = Coarseness(value);
  return static_cast<std::size_t>(shift) * kHalf + static_cast<std::size_t>(value >> shift);
}

// The greatest value in a bucket.
std::uint64_t LastOf(std::size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const std::size_t shift = bucket / kHalf - 1;
  const std::uint64_t lead = bucket - shift * kHalf;
  return ((lead + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(kBuckets) {}

void Histogram::Add(std::int64_t micros) {
  const std::int64_t value = std::clamp<std::int64_t>(micros, 0, kMostMicros);
  ++counts_[BucketOf(static_cast<std::uint64_t>(value))];
  ++count_;
  max_ = std::max(max_, value);
}

std::int64_t Histogram::Percentile(double percent) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(
      std::max(1.0, std::ceil(static_cast<double>(count_) * (percent / 100))));
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    below += counts_[bucket];
    if (below >= rank) return std::min(static_cast<std::int64_t>(LastOf(bucket)), max_);
  }
  return max_;
}

void Histogram::Clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  count_ = 0;
  max_ = 0;
}

}  // namespace moyeo_crowd
