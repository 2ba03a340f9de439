// moyeo's answers as Python's values.

#ifndef MOYEO_BINDINGS_PYTHON_ANSWERS_H_
#define MOYEO_BINDINGS_PYTHON_ANSWERS_H_

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <optional>
#include <span>

#include "growing_column.h"
#include "moyeo/presence.h"

namespace moyeo::python {

// Finds the classes that answers are made of. To be called once, before the other functions here.
void ImportAnswers();

// A list of moyeo.Neighbor.
pybind11::list ToList(std::span<const Neighbor> neighbors);

// An array of uint64.
pybind11::array_t<std::uint64_t> ToArray(std::span<const UserId> users);

// The fields of Presence, or None.
pybind11::object ToObject(const std::optional<Presence>& presence);

// applied, ignored, and for each refusal its index and an exception.
pybind11::tuple ToTuple(const MoveBatchResult& result);

// Answers to many questions as one column for each field. Collected without the GIL.
class NeighborColumns {
 public:
  // Adds the answers to further questions.
  void Append(const NearbyBatchResult& answers);

  // The fields of moyeo.NearbyBatchResult. Leaves nothing behind.
  pybind11::tuple Release();

 private:
  GrowingColumn<std::uint64_t> user_;
  GrowingColumn<double> lat_;
  GrowingColumn<double> lng_;
  GrowingColumn<double> distance_m_;
  GrowingColumn<std::int64_t> last_seen_;
  GrowingColumn<std::int64_t> offsets_;
};

}  // namespace moyeo::python

#endif  // MOYEO_BINDINGS_PYTHON_ANSWERS_H_
