#include "spatial/neighborhood.h"

#include <algorithm>
#include <bit>

#include "spatial/haversine.h"
#include "spatial/item_blocks.h"
#include "spatial/sphere_math.h"

namespace moyeo::spatial {
namespace {

// What the sums of three computed distances may miss.
constexpr double kRoundingMeters = 1e-3;

// HasStill measures one by one what a search measures many at a time.
constexpr std::size_t kMostMoved = 12;

float MostWithin(double radius_m) {
  return static_cast<float>(HaversineOfMeters(radius_m)) * kSlack;
}

std::uint64_t HashOf(std::uint64_t id) { return id * std::uint64_t{0x9e3779b97f4a7c15}; }

std::size_t ToEndOfGroup(std::size_t n) { return (n + kGroupItems) / kGroupItems * kGroupItems; }

}  // namespace

bool Neighborhood::Gather(Search& search, const ItemTree& tree, Position center, double radius_m,
                          const ItemFilter& filter, std::size_t most) {
  radius_m_ = kNothing;
  if (!search.FindWithin(tree, center, radius_m, filter, most)) return false;
  if (!search.HasGivenUp()) {
    center_ = center;
    radius_m_ = radius_m;
  }
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
  numbers_.clear();
  return true;
}

std::size_t Neighborhood::bytes() const {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return held(id_) + held(stamp_) + held(lat_) + held(lng_) + held(numbers_) + held(haversine_) +
         held(number_) + held(near_lat_) + held(near_lng_) + held(exact_haversine_) +
         held(distance_);
}

void Neighborhood::Trim(std::size_t bytes) {
  if (this->bytes() > bytes) *this = Neighborhood(*loops_);
}

bool Neighborhood::Covers(Position center, double radius_m) const {
  return DistanceFrom(center_)(center) + radius_m + kRoundingMeters <= radius_m_;
}

void Neighborhood::FindNearest(Position center, double radius_m, std::size_t limit,
                               std::vector<Hit>& hits) {
  const QueryPoint from(center);
  const float most = MostWithin(radius_m);
  std::size_t n = Select(from, radius_m);
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

// Candidates for `radius_m`: all who are within it, and perhaps some who are next to it.
std::size_t Neighborhood::Select(const QueryPoint& from, double radius_m) {
  return loops_->select(from.scan_center(), lat_.data(), lng_.data(), size(), MostWithin(radius_m),
                        0, haversine_.data(), number_.data());
}

bool Neighborhood::HasStill(Position center, double radius_m, std::span<const Placed> items,
                            std::optional<std::uint64_t> other, std::vector<Hit>& moved) {
  if (numbers_.empty()) NumberAll();
  moved.clear();
  const DistanceFrom distance(center);
  for (const Placed& item : items) {
    const std::uint32_t number = NumberOf(item.id);
    if (number == kNone) return false;
    const Position position{lat_[number], lng_[number]};
    if (position == item.position) continue;
    const double distance_m = distance(position);
    if (distance_m > radius_m || moved.size() == kMostMoved) return false;
    moved.push_back({distance_m, item.id, position, stamp_[number]});
  }
  // All items are within the circle. If there are no more candidates, they are all.
  const std::size_t selected = Select(QueryPoint(center), radius_m);
  if (selected <= items.size()) return selected == items.size();
  if (selected > items.size() + 1 || !other) return false;
  const auto end = number_.begin() + static_cast<std::ptrdiff_t>(selected);
  return std::find(number_.begin(), end, NumberOf(*other)) != end;
}

void Neighborhood::NumberAll() {
  numbers_.assign(std::bit_ceil(2 * size() + 1), kNone);
  const std::size_t mask = numbers_.size() - 1;
  for (std::size_t number = 0; number < size(); ++number) {
    std::size_t i = HashOf(id_[number]) >> 32 & mask;
    while (numbers_[i] != kNone) i = (i + 1) & mask;
    numbers_[i] = static_cast<std::uint32_t>(number);
  }
}

std::uint32_t Neighborhood::NumberOf(std::uint64_t id) const {
  const std::size_t mask = numbers_.size() - 1;
  std::size_t i = HashOf(id) >> 32 & mask;
  while (numbers_[i] != kNone && id_[numbers_[i]] != id) i = (i + 1) & mask;
  return numbers_[i];
}

}  // namespace moyeo::spatial
