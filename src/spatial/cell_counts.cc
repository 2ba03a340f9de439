#include "spatial/cell_counts.h"

#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2coords.h>
#include <s2/s2latlng.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace moyeo::spatial {
namespace {

// The widest rectangle that is interpolated, in radians.
//
// On the face where it is, s = S(P / Q), where P and Q are two of the three coordinates of a place,
// and S is S2's quadratic transform. As functions of latitude and longitude, P and Q have first and
// second derivatives of at most 1. At the corners Q >= 1 / sqrt(3), and no place is further than
// 0.04 from one, in each of the two halves of its distance; so Q > 0.5 and |P / Q| < 1.2. Then the
// derivatives of P / Q are at most 4.4 and 22; those of S are at most 0.75 and 1.125; and the
// second derivative of s is at most 0.75 * 22 + 1.125 * 4.4^2 < 40. Bilinear interpolation in a
// rectangle of a by b misses such a function by no more than 40 / 8 * (a^2 + b^2).
constexpr double kWidestRadians = 0.04;
constexpr double kMissPerSquare = 5;
// What the roundings of doubles may come to, here and in S2, and more.
constexpr double kRounding = 1e-13;

double LatitudeAt(double grid_lat) { return (grid_lat / 2 - kQuarterTurn) * kRadiansPerUnit; }
double LongitudeAt(double grid_lng) { return (grid_lng - kHalfTurn) * kRadiansPerUnit; }

S2CellId LeafCellAt(Position position) {
  const LatLng degrees = ToDegrees(position);
  return S2CellId(S2LatLng::FromDegrees(degrees.lat, degrees.lng));
}

// Of a cell with these coordinates, both below 2^level.
std::uint64_t CellIdOf(int face, double i, double j, int level) {
  const int shift = S2CellId::kMaxLevel - level;
  return S2CellId::FromFaceIJ(face, static_cast<int>(i) << shift, static_cast<int>(j) << shift)
      .parent(level)
      .id();
}

}  // namespace

// How a rectangle of the tree lies on a face of the cube.
struct CellCounts::Chart {
  // Nearly linear in each of the two coordinates: at (x, y), both from 0 to 1.
  struct Bilinear {
    double base, by_x, by_y, by_xy;

    double At(double x, double y) const { return base + by_x * x + (by_y + by_xy * x) * y; }
  };

  Chart(const Cell& cell, int of_level) : level(of_level), corner(cell.corner) {
    per_x = std::ldexp(1, -cell.lng_bits);
    per_y = std::ldexp(1, -cell.lat_bits);
    const double width = kRadiansPerUnit / per_x;
    const double height = kRadiansPerUnit / per_y / 2;
    if (width > kWidestRadians || height > kWidestRadians) return;
    cells_per_face = std::ldexp(1, level);
    miss = (kMissPerSquare * (width * width + height * height) + kRounding) * cells_per_face;
    // Beyond a pole or the antimeridian, where nobody is, the functions go on smoothly.
    const auto point = [&](double x, double y) {
      const double lat = LatitudeAt(corner.lat + y / per_y);
      const double lng = LongitudeAt(corner.lng + x / per_x);
      return S2Point(std::cos(lat) * std::cos(lng), std::cos(lat) * std::sin(lng), std::sin(lat));
    };
    face = S2::GetFace(point(0.5, 0.5));
    std::array<double, 4> s;
    std::array<double, 4> t;
    for (std::size_t k = 0; k < 4; ++k) {
      R2Point uv;
      if (!S2::FaceXYZtoUV(face, point(k % 2 == 0 ? 0 : 1, k < 2 ? 0 : 1), &uv)) return;
      if (std::abs(uv.x()) > 1 || std::abs(uv.y()) > 1) return;
      s[k] = S2::UVtoST(uv.x()) * cells_per_face;
      t[k] = S2::UVtoST(uv.y()) * cells_per_face;
    }
    i_at = Through(s);
    j_at = Through(t);
    const auto [s_least, s_most] = std::ranges::minmax(s);
    const auto [t_least, t_most] = std::ranges::minmax(t);
    is_valid = true;
    const double i = std::floor(s_least - miss);
    const double j = std::floor(t_least - miss);
    if (IsCell(i, j) && std::floor(s_most + miss) == i && std::floor(t_most + miss) == j) {
      only_cell = CellIdOf(face, i, j, level);
    }
  }

