// nanoflann: a k-d tree of unit vectors, static. It is made anew when somebody has moved.

#include <limits>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/engine.h"
#include "bench/peers/nearest.h"
#include "bench/peers/person.h"
#include "nanoflann.hpp"

namespace moyeo::bench {
namespace {

// What nanoflann asks of a set of points.
class Cloud {
 public:
  std::vector<Person> people;

  std::size_t kdtree_get_point_count() const { return people.size(); }

  double kdtree_get_pt(std::size_t person, std::size_t axis) const {
    return people[person].point[static_cast<int>(axis)];
  }

  template <typename Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

// The fastest of 10, 20 and 40 on the whole.
constexpr std::size_t kLeafSize = 20;

using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud,
                                                 3, std::uint32_t>;

// What nanoflann asks of a collector of results: here, of those who have not expired.
class LivingResults {
 public:
  using DistanceType = double;

  LivingResults(const Cloud& cloud, Timestamp newer_than, Nearest& nearest)
      : cloud_(cloud), newer_than_(newer_than), nearest_(nearest) {}

  double worstDist() const { return nearest_.bound(); }

  bool full() const { return nearest_.full(); }

  // nanoflann looks at worstDist() only now and then. True: go on.
  bool addPoint(double squared_chord, std::uint32_t index) {
    const Person& person = cloud_.people[index];
    if (squared_chord <= nearest_.bound() && person.last_seen > newer_than_) {
      nearest_.Offer(squared_chord, person);
    }
    return true;
  }

 private:
  const Cloud& cloud_;
  const Timestamp newer_than_;
  Nearest& nearest_;
};

class NanoflannEngine final : public Engine {
 public:
  explicit NanoflannEngine(std::int64_t ttl_ms) : ttl_(ttl_ms) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    const auto [held, inserted] = slots_.try_emplace(user, cloud_.people.size());
    if (inserted) cloud_.people.emplace_back();
    cloud_.people[held->second] = {ToPoint(position), user, seen, ToE7(position)};
    is_stale_ = true;
  }

  void Remove(UserId user) override {
    const auto held = slots_.find(user);
    const Person& last = cloud_.people.back();
    slots_.find(last.user)->second = held->second;
    cloud_.people[held->second] = last;
    cloud_.people.pop_back();
    slots_.erase(held);
    is_stale_ = true;
  }

  void Prepare() override {
    if (!is_stale_) return;
    tree_.buildIndex();
    is_stale_ = false;
  }

  void Nearby(LatLng center, const Question& question, Timestamp now,
              std::vector<Neighbor>& result) override {
    const S2Point point = ToPoint(center);
    Nearest nearest(found_, question.limit, SquaredChordOf(question.radius_m));
    LivingResults results(cloud_, now - ttl_, nearest);
    tree_.findNeighbors(results, point.Data(), {});
    Answer(found_, result);
  }

 private:
  const std::chrono::milliseconds ttl_;
  Cloud cloud_;
  absl::flat_hash_map<UserId, std::uint32_t> slots_;
  Tree tree_{
      3, cloud_, {kLeafSize, nanoflann::KDTreeSingleIndexAdaptorFlags::SkipInitialBuildIndex}};
  bool is_stale_ = false;
  std::vector<Found> found_;
};

}  // namespace

std::unique_ptr<Engine> MakeNanoflann(std::int64_t ttl_ms) {
  return std::make_unique<NanoflannEngine>(ttl_ms);
}

}  // namespace moyeo::bench
