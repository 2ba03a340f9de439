#include "support/comparison.h"

#include <cstddef>
#include <vector>

#include "support/print.h"

namespace moyeo::testing {
namespace {

std::string DescribeFound(const std::optional<Presence>& found) {
  return found ? Describe(*found) : "nobody";
}

}  // namespace

std::optional<std::string> CompareHeld(const PresenceIndex& index, const Oracle& oracle,
                                       std::span<const UserId> users,
                                       std::span<const Timestamp> times) {
  if (index.size() != oracle.size()) {
    return "size is " + std::to_string(index.size()) + " instead of " +
           std::to_string(oracle.size());
  }
  for (const UserId user : users) {
    for (const Timestamp time : times) {
      const std::optional<Presence> found = index.Find(user, time);
      const std::optional<Presence> expected = oracle.Find(user, time);
      if (found == expected) continue;
      return "user " + Describe(user) + " is found at " + Describe(time) + " " +
             DescribeFound(found) + " instead of " + DescribeFound(expected);
    }
  }
  return std::nullopt;
}

std::optional<std::string> CompareAnswers(const PresenceIndex& index, const Oracle& oracle,
                                          std::span<const LatLng> centers, UserId user,
                                          const NearbyQuery& query, Timestamp now, Tally& tally) {
  const LatLng center = centers.front();
  const Survey survey(oracle, center);
  std::vector<Neighbor> answer;
  if (const absl::Status status = index.Nearby(center, query, now, answer); !status.ok()) {
    return "nearby gives " + status.ToString();
  }
  if (auto difference = survey.Difference(query, now, answer, tally)) return difference;

  const double radius = query.radius_m.value_or(1'000);
  const auto count = index.CountWithin(center, radius, now, query.filter);
  if (!count.ok()) return "counting gives " + count.status().ToString();
  const std::size_t expected =
      survey.Answer({.radius_m = radius, .limit = std::nullopt, .filter = query.filter}, now)
          .size();
  if (*count != expected) {
    return "within " + std::to_string(radius) + " m of " + Describe(center) + " at " +
           Describe(now) + " are " + std::to_string(*count) + " instead of " +
           std::to_string(expected);
  }

  const std::optional<Presence> asking = oracle.Find(user, now);
  const absl::Status status = index.NearbyUser(user, query, now, answer);
  if (!asking) {
    if (!absl::IsNotFound(status)) {
      return "near user " + Describe(user) + ", who is not there, gives " + status.ToString();
    }
  } else if (!status.ok()) {
    return "near user " + Describe(user) + " gives " + status.ToString();
  } else if (auto difference =
                 Difference(oracle, asking->position, query, now, answer, tally, user)) {
    return difference;
  }

  NearbyBatchResult batch;
  if (const absl::Status batched = index.NearbyBatch(centers, query, now, batch); !batched.ok()) {
    return "a batch of questions gives " + batched.ToString();
  }
  if (batch.size() != centers.size()) {
    return "a batch of questions has " + std::to_string(batch.size()) + " answers";
  }
  for (std::size_t i = 0; i < centers.size(); ++i) {
    if (auto difference = Difference(oracle, centers[i], query, now, batch[i], tally)) {
      return "number " + std::to_string(i) + " of a batch: " + *difference;
    }
  }
  return std::nullopt;
}

std::optional<std::string> SweepBoth(PresenceIndex& index, Oracle& oracle, Timestamp now) {
  std::size_t removed = 0;
  // Each call looks at some of the users, so that this many calls are more than enough.
  std::size_t calls = 2 * oracle.size() + 1'000;
  for (int rounds = 0; rounds < 2; --calls) {
    if (calls == 0) return "sweeping comes to no end";
    const ExpireResult result = index.Expire(now);
    removed += result.removed;
    if (result.complete) ++rounds;
  }
  const std::size_t expired = oracle.ForgetExpired(now);
  if (removed == expired) return std::nullopt;
  return "sweeping everything removes " + std::to_string(removed) + " of " +
         std::to_string(expired);
}

}  // namespace moyeo::testing
