#include "moyeo/clusters.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "presence/arguments.h"
#include "presence/presence_index_impl.h"
#include "presence/viewer_sets.h"
#include "spatial/box.h"
#include "spatial/cell_counts.h"
#include "spatial/position.h"

namespace moyeo {
inline namespace v0 {
namespace {

using presence::CheckTime;
using presence::InvalidArgument;
using presence::Population;
using presence::ViewerSets;
using spatial::Box;
using spatial::CellCounts;
using spatial::Position;

constexpr std::size_t kFewestCells = 6;  // as many as level 0 has

absl::Status CheckCorner(absl::string_view name, LatLng corner) {
  if (spatial::ToPosition(corner)) return absl::OkStatus();
  return InvalidArgument(absl::StrCat(name, ":"), spatial::WhyInvalid(corner).message());
}

// One, or two if it crosses the antimeridian.
std::vector<Box> BoxesOf(LatLng south_west, LatLng north_east) {
  Position from = *spatial::ToPosition(south_west);
  Position to = *spatial::ToPosition(north_east);
  const std::int32_t first = -static_cast<std::int32_t>(spatial::kHalfTurn);
  const auto last = static_cast<std::int32_t>(spatial::kHalfTurn - 1);
  // Both may be names of the last meridian. Then it goes all the way round, or is that alone.
  if (from.lng == first && to.lng == first && south_west.lng < 0 && north_east.lng > 0) {
    to.lng = last;
  }
  if (from.lng <= to.lng) return {{spatial::ToGrid(from), spatial::ToGrid(to)}};
  return {{spatial::ToGrid(from), spatial::ToGrid({to.lat, last})},
          {spatial::ToGrid({from.lat, first}), spatial::ToGrid(to)}};
}

}  // namespace

absl::Status ClusterQuery::Validate() const {
  if (absl::Status status = CheckCorner("south_west", south_west); !status.ok()) return status;
  if (absl::Status status = CheckCorner("north_east", north_east); !status.ok()) return status;
  if (south_west.lat > north_east.lat) {
    return InvalidArgument("south_west", "is north of north_east");
  }
  if (level < 0 || level > kMaxLevel) {
    return InvalidArgument("level", absl::StrCat(level, " is outside [0, ", kMaxLevel, "]"));
  }
  if (max_cells < kFewestCells || max_cells > kMaxCellsLimit) {
    return InvalidArgument("max_cells", absl::StrCat(max_cells, " is outside [", kFewestCells, ", ",
                                                     kMaxCellsLimit, "]"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ClusterAnswer> FindClusters(const PresenceIndex& index, const ClusterQuery& query,
                                           Timestamp now) {
  if (absl::Status status = query.Validate(); !status.ok()) return status;
  if (absl::Status status = CheckTime("now", now); !status.ok()) return status;
  const std::vector<Box> boxes = BoxesOf(query.south_west, query.north_east);
  const Population& population = *index.impl_;
  spatial::ItemFilter filter = population.FilterAt(now, query.filter);
  ViewerSets::Members skipped;
  if (query.viewer) {
    const std::uint64_t viewer = ToNumber(*query.viewer);
    skipped = presence::With(viewer, population.SetsOf(ViewerSet::kNeverSees).Of(viewer));
    filter.skipped = skipped;
  }
  std::optional<CellCounts> counts;
  population.ReadTrees([&](const Population::Trees& trees) {
    counts.emplace(query.level, query.max_cells);
    return counts->Add(trees.shown, boxes, filter);
  });
  ClusterAnswer answer{.level = counts->level(), .clusters = {}};
  answer.clusters.reserve(counts->counts().size());
  for (const auto& [cell, count] : counts->counts()) {
    answer.clusters.push_back({cell, count, spatial::CornersOfCell(cell)});
  }
  std::ranges::sort(answer.clusters, {}, &Cluster::cell);
  return answer;
}

}  // namespace v0
}  // namespace moyeo
