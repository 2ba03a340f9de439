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

// FindNearestNumbers comes nearer to the limit with each.
constexpr int kMostGuesses = 10;

float MostWithin(double radius_m) {
  return static_cast<float>(HaversineOfMeters(radius_m)) * kSlack;
}

std::uint64_t HashOf(std::uint64_t id) { return id * std::uint64_t{0x9e3779b97f4a7c15}; }

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
  const std::size_t padded = PaddedSize(found.size());
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
         held(distance_) + held(rim_) + held(rim_number_) + held(order_) + held(bucket_ends_) +
         held(sorted_id_) + held(sorted_stamp_) + held(sorted_coordinate_);
}

void Neighborhood::Trim(std::size_t bytes) {
  if (this->bytes() > bytes) *this = Neighborhood(*loops_);
}

double Neighborhood::CoveredAround(Position center) const {
  return radius_m_ - DistanceFrom(center_)(center) - kRoundingMeters;
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

void Neighborhood::SortById() {
  numbers_.clear();
  const std::size_t n = size();
  if (n < 2) return;
  // Dealt to about as many buckets as there are, by the first bits in which the ids differ: that
  // leaves little to do, unless most are close together and few are far off.
  const auto [least, greatest] = std::ranges::minmax(id_);
  const int shift = std::max(
      static_cast<int>(std::bit_width(greatest - least)) - static_cast<int>(std::bit_width(n)), 0);
  const auto bucket_of = [&, from = least](std::uint64_t id) {
    return static_cast<std::size_t>((id - from) >> shift);
  };
  bucket_ends_.assign(bucket_of(greatest) + 2, 0);
  for (const std::uint64_t id : id_) ++bucket_ends_[bucket_of(id) + 1];
  for (std::size_t i = 1; i < bucket_ends_.size(); ++i) bucket_ends_[i] += bucket_ends_[i - 1];
  order_.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) order_[bucket_ends_[bucket_of(id_[i])]++] = i;
  std::uint32_t begin = 0;
  for (std::size_t bucket = 0; begin < n; ++bucket) {
    const std::uint32_t end = bucket_ends_[bucket];
    if (end - begin > 1) {
      std::sort(order_.begin() + begin, order_.begin() + end,
                [&](std::uint32_t a, std::uint32_t b) { return id_[a] < id_[b]; });
    }
    begin = end;
  }
  const auto put_in_order = [&](auto& column, auto& sorted) {
    sorted.resize(column.size());
    for (std::size_t i = 0; i < n; ++i) sorted[i] = column[order_[i]];
    // The rest of a group of coordinates is anything.
    std::ranges::fill(sorted.begin() + static_cast<std::ptrdiff_t>(n), sorted.end(), 0);
    column.swap(sorted);
  };
  put_in_order(id_, sorted_id_);
  put_in_order(stamp_, sorted_stamp_);
  put_in_order(lat_, sorted_coordinate_);
  put_in_order(lng_, sorted_coordinate_);
}

