#include "support/seeds.h"

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>

namespace moyeo::testing {

std::uint64_t TestSeed() {
  const char* const given = std::getenv("MOYEO_TEST_SEED");
  return given == nullptr ? 20'241'031 : std::strtoull(given, nullptr, 10);
}

double Random::Normal() {
  // Away from zero, whose logarithm is not finite.
  const double radius = std::sqrt(-2 * std::log(Uniform(0x1p-53, 1)));
  return radius * std::cos(2 * std::numbers::pi * Uniform(0, 1));
}

SeededTest::SeededTest()
    : random_(TestSeed()),
      trace_(__FILE__, __LINE__, "repeat with MOYEO_TEST_SEED=" + std::to_string(TestSeed())) {}

}  // namespace moyeo::testing
