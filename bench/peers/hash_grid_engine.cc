// What many applications write for themselves: a hash map from an S2 cell of about a kilometre to
// the users in it, and one from each user to their cell.
//
// A query looks at the cells around the centre, ring by ring, each twice as wide as the one before,
// until what is left lies farther away than what it has.

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/e7.h"
#include "bench/peers/engine.h"
#include "s2/s1angle.h"
#include "s2/s1chord_angle.h"
#include "s2/s2cell_id.h"
#include "s2/s2latlng.h"
#include "s2/s2metrics.h"

namespace moyeo::bench {
namespace {

constexpr int kLevel = 13;

S2Point ToPoint(LatLng position) {
  return S2LatLng::FromDegrees(position.lat, position.lng).ToPoint();
}

// Distances are lengths of chords between unit vectors: no trigonometry, and still a metric.
double Chord(const S2Point& a, const S2Point& b) { return (a - b).Norm(); }

// Infinite for no radius.
double ChordOf(std::optional<double> radius_m) {
  if (!radius_m) return std::numeric_limits<double>::infinity();
  return std::sqrt(S1ChordAngle(S1Angle::Radians(*radius_m / kEarthRadiusMeters)).length2());
}

double AngleOf(double chord) { return 2 * std::asin(std::min(1.0, chord / 2)); }

struct Person {
  S2Point point;
  UserId user;
  Timestamp last_seen;
  E7 position;
};

// The nearest `limit` of those who are offered.
class Nearest {
 public:
  // `found` is where they are kept; its memory is reused.
  struct Found {
    double squared_chord;
    const Person* person;

    friend bool operator<(const Found& a, const Found& b) {
      if (a.squared_chord != b.squared_chord) return a.squared_chord < b.squared_chord;
      return a.person->user < b.person->user;
    }
  };

  Nearest(std::vector<Found>& found, std::optional<std::size_t> limit, double max_squared_chord)
      : found_(found), limit_(limit), bound_(max_squared_chord) {
    found_.clear();
  }

  // Nobody farther away than this is of interest any more.
  double bound() const { return bound_; }

  bool full() const { return found_.size() == limit_; }

  // REQUIRES: squared_chord <= bound()
  void Offer(double squared_chord, const Person& person) {
    found_.push_back({squared_chord, &person});
    if (!limit_ || found_.size() < *limit_) return;
    if (found_.size() == *limit_) {
      std::make_heap(found_.begin(), found_.end());
    } else {
      std::push_heap(found_.begin(), found_.end());
      std::pop_heap(found_.begin(), found_.end());
      found_.pop_back();
    }
    bound_ = found_.front().squared_chord;
  }

 private:
  std::vector<Found>& found_;
  const std::optional<std::size_t> limit_;
  double bound_;
};

class HashGridEngine final : public Engine {
 public:
  explicit HashGridEngine(std::int64_t ttl_ms) : ttl_(ttl_ms) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    const Person person{ToPoint(position), user, seen, ToE7(position)};
    const S2CellId cell = S2CellId(person.point).parent(kLevel);
    const auto [held, inserted] = places_.try_emplace(user);
    if (!inserted && held->second.cell == cell) {
      cells_.find(cell)->second.people[held->second.index] = person;
      return;
    }
    if (!inserted) TakeOut(held->second);
    held->second = PutIn(cell, person);
  }

  void Remove(UserId user) override {
    const auto held = places_.find(user);
    TakeOut(held->second);
    places_.erase(held);
  }

  void Nearby(LatLng center, const Question& question, Timestamp now,
              std::vector<Neighbor>& result) override {
    const S2Point point = ToPoint(center);
    const double radius = ChordOf(question.radius_m);
    Nearest nearest(found_, question.limit, radius * radius);

    // Without a limit there is nothing to be gained from starting small.
    double reach = question.limit ? std::min(radius, cell_radius_) : radius;
    double searched = -1;
    while (Search({point, searched, reach + cell_radius_}, now, nearest)) {
      if (reach == radius) break;
      if (nearest.full() && nearest.bound() <= reach * reach) break;
      searched = reach + cell_radius_;
      reach = std::min(radius, 2 * reach);
    }

    std::sort(found_.begin(), found_.end());
    result.clear();
    for (const Nearest::Found& found : found_) {
      result.push_back({.user = found.person->user,
                        .position = ToDegrees(found.person->position),
                        .distance_m = AngleOf(std::sqrt(found.squared_chord)) * kEarthRadiusMeters,
                        .last_seen = found.person->last_seen});
    }
  }

