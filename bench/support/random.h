// Random numbers that a seed determines.

#ifndef MOYEO_BENCH_SUPPORT_RANDOM_H_
#define MOYEO_BENCH_SUPPORT_RANDOM_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>

namespace moyeo::bench {

// The standard fixes what std::mt19937_64 yields, but not what its distributions make of it: these
// few are written out, so that a seed means the same input with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}

  // Any word.
  std::uint64_t Bits() { return bits_(); }

  // In [0, 1).
  double Uniform() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }

  // In [low, high).
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }

  // In [0, n). REQUIRES: n > 0
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(bits_() % n); }

  // The length of a vector of two independent standard Gaussians; its direction is uniform.
  double GaussianRadius() { return std::sqrt(-2 * std::log1p(-Uniform())); }

  double Bearing() { return Uniform(0, 2 * std::numbers::pi); }

 private:
  std::mt19937_64 bits_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_RANDOM_H_
