#include "errors.h"

namespace moyeo::python {
namespace {

namespace py = pybind11;

const char* ClassOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return "InvalidArgumentError";
    case absl::StatusCode::kNotFound:
      return "NotFoundError";
    case absl::StatusCode::kResourceExhausted:
      return "ResourceExhaustedError";
    default:  // nothing that the headers speak of
      return "MoyeoError";
  }
}

}  // namespace

py::object ToException(const absl::Status& status) {
  const py::object error_class = py::module_::import("moyeo.errors").attr(ClassOf(status.code()));
  return error_class(std::string(status.message()));
}

void Raise(const absl::Status& status) {
  const py::object error = ToException(status);
  PyErr_SetObject(py::type::handle_of(error).ptr(), error.ptr());
  throw py::error_already_set();
}

void RaiseInvalidArgument(const std::string& message) {
  Raise(absl::InvalidArgumentError(message));
}

}  // namespace moyeo::python
