#include "spatial/neighborhood.h"

#include <algorithm>

#include "spatial/haversine.h"
#include "spatial/item_blocks.h"
#include "spatial/sphere_math.h"

namespace moyeo::spatial {
namespace {

// What the sums of three computed distances may miss.
constexpr double kRoundingMeters = 1e-3;

std::size_t ToEndOfGroup(std::size_t n) { return (n + kGroupItems) / kGroupItems * kGroupItems; }

}  // namespace

bool Neighborhood::Gather(Search& search, const ItemTree& tree, Position center, double radius_m,
                          const ItemFilter& filter) {
  center_ = center;
  radius_m_ = radius_m;
  if (!search.FindWithin(tree, center, radius_m, filter)) return false;
  const Search::Columns& found = search.Unmeasured();
  id_ = found.id;
  stamp_ = found.stamp;
  const std::size_t padded = ToEndOfGroup(found.size());
  lat_.resize(padded);
  lng_.resize(padded);
  std::ranges::copy(found.lat, lat_.begin());
  std::ranges::copy(found.lng, lng_.begin());
  haversine_.resize(padded + kGroupItems);
  number_.resize(padded + kGroupItems);
  return true;
}

bool Neighborhood::Covers(Position center, double radius_m) const {
  return DistanceFrom(center_)(center) + radius_m + kRoundingMeters <= radius_m_;
}

void Neighborhood::FindNearest(Position center, double radius_m, std::size_t limit,
                               std::vector<Hit>& hits) {
  const QueryPoint from(center);
  const float most = static_cast<float>(HaversineOfMeters(radius_m)) * kSlack;
  std::size_t n = loops_->select(from.scan_center(), lat_.data(), lng_.data(), size(), most, 0,
                                 haversine_.data(), number_.data());
  if (n > limit + limit / 8) {
    // The more evenly they are spread, the nearer is the first guess; each keeps `limit` at least.
    float low = 0;
    std::size_t low_count = 0;
    float high = most;
    std::size_t high_count = n;
    const std::size_t wanted = limit + limit / 16;
    for (int guesses = 0; guesses < 4 && high_count > limit + limit / 8; ++guesses) {
      const float share =
          static_cast<float>(wanted - low_count) / static_cast<float>(high_count - low_count);
      const float guess = low + (high - low) * std::min(share, 0.9f);
      const std::size_t count = loops_->count(haversine_.data(), n, guess);
      (count >= limit ? high : low) = guess;
      (count >= limit ? high_count : low_count) = count;
    }
    n = loops_->keep(haversine_.data(), number_.data(), n, high * kSlack);
  }

  near_lat_.resize(n);
  near_lng_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    near_lat_[i] = lat_[number_[i]];
    near_lng_[i] = lng_[number_[i]];
  }
  exact_haversine_.resize(n);
  distance_.resize(n);
  loops_->distances(from.scan_center(), near_lat_.data(), near_lng_.data(), n,
                    exact_haversine_.data(), distance_.data());
  const DistanceFrom distance(center);
  hits.clear();
  for (std::size_t i = 0; i < n; ++i) {
    const Position position{near_lat_[i], near_lng_[i]};
    const double distance_m =
        exact_haversine_[i] > 0.5 ? distance.BeyondAQuarter(position) : distance_[i];
    if (distance_m > radius_m) continue;
    hits.push_back({distance_m, id_[number_[i]], position, stamp_[number_[i]]});
  }
  if (hits.size() <= limit) return;
  std::nth_element(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(limit), hits.end());
  hits.resize(limit);
}

}  // namespace moyeo::spatial
