#include "event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace moyeo::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr UserId kAda{1};
constexpr UserId kBob{2};
constexpr MapBox kSeoul{.south = 37, .west = 126, .north = 38, .east = 128};

RoutedEvent For(std::uint64_t sequence, std::vector<UserId> users) {
  RoutedEvent event;
  event.sequence = sequence;
  event.users = std::move(users);
  return event;
}

RoutedEvent Listed(std::uint64_t sequence, std::optional<LatLng> place,
                   std::vector<UserId> except = {}) {
  RoutedEvent event;
  event.sequence = sequence;
  event.everybody = true;
  event.place = place;
  event.except = std::move(except);
  return event;
}

std::optional<std::vector<std::uint64_t>> After(const EventLog& log, std::uint64_t after,
                                                UserId user,
                                                const std::optional<MapBox>& box = {}) {
  const auto found = log.After(after, user, box);
  if (!found.has_value()) return std::nullopt;
  std::vector<std::uint64_t> sequences;
  for (const RoutedEvent* event : *found) sequences.push_back(event->sequence);
  return sequences;
}

TEST(EventLog, GivesEachUserTheirOwnAfterTheLastTheySaw) {
  EventLog log({});
  log.Begin(10);
  log.Add(For(11, {kAda}));
  log.Add(For(12, {kBob}));
  log.Add(For(13, {kAda, kBob}));
  EXPECT_THAT(*After(log, 10, kAda), ElementsAre(11, 13));
  EXPECT_THAT(*After(log, 11, kAda), ElementsAre(13));
  EXPECT_THAT(*After(log, 13, kAda), IsEmpty());
  EXPECT_EQ(log.last(), 13U);
}

TEST(EventLog, SaysWhenSomethingIsMissing) {
  EventLog log({.events = 2});
  log.Begin(10);
  EXPECT_THAT(*After(log, 10, kAda), IsEmpty());
  EXPECT_EQ(After(log, 9, kAda), std::nullopt);
  EXPECT_EQ(After(log, 11, kAda), std::nullopt) << "it has not been";
  for (std::uint64_t sequence = 11; sequence <= 13; ++sequence) log.Add(For(sequence, {kAda}));
  EXPECT_EQ(After(log, 10, kAda), std::nullopt);
  EXPECT_THAT(*After(log, 11, kAda), ElementsAre(12, 13));
}

TEST(EventLog, TheNumberOfRecipientsIsBounded) {
  EventLog log({.events = 100, .recipients = 3});
  log.Add(For(1, {kAda, kBob}));
  log.Add(For(2, {kAda, kBob}));
  EXPECT_EQ(log.size(), 1U);
  log.Add(For(3, {UserId{1}, UserId{2}, UserId{3}, UserId{4}}));
  EXPECT_THAT(*After(log, 2, UserId{4}), ElementsAre(3)) << "the latest is kept in any case";
}

TEST(EventLog, TheBytesAreBounded) {
  EventLog log({.bytes = 100});
  const auto add = [&](std::uint64_t sequence, std::size_t bytes) {
    RoutedEvent event = For(sequence, {kAda});
    event.frame = std::make_shared<const std::string>(bytes, 'x');
    log.Add(std::move(event));
  };
  add(1, 50);
  add(2, 50);
  EXPECT_EQ(log.size(), 2U);
  add(3, 1);
  EXPECT_THAT(*After(log, 1, kAda), ElementsAre(2, 3));
  EXPECT_EQ(After(log, 0, kAda), std::nullopt);
  add(4, 1'000);
  EXPECT_THAT(*After(log, 3, kAda), ElementsAre(4)) << "the latest is kept in any case";
  add(5, 100);
  EXPECT_EQ(log.size(), 1U);
}

TEST(EventLog, WhatIsForEverybodyIsForThoseWhoWatchThePlace) {
  EventLog log({});
  log.Add(Listed(1, LatLng{37.5, 127}));
  log.Add(Listed(2, LatLng{35, 129}));
  log.Add(Listed(3, std::nullopt));
  log.Add(Listed(4, LatLng{37.5, 127}, {kAda}));
  EXPECT_THAT(*After(log, 0, kAda), IsEmpty());
  EXPECT_THAT(*After(log, 0, kAda, kSeoul), ElementsAre(1, 3));
  EXPECT_THAT(*After(log, 0, kBob, kSeoul), ElementsAre(1, 3, 4));
}

TEST(EventLog, ABoxMayCrossTheAntimeridian) {
  const MapBox fiji{.south = -20, .west = 175, .north = -15, .east = -175};
  EXPECT_TRUE(Contains(fiji, {-17, 178}));
  EXPECT_TRUE(Contains(fiji, {-17, -179}));
  EXPECT_FALSE(Contains(fiji, {-17, 0}));
  EXPECT_FALSE(Contains(fiji, {-21, 178}));
  EXPECT_TRUE(Contains(fiji, {-20, 175}));
}

// The slow twin looks at all events there have been.
TEST(EventLog, AgreesWithLookingAtEverything) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const EventLog::Options options{.events = 1 + random() % 20, .recipients = 1 + random() % 40};
    EventLog log(options);
    std::vector<RoutedEvent> all;
    for (std::uint64_t sequence = 1; sequence <= 40; ++sequence) {
      RoutedEvent event = For(sequence, {});
      for (std::uint64_t user = 1; user <= 4; ++user) {
        if (random() % 3 == 0) event.users.push_back(UserId{user});
        if (random() % 4 == 0) event.except.push_back(UserId{user});
      }
      event.everybody = random() % 2 == 0;
      if (random() % 2 == 0) event.place = LatLng{random() % 2 == 0 ? 37.5 : 10, 127};
      all.push_back(event);
      log.Add(event);

      const UserId user{1 + random() % 4};
      const std::uint64_t after = random() % (sequence + 1);
      const auto box = random() % 2 == 0 ? std::optional(kSeoul) : std::nullopt;
      const auto found = After(log, after, user, box);
      if (!found.has_value()) {
        EXPECT_LT(after, sequence - log.size()) << "seed " << seed;
        continue;
      }
      std::vector<std::uint64_t> expected;
      for (const RoutedEvent& one : all) {
        if (one.sequence <= after) continue;
        const bool own = std::find(one.users.begin(), one.users.end(), user) != one.users.end();
        if (own || ConcernsWatcher(one, user, box)) expected.push_back(one.sequence);
      }
      EXPECT_EQ(*found, expected) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace moyeo::server
