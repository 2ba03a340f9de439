#include "answers.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "errors.h"

namespace moyeo::python {
namespace {

namespace py = pybind11;

PyTypeObject* neighbor_class = nullptr;

std::int64_t Milliseconds(Timestamp time) { return time.time_since_epoch().count(); }

// moyeo.Neighbor is a NamedTuple, whose constructor is written in Python and takes longer than the
// search. This is what it comes to.
py::object ToObject(const Neighbor& neighbor) {
  auto object = py::reinterpret_steal<py::object>(neighbor_class->tp_alloc(neighbor_class, 5));
  if (!object) throw py::error_already_set();
  Py_ssize_t field = 0;
  const auto set = [&](PyObject* value) {
    if (value == nullptr) throw py::error_already_set();
    PyTuple_SET_ITEM(object.ptr(), field++, value);
  };
  set(PyLong_FromUnsignedLongLong(ToNumber(neighbor.user)));
  set(PyFloat_FromDouble(neighbor.position.lat));
  set(PyFloat_FromDouble(neighbor.position.lng));
  set(PyFloat_FromDouble(neighbor.distance_m));
  set(PyLong_FromLongLong(Milliseconds(neighbor.last_seen)));
  return object;
}

template <typename T>
py::array_t<T> ToArray(GrowingColumn<T>& column) {
  const std::size_t size = column.size();
  if (size == 0) return py::array_t<T>(0);
  typename GrowingColumn<T>::Memory memory = column.Release();
  const py::capsule owner(memory.get(), std::free);
  return py::array_t<T>(size, memory.release(), owner);
}

}  // namespace

void ImportAnswers() {
  // Never given back: a class of the package lives as long as the process.
  const py::object neighbor = py::module_::import("moyeo.results").attr("Neighbor");
  neighbor_class = reinterpret_cast<PyTypeObject*>(neighbor.inc_ref().ptr());
}

py::list ToList(std::span<const Neighbor> neighbors) {
  py::list list(neighbors.size());
  for (std::size_t i = 0; i < neighbors.size(); ++i) {
    PyList_SET_ITEM(list.ptr(), static_cast<Py_ssize_t>(i), ToObject(neighbors[i]).release().ptr());
  }
  return list;
}

py::array_t<std::uint64_t> ToArray(std::span<const UserId> users) {
  py::array_t<std::uint64_t> array(static_cast<py::ssize_t>(users.size()));
  std::ranges::transform(users, array.mutable_data(), [](UserId user) { return ToNumber(user); });
  return array;
}

py::object ToObject(const std::optional<Presence>& presence) {
  if (!presence) return py::none();
  return py::make_tuple(presence->position.lat, presence->position.lng,
                        Milliseconds(presence->last_seen), presence->attributes);
}

py::tuple ToTuple(const MoveBatchResult& result) {
  py::list refusals(result.refusals.size());
  for (std::size_t i = 0; i < result.refusals.size(); ++i) {
    const MoveBatchResult::Refusal& refusal = result.refusals[i];
    refusals[i] = py::make_tuple(refusal.index, ToException(refusal.why));
  }
  return py::make_tuple(result.applied, result.ignored, refusals);
}

void NeighborColumns::Append(const NearbyBatchResult& answers) {
  const auto before = static_cast<std::int64_t>(user_.size());
  if (offsets_.size() == 0) *offsets_.Extend(1) = 0;
  std::int64_t* const ends = offsets_.Extend(answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ends[i] = before + static_cast<std::int64_t>(answers.offsets[i + 1]);
  }

  const std::size_t count = answers.neighbors.size();
  std::uint64_t* const user = user_.Extend(count);
  double* const lat = lat_.Extend(count);
  double* const lng = lng_.Extend(count);
  double* const distance_m = distance_m_.Extend(count);
  std::int64_t* const last_seen = last_seen_.Extend(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Neighbor& neighbor = answers.neighbors[i];
    user[i] = ToNumber(neighbor.user);
    lat[i] = neighbor.position.lat;
    lng[i] = neighbor.position.lng;
    distance_m[i] = neighbor.distance_m;
    last_seen[i] = Milliseconds(neighbor.last_seen);
  }
}

py::tuple NeighborColumns::Release() {
  return py::make_tuple(ToArray(user_), ToArray(lat_), ToArray(lng_), ToArray(distance_m_),
                        ToArray(last_seen_), ToArray(offsets_));
}

}  // namespace moyeo::python
