#include "support/oracle.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <numbers>
#include <tuple>

#include "support/print.h"

namespace moyeo::testing {
namespace {

// A twin that is to judge doubles needs a wider type.
static_assert(std::numeric_limits<long double>::digits >= 64);

constexpr long double kPi = std::numbers::pi_v<long double>;
constexpr std::int64_t kUnitsPerDegree = 10'000'000;

long double Radians(long double degrees) { return degrees * (kPi / 180); }

long double Square(long double x) { return x * x; }

// A haversine near 1 has lost the digits that tell the angle, so that the one to the antipode of b
// is computed for itself: of the two, which add up to 1, the arc tangent relies on the smaller.
//
// `between` is the difference of longitudes, in [0, 180]; all in degrees.
long double GreatCircleMeters(long double lat_a, long double lat_b, long double between) {
  // The cosine of a latitude as the sine of its distance from the pole: 0 at the pole.
  const long double cosines =
      std::sin(Radians(90 - std::abs(lat_a))) * std::sin(Radians(90 - std::abs(lat_b)));
  const long double haversine = Square(std::sin(Radians(lat_a - lat_b) / 2)) +
                                cosines * Square(std::sin(Radians(between) / 2));
  const long double of_antipode = Square(std::sin(Radians(lat_a + lat_b) / 2)) +
                                  cosines * Square(std::sin(Radians(180 - between) / 2));
  return 2 * static_cast<long double>(kEarthRadiusMeters) *
         std::atan2(std::sqrt(haversine), std::sqrt(of_antipode));
}

long double BetweenMeridians(long double lng_a, long double lng_b) {
  const long double difference = std::abs(lng_a - lng_b);
  return difference <= 180 ? difference : 360 - difference;
}

bool IsValid(LatLng p) {
  return std::isfinite(p.lat) && std::isfinite(p.lng) && p.lat >= -90 && p.lat <= 90 &&
         p.lng >= -180 && p.lng <= 180;
}

std::int64_t ToUnits(double degrees) {
  return std::llround(static_cast<long double>(degrees) * kUnitsPerDegree);
}

double ToDegrees(std::int64_t units) { return static_cast<double>(units) / kUnitsPerDegree; }

bool Passes(const AttributeFilter& filter, std::uint32_t attributes) {
  for (int i = 0; i < 32; ++i) {
    const std::uint32_t bit = std::uint32_t{1} << i;
    const bool set = (attributes & bit) != 0;
    if ((filter.all_of & bit) != 0 && !set) return false;
    if ((filter.none_of & bit) != 0 && set) return false;
  }
  return filter.any_of == 0 || (filter.any_of & attributes) != 0;
}

std::string Describe(long double number) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.21Lg", number);
  return text;
}

}  // namespace

long double TrueDistanceMeters(long double lat_a, long double lng_a, long double lat_b,
                               long double lng_b) {
  return GreatCircleMeters(lat_a, lat_b, BetweenMeridians(lng_a, lng_b));
}

Oracle::Outcome Oracle::Move(UserId user, LatLng position, Timestamp seen,
                             std::optional<std::uint32_t> attributes) {
  if (!IsValid(position)) return Outcome::kInvalid;
  if (seen < kMinTimestamp || seen > kMaxTimestamp) return Outcome::kInvalid;
  const auto found = users_.find(user);
  if (found == users_.end() && users_.size() >= options_.max_users) return Outcome::kFull;
  if (found != users_.end() && seen < found->second.last_seen) return Outcome::kIgnored;

  const bool is_new = found == users_.end() || IsExpired(found->second, seen);
  Held& held = users_[user];
  held.lat_units = ToUnits(position.lat);
  held.lng_units = ToUnits(position.lng);
  if (held.lng_units == 180 * kUnitsPerDegree) held.lng_units = -180 * kUnitsPerDegree;
  held.position = {ToDegrees(held.lat_units), ToDegrees(held.lng_units)};
  held.last_seen = seen;
  if (is_new || attributes) held.attributes = attributes.value_or(0);
  return Outcome::kApplied;
}

bool Oracle::IsExpired(const Held& held, Timestamp now) const {
  return now >= held.last_seen + std::chrono::milliseconds(options_.ttl_ms);
}

std::size_t Oracle::ForgetExpired(Timestamp now) {
  return std::erase_if(users_, [&](const auto& entry) { return IsExpired(entry.second, now); });
}

std::optional<Presence> Oracle::Find(UserId user, Timestamp now) const {
  const auto found = users_.find(user);
  if (found == users_.end() || IsExpired(found->second, now)) return std::nullopt;
  const Held& held = found->second;
  return Presence{held.position, held.last_seen, held.attributes};
}

