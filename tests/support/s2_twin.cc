#include "support/s2_twin.h"

#include <s2/s1angle.h>
#include <s2/s1chord_angle.h>
#include <s2/s2closest_point_query.h>
#include <s2/s2latlng.h>
#include <s2/s2point_index.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "support/print.h"

namespace moyeo::testing {
namespace {

// What the rounding of two unit vectors' coordinates to doubles can make, and much more.
constexpr double kPointErrorMeters = 1e-7;

S2Point ToPoint(LatLng position) {
  return S2LatLng::FromDegrees(position.lat, position.lng).ToPoint();
}

double ToMeters(S1ChordAngle angle) { return angle.ToAngle().radians() * kEarthRadiusMeters; }

// By how much S2 may be wrong about a distance of `meters`.
double ErrorMeters(double meters) {
  const S1ChordAngle angle(S1Angle::Radians(std::min(meters / kEarthRadiusMeters, M_PI)));
  const double error =
      angle.GetS2PointConstructorMaxError() + angle.GetS1AngleConstructorMaxError();
  return ToMeters(angle.PlusError(error)) - ToMeters(angle.PlusError(-error)) + kPointErrorMeters;
}

bool AreSame(double a, double b) { return std::abs(a - b) <= ErrorMeters(std::max(a, b)); }

}  // namespace

struct S2Twin::Impl {
  S2PointIndex<UserId> index;
  std::unordered_map<UserId, LatLng> positions;
};

S2Twin::S2Twin(const Oracle& oracle, Timestamp now) : impl_(std::make_unique<Impl>()) {
  for (const auto& [user, held] : oracle.users()) {
    if (oracle.IsExpired(held, now)) continue;
    impl_->index.Add(ToPoint(held.position), user);
    impl_->positions[user] = held.position;
  }
}

S2Twin::~S2Twin() = default;

std::optional<std::string> S2Twin::Difference(LatLng center, const NearbyQuery& query,
                                              std::span<const Neighbor> answer,
                                              Tally& tally) const {
  ++tally.queries;
  tally.neighbors += answer.size();
  Tally searched = tally;
  if (!Difference(center, query, answer, Mode::kSearch, searched)) {
    tally = searched;
    return std::nullopt;
  }
  return Difference(center, query, answer, Mode::kBruteForce, tally);
}

std::optional<std::string> S2Twin::Difference(LatLng center, const NearbyQuery& query,
                                              std::span<const Neighbor> answer, Mode mode,
                                              Tally& tally) const {
  const auto wrong = [&](const std::string& what) {
    return "S2 differs nearby " + Describe(center) + ", " + Describe(query) + ": " + what;
  };

  S2ClosestPointQuery<UserId> search(&impl_->index);
  search.mutable_options()->set_use_brute_force(mode == Mode::kBruteForce);
  if (query.limit) {
    search.mutable_options()->set_max_results(
        static_cast<int>(std::min<std::size_t>(*query.limit, 1 << 30)));
  }
  const bool covers_globe = !query.radius_m || *query.radius_m >= kEarthRadiusMeters * M_PI;
  if (!covers_globe) {
    search.mutable_options()->set_inclusive_max_distance(
        S1Angle::Radians(*query.radius_m / kEarthRadiusMeters));
  }
  // S2 warns when it is asked for everybody.
  if (!query.limit && covers_globe) {
    search.mutable_options()->set_max_results(std::max(impl_->index.num_points(), 1));
  }
  S2ClosestPointQuery<UserId>::PointTarget target(ToPoint(Canonical(center).value()));
  const auto results = search.FindClosestPoints(&target);

  const std::size_t common = std::min(answer.size(), results.size());
  for (std::size_t i = 0; i < common; ++i) {
    const double theirs = ToMeters(results[i].distance());
    if (!AreSame(answer[i].distance_m, theirs)) {
      return wrong("number " + std::to_string(i) + " is " + Describe(answer[i]) +
                   ", S2 finds user " + Describe(results[i].data()) + " at " +
                   std::to_string(theirs) + " m");
    }
  }

  std::vector<UserId> ours;
  for (const Neighbor& neighbor : answer) ours.push_back(neighbor.user);
  std::vector<UserId> theirs;
  for (const auto& result : results) theirs.push_back(result.data());
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  const auto is_verge = [&](double meters) {
    return (query.radius_m && AreSame(meters, *query.radius_m)) ||
           (query.limit && common > 0 && AreSame(meters, answer[common - 1].distance_m));
  };
  // S2 takes any of those at the last one's distance, whatever their ids.
  const auto count = [&](UserId user) {
    const double meters = DistanceMeters(center, impl_->positions.at(user)).value();
    const bool is_tie = query.limit && !answer.empty() && meters == answer.back().distance_m;
    ++(is_tie ? tally.ties : tally.borderline);
  };
  for (const Neighbor& neighbor : answer) {
    if (std::binary_search(theirs.begin(), theirs.end(), neighbor.user)) continue;
    if (!is_verge(neighbor.distance_m)) return wrong("S2 lacks " + Describe(neighbor));
    count(neighbor.user);
  }
  for (const auto& result : results) {
    if (std::binary_search(ours.begin(), ours.end(), result.data())) continue;
    const double meters = ToMeters(result.distance());
    if (!is_verge(meters)) {
      return wrong("S2 alone has user " + Describe(result.data()) + " at " +
                   std::to_string(meters) + " m");
    }
    count(result.data());
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
