// Clusters: how many users are where, for a map.

#ifndef MOYEO_CLUSTERS_H_
#define MOYEO_CLUSTERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/export.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

struct ClusterQuery {
  // The box between these two, all sides inclusive. Where the west is greater than the east, it
  // crosses the antimeridian. From -180 to 180, or what rounds to these, it goes all the way round.
  LatLng south_west;
  LatLng north_east;

  // The level of the S2 cells, from 0 (six of them, a face of a cube each) to kMaxLevel. Each level
  // has cells half as wide as the one before: 7,800 km at level 0, 8 km at level 10.
  int level;

  AttributeFilter filter = {};

  // Who asks: they do not count, nor does anybody whom they never see (see ViewerSet). nullopt: a
  // stranger to everybody. A query with a viewer looks at each user in the box.
  std::optional<UserId> viewer = std::nullopt;

  // Where more cells than this have anybody in them, the answer is of the next coarser level at
  // which no more have. From 6 to kMaxCellsLimit.
  std::size_t max_cells = 1'000;

  static constexpr int kMaxLevel = 30;
  static constexpr std::size_t kMaxCellsLimit = 100'000;

  // OK, or InvalidArgument that names what is at fault.
  [[nodiscard]] MOYEO_EXPORT absl::Status Validate() const;
};

// A cell, and how many of its users are in the box.
struct Cluster {
  std::uint64_t cell;  // its S2 id
  std::size_t count;   // at least 1
  // In degrees, counter-clockwise. So that a map can draw them as they are, each longitude is less
  // than half a turn from that of the corner before, though it be beyond 180: only around a pole
  // they do not close.
  std::array<LatLng, 4> corners;

  friend bool operator==(const Cluster&, const Cluster&) = default;
};

struct ClusterAnswer {
  int level = 0;                  // of all cells
  std::vector<Cluster> clusters;  // by id; none where nobody is
};

// Counts the users in a box whom strangers see, as of `now`, by the S2 cell that they are shown in:
// of who is cloaked, be it a friend of the viewer's, the cell is that of the centre at which they
// are shown, and nobody hidden counts. A user seen after `now` counts.
//
//   moyeo::PresenceIndex index;
//   const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
//   if (!index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now).ok()) return;
//
//   const auto answer = moyeo::FindClusters(
//       index, {.south_west = {37, 126}, .north_east = {38, 128}, .level = 10}, now);
//   if (!answer.ok()) return;
//   for (const moyeo::Cluster& cluster : answer->clusters) {
//     std::cout << cluster.count << " in cell " << cluster.cell << '\n';
//   }
//
// Exact: every user is counted once, in the cell in which S2 puts their canonical position. Whole
// parts of the index are counted together where they are shown to lie in one cell; from user to
// user only where a border of a cell or of the box goes through.
//
// Any thread may call it at any time. It reads beside moves, and each user as they were at one
// moment of the call. Where users go from one part of the index to another meanwhile, it counts
// again, and makes those who do so wait until it has, a millisecond for a map of a million.
MOYEO_EXPORT absl::StatusOr<ClusterAnswer> FindClusters(const PresenceIndex& index,
                                                        const ClusterQuery& query, Timestamp now);

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_CLUSTERS_H_
