#include "arguments.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace moyeo_demo {

std::string WhyNotWhole(const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  if (absl::SimpleAtoi(text, &value) && value >= least && value <= most) return {};
  return absl::StrFormat("'%s' is not a whole number from %d to %d", text, least, most);
}

std::string WhyNotNumber(const std::string& text, double least, double most) {
  double value = 0;
  if (absl::SimpleAtod(text, &value) && value >= least && value <= most) return {};
  return absl::StrFormat("'%s' is not a number from %g to %g", text, least, most);
}

}  // namespace moyeo_demo
