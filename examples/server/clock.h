// The time.

#ifndef MOYEO_EXAMPLES_SERVER_CLOCK_H_
#define MOYEO_EXAMPLES_SERVER_CLOCK_H_

#include <chrono>

#include "moyeo/types.h"

namespace moyeo::server {

inline Timestamp Now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_CLOCK_H_
