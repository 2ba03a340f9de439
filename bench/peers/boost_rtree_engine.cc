// Boost.Geometry's R-tree, of unit vectors in space: on the globe as a surface it measures too
// slowly to be a match, and a tree over latitude and longitude would be wrong at the poles and at
// 180 degrees. A hash map remembers each user's entry, to find it again in order to move it.

#include <algorithm>
#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/iterator/function_output_iterator.hpp>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/engine.h"
#include "bench/peers/person.h"

namespace moyeo::bench {
namespace {

namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;

using Point = bg::model::point<double, 3, bg::cs::cartesian>;
using Box = bg::model::box<Point>;

struct PointOf {
  using result_type = Point;
  Point operator()(const Person& person) const {
    return {person.point.x(), person.point.y(), person.point.z()};
  }
};

struct SameUser {
  bool operator()(const Person& a, const Person& b) const { return a.user == b.user; }
};

// Splits by the quadratic method: rstar<16> answers a fifth faster, but takes almost three times as
// long to move somebody.
using Tree = bgi::rtree<Person, bgi::quadratic<16>, PointOf, SameUser>;

class BoostRtreeEngine final : public Engine {
 public:
  explicit BoostRtreeEngine(std::int64_t ttl_ms) : ttl_(ttl_ms) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    const Person person{ToPoint(position), user, seen, ToE7(position)};
    const auto [held, inserted] = points_.try_emplace(user, person.point);
    if (!inserted) {
      TakeOut(user, held->second);
      held->second = person.point;
    }
    tree_.insert(person);
  }

  void Remove(UserId user) override {
    const auto held = points_.find(user);
    TakeOut(user, held->second);
    points_.erase(held);
  }

  void Nearby(LatLng center, const Question& question, Timestamp now,
              std::vector<Neighbor>& result) override {
    const S2Point point = ToPoint(center);
    const double max_squared_chord = SquaredChordOf(question.radius_m);
    const auto wanted = [&](const Person& person) {
      return person.last_seen + ttl_ > now && (point - person.point).Norm2() <= max_squared_chord;
    };
    const auto take = boost::make_function_output_iterator([&](const Person& person) {
      result.push_back(ToNeighbor(person, (point - person.point).Norm2()));
    });
    const Point around(point.x(), point.y(), point.z());
    result.clear();
    if (!question.radius_m) {
      tree_.query(bgi::nearest(around, Limit(question)) && bgi::satisfies(wanted), take);
    } else if (question.limit) {
      tree_.query(bgi::intersects(BoxAround(point, max_squared_chord)) &&
                      bgi::nearest(around, Limit(question)) && bgi::satisfies(wanted),
                  take);
    } else {
      tree_.query(bgi::intersects(BoxAround(point, max_squared_chord)) && bgi::satisfies(wanted),
                  take);
    }
    std::sort(result.begin(), result.end(), [](const Neighbor& a, const Neighbor& b) {
      return a.distance_m != b.distance_m ? a.distance_m < b.distance_m : a.user < b.user;
    });
  }

 private:
  static unsigned Limit(const Question& question) { return static_cast<unsigned>(*question.limit); }

  // Keeps a search from going where nobody is within the radius.
  static Box BoxAround(const S2Point& center, double squared_chord) {
    const double chord = std::sqrt(squared_chord);
    return {Point(center.x() - chord, center.y() - chord, center.z() - chord),
            Point(center.x() + chord, center.y() + chord, center.z() + chord)};
  }

  void TakeOut(UserId user, const S2Point& point) { tree_.remove(Person{point, user, {}, {}}); }

  const std::chrono::milliseconds ttl_;
  Tree tree_;
  absl::flat_hash_map<UserId, S2Point> points_;
};

}  // namespace

std::unique_ptr<Engine> MakeBoostRtree(std::int64_t ttl_ms) {
  return std::make_unique<BoostRtreeEngine>(ttl_ms);
}

}  // namespace moyeo::bench
