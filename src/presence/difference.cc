#include "presence/difference.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace moyeo::presence {

void Difference::Clear() {
  leaves_.clear();
  enters_.clear();
  moves_.clear();
}

void Difference::Add(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kLeave:
      leaves_.push_back(change);
      break;
    case Change::Kind::kEnter:
      enters_.push_back(change);
      break;
    case Change::Kind::kMove:
      moves_.push_back(change);
      break;
  }
}

void Difference::Find(std::span<const Shown> shown, std::span<const spatial::Hit> found) {
  Clear();
  const std::size_t places = std::bit_ceil(2 * shown.size() + 2);
  const int shift = 64 - std::countr_zero(places);
  table_.assign(places, 0);
  const auto home_of = [&](std::uint64_t id) {
    return static_cast<std::size_t>(id * 0x9e3779b97f4a7c15 >> shift);
  };
  for (std::size_t i = 0; i < shown.size(); ++i) {
    std::size_t place = home_of(shown[i].id);
    while (table_[place] != 0) place = (place + 1) & (places - 1);
    table_[place] = static_cast<std::uint32_t>(i + 1);
  }

  found_again_.assign(shown.size(), 0);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const spatial::Hit& hit = found[i];
    std::size_t place = home_of(hit.id);
    while (table_[place] != 0 && shown[table_[place] - 1].id != hit.id) {
      place = (place + 1) & (places - 1);
    }
    if (table_[place] != 0) {
      found_again_[table_[place] - 1] = static_cast<std::uint32_t>(i + 1);
    } else {
      enters_.push_back(
          {Change::Kind::kEnter, hit.id, {}, hit.position, hit.distance_m, hit.stamp});
    }
  }
  std::ranges::sort(enters_, {}, &Change::id);

  now_.resize(found.size());
  auto now = now_.begin();
  auto enter = enters_.begin();
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const Shown& before = shown[i];
    for (; enter != enters_.end() && enter->id < before.id; ++enter) {
      *now++ = {enter->id, enter->after};
    }
    if (found_again_[i] == 0) {
      leaves_.push_back({Change::Kind::kLeave, before.id, before.position, {}, 0, 0});
      continue;
    }
    const spatial::Hit& hit = found[found_again_[i] - 1];
    *now++ = {hit.id, hit.position};
    if (before.position != hit.position) {
      moves_.push_back(
          {Change::Kind::kMove, hit.id, before.position, hit.position, hit.distance_m, hit.stamp});
    }
  }
  for (; enter != enters_.end(); ++enter) *now++ = {enter->id, enter->after};
}

void Difference::FindMoves(std::span<const Shown> shown, std::span<const spatial::Hit> moved) {
  Clear();
  now_.assign(shown.begin(), shown.end());
  auto now = now_.begin();
  for (const spatial::Hit& hit : moved) {
    while (now->id != hit.id) ++now;
    moves_.push_back(
        {Change::Kind::kMove, hit.id, now->position, hit.position, hit.distance_m, hit.stamp});
    now->position = hit.position;
  }
}

std::size_t Difference::bytes() const {
  const auto held = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return held(found_again_) + held(table_) + held(leaves_) + held(enters_) + held(moves_) +
         held(now_);
}

}  // namespace moyeo::presence
