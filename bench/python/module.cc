// The module moyeo_bench: the crowd of the other benchmarks for Python's, and moyeo from C++,
// without the Python package between.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/support/crowd.h"
#include "bench/support/machine.h"
#include "bench/support/places.h"
#include "bench/support/random.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::bench {
namespace {

namespace py = pybind11;

using Ids = py::array_t<std::uint64_t>;
using Degrees = py::array_t<double>;

Timestamp ToTimestamp(std::int64_t ms) { return Timestamp(std::chrono::milliseconds(ms)); }

// An engine that refuses work would measure well.
void CheckOk(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error("moyeo refused: " + std::string(status.message()));
}

std::vector<UserId> ToUsers(const Ids& ids) {
  std::vector<UserId> users;
  users.reserve(static_cast<std::size_t>(ids.size()));
  for (py::ssize_t i = 0; i < ids.size(); ++i) users.push_back(UserId{ids.at(i)});
  return users;
}

std::vector<LatLng> ToPositions(const Degrees& lat, const Degrees& lng) {
  std::vector<LatLng> positions;
  positions.reserve(static_cast<std::size_t>(lat.size()));
  for (py::ssize_t i = 0; i < lat.size(); ++i) positions.push_back({lat.at(i), lng.at(i)});
  return positions;
}

template <typename T, typename Item, typename Get>
py::array_t<T> ToArray(std::span<const Item> items, Get get) {
  py::array_t<T> array(static_cast<py::ssize_t>(items.size()));
  T* const values = array.mutable_data();
  for (std::size_t i = 0; i < items.size(); ++i) values[i] = get(items[i]);
  return array;
}

py::tuple ToColumns(std::span<const LatLng> positions) {
  return py::make_tuple(ToArray<double>(positions, [](LatLng p) { return p.lat; }),
                        ToArray<double>(positions, [](LatLng p) { return p.lng; }));
}

// Those who live in the cities of the other benchmarks.
class People {
 public:
  People(std::size_t size, std::uint64_t seed)
      : crowd_(size, Distribution::kCity, seed), steps_(seed + 1) {
    crowd_.ForEachBatch([&](auto users, auto positions, Timestamp) {
      users_.insert(users_.end(), users.begin(), users.end());
      positions_.insert(positions_.end(), positions.begin(), positions.end());
    });
  }

  py::array_t<std::uint64_t> Users() const {
    return ToArray<std::uint64_t>(std::span(users_),
                                  [](moyeo::UserId user) { return moyeo::ToNumber(user); });
  }
  py::tuple Positions() const { return ToColumns(positions_); }

  // Everybody goes 0 to 30 m.
  void EverybodySteps() {
    for (LatLng& position : positions_) Step(position);
  }

  // A random person goes 0 to 30 m, `count` times. The row of each, and where they are then.
  py::tuple SomebodySteps(std::size_t count) {
    py::array_t<std::int64_t> rows(static_cast<py::ssize_t>(count));
    std::vector<LatLng> moved;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = steps_.Below(positions_.size());
      Step(positions_[row]);
      rows.mutable_at(static_cast<py::ssize_t>(i)) = static_cast<std::int64_t>(row);
      moved.push_back(positions_[row]);
    }
    return py::make_tuple(rows, ToColumns(moved));
  }

  // `count` places distributed like the people.
  py::tuple Places(std::size_t count) { return ToColumns(crowd_.DrawPlaces(count)); }

 private:
  void Step(LatLng& position) {
    constexpr double kMaxStepMeters = 30;
    const double bearing = steps_.Bearing();
    position = Travel(position, bearing, steps_.Uniform(0, kMaxStepMeters));
  }

  Crowd crowd_;
  Random steps_;
  std::vector<UserId> users_;
  std::vector<LatLng> positions_;
};

// moyeo as a C++ program would call it. What such a program has at hand, its arguments in its own
// form and a result whose memory is used again, is staged beforehand.
class MoyeoCpp {
 public:
  MoyeoCpp(std::int64_t ttl_ms, double radius_m, std::size_t limit)
      : index_({.ttl_ms = ttl_ms}), query_{.radius_m = radius_m, .limit = limit, .filter = {}} {}

  void StageMoves(const Ids& user, const Degrees& lat, const Degrees& lng) {
    users_ = ToUsers(user);
    positions_ = ToPositions(lat, lng);
  }
  void StageQuestions(const Degrees& lat, const Degrees& lng) { centers_ = ToPositions(lat, lng); }

  void MoveBatch(std::int64_t seen) {
    const auto moved = index_.MoveBatch(users_, positions_, ToTimestamp(seen));
    CheckOk(moved.status());
    for (const MoveBatchResult::Refusal& refusal : moved->refusals) CheckOk(refusal.why);
  }

  void NearbyBatch(std::int64_t now) {
    CheckOk(index_.NearbyBatch(centers_, query_, ToTimestamp(now), answers_));
  }

  // Each staged move, and each time a staged question.
  void Stream(std::int64_t seen, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      CheckOk(index_.Move(users_[i], positions_[i], ToTimestamp(seen)));
      CheckOk(index_.Nearby(centers_[i], query_, ToTimestamp(seen), answer_));
    }
  }

  // What NearbyBatch has found: the columns of moyeo.NearbyBatchResult.
  py::tuple Answers() const {
    const std::span<const Neighbor> all(answers_.neighbors);
    return py::make_tuple(
        ToArray<std::uint64_t>(all, [](const Neighbor& n) { return ToNumber(n.user); }),
        ToArray<double>(all, [](const Neighbor& n) { return n.position.lat; }),
        ToArray<double>(all, [](const Neighbor& n) { return n.position.lng; }),
        ToArray<double>(all, [](const Neighbor& n) { return n.distance_m; }),
        ToArray<std::int64_t>(
            all, [](const Neighbor& n) { return n.last_seen.time_since_epoch().count(); }),
        ToArray<std::int64_t>(std::span<const std::size_t>(answers_.offsets),
                              [](std::size_t at) { return static_cast<std::int64_t>(at); }));
  }

  std::size_t Bytes() const { return index_.MemoryUsage().total(); }

 private:
  PresenceIndex index_;
  NearbyQuery query_;
  std::vector<UserId> users_;
  std::vector<LatLng> positions_;
  std::vector<LatLng> centers_;
  NearbyBatchResult answers_;
  std::vector<Neighbor> answer_;
};

}  // namespace
}  // namespace moyeo::bench

PYBIND11_MODULE(moyeo_bench, module) {
  namespace py = pybind11;
  using moyeo::bench::MoyeoCpp;
  using moyeo::bench::People;

  module.def("describe_machine", &moyeo::bench::DescribeMachine);

  py::class_<People>(module, "People")
      .def(py::init<std::size_t, std::uint64_t>())
      .def("users", &People::Users)
      .def("positions", &People::Positions)
      .def("everybody_steps", &People::EverybodySteps)
      .def("somebody_steps", &People::SomebodySteps)
      .def("places", &People::Places);

  py::class_<MoyeoCpp>(module, "MoyeoCpp")
      .def(py::init<std::int64_t, double, std::size_t>())
      .def("stage_moves", &MoyeoCpp::StageMoves)
      .def("stage_questions", &MoyeoCpp::StageQuestions)
      .def("move_batch", &MoyeoCpp::MoveBatch)
      .def("nearby_batch", &MoyeoCpp::NearbyBatch)
      .def("stream", &MoyeoCpp::Stream)
      .def("answers", &MoyeoCpp::Answers)
      .def("bytes", &MoyeoCpp::Bytes);
}