  static Bilinear Through(const std::array<double, 4>& corners) {
    const auto& [base, east, north, north_east] = corners;
    return {base, east - base, north - base, north_east - north - east + base};
  }

  bool IsCell(double i, double j) const {
    return i >= 0 && j >= 0 && i < cells_per_face && j < cells_per_face;
  }

  // Sets `i` and `j` to the coordinates of the cell in which `point` is; false if S2 must say.
  bool Find(GridPoint point, double& i, double& j) const {
    const double x = (static_cast<double>(point.lng) - corner.lng) * per_x;
    const double y = (static_cast<double>(point.lat) - corner.lat) * per_y;
    const double s = i_at.At(x, y);
    const double t = j_at.At(x, y);
    i = std::floor(s - miss);
    j = std::floor(t - miss);
    return IsCell(i, j) && std::floor(s + miss) == i && std::floor(t + miss) == j;
  }

  const int level;
  const GridPoint corner;
  double per_x = 0;
  double per_y = 0;
  bool is_valid = false;  // for Find
  int face = 0;
  double cells_per_face = 0;
  double miss = 0;  // in cells
  Bilinear i_at{};
  Bilinear j_at{};
  std::uint64_t only_cell = 0;  // in which all of the rectangle is; 0 if that is not known
};

bool CellCounts::Add(const ItemTree& tree, std::span<const Box> boxes, const ItemFilter& filter) {
  tree_ = &tree;
  boxes_ = boxes;
  filter_ = filter;
  std::uint64_t since = tree.arrivals_.settled();
  AddNode(ItemTree::kRoot, false);
  std::vector<std::uint64_t> arrivals;
  return tree.arrivals_.CopySince(since, arrivals) && arrivals.empty();
}

// `in_box` is whether all of the node's cell is in a box; where it is not, that is found out.
void CellCounts::AddNode(std::uint32_t node, bool in_box) {
  const ItemTree::NodeInfo& info = tree_->node_infos_[node];
  if (!in_box) {
    if (std::ranges::none_of(boxes_, [&](const Box& box) { return box.Meets(info.cell); })) return;
    in_box = std::ranges::any_of(boxes_, [&](const Box& box) { return box.Covers(info.cell); });
  }
  if (in_box) {
    if (const std::uint64_t cell = Chart(info.cell, level_).only_cell) return AddAll(node, cell);
  }
  const ItemTree::Children children = tree_->ChildrenOf(node);
  for (int place = 0; place < 16;) {
    const ItemTree::Child child = children[static_cast<std::size_t>(place)];
    if (child.is_node()) {
      AddNode(child.index(), in_box);
    } else if (!child.is_nothing()) {
      AddLeaves(child.index(), CellOfRun(info.cell, info.layout, place, child.log2_run()), in_box);
    }
    place += child.run();
  }
}

// A leaf, and what is piled up on it.
void CellCounts::AddLeaves(std::uint32_t leaf, const Cell& cell, bool in_box) {
  if (!in_box) {
    if (std::ranges::none_of(boxes_, [&](const Box& box) { return box.Meets(cell); })) return;
    in_box = std::ranges::any_of(boxes_, [&](const Box& box) { return box.Covers(cell); });
  }
  const Chart chart(cell, level_);
  for (; leaf != ItemTree::kNone;
       leaf = tree_->leaves_[leaf].next.load(std::memory_order_acquire)) {
    if (in_box && chart.only_cell != 0) {
      AddTo(chart.only_cell, CountAdmitted(tree_->leaves_[leaf]));
    } else {
      AddItems(tree_->leaves_[leaf], chart, in_box);
    }
  }
}

// All that is below a node is in one S2 cell.
void CellCounts::AddAll(std::uint32_t node, std::uint64_t cell) {
  const ItemTree::Children children = tree_->ChildrenOf(node);
  for (const ItemTree::Child child : children) {
    if (!child.is_node() && !child.is_nothing()) {
      __builtin_prefetch(&tree_->leaves_[child.index()]);
    }
  }
  std::size_t count = 0;
  for (int place = 0; place < 16;) {
    const ItemTree::Child child = children[static_cast<std::size_t>(place)];
    place += child.run();
    if (child.is_node()) {
      AddAll(child.index(), cell);
    } else if (!child.is_nothing()) {
      for (std::uint32_t leaf = child.index(); leaf != ItemTree::kNone;
           leaf = tree_->leaves_[leaf].next.load(std::memory_order_acquire)) {
        count += CountAdmitted(tree_->leaves_[leaf]);
      }
    }
  }
  AddTo(cell, count);
}

