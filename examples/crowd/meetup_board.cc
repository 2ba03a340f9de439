#include "examples/crowd/meetup_board.h"

#include <algorithm>

namespace moyeo_crowd {

void MeetupBoard::Add(moyeo::MeetupId meetup, moyeo::LatLng location, std::size_t host) {
  // Answers to different people come in any order.
  const auto place = std::partition_point(
      posted_.begin(), posted_.end(), [&](const Posted& other) { return other.meetup < meetup; });
  posted_.insert(place, {meetup, location, {host}});
  if (posted_.size() > kMost) posted_.pop_front();
}

void MeetupBoard::Join(moyeo::MeetupId meetup, std::size_t person) {
  const auto place = std::partition_point(
      posted_.begin(), posted_.end(), [&](const Posted& other) { return other.meetup < meetup; });
  if (place != posted_.end() && place->meetup == meetup) place->members.push_back(person);
}

const Posted* MeetupBoard::DrawNear(moyeo::LatLng from, std::mt19937_64& random) const {
  constexpr int kDrawn = 8;
  const Posted* nearest = nullptr;
  double nearest_m = 0;
  for (int i = 0; i < kDrawn; ++i) {
    const Posted* const drawn = Draw(random);
    if (drawn == nullptr) break;
    const double distance_m = moyeo::DistanceMeters(from, drawn->location).value();
    if (nearest != nullptr && distance_m >= nearest_m) continue;
    nearest = drawn;
    nearest_m = distance_m;
  }
  return nearest;
}

const Posted* MeetupBoard::Draw(std::mt19937_64& random) const {
  if (posted_.empty()) return nullptr;
  return &posted_[std::uniform_int_distribution<std::size_t>(0, posted_.size() - 1)(random)];
}

}  // namespace moyeo_crowd
