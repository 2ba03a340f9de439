// Random arguments as hosts give them. faults.h has those at fault.

#ifndef MOYEO_TESTS_SUPPORT_ARGUMENTS_H_
#define MOYEO_TESTS_SUPPORT_ARGUMENTS_H_

#include <cstddef>
#include <vector>

#include "moyeo/presence.h"
#include "support/seeds.h"

namespace moyeo::testing {

// Up to `count` different ids, in order: counted up, hashed, and the two ends of the range.
std::vector<UserId> SomeIds(std::size_t count, Random& random);

// A query of an index of `users` users: from a millimetre to past half the globe, for one or for
// everybody, now and then with a filter by some of eight bits.
NearbyQuery SomeQuery(std::size_t users, Random& random);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_ARGUMENTS_H_
