// What goes wrong, as the exceptions of moyeo/errors.py.

#ifndef MOYEO_BINDINGS_PYTHON_ERRORS_H_
#define MOYEO_BINDINGS_PYTHON_ERRORS_H_

#include <pybind11/pybind11.h>

#include <string>

#include "absl/status/status.h"

namespace moyeo::python {

// An instance of the exception class for the code of `status`, with its message.
//
// REQUIRES: !status.ok()
pybind11::object ToException(const absl::Status& status);

// Raises it.
[[noreturn]] void Raise(const absl::Status& status);

[[noreturn]] void RaiseInvalidArgument(const std::string& message);

inline void RaiseUnlessOk(const absl::Status& status) {
  if (!status.ok()) Raise(status);
}

}  // namespace moyeo::python

#endif  // MOYEO_BINDINGS_PYTHON_ERRORS_H_
