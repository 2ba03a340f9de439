// Arguments at fault, and what the errors about them must say.

#ifndef MOYEO_TESTS_SUPPORT_FAULTS_H_
#define MOYEO_TESTS_SUPPORT_FAULTS_H_

#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <limits>

#include "moyeo/types.h"
#include "support/status.h"

namespace moyeo::testing {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

inline constexpr std::array<double, 6> kWrongLatitudes = {kNaN,      kInfinity, -kInfinity,
                                                          90.000001, -90.1,     1e300};
inline constexpr std::array<double, 6> kWrongLongitudes = {kNaN,       kInfinity, -kInfinity,
                                                           180.000001, -180.1,    -1e300};
inline constexpr std::array<double, 4> kWrongRadii = {kNaN, kInfinity, -kInfinity, -0.001};
inline constexpr std::array<Timestamp, 4> kWrongTimes = {
    kMinTimestamp - std::chrono::milliseconds(1), kMaxTimestamp + std::chrono::milliseconds(1),
    Timestamp::min(), Timestamp::max()};

inline auto IsWrongLatitude() { return IsInvalid("lat"); }

inline auto IsWrongLongitude() {
  return IsError(absl::StatusCode::kInvalidArgument,
                 ::testing::AnyOf(::testing::HasSubstr("lng"), ::testing::HasSubstr("longitude")));
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_FAULTS_H_
