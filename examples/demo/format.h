// Quantities as people read them.

#ifndef MOYEO_EXAMPLES_DEMO_FORMAT_H_
#define MOYEO_EXAMPLES_DEMO_FORMAT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "moyeo/types.h"

namespace moyeo_demo {

// "1,000,000"
std::string FormatCount(std::uint64_t count);

// "5.12 M/s", "481 k/s", "7.25 /s"
std::string FormatRate(double per_second);

// "412 m", "3.42 km", "34.2 km", "1,204 km"
std::string FormatDistance(double meters);

// "8.3 µs"
std::string FormatMicroseconds(std::chrono::nanoseconds time);

// "61.2 MB"
std::string FormatMegabytes(std::size_t bytes);

// The direction in which one sets out from `from` to reach `to`: "N", "NE", "E" and so on.
std::string_view Compass(moyeo::LatLng from, moyeo::LatLng to);

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_FORMAT_H_
