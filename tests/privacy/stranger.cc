#include "privacy/stranger.h"

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyeo::testing {
namespace {

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "a stranger asks wrongly: %s\n", why.c_str());
  std::abort();
}

template <typename T>
T ValueOf(absl::StatusOr<T> answer) {
  if (!answer.ok()) Fail(answer.status().ToString());
  return *std::move(answer);
}

}  // namespace

Stranger::Stranger(World& world, std::size_t questions)
    : world_(world),
      left_(questions),
      feed_(ValueOf(world.feeds().Subscribe({.center = LatLng{0, 0}, .radius_m = 0}))),
      fences_(world.index()) {}

void Stranger::Pay() {
  if (left_ == 0) Fail("more than they may");
  --left_;
}

void Stranger::Note(std::uint64_t bits) {
  transcript_ = (std::rotl(transcript_, 5) ^ bits) * std::uint64_t{0x9e3779b97f4a7c15};
}

void Stranger::Note(LatLng position) {
  Note(std::bit_cast<std::uint64_t>(position.lat));
  Note(std::bit_cast<std::uint64_t>(position.lng));
}

void Stranger::Note(const std::vector<Neighbor>& answer) {
  Note(answer.size());
  for (const Neighbor& neighbor : answer) {
    Note(ToNumber(neighbor.user));
    Note(neighbor.position);
    Note(std::bit_cast<std::uint64_t>(neighbor.distance_m));
    Note(static_cast<std::uint64_t>(neighbor.last_seen.time_since_epoch().count()));
  }
}

std::vector<Neighbor> Stranger::Nearby(LatLng center, const NearbyQuery& query) {
  Pay();
  std::vector<Neighbor> answer = ValueOf(world_.index().Nearby(center, query, world_.now()));
  Note(answer);
  world_.Pass(kQuestionTakes);
  return answer;
}

std::size_t Stranger::CountWithin(LatLng center, double radius_m, const AttributeFilter& filter) {
  Pay();
  const std::size_t count =
      ValueOf(world_.index().CountWithin(center, radius_m, world_.now(), filter));
  Note(count);
  world_.Pass(kQuestionTakes);
  return count;
}

std::vector<Neighbor> Stranger::NearbyAccount(const NearbyQuery& query) {
  Pay();
  std::vector<Neighbor> answer = ValueOf(world_.index().NearbyUser(kAccount, query, world_.now()));
  Note(answer);
  world_.Pass(kQuestionTakes);
  return answer;
}

const std::map<UserId, LatLng>& Stranger::Watch(LatLng center, double radius_m) {
  Pay();
  const absl::Status changed =
      world_.feeds().Change(feed_, {.center = center, .radius_m = radius_m});
  if (!changed.ok()) Fail(changed.ToString());
  ValueOf(world_.feeds().Tick(world_.now(), [&](const FeedUpdate& update) {
    Note(update.sequence);
    for (const FeedDelta& delta : update.deltas) {
      Note(static_cast<std::uint64_t>(delta.kind));
      Note(ToNumber(delta.user));
      Note(delta.position);
      Note(std::bit_cast<std::uint64_t>(delta.distance_m));
      Note(static_cast<std::uint64_t>(delta.last_seen.time_since_epoch().count()));
      if (delta.kind == FeedDelta::Kind::kLeave) {
        watched_.erase(delta.user);
      } else {
        watched_[delta.user] = delta.position;
      }
    }
  }));
  world_.Pass(kQuestionTakes);
  return watched_;
}

std::vector<Cluster> Stranger::Clusters(LatLng south_west, LatLng north_east,
                                        const AttributeFilter& filter) {
  Pay();
  std::vector<Cluster> clusters = ValueOf(FindClusters(world_.index(),
                                                       {.south_west = south_west,
                                                        .north_east = north_east,
                                                        .level = ClusterQuery::kMaxLevel,
                                                        .filter = filter},
                                                       world_.now()))
                                      .clusters;
  for (const Cluster& cluster : clusters) {
    Note(cluster.cell);
    Note(cluster.count);
    for (const LatLng corner : cluster.corners) Note(corner);
  }
  world_.Pass(kQuestionTakes);
  return clusters;
}

std::set<UserId> Stranger::Fence(LatLng center, double radius_m) {
  Pay();
  std::set<UserId> inside;
  const FenceId fence = ValueOf(fences_.Add(
      {.region = FenceCircle{center, radius_m}, .owner = kAccount, .tells_those_inside = true}));
  ValueOf(fences_.Tick(world_.now(), [&](const FenceEvent& event) {
    Note(static_cast<std::uint64_t>(event.kind));
    Note(ToNumber(event.user));
    Note(event.position);
    Note(static_cast<std::uint64_t>(event.last_seen.time_since_epoch().count()));
    inside.insert(event.user);
  }));
  fences_.Remove(fence);
  world_.Pass(kQuestionTakes);
  return inside;
}

void Stranger::Stand(LatLng position, std::uint32_t attributes) {
  const absl::Status moved = world_.index().Move(kAccount, position, world_.now(), attributes);
  if (!moved.ok()) Fail(moved.ToString());
}

}  // namespace moyeo::testing