bool CellCounts::IsAdmitted(ItemBlock block, std::size_t slot) const {
  return block.StampOf(slot) > filter_.stamp_above && filter_.AdmitsMask(block.MaskOf(slot)) &&
         filter_.AdmitsId(block.IdOf(slot));
}

// REQUIRES: the leaf is read consistently
bool CellCounts::AdmitsAllOf(const ItemTree::Leaf& leaf) const {
  return leaf.Oldest() > filter_.stamp_above && !filter_.AsksForMask() && filter_.skipped.empty();
}

bool CellCounts::IsInBox(GridPoint point) const {
  return std::ranges::any_of(boxes_, [&](const Box& box) { return box.Contains(point); });
}

std::size_t CellCounts::CountAdmitted(const ItemTree::Leaf& leaf) const {
  std::size_t count = 0;
  leaf.lock.ReadConsistently([&] {
    count = 0;
    const ItemBlock block = leaf.Block();
    const std::size_t held = std::min(leaf.Count(), block.capacity());
    if (AdmitsAllOf(leaf)) {
      count = held;
      return;
    }
    for (std::size_t slot = 0; slot < held; ++slot) count += IsAdmitted(block, slot);
  });
  return count;
}

// Item by item.
void CellCounts::AddItems(const ItemTree::Leaf& leaf, const Chart& chart, bool in_box) {
  struct Tally {
    double i;
    double j;
    std::size_t count;
  };
  std::array<Tally, kMaxItems> tallies;
  std::array<Position, kMaxItems> doubtful;
  std::size_t tallied = 0;
  std::size_t in_doubt = 0;
  leaf.lock.ReadConsistently([&] {
    tallied = 0;
    in_doubt = 0;
    const ItemBlock block = leaf.Block();
    const std::size_t held = std::min({leaf.Count(), block.capacity(), kMaxItems});
    const bool all_admitted = AdmitsAllOf(leaf);
    for (std::size_t slot = 0; slot < held; ++slot) {
      if (!all_admitted && !IsAdmitted(block, slot)) continue;
      const Position position = block.PositionOf(slot);
      const GridPoint point = ToGrid(position);
      if (!in_box && !IsInBox(point)) continue;
      double i = 0;
      double j = 0;
      if (!chart.is_valid || !chart.Find(point, i, j)) {
        doubtful[in_doubt++] = position;
        continue;
      }
      std::size_t found = 0;
      while (found < tallied && (tallies[found].i != i || tallies[found].j != j)) ++found;
      if (found == tallied) tallies[tallied++] = {i, j, 0};
      ++tallies[found].count;
    }
  });
  for (const auto& [i, j, count] : std::span(tallies).first(tallied)) {
    AddTo(CellIdOf(chart.face, i, j, chart.level), count);
  }
  for (const Position position : std::span(doubtful).first(in_doubt)) {
    AddTo(LeafCellAt(position).id(), 1);
  }
}

void CellCounts::AddTo(std::uint64_t cell, std::size_t count) {
  if (count == 0) return;
  const auto at_level = [&](S2CellId id) {
    return id.level() > level_ ? id.parent(level_).id() : id.id();
  };
  counts_[at_level(S2CellId(cell))] += count;
  while (counts_.size() > max_cells_) {
    --level_;
    absl::flat_hash_map<std::uint64_t, std::size_t> coarser;
    for (const auto& [id, of_cell] : counts_) coarser[at_level(S2CellId(id))] += of_cell;
    counts_ = std::move(coarser);
  }
}

std::array<LatLng, 4> CornersOfCell(std::uint64_t id) {
  const S2Cell cell{S2CellId(id)};
  std::array<LatLng, 4> corners;
  for (int k = 0; k < 4; ++k) {
    const S2LatLng vertex(cell.GetVertex(k));
    LatLng& corner = corners[static_cast<std::size_t>(k)];
    corner = {vertex.lat().degrees(), vertex.lng().degrees()};
    if (k == 0) continue;
    const double before = corners[static_cast<std::size_t>(k - 1)].lng;
    if (corner.lng - before > 180) corner.lng -= 360;
    if (corner.lng - before < -180) corner.lng += 360;
  }
  return corners;
}

}  // namespace moyeo::spatial
