// S2PointIndex: a B-tree of points in the order of S2's Hilbert curve, with S2ClosestPointQuery.
//
// S2 finds points, not users: to move or remove one, a hash map remembers each user's point. The
// rest of the answer travels with the point in the index, so that a query reads nothing else.

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/e7.h"
#include "bench/peers/engine.h"
#include "s2/s1angle.h"
#include "s2/s1chord_angle.h"
#include "s2/s2closest_point_query.h"
#include "s2/s2latlng.h"
#include "s2/s2point_index.h"

namespace moyeo::bench {
namespace {

struct Person {
  UserId user{};
  Timestamp last_seen;
  E7 position;

  // The user alone, so that a point can be removed without knowing when it was added.
  friend bool operator==(const Person& a, const Person& b) { return a.user == b.user; }
  // S2 asks for it, though not for what is done here.
  [[maybe_unused]] friend bool operator<(const Person& a, const Person& b) {
    return a.user < b.user;
  }
};

S2Point ToPoint(LatLng position) {
  return S2LatLng::FromDegrees(position.lat, position.lng).ToPoint();
}

class S2PointIndexEngine final : public Engine {
 public:
  explicit S2PointIndexEngine(std::int64_t ttl_ms) : ttl_(ttl_ms), query_(&index_) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    const S2Point point = ToPoint(position);
    const Person person{user, seen, ToE7(position)};
    const auto [held, inserted] = points_.try_emplace(user, point);
    if (!inserted) {
      index_.Remove(held->second, person);
      held->second = point;
    }
    index_.Add(point, person);
    query_is_stale_ = true;
  }

  void Remove(UserId user) override {
    const auto held = points_.find(user);
    index_.Remove(held->second, Person{user, {}, {}});
    points_.erase(held);
    query_is_stale_ = true;
  }

  // The query knows no expiry: it is asked again for twice as many as long as those who have
  // expired leave the answer short.
  void Nearby(LatLng center, const Question& question, Timestamp now,
              std::vector<Neighbor>& result) override {
    if (query_is_stale_) query_.ReInit();
    query_is_stale_ = false;
    Query::PointTarget target(ToPoint(center));
    SetRadius(question.radius_m);

    const std::size_t wanted = question.limit.value_or(Query::Options::kMaxMaxResults);
    for (std::size_t asked = wanted;; asked *= 2) {
      query_.mutable_options()->set_max_results(
          static_cast<int>(std::min<std::size_t>(asked, Query::Options::kMaxMaxResults)));
      query_.FindClosestPoints(&target, &found_);
      TakeLiving(now, wanted, result);
      if (result.size() == wanted || found_.size() < asked) return;
    }
  }

 private:
  using Query = S2ClosestPointQuery<Person>;

  void SetRadius(std::optional<double> radius_m) {
    if (radius_m) {
      const S1Angle radius = S1Angle::Radians(*radius_m / kEarthRadiusMeters);
      query_.mutable_options()->set_inclusive_max_distance(S1ChordAngle(radius));
    } else {
      query_.mutable_options()->set_max_distance(S1ChordAngle::Infinity());
    }
  }

  void TakeLiving(Timestamp now, std::size_t wanted, std::vector<Neighbor>& result) const {
    result.clear();
    for (const Query::Result& found : found_) {
      const Person& person = found.data();
      if (person.last_seen + ttl_ <= now) continue;
      result.push_back({.user = person.user,
                        .position = ToDegrees(person.position),
                        .distance_m = found.distance().ToAngle().radians() * kEarthRadiusMeters,
                        .last_seen = person.last_seen});
      if (result.size() == wanted) return;
    }
  }

  const std::chrono::milliseconds ttl_;
  S2PointIndex<Person> index_;
  absl::flat_hash_map<UserId, S2Point> points_;
  Query query_;
  bool query_is_stale_ = false;
  std::vector<Query::Result> found_;
};

}  // namespace

std::unique_ptr<Engine> MakeS2PointIndex(std::int64_t ttl_ms) {
  return std::make_unique<S2PointIndexEngine>(ttl_ms);
}

}  // namespace moyeo::bench
