// Random numbers that can be had again: every random test prints its seed when it fails.

#ifndef MOYEO_TESTS_SUPPORT_SEEDS_H_
#define MOYEO_TESTS_SUPPORT_SEEDS_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>

namespace moyeo::testing {

// The environment variable MOYEO_TEST_SEED, or a fixed number if it is not set.
std::uint64_t TestSeed();

// The same sequence for the same seed with every standard library, which the distributions of
// <random> do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Bits() { return engine_(); }
  std::uint32_t Bits32() { return static_cast<std::uint32_t>(engine_()); }

  // In [0, n).
  // REQUIRES: n > 0
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }

  // In [least, most].
  std::int64_t Between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(Below(static_cast<std::size_t>(most - least) + 1));
  }

  // In [least, most).
  double Uniform(double least, double most) {
    return least + (most - least) * (static_cast<double>(engine_() >> 11) * 0x1p-53);
  }

  // Of mean 0 and deviation 1.
  double Normal();

  bool OneIn(std::size_t n) { return Below(n) == 0; }

  // REQUIRES: !choices.empty()
  template <typename Choices>
  const auto& Pick(const Choices& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// A test with a random generator, whose failures tell how to repeat them.
class SeededTest : public ::testing::Test {
 protected:
  SeededTest();

  Random random_;

 private:
  ::testing::ScopedTrace trace_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_SEEDS_H_
