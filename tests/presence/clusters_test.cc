// What clusters.h promises: counts beside a plain list and S2's own cells.

#include "moyeo/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "presence_index_fixture.h"
#include "support/places.h"
#include "support/scale.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr LatLng kSouthWest{-90, -180};
constexpr LatLng kNorthEast{90, 180};

S2CellId CellAt(LatLng position, int level) {
  const LatLng canonical = Canonical(position).value();
  return S2CellId(S2LatLng::FromDegrees(canonical.lat, canonical.lng)).parent(level);
}

class ClustersTest : public PresenceIndexTest {
 protected:
  ClusterAnswer Find(const ClusterQuery& query, Timestamp now = kNow) const {
    const absl::StatusOr<ClusterAnswer> answer = FindClusters(index_, query, now);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(ClusterAnswer{});
  }

  std::size_t CountIn(LatLng south_west, LatLng north_east, Timestamp now = kNow) const {
    std::size_t count = 0;
    for (const Cluster& cluster :
         Find({.south_west = south_west, .north_east = north_east, .level = 3}, now).clusters) {
      count += cluster.count;
    }
    return count;
  }
};

TEST_F(ClustersTest, WhereNobodyIsThereAreNone) {
  EXPECT_THAT(Find({.south_west = kSouthWest, .north_east = kNorthEast, .level = 5}).clusters,
              IsEmpty());
}

TEST_F(ClustersTest, UsersAreCountedByTheirCells) {
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  See(kCy, kTokyo);
  const auto answer = Find({.south_west = {30, 120}, .north_east = {40, 150}, .level = 10});
  EXPECT_EQ(answer.level, 10);
  ASSERT_THAT(answer.clusters, SizeIs(2));
  EXPECT_EQ(answer.clusters[0].cell, CellAt(kSeoul, 10).id());
  EXPECT_EQ(answer.clusters[0].count, 2u);
  EXPECT_EQ(answer.clusters[1].cell, CellAt(kTokyo, 10).id());
  EXPECT_EQ(answer.clusters[1].count, 1u);
}

TEST_F(ClustersTest, TheBoxIsInclusiveOnAllSides) {
  See(kAda, {10, 20});
  EXPECT_EQ(CountIn({10, 20}, {10, 20}), 1u);
  EXPECT_EQ(CountIn({10, 20}, {11, 21}), 1u);
  EXPECT_EQ(CountIn({9, 19}, {10, 20}), 1u);
  EXPECT_EQ(CountIn({10 + kUnit, 20}, {11, 21}), 0u);
  EXPECT_EQ(CountIn({10, 20 + kUnit}, {11, 21}), 0u);
  EXPECT_EQ(CountIn({9, 19}, {10 - kUnit, 20}), 0u);
  EXPECT_EQ(CountIn({9, 19}, {10, 20 - kUnit}), 0u);
}

TEST_F(ClustersTest, ABoxMayCrossTheAntimeridianOrGoAllTheWayRound) {
  See(kAda, {0, 179});
  See(kBob, {0, -179});
  See(kCy, {0, 180});
  See(kDee, {0, 0});
  EXPECT_EQ(CountIn({-1, 178}, {1, -178}), 3u);
  EXPECT_EQ(CountIn({-1, 178}, {1, 180}), 2u);
  EXPECT_EQ(CountIn({-1, 180}, {1, -178}), 2u);
  EXPECT_EQ(CountIn({-1, -180}, {1, 180}), 4u);
  EXPECT_EQ(CountIn({-1, 180}, {1, 180}), 1u);
  EXPECT_EQ(CountIn({-1, -180}, {1, -180}), 1u);
  EXPECT_EQ(CountIn({-1, 180}, {1, -180}), 1u);
  EXPECT_EQ(CountIn({-1, -1}, {1, 1}), 1u);
}

TEST_F(ClustersTest, WhatRoundsToTheAntimeridianIsIt) {
  See(kAda, {0, 0});
  See(kBob, {0, 180});
  const double west = std::nextafter(-180, 0);
  const double east = std::nextafter(180, 0);
  EXPECT_EQ(CountIn({-1, west}, {1, 180}), 2u);
  EXPECT_EQ(CountIn({-1, -180}, {1, east}), 2u);
  EXPECT_EQ(CountIn({-1, west}, {1, east}), 2u);
  EXPECT_EQ(CountIn({-1, east}, {1, 180}), 1u);
  EXPECT_EQ(CountIn({-1, east}, {1, west}), 1u);
  EXPECT_EQ(CountIn({-1, -180}, {1, west}), 1u);
  EXPECT_EQ(CountIn({-1, -1}, {1, east}), 2u);
}

