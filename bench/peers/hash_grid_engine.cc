// What many applications write for themselves: a hash map from an S2 cell of about a kilometre to
// the users in it, and one from each user to their cell.
//
// A query looks at the cells around the centre, ring by ring, each twice as wide as the one before,
// until what is left lies farther away than what it has.

#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/engine.h"
#include "bench/peers/nearest.h"
#include "bench/peers/person.h"
#include "s2/s2cell_id.h"
#include "s2/s2metrics.h"

namespace moyeo::bench {
namespace {

constexpr int kLevel = 13;

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
    const double squared_radius = SquaredChordOf(question.radius_m);
    const double radius = std::sqrt(squared_radius);
    Nearest nearest(found_, question.limit, squared_radius);

    // Without a limit there is nothing to be gained from starting small.
    double reach = question.limit ? std::min(radius, cell_radius_) : radius;
    double searched = -1;
    while (Search({point, searched, reach + cell_radius_}, now, nearest)) {
      if (reach == radius) break;
      if (nearest.full() && nearest.bound() <= reach * reach) break;
      searched = reach + cell_radius_;
      reach = std::min(radius, 2 * reach);
    }

    Answer(found_, result);
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
  std::vector<Found> found_;
  std::vector<S2CellId> squares_;
};

}  // namespace

std::unique_ptr<Engine> MakeHashGrid(std::int64_t ttl_ms) {
  return std::make_unique<HashGridEngine>(ttl_ms);
}

}  // namespace moyeo::bench
