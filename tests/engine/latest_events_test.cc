#include "engine/latest_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace moyeo::engine {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kNoMatter = 1'000'000;

Event SomeEvent(std::uint64_t sequence) {
  Event event;
  event.sequence = sequence;
  event.body = ProfileChanged{.user = UserId{7}};
  return event;
}

std::vector<std::uint64_t> Kept(const LatestEvents& latest) {
  std::vector<std::uint64_t> sequences;
  for (const auto& event : latest.From(0, latest.size())) sequences.push_back(event->sequence);
  return sequences;
}

TEST(LatestEventsTest, AsManyAreKeptAsMayBe) {
  LatestEvents latest(2, kNoMatter);
  for (const std::uint64_t sequence : {1, 2}) latest.Push(SomeEvent(sequence));
  EXPECT_THAT(Kept(latest), ElementsAre(1, 2));
  latest.Push(SomeEvent(3));
  EXPECT_THAT(Kept(latest), ElementsAre(2, 3));
}

TEST(LatestEventsTest, OfAsManyBytesAsMayBe) {
  const std::size_t bytes = BytesOf(SomeEvent(1));
  LatestEvents latest(kNoMatter, 3 * bytes);
  for (const std::uint64_t sequence : {1, 2, 3}) latest.Push(SomeEvent(sequence));
  EXPECT_THAT(Kept(latest), ElementsAre(1, 2, 3));
  latest.Push(SomeEvent(4));
  EXPECT_THAT(Kept(latest), ElementsAre(2, 3, 4));

  LatestEvents fewer(kNoMatter, 3 * bytes - 1);
  for (const std::uint64_t sequence : {1, 2, 3}) fewer.Push(SomeEvent(sequence));
  EXPECT_THAT(Kept(fewer), ElementsAre(2, 3));
}

TEST(LatestEventsTest, TheLatestIsKeptHoweverLong) {
  LatestEvents latest(kNoMatter, 1);
  for (const std::uint64_t sequence : {1, 2}) latest.Push(SomeEvent(sequence));
  EXPECT_THAT(Kept(latest), ElementsAre(2));
}

TEST(LatestEventsTest, SomeOfThemAreFromANumberOn) {
  LatestEvents latest(kNoMatter, kNoMatter);
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) latest.Push(SomeEvent(sequence));
  EXPECT_EQ(latest.From(1, 3).front()->sequence, 2u);
  EXPECT_EQ(latest.From(1, 3).size(), 3u);
  EXPECT_EQ(latest.From(3, 100).size(), 2u);
}

TEST(LatestEventsTest, WhatTheyCarryIsCounted) {
  const std::size_t plain = BytesOf(SomeEvent(1));
  Event to_many = SomeEvent(1);
  to_many.audience.except = std::vector<UserId>(30'000);
  EXPECT_GE(BytesOf(to_many), plain + 30'000 * sizeof(UserId));
  Event text = SomeEvent(1);
  text.body = MessagePosted{
      .meetup = MeetupId{1}, .number = 1, .author = UserId{7}, .text = std::string(2'000, 'x')};
  EXPECT_GE(BytesOf(text), plain + 2'000);
  Event emptied = SomeEvent(1);
  emptied.body =
      MessagesEmptied{.meetup = MeetupId{1}, .numbers = std::vector<MessageNumber>(100'000)};
  EXPECT_GE(BytesOf(emptied), plain + 100'000 * sizeof(MessageNumber));
}

}  // namespace
}  // namespace moyeo::engine
