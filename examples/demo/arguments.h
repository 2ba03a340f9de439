// Checks of numbers on a command line, as CLI11 wants them: what is wrong, or nothing.
//
// CLI11's own checks of ranges let NaN pass and wrap negative whole numbers around.

#ifndef MOYEO_EXAMPLES_DEMO_ARGUMENTS_H_
#define MOYEO_EXAMPLES_DEMO_ARGUMENTS_H_

#include <cstdint>
#include <string>

namespace moyeo_demo {

// Unless `text` is a whole number from `least` to `most`.
std::string WhyNotWhole(const std::string& text, std::uint64_t least, std::uint64_t most);

// Unless `text` is a number from `least` to `most`.
std::string WhyNotNumber(const std::string& text, double least, double most);

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_ARGUMENTS_H_