TEST_F(ClustersTest, TheExpiredDoNotCountNorDoThoseWhoDoNotPassTheFilter) {
  See(kAda, kSeoul, kNow, 1);
  See(kBob, kSeoul, kNow + kMs, 2);
  EXPECT_EQ(CountIn(kSouthWest, kNorthEast, kNow + kTtl - kMs), 2u);
  EXPECT_EQ(CountIn(kSouthWest, kNorthEast, kNow + kTtl), 1u);
  EXPECT_EQ(CountIn(kSouthWest, kNorthEast, kNow + kTtl + kMs), 0u);
  const auto answer = Find(
      {.south_west = kSouthWest, .north_east = kNorthEast, .level = 0, .filter = {.none_of = 2}});
  ASSERT_THAT(answer.clusters, SizeIs(1));
  EXPECT_EQ(answer.clusters[0].count, 1u);
}

TEST_F(ClustersTest, TheCloakedAreCountedWhereTheyAreShownAndTheHiddenNowhere) {
  ASSERT_THAT(index_.SetVisibility(kAda, Visibility::kCloaked), IsOk());
  ASSERT_THAT(index_.SetVisibility(kBob, Visibility::kHidden), IsOk());
  See(kAda, kSeoul);
  See(kBob, kSeoul);
  const LatLng shown = Near(kSeoul).at(0).position;
  const auto answer = Find({.south_west = kSouthWest, .north_east = kNorthEast, .level = 20});
  ASSERT_THAT(answer.clusters, SizeIs(1));
  EXPECT_EQ(answer.clusters[0].cell, CellAt(shown, 20).id());
  EXPECT_NE(answer.clusters[0].cell, CellAt(kSeoul, 20).id());
  EXPECT_EQ(answer.clusters[0].count, 1u);
}

TEST_F(ClustersTest, TheViewerDoesNotCountNorDoThoseWhomTheViewerNeverSees) {
  for (const UserId user : {kAda, kBob, kCy, kDee}) See(user, kSeoul);
  ASSERT_THAT(index_.AddToViewerSet(ViewerSet::kNeverSees, kAda, kBob), IsOk());
  ClusterQuery query{
      .south_west = kSouthWest, .north_east = kNorthEast, .level = 0, .viewer = kAda};
  for (const int level : {0, 10, 30}) {
    query.level = level;
    query.viewer = kAda;
    EXPECT_EQ(Find(query).clusters.at(0).count, 2u);
    query.viewer = kCy;
    EXPECT_EQ(Find(query).clusters.at(0).count, 3u);
    query.viewer = std::nullopt;
    EXPECT_EQ(Find(query).clusters.at(0).count, 4u);
  }
}

