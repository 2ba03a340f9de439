#include "spatial/region.h"

#include <s2/s1angle.h>
#include <s2/s1chord_angle.h>
#include <s2/s2cap.h>
#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2cell_union.h>
#include <s2/s2error.h>
#include <s2/s2latlng.h>
#include <s2/s2latlng_rect.h>
#include <s2/s2loop.h>
#include <s2/s2region_coverer.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace moyeo::spatial {
namespace {

// How many pieces a set of cells is cut into, each of which has boxes of its own.
constexpr int kMostPieces = 8;

// What roundings on the way from degrees to S2 and back may come to, and more.
constexpr std::int64_t kSlackUnits = 2;
constexpr double kSlackRadians = 1e-9;

S2LatLng ToS2(Position position) {
  const LatLng degrees = ToDegrees(position);
  return S2LatLng::FromDegrees(degrees.lat, degrees.lng);
}

Position ToPosition(const S2Point& point) {
  const S2LatLng degrees(point);
  return *spatial::ToPosition({degrees.lat().degrees(), degrees.lng().degrees()});
}

// Adds what is from `west` to `east`, which may be beyond the half turn.
void AddBoxes(std::int64_t south, std::int64_t north, std::int64_t west, std::int64_t east,
              std::vector<Box>& boxes) {
  for (const std::int64_t turn : {-kFullTurn, std::int64_t{0}, kFullTurn}) {
    const std::int64_t w = std::max(west + turn, -kHalfTurn);
    const std::int64_t e = std::min(east + turn, kHalfTurn - 1);
    if (w > e) continue;
    boxes.push_back({ToGrid({static_cast<std::int32_t>(south), static_cast<std::int32_t>(w)}),
                     ToGrid({static_cast<std::int32_t>(north), static_cast<std::int32_t>(e)})});
  }
}

void AddBoxes(const S2LatLngRect& rect, std::vector<Box>& boxes) {
  const auto below = [](S1Angle angle) {
    return static_cast<std::int64_t>(std::floor(angle.degrees() * kUnitsPerDegree)) - kSlackUnits;
  };
  const auto above = [](S1Angle angle) {
    return static_cast<std::int64_t>(std::ceil(angle.degrees() * kUnitsPerDegree)) + kSlackUnits;
  };
  const std::int64_t south = std::max(below(rect.lat_lo()), -kQuarterTurn);
  const std::int64_t north = std::min(above(rect.lat_hi()), kQuarterTurn);
  const std::int64_t west = below(rect.lng_lo());
  std::int64_t east = above(rect.lng_hi());
  if (rect.lng().is_inverted()) east += kFullTurn;
  // All meridians meet at a pole.
  const bool all_around = rect.lng().is_full() || east - west >= kFullTurn ||
                          south == -kQuarterTurn || north == kQuarterTurn;
  if (all_around) {
    AddBoxes(south, north, -kHalfTurn, kHalfTurn - 1, boxes);
  } else {
    AddBoxes(south, north, west, east, boxes);
  }
}

std::vector<Box> BoxesOf(const S2LatLngRect& rect) {
  std::vector<Box> boxes;
  AddBoxes(rect, boxes);
  return boxes;
}

// Around a position, which a centre becomes by rounding.
Region::Circle BoundOf(const S2Cap& cap) {
  const Position center = ToPosition(cap.center());
  const S1Angle off(ToS2(center).ToPoint(), cap.center());
  return {center, (cap.GetRadius() + off).radians() * (1 + kSlackRadians) * kEarthRadiusMeters + 1};
}

S1Angle AngleOfMeters(double meters) {
  return S1Angle::Radians(std::min(meters / kEarthRadiusMeters, kPi));
}

// No great circle is the one from `a` to `b`.
bool AreAntipodes(Position a, Position b) {
  if (a.lat != -b.lat) return false;
  return std::abs(a.lat) == kQuarterTurn || std::abs(std::int64_t{a.lng} - b.lng) == kHalfTurn;
}

class CircleRegion final : public Region {
 public:
  explicit CircleRegion(const Circle& circle)
      : Region(circle, BoxesOf(CapOf(circle).GetRectBound())),
        distance_(circle.center),
        radius_m_(circle.radius_m) {}

  bool Contains(Position position) const override { return distance_(position) <= radius_m_; }

  bool IsNear(Position position, double margin_m) const override {
    return distance_(position) <= radius_m_ + margin_m;
  }

  std::size_t bytes() const override { return sizeof(*this) + boxes().size_bytes(); }

