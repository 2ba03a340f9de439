#include "spots.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace moyeo_demo {
namespace {

std::optional<moyeo::LatLng> ParseNumbers(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  moyeo::LatLng point;
  if (parts.size() != 2 || !absl::SimpleAtod(parts[0], &point.lat) ||
      !absl::SimpleAtod(parts[1], &point.lng)) {
    return std::nullopt;
  }
  return point;
}

}  // namespace

std::vector<Spot> UsualSpots() {
  return {
      {"Seoul", {37.5665, 126.9780}},
      {"Bering Strait", {65.75, -168.95}},
      {"South Pole", {-90, 0}},
      {"Mid-Pacific, where the equator meets the antimeridian", {0, 180}},
  };
}

absl::StatusOr<Spot> ParseSpot(std::span<const Place> places, const std::string& text) {
  if (const std::optional<moyeo::LatLng> point = ParseNumbers(text)) {
    const absl::StatusOr<moyeo::LatLng> center = moyeo::Canonical(*point);
    if (center.ok()) return Spot{"The point given", *center};
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not on the Earth: ", center.status().message()));
  }
  if (const Place* place = FindPlace(places, text)) return Spot{Label(*place), place->position};

  constexpr std::size_t kSuggestions = 5;
  const std::vector<const Place*> similar = SimilarPlaces(places, text, kSuggestions);
  const auto append_label = [](std::string* out, const Place* place) {
    absl::StrAppend(out, Label(*place));
  };
  return absl::NotFoundError(absl::StrCat(
      "there is no place called '", text, "'", similar.empty() ? "" : "; did you mean ",
      absl::StrJoin(similar, "; ", append_label), similar.empty() ? "" : "?"));
}

}  // namespace moyeo_demo
