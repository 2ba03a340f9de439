// Whoever wants to know where somebody is, and may ask only what strangers may.

#ifndef MOYEO_TESTS_PRIVACY_STRANGER_H_
#define MOYEO_TESTS_PRIVACY_STRANGER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "moyeo/clusters.h"
#include "moyeo/feed.h"
#include "moyeo/fence.h"
#include "moyeo/presence.h"
#include "privacy/world.h"

namespace moyeo::testing {

// Asks from any place with any radius, limit and filter, watches any place, and has an account that
// may say that it is anywhere. Each question costs one of so many, and some time of the world.
class Stranger {
 public:
  static constexpr UserId kAccount{815};
  static constexpr std::chrono::milliseconds kQuestionTakes{3'000};

  Stranger(World& world, std::size_t questions);

  std::size_t left() const { return left_; }
  Timestamp now() const { return world_.now(); }

  // REQUIRES of all questions: left() > 0; the program ends otherwise.
  std::vector<Neighbor> Nearby(LatLng center, const NearbyQuery& query);
  std::size_t CountWithin(LatLng center, double radius_m, const AttributeFilter& filter);
  // The account's neighbours.
  std::vector<Neighbor> NearbyAccount(const NearbyQuery& query);
  // Who is within `radius_m` of `center`, and where, by the deltas of a feed that was elsewhere
  // before.
  const std::map<UserId, LatLng>& Watch(LatLng center, double radius_m);

  // How many are in each cell of the finest level between two corners.
  std::vector<Cluster> Clusters(LatLng south_west, LatLng north_east,
                                const AttributeFilter& filter);
  // Who is within `radius_m` of `center`, as a fence of the account's tells.
  std::set<UserId> Fence(LatLng center, double radius_m);

  // The account is there at once, at no cost.
  void Stand(LatLng position, std::uint32_t attributes = 0);

  // A hash of everything that was answered.
  std::uint64_t transcript() const { return transcript_; }

 private:
  void Pay();
  void Note(std::uint64_t bits);
  void Note(LatLng position);
  void Note(const std::vector<Neighbor>& answer);

  World& world_;
  std::size_t left_;
  std::uint64_t transcript_ = 0;
  std::map<UserId, LatLng> watched_;
  FeedId feed_;
  Fences fences_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRIVACY_STRANGER_H_
