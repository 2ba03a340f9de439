#include "examples/crowd/position_e7.h"

#include <cstdlib>
#include <string_view>

namespace moyeo_crowd {

void AppendDegrees(std::int32_t e7, std::string& text) {
  constexpr std::int64_t kPerDegree = 10'000'000;
  const std::int64_t size = std::abs(std::int64_t{e7});
  if (e7 < 0) text += '-';
  text += std::to_string(size / kPerDegree);
  // A one before the fraction keeps the zeros that it begins with.
  const std::string fraction = std::to_string(kPerDegree + size % kPerDegree);
  const std::size_t last = fraction.find_last_not_of('0');
  if (last == 0) return;
  text += '.';
  text += std::string_view(fraction).substr(1, last);
}

}  // namespace moyeo_crowd
