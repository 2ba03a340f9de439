#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "examples/crowd/address.h"
#include "examples/crowd/file_limit.h"
#include "examples/crowd/friendships.h"
#include "examples/crowd/meetup_board.h"
#include "examples/crowd/process_usage.h"
#include "examples/crowd/summary.h"

namespace moyeo_crowd {
namespace {

using moyeo::MeetupId;

TEST(AddressTest, IsReadWithItsPort) {
  EXPECT_EQ(ParseEndpoint("127.0.0.1:8080")->port(), 8080);
  EXPECT_EQ(ParseEndpoint("127.0.0.1:8080")->address().to_string(), "127.0.0.1");
  EXPECT_EQ(ParseEndpoint("[::1]:65535")->address().to_string(), "::1");
  for (const char* text : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
                           "localhost:80", "::1:80", "[::1]", "127.0.0.1:-1"}) {
    EXPECT_FALSE(ParseEndpoint(text).ok()) << text;
  }
}

TEST(AddressTest, OverLoopbackSourcesTakeTurns) {
  const auto loopback = ParseEndpoint("127.0.0.1:80").value();
  std::vector<std::string> sources;
  for (int i = 0; i < 4; ++i) sources.push_back(SourceOf(i, 3, loopback).to_string());
  EXPECT_EQ(sources,
            (std::vector<std::string>{"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.2"}));
  EXPECT_EQ(SourceOf(1, 3, ParseEndpoint("10.0.0.1:80").value()).to_string(), "0.0.0.0");
  EXPECT_EQ(SourceOf(1, 3, ParseEndpoint("[::1]:80").value()).to_string(), "::");
}

TEST(FileLimitTest, MoreThanTheSystemAllowsIsRefusedWithANumber) {
  EXPECT_TRUE(AllowConnections(1).ok());
  const auto refused = AllowConnections(std::size_t{1} << 40);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(refused.message().find("connections are possible"), std::string::npos);
}

TEST(ProcessUsageTest, ReadsTheFieldsBehindANameWithParentheses) {
  const std::string stat =
      "12 (a) b) (c) S 1 12 12 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 1 0 7000 9000000 345 "
      "18446744073709551615 1 1 0 0";
  const auto usage = ParseProcessStat(stat, 100, 4'096);
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_DOUBLE_EQ(usage->cpu_seconds, 2);
  EXPECT_EQ(usage->rss_bytes, 345 * 4'096);
}

TEST(ProcessUsageTest, RefusesWhatIsNoSuchText) {
  EXPECT_FALSE(ParseProcessStat("", 100, 4'096).ok());
  EXPECT_FALSE(ParseProcessStat("12 (name) S 1 2 3", 100, 4'096).ok());
  EXPECT_FALSE(
      ParseProcessStat("1 (n) S 1 1 1 0 -1 4 9 0 0 0 x 5 0 0 20 0 1 0 7 9 3 1", 100, 4'096).ok());
}

TEST(ProcessUsageTest, KnowsThisProcessAndNotOneThatIsNot) {
  const auto own = ReadProcessUsage(getpid());
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_GT(own->rss_bytes, 100'000);
  EXPECT_FALSE(ReadProcessUsage(0).ok());
}

TEST(MeetupBoardTest, KnowsWhoIsWhere) {
  std::mt19937_64 random(1);
  MeetupBoard board;
  EXPECT_EQ(board.Draw(random), nullptr);
  EXPECT_EQ(board.DrawNear({0, 0}, random), nullptr);
  board.Add(MeetupId{2}, {0, 0}, 7);
  board.Join(MeetupId{2}, 8);
  board.Join(MeetupId{1}, 9);
  ASSERT_NE(board.Draw(random), nullptr);
  EXPECT_EQ(board.Draw(random)->members, (std::vector<std::size_t>{7, 8}));
}

TEST(MeetupBoardTest, TheNearOneIsDrawnMoreOften) {
  std::mt19937_64 random(1);
  MeetupBoard board;
  board.Add(MeetupId{2}, {40, 0}, 7);
  board.Add(MeetupId{1}, {1, 0}, 7);
  int near = 0;
  for (int i = 0; i < 100; ++i) {
    if (board.DrawNear({0, 0}, random)->meetup == MeetupId{1}) ++near;
  }
  EXPECT_GE(near, 95);
}

TEST(MeetupBoardTest, TheOldestOneIsForgotten) {
  MeetupBoard board;
  for (std::uint64_t i = 1; i <= MeetupBoard::kMost; ++i) board.Add(MeetupId{i}, {0, 0}, 1);
  EXPECT_EQ(board.size(), MeetupBoard::kMost);
  board.Add(MeetupId{MeetupBoard::kMost + 1}, {0, 0}, 1);
  EXPECT_EQ(board.size(), MeetupBoard::kMost);
  std::mt19937_64 random(1);
  for (int i = 0; i < 1'000; ++i) EXPECT_NE(board.Draw(random)->meetup, MeetupId{1});
}

// Whenever nobody more arrives, all friendships there are must be between those who have.
TEST(FriendshipsTest, AreBetweenThoseWhoHaveArrived) {
  std::mt19937_64 random(1);
  for (std::size_t arrived = 0; arrived <= 20; ++arrived) {
    Friendships friendships;
    std::vector<std::pair<std::size_t, std::size_t>> expected;
    std::vector<std::pair<std::size_t, std::size_t>> made;
    const auto make_one = [&] {
      const auto pair = friendships.Take();
      if (pair) made.push_back(*pair);
      return pair.has_value();
    };
    for (std::size_t number = 0; number < arrived; ++number) {
      const bool is_friend = random() % 2 == 0;
      friendships.Arrive(is_friend);
      if (is_friend && number > 0) expected.emplace_back(number - 1, number);
      if (random() % 4 == 0) make_one();
    }
    while (make_one()) {
    }
    EXPECT_EQ(made, expected) << arrived << " have arrived";
  }
}

TEST(MistakesTest, AreCountedByKindUpToABound) {
  Mistakes mistakes;
  mistakes.Add("reset");
  mistakes.Add("reset");
  for (int i = 0; i < 100; ++i) mistakes.Add(std::to_string(i));
  EXPECT_EQ(mistakes.count(), 102);
  EXPECT_EQ(mistakes.kinds().at("reset"), 2);
  EXPECT_EQ(mistakes.kinds().size(), Mistakes::kMostKinds);
}

TEST(SummaryTest, HasTheServerOnlyIfItWasWatched) {
  Summary summary;
  summary.connected = 9;
  summary.delay_p99_ms = 12.34;
  auto json = nlohmann::json::parse(ToJson(summary));
  EXPECT_EQ(json["connected"], 9);
  EXPECT_EQ(json["delay_p99_ms"], 12.3);
  EXPECT_FALSE(json.contains("server_cpu"));
  EXPECT_EQ(ToText(summary).find("server"), std::string::npos);
  summary.server_cpu = 0.25;
  summary.server_rss_bytes = 1'000'000;
  summary.server_rss_bytes_per_socket = 5'120;
  json = nlohmann::json::parse(ToJson(summary));
  EXPECT_EQ(json["server_cpu"], 0.25);
  EXPECT_NE(ToText(summary).find("25.00 % of a core, 1.0 MB, 5.0 KiB a socket"), std::string::npos);
}

TEST(SummaryTest, SaysWhatWentWrong) {
  Summary summary;
  summary.mistakes.Add("closed with 4429");
  EXPECT_NE(ToText(summary).find("1 times: closed with 4429"), std::string::npos);
}

}  // namespace
}  // namespace moyeo_crowd
