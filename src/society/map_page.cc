// Meetups on the map, nearest first.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "society/page_cursor.h"
#include "society/queries.h"
#include "society/society.h"
#include "society/thread_search.h"
#include "spatial/search.h"

namespace moyeo::society {
namespace {

using spatial::Hit;
using spatial::Position;

// A circle to search, and what of it belongs to the area.
struct Zone {
  Position center;
  double radius_m = 0;

  // Where the area is a box: its south-west corner and how far it goes from there, in units.
  bool is_box = false;
  std::int64_t south = 0;
  std::int64_t north = 0;
  std::int64_t west = 0;
  std::int64_t width = 0;

  bool Contains(Position p) const {
    if (!is_box) return true;
    const std::int64_t eastward = (p.lng - west + 2 * spatial::kFullTurn) % spatial::kFullTurn;
    return p.lat >= south && p.lat <= north && eastward <= width;
  }
};

absl::StatusOr<Zone> ZoneOf(const MapCircle& circle) {
  const std::optional<Position> center = spatial::ToPosition(circle.center);
  if (!center) return spatial::WhyInvalid(circle.center);
  if (!std::isfinite(circle.radius_m) || circle.radius_m < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("radius_m ", circle.radius_m, " is not a finite number from 0 on"));
  }
  return Zone{.center = *center, .radius_m = circle.radius_m};
}

absl::StatusOr<Zone> ZoneOf(const MapBox& box) {
  const std::optional<Position> south_west = spatial::ToPosition({box.south, box.west});
  if (!south_west) return spatial::WhyInvalid({box.south, box.west});
  const std::optional<Position> north_east = spatial::ToPosition({box.north, box.east});
  if (!north_east) return spatial::WhyInvalid({box.north, box.east});
  if (box.south > box.north) return absl::InvalidArgumentError("south is north of north");

  Zone zone{.center = {},
            .radius_m = 0,
            .is_box = true,
            .south = south_west->lat,
            .north = north_east->lat,
            .west = south_west->lng};
  // From a meridian to itself: canonical positions do not tell all round from no way at all.
  const bool is_all_round = north_east->lng == south_west->lng && box.east - box.west > 180;
  zone.width = is_all_round
                   ? spatial::kFullTurn
                   : (north_east->lng - zone.west + spatial::kFullTurn) % spatial::kFullTurn;
  const std::int64_t middle = zone.west + zone.width / 2;
  zone.center = {.lat = static_cast<std::int32_t>((zone.south + zone.north) / 2),
                 .lng = static_cast<std::int32_t>(
                     middle >= spatial::kHalfTurn ? middle - spatial::kFullTurn : middle)};
  // No way is shorter than the great circle, nor the one along a meridian and then a parallel.
  const std::int64_t least_lat =
      zone.south <= 0 && zone.north >= 0 ? 0 : std::min(std::abs(zone.south), std::abs(zone.north));
  const double widest = std::cos(static_cast<double>(least_lat) * spatial::kRadiansPerUnit);
  const double units = static_cast<double>(zone.north - zone.south) / 2 + 1 +
                       widest * (static_cast<double>(zone.width) / 2 + 1);
  zone.radius_m = kEarthRadiusMeters * spatial::kRadiansPerUnit * units + 1;
  return zone;
}

// A distance is not negative, so that its bits are in its order.
PageCursor CursorAt(const Hit& hit) {
  return {.major = std::bit_cast<std::uint64_t>(hit.distance_m), .minor = hit.id};
}

bool IsAfter(const Hit& hit, const PageCursor& cursor) {
  const PageCursor at = CursorAt(hit);
  return at.major != cursor.major ? at.major > cursor.major : at.minor > cursor.minor;
}

}  // namespace

absl::StatusOr<Page<MeetupSummary>> Society::MeetupsOnMap(std::optional<UserId> viewer_id,
                                                          const MapArea& area,
                                                          const PageRequest& request) const {
  const absl::StatusOr<const User*> viewer = FindViewer(*machine_, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<Zone> zone = std::visit([](const auto& in) { return ZoneOf(in); }, area);
  if (!zone.ok()) return zone.status();
  const auto begin = Begin(ListKind::kMap, request);
  if (!begin.ok()) return begin.status();

  // Also of cursors that were made up, and are no distance at all.
  const bool is_beyond = *begin && (*begin)->major > std::bit_cast<std::uint64_t>(zone->radius_m);
  if (is_beyond) return PageWriter<MeetupSummary>(ListKind::kMap, request).Take();
  const double from_m = *begin ? std::bit_cast<double>((*begin)->major) : 0;

  const spatial::ItemTree& tree = machine_->listing().map();
  ThreadSearch search;
  // Some of the nearest may be outside the area, or hidden: then more of them are needed.
  for (std::size_t nearest = 2 * (request.limit + 1);; nearest *= 4) {
    search->FindNearest(tree, zone->center, zone->radius_m, nearest, {}, from_m);
    const std::span<const Hit> hits = search->Hits();
    const bool are_all = hits.size() < nearest;
    std::vector<MeetupId> likely;
    for (const Hit& hit : hits.first(std::min(hits.size(), 2 * request.limit))) {
      if (zone->Contains(hit.position)) likely.push_back(MeetupId{hit.id});
    }
    machine_->Prefetch(likely);
    PageWriter<MeetupSummary> page(ListKind::kMap, request);
    bool is_full = false;
    for (const Hit& hit : hits) {
      if (*begin && !IsAfter(hit, **begin)) continue;
      is_full = !page.MayLookAt(CursorAt(hit));
      if (is_full) break;
      if (!zone->Contains(hit.position)) continue;
      const Meetup& meetup = *machine_->Find(MeetupId{hit.id});
      if (IsHidden(*viewer, meetup.host)) continue;
      MeetupSummary summary = Summarize(*machine_, *viewer, meetup);
      summary.distance_m = hit.distance_m;
      page.Show(std::move(summary));
    }
    if (is_full || are_all) return page.Take();
  }
}

}  // namespace moyeo::society
