#include "spatial/region_index.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace moyeo::spatial {
namespace {

// The corner of the square with sides of 2^log2_side in which `coordinate` is.
std::uint32_t CornerOf(std::uint32_t coordinate, std::uint32_t log2_side) {
  return log2_side == 32 ? 0 : coordinate >> log2_side << log2_side;
}

GridPoint CornerOf(GridPoint p, std::uint32_t log2_side) {
  return {CornerOf(p.lat, log2_side), CornerOf(p.lng, log2_side)};
}

// The last point on the curve of a square that begins at `path`.
std::uint64_t LastOf(std::uint64_t path, std::uint32_t log2_side) {
  return log2_side == 32 ? UINT64_MAX : path + ((std::uint64_t{1} << (2 * log2_side)) - 1);
}

}  // namespace

template <typename Use>
void RegionIndex::ForEachSquare(const Box& box, Use use) {
  const GridPoint& from = box.south_west;
  const GridPoint& to = box.north_east;
  const auto log2_side =
      static_cast<std::uint32_t>(std::bit_width(std::max(to.lat - from.lat, to.lng - from.lng)));
  const GridPoint first = CornerOf(from, log2_side);
  const GridPoint last = CornerOf(to, log2_side);
  for (const std::uint32_t lat : {first.lat, last.lat}) {
    for (const std::uint32_t lng : {first.lng, last.lng}) {
      use(PathOf({lat, lng}), log2_side);
      if (first.lng == last.lng) break;
    }
    if (first.lat == last.lat) break;
  }
}

void RegionIndex::Add(std::uint32_t region, std::span<const Box> boxes) {
  for (const Box& box : boxes) {
    ForEachSquare(box, [&](std::uint64_t path, std::uint32_t log2_side) {
      entries_.emplace(Key{path, log2_side, region}, box);
      ++entries_of_side_[log2_side];
    });
  }
}

void RegionIndex::Remove(std::uint32_t region, std::span<const Box> boxes) {
  for (const Box& box : boxes) {
    ForEachSquare(box, [&](std::uint64_t path, std::uint32_t log2_side) {
      entries_of_side_[log2_side] -= entries_.erase(Key{path, log2_side, region});
    });
  }
}

void RegionIndex::FindAt(GridPoint point, std::vector<std::uint32_t>& regions) const {
  regions.clear();
  for (std::uint32_t log2_side = 0; log2_side < entries_of_side_.size(); ++log2_side) {
    if (entries_of_side_[log2_side] == 0) continue;
    const std::uint64_t path = PathOf(CornerOf(point, log2_side));
    for (auto entry = entries_.lower_bound({path, log2_side, 0});
         entry != entries_.end() && entry->first.path == path &&
         entry->first.log2_side == log2_side;
         ++entry) {
      if (entry->second.Contains(point)) regions.push_back(entry->first.region);
    }
  }
}

bool RegionIndex::FindIn(const Cell& cell, std::size_t most,
                         std::vector<std::uint32_t>& regions) const {
  regions.clear();
  const auto take = [&](const std::pair<const Key, Box>& entry) {
    if (!entry.second.Meets(cell)) return true;
    regions.push_back(entry.first.region);
    return regions.size() <= most;
  };
  // The smallest square that holds the cell, what is within it, and what it is within.
  const std::uint32_t side = std::max(cell.lat_bits, cell.lng_bits);
  const GridPoint corner = CornerOf(cell.corner, side);
  const std::uint64_t path = PathOf(corner);
  const std::uint64_t last = LastOf(path, side);
  for (auto entry = entries_.lower_bound({path, 0, 0});
       entry != entries_.end() && entry->first.path <= last; ++entry) {
    if (entry->first.log2_side <= side && !take(*entry)) return false;
  }
  for (std::uint32_t larger = side + 1; larger < entries_of_side_.size(); ++larger) {
    if (entries_of_side_[larger] == 0) continue;
    const std::uint64_t around = PathOf(CornerOf(corner, larger));
    for (auto entry = entries_.lower_bound({around, larger, 0});
         entry != entries_.end() && entry->first.path == around && entry->first.log2_side == larger;
         ++entry) {
      if (!take(*entry)) return false;
    }
  }
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  return true;
}

}  // namespace moyeo::spatial
