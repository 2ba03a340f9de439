// Python's values as moyeo's.
//
// A value of the wrong type raises TypeError, any other fault InvalidArgumentError; both name the
// argument and say what was expected. Nothing is converted that could lose anything.

#ifndef MOYEO_BINDINGS_PYTHON_ARGUMENTS_H_
#define MOYEO_BINDINGS_PYTHON_ARGUMENTS_H_

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::python {

// Finds the classes that are told apart. To be called once, before the other functions here.
void ImportArguments();

// An int in [least, most]; likewise anything with __index__, such as NumPy's integers.
std::int64_t ToSigned(pybind11::handle value, const char* name, std::int64_t least,
                      std::int64_t most);
std::uint64_t ToUnsigned(pybind11::handle value, const char* name, std::uint64_t least,
                         std::uint64_t most);

// A float, an int, a real number of NumPy's, or anything else with __float__; not finite ones too.
double ToDouble(pybind11::handle value, const char* name);

// `expected` is what is said to have been expected if `value` is of another type.
UserId ToUserId(pybind11::handle value, const char* name = "user", const char* expected = "an int");
LatLng ToLatLng(pybind11::handle lat, pybind11::handle lng);
std::optional<std::uint32_t> ToAttributes(pybind11::handle value);

// A valid time.
Timestamp ToTimestamp(pybind11::handle value, const char* name);
// The valid time that is nearest to `value`.
Timestamp ToNearestTimestamp(pybind11::handle value, const char* name);

AttributeFilter ToFilter(pybind11::handle all_of, pybind11::handle any_of,
                         pybind11::handle none_of);
// None is a stranger.
std::optional<UserId> ToViewer(pybind11::handle value);

NearbyQuery ToQuery(pybind11::handle radius_m, pybind11::handle limit, pybind11::handle all_of,
                    pybind11::handle any_of, pybind11::handle none_of, pybind11::handle viewer);

// A member of the enumeration of moyeo/visibility.py, and nothing else: no int passes for one.
Visibility ToVisibility(pybind11::handle value, const char* name);
ViewerSet ToViewerSet(pybind11::handle value);

// A one-dimensional, contiguous array of `std::uint64_t`, or what can be iterated over and yields
// ints.
std::vector<UserId> ToMembers(pybind11::handle value);

// The elements of a NumPy array, which it keeps alive. They are read where they lie, without the
// GIL too. Another thread may write to them meanwhile: read each once.
template <typename T>
class Column {
 public:
  // REQUIRES: `array` has one dimension, is contiguous and holds Ts.
  explicit Column(pybind11::array array)
      : array_(std::move(array)),
        bytes_(static_cast<const std::byte*>(array_.data())),
        size_(static_cast<std::size_t>(array_.size())) {}

  std::size_t size() const { return size_; }

  // An array may begin at any address.
  T operator[](std::size_t i) const {
    T value;
    std::memcpy(&value, bytes_ + i * sizeof(T), sizeof(T));
    return value;
  }

 private:
  pybind11::array array_;
  const std::byte* bytes_;
  std::size_t size_;
};

// A one-dimensional, contiguous array of `std::uint64_t`, `std::uint32_t` or `double`.
template <typename T>
Column<T> ToColumn(pybind11::handle value, const char* name);

// Raises unless the array `name`, of `size` elements, is as long as another.
void CheckLength(std::size_t size, const char* name, std::size_t other_size,
                 const char* other_name);

}  // namespace moyeo::python

#endif  // MOYEO_BINDINGS_PYTHON_ARGUMENTS_H_
