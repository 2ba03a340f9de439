// An index at rest beside its slow twin.

#ifndef MOYEO_TESTS_SUPPORT_COMPARISON_H_
#define MOYEO_TESTS_SUPPORT_COMPARISON_H_

#include <optional>
#include <span>
#include <string>

#include "moyeo/presence.h"
#include "support/oracle.h"

namespace moyeo::testing {

// Each returns nullopt if index and twin agreed, else what differed, in words.

// How many are held, and what Find tells about `users` at each of `times`.
std::optional<std::string> CompareHeld(const PresenceIndex& index, const Oracle& oracle,
                                       std::span<const UserId> users,
                                       std::span<const Timestamp> times);

// What Nearby and CountWithin answer at the first of `centers`, NearbyBatch at all of them, and
// NearbyUser of `user`. A count has the query's radius, or a kilometre if it has none.
std::optional<std::string> CompareAnswers(const PresenceIndex& index, const Oracle& oracle,
                                          std::span<const LatLng> centers, UserId user,
                                          const NearbyQuery& query, Timestamp now, Tally& tally);

// Sweeps both: in the index the round that is under way to its end, and another one.
std::optional<std::string> SweepBoth(PresenceIndex& index, Oracle& oracle, Timestamp now);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_COMPARISON_H_