 private:
  struct Cell {
    S2Point center;
    std::vector<Person> people;
  };

  struct Place {
    S2CellId cell;
    std::uint32_t index;  // in the cell's people
  };

  Place PutIn(S2CellId id, const Person& person) {
    Cell& cell = cells_[id];
    if (cell.people.empty()) cell.center = id.ToPoint();
    cell.people.push_back(person);
    return {id, static_cast<std::uint32_t>(cell.people.size() - 1)};
  }

  void TakeOut(Place place) {
    const auto held = cells_.find(place.cell);
    std::vector<Person>& people = held->second.people;
    if (place.index + 1 < people.size()) {
      people[place.index] = people.back();
      places_.find(people[place.index].user)->second.index = place.index;
    }
    people.pop_back();
    if (people.empty()) cells_.erase(held);
  }

  // What is farther from `center` than `inner` and at most as far as `outer`, in chords.
  struct Ring {
    S2Point center;
    double inner;
    double outer;
  };

  // Offers the people of all cells whose centre lies in `ring`. False if it has come to those
  // outside as well, because it was less work to go through all cells there are.
  bool Search(const Ring& ring, Timestamp now, Nearest& nearest) {
    const int level = S2::kMinWidth.GetLevelForMinValue(AngleOf(ring.outer)) - 1;
    const double cells_within = M_PI * ring.outer * ring.outer / S2::kAvgArea.GetValue(kLevel);
    if (level < 0 || cells_within > static_cast<double>(cells_.size())) {
      for (const auto& [id, cell] : cells_) {
        if (Chord(ring.center, cell.center) > ring.inner) Scan(cell, ring.center, now, nearest);
      }
      return false;
    }
    // The squares round the corner that is nearest to the centre contain the whole disc.
    squares_.clear();
    S2CellId(ring.center).AppendVertexNeighbors(std::min(level, kLevel), &squares_);
    for (const S2CellId square : squares_) SearchSquare(square, ring, now, nearest);
    return true;
  }

  void SearchSquare(S2CellId square, const Ring& ring, Timestamp now, Nearest& nearest) const {
    if (square.level() == kLevel) {
      const auto cell = cells_.find(square);
      if (cell == cells_.end()) return;
      const double distance = Chord(ring.center, cell->second.center);
      if (distance <= ring.inner || distance > ring.outer) return;
      Scan(cell->second, ring.center, now, nearest);
      return;
    }
    const double distance = Chord(ring.center, square.ToPoint());
    const double half_diagonal = S2::kMaxDiag.GetValue(square.level()) / 2;
    if (distance + half_diagonal <= ring.inner || distance - half_diagonal > ring.outer) return;
    for (int i = 0; i < 4; ++i) SearchSquare(square.child(i), ring, now, nearest);
  }

  void Scan(const Cell& cell, const S2Point& center, Timestamp now, Nearest& nearest) const {
    // |a - b| <= |a - c| + |c - b|: beyond this nobody in the cell is near enough.
    const double far = std::sqrt(nearest.bound()) + cell_radius_;
    if ((center - cell.center).Norm2() > far * far) return;
    for (const Person& person : cell.people) {
      const double squared_chord = (center - person.point).Norm2();
      if (squared_chord > nearest.bound() || person.last_seen + ttl_ <= now) continue;
      nearest.Offer(squared_chord, person);
    }
  }

  const std::chrono::milliseconds ttl_;
  // How far a cell reaches from its centre.
  const double cell_radius_ = S2::kMaxDiag.GetValue(kLevel) / 2;

  absl::flat_hash_map<S2CellId, Cell> cells_;
  absl::flat_hash_map<UserId, Place> places_;
  std::vector<Nearest::Found> found_;
  std::vector<S2CellId> squares_;
};

}  // namespace

std::unique_ptr<Engine> MakeHashGrid(std::int64_t ttl_ms) {
  return std::make_unique<HashGridEngine>(ttl_ms);
}

}  // namespace moyeo::bench
