#include "arguments.h"

#include <limits>
#include <string>
#include <string_view>

#include "errors.h"

namespace moyeo::python {
namespace {

namespace py = pybind11;

py::handle floating_class;
py::handle scalar_class;
py::handle masked_array_class;
py::handle visibility_class;
py::handle viewer_set_class;

template <typename T>
constexpr T kMost = std::numeric_limits<T>::max();

std::string TypeName(py::handle value) { return Py_TYPE(value.ptr())->tp_name; }

[[noreturn]] void RaiseType(const char* name, const std::string& expected,
                            const std::string& found) {
  throw py::type_error(std::string(name) + " must be " + expected + ", not " + found);
}

// Python writes no int of more than some thousand digits.
std::string Text(py::handle value) {
  try {
    return py::str(value).cast<std::string>();
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError)) throw;
    return "of too many digits to show";
  }
}

template <typename T>
[[noreturn]] void RaiseOutside(py::handle value, const char* name, T least, T most) {
  RaiseInvalidArgument(std::string(name) + " " + Text(value) + " is outside [" +
                       std::to_string(least) + ", " + std::to_string(most) + "]");
}

// An int of any size.
py::object ToIndex(py::handle value, const char* name, const char* expected) {
  PyObject* index = PyNumber_Index(value.ptr());
  if (index != nullptr) return py::reinterpret_steal<py::object>(index);
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw py::error_already_set();
  PyErr_Clear();
  RaiseType(name, expected, TypeName(value));
}

constexpr const char* kInt = "an int";
constexpr const char* kTime =
    "an int, UTC milliseconds since 1970 as in time.time_ns() // 1_000_000";

// The nearest that 64 bits hold.
std::int64_t Saturated(py::handle index) {
  int overflow = 0;
  const std::int64_t value = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
  if (overflow < 0) return std::numeric_limits<std::int64_t>::min();
  return overflow > 0 ? kMost<std::int64_t> : value;
}

std::optional<std::uint64_t> Unsigned(py::handle index) {
  const std::uint64_t value = PyLong_AsUnsignedLongLong(index.ptr());
  if (value != kMost<std::uint64_t> || !PyErr_Occurred()) return value;
  PyErr_Clear();  // negative or too large
  return std::nullopt;
}

std::uint32_t ToMask(py::handle value, const char* name) {
  return static_cast<std::uint32_t>(ToUnsigned(value, name, 0, kMost<std::uint32_t>));
}

// Whether `value` is one of NumPy's that Python takes for a float though it is none: an array of
// one element, a string, a complex number.
bool IsNoFloat(py::handle value) {
  if (py::isinstance<py::array>(value)) return true;
  if (py::isinstance(value, floating_class) || !py::isinstance(value, scalar_class)) return false;
  const auto kind = value.attr("dtype").attr("kind").cast<std::string>();
  return std::string_view("iu").find(kind) == std::string_view::npos;
}

constexpr std::int64_t Milliseconds(Timestamp time) { return time.time_since_epoch().count(); }

// The members have the numbers that they have in C++.
template <typename Enumeration>
Enumeration ToEnumeration(py::handle value, py::handle enumeration, const char* name,
                          const char* expected) {
  if (!py::isinstance(value, enumeration)) RaiseType(name, expected, TypeName(value));
  return Enumeration{value.attr("value").cast<std::uint8_t>()};
}

}  // namespace

void ImportArguments() {
  const py::module_ numpy = py::module_::import("numpy");
  const py::module_ visibility = py::module_::import("moyeo.visibility");
  // Never given back: NumPy and the package live as long as the process.
  floating_class = numpy.attr("floating").cast<py::object>().release();
  scalar_class = numpy.attr("generic").cast<py::object>().release();
  masked_array_class = numpy.attr("ma").attr("MaskedArray").cast<py::object>().release();
  visibility_class = visibility.attr("Visibility").cast<py::object>().release();
  viewer_set_class = visibility.attr("ViewerSet").cast<py::object>().release();
}

std::int64_t ToSigned(py::handle value, const char* name, std::int64_t least, std::int64_t most) {
  const std::int64_t number = Saturated(ToIndex(value, name, kInt));
  if (number < least || number > most) RaiseOutside(value, name, least, most);
  return number;
}

std::uint64_t ToUnsigned(py::handle value, const char* name, std::uint64_t least,
                         std::uint64_t most) {
  const std::optional<std::uint64_t> number = Unsigned(ToIndex(value, name, kInt));
  if (!number || *number < least || *number > most) RaiseOutside(value, name, least, most);
  return *number;
}

double ToDouble(py::handle value, const char* name) {
  if (PyFloat_Check(value.ptr())) return PyFloat_AS_DOUBLE(value.ptr());
  if (!PyLong_Check(value.ptr()) && IsNoFloat(value)) {
    RaiseType(name, "a float", TypeName(value));
  }
  const double number = PyFloat_AsDouble(value.ptr());
  if (number != -1 || !PyErr_Occurred()) return number;
  if (PyErr_ExceptionMatches(PyExc_OverflowError)) {
    PyErr_Clear();
    RaiseInvalidArgument(std::string(name) + " is an int too large for a float");
  }
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw py::error_already_set();
  PyErr_Clear();
  RaiseType(name, "a float", TypeName(value));
}