double Neighborhood::FindNearestNumbers(Position center, double radius_m, std::size_t limit,
                                        std::uint32_t other, std::vector<std::uint32_t>& numbers) {
  const float most = MostWithin(radius_m);
  std::size_t n = Select(QueryPoint(center), radius_m);
  const auto at_other =
      std::lower_bound(number_.begin(), number_.begin() + static_cast<std::ptrdiff_t>(n), other);
  const auto left_out = static_cast<std::size_t>(at_other - number_.begin());
  if (left_out < n && *at_other == other) {
    const auto to = static_cast<std::ptrdiff_t>(left_out);
    const auto end = static_cast<std::ptrdiff_t>(n);
    std::copy(number_.begin() + to + 1, number_.begin() + end, number_.begin() + to);
    std::copy(haversine_.begin() + to + 1, haversine_.begin() + end, haversine_.begin() + to);
    --n;
  }

  // Fewer than `limit` are within `low`, and as many at least within `high`, or all are.
  float low = -1;
  std::size_t low_count = 0;
  float high = most;
  std::size_t high_count = n;
  const auto count_within = [&](float guess) { return loops_->count(haversine_.data(), n, guess); };
  for (int guesses = 0; guesses < kMostGuesses && high_count > limit; ++guesses) {
    const float share = (static_cast<float>(limit - low_count) + 0.5f) /
                        static_cast<float>(high_count - low_count + 1);
    const float from = std::max(low, 0.0f);
    const float guess = from + (high - from) * share;
    if (guess <= low || guess >= high) break;
    const std::size_t count = count_within(guess);
    (count >= limit ? high : low) = guess;
    (count >= limit ? high_count : low_count) = count;
  }
  // Mostly there is a gap behind `high` that no rounding bridges.
  const bool are_all = n <= limit;
  const float sure_of_radius = most / (kSlack * kSlack);
  const float beyond = high * (kSlack * kSlack);
  double reach_m = radius_m;
  if (high_count == limit && beyond < sure_of_radius && count_within(beyond) == limit) {
    n = loops_->keep(haversine_.data(), number_.data(), n, high);
    reach_m = kEarthRadiusMeters * AngleOfHaversine(static_cast<double>(high) * kSlack);
  } else {
    const float sure = are_all ? sure_of_radius : std::min(sure_of_radius, low / (kSlack * kSlack));
    n = loops_->keep(haversine_.data(), number_.data(), n, beyond);
    reach_m = DecideAtTheRim(center, radius_m, limit, sure, n);
  }
  numbers.assign(number_.begin(), number_.begin() + static_cast<std::ptrdiff_t>(n));
  return reach_m;
}

// Of `n` candidates, keeps the `limit` nearest who are within the radius: those within `sure` are
// among them. Returns what FindNearestNumbers does.
double Neighborhood::DecideAtTheRim(Position center, double radius_m, std::size_t limit, float sure,
                                    std::size_t& n) {
  rim_number_.clear();
  for (std::size_t i = 0; i < n; ++i) {
    if (haversine_[i] > sure) rim_number_.push_back(number_[i]);
  }
  const std::span<const double> distances = Measure(center, rim_number_);
  rim_.clear();
  for (std::size_t i = 0; i < rim_number_.size(); ++i) {
    if (distances[i] <= radius_m) rim_.emplace_back(distances[i], rim_number_[i]);
  }
  AtTheRim last{radius_m, kNone};
  const std::size_t wanted = limit - (n - rim_number_.size());
  if (wanted > 0 && rim_.size() >= wanted) {
    const auto at_last = rim_.begin() + static_cast<std::ptrdiff_t>(wanted - 1);
    // Those on one spot are in order.
    if (!std::ranges::is_sorted(rim_)) std::nth_element(rim_.begin(), at_last, rim_.end());
    last = *at_last;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0, at_rim = 0; i < n; ++i) {
    number_[kept] = number_[i];
    if (haversine_[i] <= sure) {
      ++kept;
    } else {
      kept += AtTheRim{distances[at_rim++], number_[i]} <= last;
    }
  }
  n = kept;
  return last.first;
}

std::span<const double> Neighborhood::Measure(Position center,
                                              std::span<const std::uint32_t> numbers) {
  const std::size_t n = numbers.size();
  near_lat_.resize(n);
  near_lng_.resize(n);
  exact_haversine_.resize(n);
  distance_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    near_lat_[i] = lat_[numbers[i]];
    near_lng_[i] = lng_[numbers[i]];
  }
  loops_->distances(QueryPoint(center).scan_center(), near_lat_.data(), near_lng_.data(), n,
                    exact_haversine_.data(), distance_.data());
  return distance_;
}

// Candidates for `radius_m`: all who are within it, and perhaps some who are next to it.
std::size_t Neighborhood::Select(const QueryPoint& from, double radius_m) {
  return loops_->select(from.scan_center(), lat_.data(), lng_.data(), size(), MostWithin(radius_m),
                        0, haversine_.data(), number_.data());
}

std::size_t Neighborhood::Select(Position center, double radius_m, const std::int32_t* lat,
                                 const std::int32_t* lng, std::size_t n, float* haversines,
                                 std::uint32_t* numbers) const {
  return loops_->select(QueryPoint(center).scan_center(), lat, lng, n, MostWithin(radius_m), 0,
                        haversines, numbers);
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
