#include "examples/crowd/friendships.h"

namespace moyeo_crowd {

void Friendships::Arrive(bool with_the_one_before) {
  const std::size_t number = arrived_++;
  if (with_the_one_before && number > 0) to_make_.emplace_back(number - 1, number);
}

std::optional<std::pair<std::size_t, std::size_t>> Friendships::Take() {
  if (to_make_.empty()) return std::nullopt;
  const auto pair = to_make_.front();
  to_make_.pop_front();
  return pair;
}

}  // namespace moyeo_crowd