UserId ToUserId(py::handle value, const char* name, const char* expected) {
  const std::optional<std::uint64_t> number = Unsigned(ToIndex(value, name, expected));
  if (!number) RaiseOutside<std::uint64_t>(value, name, 0, kMost<std::uint64_t>);
  return UserId{*number};
}

LatLng ToLatLng(py::handle lat, py::handle lng) {
  return {.lat = ToDouble(lat, "lat"), .lng = ToDouble(lng, "lng")};
}

std::optional<std::uint32_t> ToAttributes(py::handle value) {
  if (value.is_none()) return std::nullopt;
  return ToMask(value, "attributes");
}

Timestamp ToTimestamp(py::handle value, const char* name) {
  const std::int64_t ms = Saturated(ToIndex(value, name, kTime));
  constexpr std::int64_t kLeastMs = Milliseconds(kMinTimestamp);
  constexpr std::int64_t kMostMs = Milliseconds(kMaxTimestamp);
  if (ms < kLeastMs || ms > kMostMs) RaiseOutside(value, name, kLeastMs, kMostMs);
  return Timestamp(std::chrono::milliseconds(ms));
}

Timestamp ToNearestTimestamp(py::handle value, const char* name) {
  return Timestamp(std::chrono::milliseconds(Saturated(ToIndex(value, name, kTime))));
}

AttributeFilter ToFilter(py::handle all_of, py::handle any_of, py::handle none_of) {
  return {.all_of = ToMask(all_of, "all_of"),
          .any_of = ToMask(any_of, "any_of"),
          .none_of = ToMask(none_of, "none_of")};
}

std::optional<UserId> ToViewer(py::handle value) {
  if (value.is_none()) return std::nullopt;
  return ToUserId(value, "viewer");
}

NearbyQuery ToQuery(py::handle radius_m, py::handle limit, py::handle all_of, py::handle any_of,
                    py::handle none_of, py::handle viewer) {
  NearbyQuery query{.radius_m = std::nullopt,
                    .limit = std::nullopt,
                    .filter = ToFilter(all_of, any_of, none_of),
                    .viewer = ToViewer(viewer)};
  if (!radius_m.is_none()) query.radius_m = ToDouble(radius_m, "radius_m");
  if (!limit.is_none()) {
    query.limit = ToUnsigned(limit, "limit", 1, kMost<std::size_t>);
  }
  return query;
}

Visibility ToVisibility(py::handle value, const char* name) {
  return ToEnumeration<Visibility>(value, visibility_class, name, "a moyeo.Visibility");
}

ViewerSet ToViewerSet(py::handle value) {
  return ToEnumeration<ViewerSet>(value, viewer_set_class, "set", "a moyeo.ViewerSet");
}

std::vector<UserId> ToMembers(py::handle value) {
  std::vector<UserId> members;
  if (py::isinstance<py::array>(value)) {
    const auto column = ToColumn<std::uint64_t>(value, "members");
    members.reserve(column.size());
    for (std::size_t i = 0; i < column.size(); ++i) members.push_back(UserId{column[i]});
    return members;
  }
  PyObject* const iterator = PyObject_GetIter(value.ptr());
  if (iterator == nullptr) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw py::error_already_set();
    PyErr_Clear();
    RaiseType("members", "a NumPy array of uint64, or an iterable of ints", TypeName(value));
  }
  for (const py::handle member : py::reinterpret_steal<py::iterator>(iterator)) {
    const std::string name = "members[" + std::to_string(members.size()) + "]";
    members.push_back(ToUserId(member, name.c_str()));
  }
  return members;
}

template <typename T>
Column<T> ToColumn(py::handle value, const char* name) {
  const auto expected = [] {
    return "a contiguous one-dimensional NumPy array of " +
           py::str(py::dtype::of<T>()).cast<std::string>();
  };
  if (!py::isinstance<py::array>(value)) RaiseType(name, expected(), TypeName(value));
  const auto array = py::reinterpret_borrow<py::array>(value);
  // Some of its elements are not meant.
  if (py::isinstance(array, masked_array_class)) RaiseType(name, expected(), TypeName(value));
  if (!py::isinstance<py::array_t<T>>(value)) {
    const auto dtype = py::str(array.dtype()).cast<std::string>();
    RaiseType(name, expected(), "of " + dtype + "; its astype makes a copy that is");
  }
  const auto raise = [&](const std::string& why) {
    RaiseInvalidArgument(std::string(name) + " must be " + expected() + ": " + why);
  };
  if (array.ndim() != 1) raise("it has " + std::to_string(array.ndim()) + " dimensions");
  if ((array.flags() & py::array::c_style) == 0) {
    raise("it is not contiguous; numpy.ascontiguousarray makes a copy that is");
  }
  return Column<T>(array);
}

template Column<std::uint64_t> ToColumn(py::handle value, const char* name);
template Column<std::uint32_t> ToColumn(py::handle value, const char* name);
template Column<double> ToColumn(py::handle value, const char* name);

void CheckLength(std::size_t size, const char* name, std::size_t other_size,
                 const char* other_name) {
  if (size == other_size) return;
  RaiseInvalidArgument(std::string(name) + " has " + std::to_string(size) + " elements, " +
                       other_name + " has " + std::to_string(other_size));
}

}  // namespace moyeo::python