Survey::Survey(const Oracle& oracle, LatLng center) : oracle_(oracle), center_(center) {
  const std::int64_t lat = ToUnits(center.lat);
  const std::int64_t lng = ToUnits(center.lng);
  constexpr long double kUnit = 1.0L / kUnitsPerDegree;
  by_distance_.reserve(oracle.users().size());
  for (const auto& [user, held] : oracle.users()) {
    const std::int64_t difference = std::abs(lng - held.lng_units);
    const std::int64_t between = std::min(difference, 360 * kUnitsPerDegree - difference);
    const long double truth = GreatCircleMeters(static_cast<long double>(lat) * kUnit,
                                                static_cast<long double>(held.lat_units) * kUnit,
                                                static_cast<long double>(between) * kUnit);
    const double distance = DistanceMeters(center, held.position).value();
    if (!(std::abs(distance - truth) <= kToleranceMeters) && !wrong_distance_) {
      wrong_distance_ = "DistanceMeters from " + moyeo::Describe(center) + " to " +
                        moyeo::Describe(held.position) + " is " + Describe(distance) +
                        " but the distance is " + Describe(truth);
    }
    by_distance_.push_back({user, &held, distance, truth});
  }
  by_truth_ = by_distance_;
  std::sort(by_distance_.begin(), by_distance_.end(), [](const Seen& a, const Seen& b) {
    return std::tie(a.distance_m, a.user) < std::tie(b.distance_m, b.user);
  });
  std::sort(by_truth_.begin(), by_truth_.end(), [](const Seen& a, const Seen& b) {
    return std::tie(a.true_m, a.user) < std::tie(b.true_m, b.user);
  });
}

bool Survey::Admits(const Seen& seen, const NearbyQuery& query, Timestamp now,
                    std::optional<UserId> asking) const {
  return seen.user != asking && !oracle_.IsExpired(*seen.held, now) &&
         Passes(query.filter, seen.held->attributes);
}

std::vector<Neighbor> Survey::Answer(const NearbyQuery& query, Timestamp now,
                                     std::optional<UserId> asking) const {
  std::vector<Neighbor> answer;
  for (const Seen& seen : by_distance_) {
    if (query.limit && answer.size() == *query.limit) break;
    if (query.radius_m && seen.distance_m > *query.radius_m) break;
    if (!Admits(seen, query, now, asking)) continue;
    answer.push_back({seen.user, seen.held->position, seen.distance_m, seen.held->last_seen});
  }
  return answer;
}

std::optional<std::string> Survey::Difference(const NearbyQuery& query, Timestamp now,
                                              std::span<const Neighbor> answer, Tally& tally,
                                              std::optional<UserId> asking) const {
  ++tally.queries;
  tally.neighbors += answer.size();
  if (wrong_distance_) return wrong_distance_;
  const auto wrong = [&](const std::string& what) {
    return "nearby " + moyeo::Describe(center_) + " at " + moyeo::Describe(now) + ", " +
           moyeo::Describe(query) + (asking ? ", asking " + moyeo::Describe(*asking) : "") + ": " +
           what;
  };

  const std::vector<Neighbor> expected = Answer(query, now, asking);
  for (std::size_t i = 0; i < std::max(answer.size(), expected.size()); ++i) {
    if (i >= answer.size()) {
      return wrong("ends after " + std::to_string(i) + " of " + std::to_string(expected.size()) +
                   ", without " + moyeo::Describe(expected[i]));
    }
    if (i >= expected.size()) {
      return wrong("has " + std::to_string(answer.size()) + " instead of " + std::to_string(i) +
                   ": " + moyeo::Describe(answer[i]));
    }
    if (answer[i] != expected[i]) {
      return wrong("number " + std::to_string(i) + " is " + moyeo::Describe(answer[i]) +
                   " instead of " + moyeo::Describe(expected[i]));
    }
  }

  // The same by true distances. Whatever differs must be on the verge.
  std::vector<UserId> answered;
  answered.reserve(answer.size());
  for (const Neighbor& neighbor : answer) answered.push_back(neighbor.user);
  std::vector<UserId> nearest;
  nearest.reserve(answer.size());
  std::optional<long double> last;
  for (const Seen& seen : by_truth_) {
    if (query.limit && nearest.size() == *query.limit) break;
    if (query.radius_m && seen.true_m > *query.radius_m) break;
    if (!Admits(seen, query, now, asking)) continue;
    nearest.push_back(seen.user);
    last = seen.true_m;
  }
  if (answered == nearest) return std::nullopt;
  std::sort(answered.begin(), answered.end());
  std::sort(nearest.begin(), nearest.end());
  std::vector<UserId> differing;
  std::set_symmetric_difference(answered.begin(), answered.end(), nearest.begin(), nearest.end(),
                                std::back_inserter(differing));
  for (const Seen& seen : by_truth_) {
    if (!std::binary_search(differing.begin(), differing.end(), seen.user)) continue;
    const auto is_verge = [&](long double boundary) {
      return std::abs(seen.true_m - boundary) <= 2 * kToleranceMeters;
    };
    const bool on_verge =
        (query.radius_m && is_verge(*query.radius_m)) || (query.limit && last && is_verge(*last));
    if (!on_verge) {
      return wrong("user " + moyeo::Describe(seen.user) + ", truly at " + Describe(seen.true_m) +
                   " m, is on the wrong side");
    }
    const bool is_tie =
        query.limit && answer.size() == *query.limit && seen.distance_m == answer.back().distance_m;
    ++(is_tie ? tally.ties : tally.borderline);
  }
  return std::nullopt;
}

std::optional<std::string> Difference(const Oracle& oracle, LatLng center, const NearbyQuery& query,
                                      Timestamp now, std::span<const Neighbor> answer, Tally& tally,
                                      std::optional<UserId> asking) {
  return Survey(oracle, center).Difference(query, now, answer, tally, asking);
}

}  // namespace moyeo::testing