TEST_F(ClustersTest, WhomTheViewerNeverSeesMakesNoAnswerCoarser) {
  SeeMany(20'000);
  const ClusterQuery query{.south_west = kSouthWest,
                           .north_east = kNorthEast,
                           .level = 3,
                           .viewer = kAda,
                           .max_cells = 6};
  std::vector<UserId> blocked;
  for (std::size_t i = 0; i < 20'000; ++i) blocked.push_back(UserId{i});
  ASSERT_THAT(index_.SetViewerSet(ViewerSet::kNeverSees, kAda, blocked), IsOk());
  See(UserId{20'000}, kSeoul);
  EXPECT_EQ(Find(query).level, 3);
  EXPECT_THAT(Find(query).clusters, SizeIs(1));
}

TEST_F(ClustersTest, WhereThereWouldBeTooManyTheAnswerIsCoarser) {
  SeeMany(20'000);
  const ClusterQuery query{
      .south_west = kSouthWest, .north_east = kNorthEast, .level = 4, .max_cells = 384};
  EXPECT_EQ(Find(query).level, 3);
  const auto all = Find({.south_west = kSouthWest, .north_east = kNorthEast, .level = 3});
  ASSERT_THAT(all.clusters, SizeIs(384));
  EXPECT_EQ(Find(query).clusters, all.clusters);
  ClusterQuery fewer = query;
  fewer.max_cells = 383;
  EXPECT_EQ(Find(fewer).level, 2);
  fewer.max_cells = 6;
  EXPECT_EQ(Find(fewer).level, 0);
  EXPECT_THAT(Find(fewer).clusters, SizeIs(6));
}

TEST_F(ClustersTest, CornersGoRoundTheCellAndRunOnBeyondTheAntimeridian) {
  See(kAda, {0.1, 179.999});
  const auto answer = Find({.south_west = kSouthWest, .north_east = kNorthEast, .level = 0});
  ASSERT_THAT(answer.clusters, SizeIs(1));
  double lng = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    const LatLng corner = answer.clusters[0].corners[k];
    const LatLng next = answer.clusters[0].corners[(k + 1) % 4];
    EXPECT_NEAR(std::abs(corner.lat), 35.2644, 1e-4);
    EXPECT_LE(std::abs(next.lng - corner.lng), 90.0001);
    lng += corner.lng;
  }
  EXPECT_NEAR(std::abs(lng / 4), 180, 1e-9);
}

TEST_F(ClustersTest, WrongArgumentsAreNamed) {
  const ClusterQuery good{.south_west = {0, 0}, .north_east = {1, 1}, .level = 30};
  EXPECT_THAT(good.Validate(), IsOk());
  const auto expect_invalid = [&](const ClusterQuery& query, const std::string& what) {
    EXPECT_THAT(query.Validate(), IsInvalid(what));
    EXPECT_THAT(FindClusters(index_, query, kNow), IsInvalid(what));
  };
  ClusterQuery bad = good;
  bad.south_west.lat = -91;
  expect_invalid(bad, "south_west: latitude -91");
  bad = good;
  bad.north_east.lng = 181;
  expect_invalid(bad, "north_east: longitude 181");
  bad = good;
  bad.south_west.lat = 2;
  expect_invalid(bad, "south_west is north of north_east");
  bad = good;
  bad.level = 31;
  expect_invalid(bad, "level 31");
  bad.level = -1;
  expect_invalid(bad, "level -1");
  bad = good;
  bad.max_cells = 5;
  expect_invalid(bad, "max_cells 5");
  bad.max_cells = ClusterQuery::kMaxCellsLimit + 1;
  expect_invalid(bad, "max_cells 100001");
  EXPECT_THAT(FindClusters(index_, good, kMaxTimestamp + kMs), IsInvalid("now"));
}

// ---- Beside a plain list ----

class ClustersOfCrowd : public SeededTest, public ::testing::WithParamInterface<Crowd> {};

TEST_P(ClustersOfCrowd, AreWhatAPlainListCounts) {
  struct Person {
    LatLng position;
    std::uint32_t attributes;
    Timestamp seen;
  };
  PresenceIndex index({.ttl_ms = kTtlMs});
  std::vector<Person> people;
  const auto some_place = [&] {
    // Also near to others, so that leaves are small.
    return people.empty() || random_.OneIn(3)
               ? GetParam().place(random_)
               : NearTo(random_.Pick(people).position, 20'000, random_);
  };
  for (std::size_t i = 0; i < Scaled(6'000); ++i) {
    const Person person{Canonical(some_place()).value(), random_.Bits32() & 3,
                        kNow - std::chrono::milliseconds(random_.OneIn(8) ? kTtlMs : 0)};
    ASSERT_THAT(index.Move(UserId{i}, person.position, person.seen, person.attributes), IsOk());
    people.push_back(person);
  }
  std::size_t counted = 0;
  for (std::size_t i = 0; i < Scaled(300); ++i) {
    const LatLng at = random_.Pick(people).position;
    const double reach = std::pow(10, random_.Uniform(-4, 2.3));  // degrees
    ClusterQuery query{
        .south_west = {std::max(at.lat - reach, -90.0), at.lng - reach},
        .north_east = {std::min(at.lat + reach * random_.Uniform(0, 1), 90.0), at.lng + reach},
        .level = static_cast<int>(random_.Between(0, 30)),
        .max_cells = random_.OneIn(2) ? 6 + random_.Below(1'000) : 100'000};
    if (reach >= 180) {
      query.south_west.lng = random_.OneIn(2) ? -180 : std::nextafter(-180, 0);
      query.north_east.lng = random_.OneIn(2) ? 180 : std::nextafter(180, 0);
    }
    if (query.south_west.lng < -180) query.south_west.lng += 360;
    if (query.north_east.lng > 180) query.north_east.lng -= 360;
    if (random_.OneIn(4)) query.filter = {.any_of = 2, .none_of = 1};
    const Timestamp now = kNow - std::chrono::milliseconds(random_.OneIn(2) ? 1 : 0);

    const double west = Canonical(query.south_west)->lng;
    const bool goes_round = query.north_east.lng - query.south_west.lng > 360 - kUnit;
    const double east = goes_round ? 180 : Canonical(query.north_east)->lng;
    const double south = Canonical(query.south_west)->lat;
    const double north = Canonical(query.north_east)->lat;
    std::map<S2CellId, std::size_t> expected;
    int level = query.level;
    for (const Person& person : people) {
      const auto [lat, lng] = person.position;
      if (lat < south || lat > north) continue;
      if (west <= east ? lng < west || lng > east : lng < west && lng > east) continue;
      if (person.seen + kTtl <= now) continue;
      if (query.filter.any_of != 0 && (person.attributes & query.filter.any_of) == 0) continue;
      if ((person.attributes & query.filter.none_of) != 0) continue;
      ++expected[CellAt(person.position, level)];
    }
    while (expected.size() > query.max_cells) {
      --level;
      std::map<S2CellId, std::size_t> coarser;
      for (const auto& [cell, count] : expected) coarser[cell.parent(level)] += count;
      expected = coarser;
    }

    const auto answer = FindClusters(index, query, now);
    ASSERT_THAT(answer, IsOk());
    ASSERT_EQ(answer->level, level);
    ASSERT_EQ(answer->clusters.size(), expected.size());
    auto next = expected.begin();
    for (const Cluster& cluster : answer->clusters) {
      ASSERT_EQ(cluster.cell, next->first.id());
      ASSERT_EQ(cluster.count, next->second);
      counted += cluster.count;
      ++next;
    }
  }
  EXPECT_GT(counted, 0u);
}

INSTANTIATE_TEST_SUITE_P(Crowds, ClustersOfCrowd, ::testing::ValuesIn(Crowds()),
                         [](const auto& crowd) { return crowd.param.name; });

}  // namespace
}  // namespace moyeo::testing
