#include "format.h"

#include <array>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace moyeo_demo {
namespace {

// "5.12", "51.2", "512"
std::string ThreeDigits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f", decimals, value);
}

}  // namespace

std::string FormatCount(std::uint64_t count) {
  std::string text = absl::StrCat(count);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string FormatRate(double per_second) {
  if (per_second >= 999'500) return absl::StrCat(ThreeDigits(per_second / 1e6), " M/s");
  if (per_second >= 999.5) return absl::StrCat(ThreeDigits(per_second / 1e3), " k/s");
  return absl::StrCat(ThreeDigits(per_second), " /s");
}

std::string FormatDistance(double meters) {
  if (meters < 999.5) return absl::StrFormat("%.0f m", meters);
  if (meters < 999'500) return absl::StrCat(ThreeDigits(meters / 1e3), " km");
  return absl::StrCat(FormatCount(static_cast<std::uint64_t>(std::llround(meters / 1e3))), " km");
}

std::string FormatMicroseconds(std::chrono::nanoseconds time) {
  return absl::StrFormat("%.1f µs", std::chrono::duration<double, std::micro>(time).count());
}

std::string FormatMegabytes(std::size_t bytes) {
  return absl::StrFormat("%.1f MB", static_cast<double>(bytes) / 1e6);
}

std::string_view Compass(moyeo::LatLng from, moyeo::LatLng to) {
  static constexpr std::array<std::string_view, 8> kWinds = {"N", "NE", "E", "SE",
                                                             "S", "SW", "W", "NW"};
  // Every way from a pole leads to the other one, whichever meridian the pole is said to be on.
  if (from.lat == 90) return "S";
  if (from.lat == -90) return "N";

  constexpr double kRadians = std::numbers::pi / 180;
  const double lat1 = from.lat * kRadians;
  const double lat2 = to.lat * kRadians;
  const double east = (to.lng - from.lng) * kRadians;
  const double bearing = std::atan2(
      std::sin(east) * std::cos(lat2),
      std::cos(lat1) * std::sin(lat2) - std::sin(lat1) * std::cos(lat2) * std::cos(east));
  const auto eighth = static_cast<std::size_t>(8 + std::lround(bearing / (std::numbers::pi / 4)));
  return kWinds[eighth % kWinds.size()];
}

}  // namespace moyeo_demo
