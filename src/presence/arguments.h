// Arguments of the presence plane: what is checked of them, and how they are told inside.

#ifndef MOYEO_PRESENCE_ARGUMENTS_H_
#define MOYEO_PRESENCE_ARGUMENTS_H_

#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "moyeo/types.h"

namespace moyeo::presence {

inline absl::Status InvalidArgument(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(name, " ", why));
}

inline absl::Status CheckTime(absl::string_view name, Timestamp time) {
  if (time >= kMinTimestamp && time <= kMaxTimestamp) return absl::OkStatus();
  return InvalidArgument(name, absl::StrCat(time.time_since_epoch().count(),
                                            " ms is outside kMinTimestamp to kMaxTimestamp"));
}

inline absl::Status CheckRadius(double radius_m) {
  if (std::isfinite(radius_m) && radius_m >= 0) return absl::OkStatus();
  return InvalidArgument(
      "radius_m",
      absl::StrCat(radius_m, std::isfinite(radius_m) ? " is negative" : " is not a finite number"));
}

inline std::int64_t Millis(Timestamp time) { return time.time_since_epoch().count(); }

inline Timestamp FromMillis(std::int64_t ms) { return Timestamp(std::chrono::milliseconds(ms)); }

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_ARGUMENTS_H_