 private:
  static S2Cap CapOf(const Circle& circle) {
    const S1Angle radius = AngleOfMeters(circle.radius_m) + S1Angle::Radians(kSlackRadians);
    return S2Cap(ToS2(circle.center).ToPoint(), radius);
  }

  DistanceFrom distance_;
  double radius_m_;
};

class PolygonRegion final : public Region {
 public:
  // REQUIRES: `loop` is valid and normalized
  explicit PolygonRegion(std::unique_ptr<const S2Loop> loop)
      : Region(BoundOf(loop->GetCapBound()), BoxesOf(loop->GetRectBound())),
        loop_(std::move(loop)) {}

  bool Contains(Position position) const override {
    return loop_->Contains(ToS2(position).ToPoint());
  }

  bool IsNear(Position position, double margin_m) const override {
    const S2Point point = ToS2(position).ToPoint();
    return loop_->Contains(point) ||
           loop_->GetDistanceToBoundary(point).radians() * kEarthRadiusMeters <= margin_m;
  }

  std::size_t bytes() const override {
    return sizeof(*this) + loop_->SpaceUsed() + boxes().size_bytes();
  }

 private:
  std::unique_ptr<const S2Loop> loop_;
};

class CellsRegion final : public Region {
 public:
  // REQUIRES: `cells` is not empty
  explicit CellsRegion(S2CellUnion cells)
      : Region(BoundOf(cells.GetCapBound()), BoxesOfPieces(cells)), cells_(std::move(cells)) {}

  bool Contains(Position position) const override {
    return cells_.Contains(S2CellId(ToS2(position)));
  }

  bool IsNear(Position position, double margin_m) const override {
    if (Contains(position)) return true;
    const S2Point point = ToS2(position).ToPoint();
    return std::any_of(cells_.begin(), cells_.end(), [&](S2CellId id) {
      const S1ChordAngle distance = S2Cell(id).GetDistance(point);
      return distance.ToAngle().radians() * kEarthRadiusMeters <= margin_m;
    });
  }

  std::size_t bytes() const override {
    return sizeof(*this) + cells_.cell_ids().capacity() * sizeof(S2CellId) + boxes().size_bytes();
  }

 private:
  static std::vector<Box> BoxesOfPieces(const S2CellUnion& cells) {
    S2RegionCoverer::Options options;
    options.set_max_cells(kMostPieces);
    std::vector<Box> boxes;
    for (const S2CellId id : S2RegionCoverer(options).GetCovering(cells)) {
      AddBoxes(S2Cell(id).GetRectBound(), boxes);
    }
    return boxes;
  }

  S2CellUnion cells_;
};

}  // namespace

std::unique_ptr<const Region> MakeCircle(const Region::Circle& circle) {
  return std::make_unique<CircleRegion>(circle);
}

absl::StatusOr<std::unique_ptr<const Region>> MakePolygon(std::span<const Position> vertices) {
  if (vertices.size() < 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("a polygon has three vertices at least, not ", vertices.size()));
  }
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    const std::size_t next = (i + 1) % vertices.size();
    if (AreAntipodes(vertices[i], vertices[next])) {
      return absl::InvalidArgumentError(
          absl::StrCat(i, " and ", next, " are opposite ends of the Earth"));
    }
  }
  std::vector<S2Point> points(vertices.size());
  std::ranges::transform(vertices, points.begin(),
                         [](Position vertex) { return ToS2(vertex).ToPoint(); });
  auto loop = std::make_unique<S2Loop>();
  loop->set_s2debug_override(S2Debug::DISABLE);
  loop->Init(points);
  if (S2Error error; loop->FindValidationError(&error)) {
    return absl::InvalidArgumentError(absl::StrCat("no polygon: ", error.text()));
  }
  loop->Normalize();
  return std::make_unique<PolygonRegion>(std::move(loop));
}

absl::StatusOr<std::unique_ptr<const Region>> MakeCells(std::span<const std::uint64_t> ids) {
  if (ids.empty()) return absl::InvalidArgumentError("there is no cell");
  std::vector<S2CellId> cells;
  for (const std::uint64_t id : ids) {
    cells.emplace_back(id);
    if (!cells.back().is_valid()) {
      return absl::InvalidArgumentError(absl::StrCat(id, " is no S2 cell"));
    }
  }
  return std::make_unique<CellsRegion>(S2CellUnion(std::move(cells)));
}

}  // namespace moyeo::spatial
