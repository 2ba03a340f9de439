#include "support/arguments.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace moyeo::testing {

std::vector<UserId> SomeIds(std::size_t count, Random& random) {
  std::vector<UserId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(UserId{i % 2 == 0 ? i / 2 : random.Bits()});
  }
  if (count > 1) ids.back() = UserId{std::numeric_limits<std::uint64_t>::max()};
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

NearbyQuery SomeQuery(std::size_t users, Random& random) {
  NearbyQuery query;
  switch (random.Below(6)) {
    case 0:
      break;
    case 1:
      query.radius_m = 0;
      break;
    default:
      // From a millimetre to past half the globe, every order of magnitude alike.
      query.radius_m = std::pow(10, random.Uniform(-3, 7.5));
  }
  switch (random.Below(4)) {
    case 0:
      query.limit = std::nullopt;
      break;
    case 1:
      query.limit = 1 + random.Below(3);
      break;
    case 2:
      query.limit = 1 + random.Below(std::max<std::size_t>(2 * users, 1));
      break;
    default:
      break;
  }
  if (random.OneIn(3)) {
    // A few bits each, as a host's filters have.
    const auto bits = [&] { return random.Bits32() & random.Bits32() & random.Bits32() & 0xff; };
    query.filter = {.all_of = bits() & bits(), .any_of = bits(), .none_of = bits() & bits()};
  }
  return query;
}

}  // namespace moyeo::testing
