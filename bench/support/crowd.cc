#include "bench/support/crowd.h"

#include <numeric>
#include <unordered_set>
#include <utility>

namespace moyeo::bench {
namespace {

constexpr double kMaxStepMeters = 30;

// The finalizer of SplitMix64, a bijection: ids that follow one another would flatter any table
// that hashes an integer to itself.
UserId ScatteredId(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return UserId{n ^ (n >> 31)};
}

}  // namespace

Crowd::Crowd(std::size_t size, Distribution distribution, std::uint64_t seed)
    : random_(seed),
      places_(distribution, random_),
      now_(std::chrono::milliseconds{1'700'000'000'000}) {
  people_ = Strangers(size);
}

Sightings Crowd::Walk(std::size_t count) {
  now_ += std::chrono::milliseconds{1};
  Sightings steps;
  steps.users.reserve(count);
  steps.positions.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t person = random_.Below(size());
    LatLng& position = people_.positions[person];
    position = Step(position);
    steps.users.push_back(people_.users[person]);
    steps.positions.push_back(position);
  }
  return steps;
}

Sightings Crowd::WalkAll() {
  now_ += std::chrono::milliseconds{1};
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = size(); i > 1; --i) std::swap(order[i - 1], order[random_.Below(i)]);
  Sightings steps;
  steps.users.reserve(size());
  steps.positions.reserve(size());
  for (const std::size_t person : order) {
    LatLng& position = people_.positions[person];
    position = Step(position);
    steps.users.push_back(people_.users[person]);
    steps.positions.push_back(position);
  }
  return steps;
}

LatLng Crowd::Step(LatLng from) {
  if (!places_.AllowsSteps()) return places_.Draw(random_);
  const double bearing = random_.Bearing();
  return Travel(from, bearing, random_.Uniform(0, kMaxStepMeters));
}

Sightings Crowd::Sample(std::size_t count) {
  std::unordered_set<std::size_t> chosen;
  Sightings sample;
  while (sample.size() < count) {
    const std::size_t person = random_.Below(size());
    if (!chosen.insert(person).second) continue;
    sample.users.push_back(people_.users[person]);
    sample.positions.push_back(people_.positions[person]);
  }
  return sample;
}

Sightings Crowd::Strangers(std::size_t count) {
  Sightings strangers{.users = {}, .positions = DrawPlaces(count)};
  strangers.users.reserve(count);
  for (std::size_t i = 0; i < count; ++i) strangers.users.push_back(ScatteredId(users_named_++));
  return strangers;
}

std::vector<LatLng> Crowd::DrawPlaces(std::size_t count) {
  std::vector<LatLng> places;
  places.reserve(count);
  for (std::size_t i = 0; i < count; ++i) places.push_back(places_.Draw(random_));
  return places;
}

std::vector<LatLng> Crowd::DrawOceanPlaces(std::size_t count) {
  std::vector<LatLng> places;
  places.reserve(count);
  for (std::size_t i = 0; i < count; ++i) places.push_back(places_.DrawOcean(random_));
  return places;
}

Timestamp Crowd::FirstSeen(std::size_t person) const {
  const double earlier = 1 - static_cast<double>(person) / static_cast<double>(size());
  return now_ - std::chrono::milliseconds{static_cast<std::int64_t>(kFirstSeenSpreadMs * earlier)};
}

}  // namespace moyeo::bench
