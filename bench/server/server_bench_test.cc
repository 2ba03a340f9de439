#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "bench/server/chart.h"
#include "bench/server/child.h"
#include "bench/server/options.h"
#include "bench/server/server_case.h"
#include "bench/support/well_formed.h"

namespace moyeo::bench {
namespace {

constexpr ServerRecord kRecord{.sockets = 1'000,
                               .interval_ms = 250,
                               .server_cpu = 0.125,
                               .crowd_cpu = 0.25,
                               .rss_bytes_per_socket = 5'000,
                               .delay_p50_ms = 130.5,
                               .delay_p99_ms = 260,
                               .late_p99_ms = 20,
                               .missed = 2};

nlohmann::json Summary() {
  return {{"users", 1'000},        {"connected", 1'000},
          {"errors", 0},           {"interval_ms", 250},
          {"server_cpu", 0.125},   {"crowd_cpu", 0.25},
          {"late_p99_ms", 20.0},   {"server_rss_bytes_per_socket", 5'000},
          {"delay_p50_ms", 130.5}, {"delay_p99_ms", 260.0},
          {"missed", 2},           {"moves_per_s", 333.3}};
}

TEST(ServerCaseTest, ARecordIsReadFromTheCrowdsSummary) {
  const auto record = ReadCrowdSummary(Summary().dump());
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(ToJson(std::vector{*record}), ToJson(std::vector{kRecord}));
}

TEST(ServerCaseTest, ASummaryWithErrorsIsNoResult) {
  for (const char* field : {"errors", "connected"}) {
    auto summary = Summary();
    summary[field] = 999;
    const auto refused = ReadCrowdSummary(summary.dump());
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << field;
  }
}

TEST(ServerCaseTest, ASummaryThatLacksSomethingIsNoResult) {
  EXPECT_FALSE(ReadCrowdSummary("").ok());
  const auto whole = Summary();
  for (const auto& field : whole.items()) {
    if (field.key() == "moves_per_s") continue;
    auto summary = Summary();
    summary.erase(field.key());
    EXPECT_FALSE(ReadCrowdSummary(summary.dump()).ok()) << field.key();
  }
}

TEST(ServerCaseTest, ResultsAreWrittenByName) {
  const auto json = nlohmann::json::parse(ToJson(std::vector{kRecord}));
  EXPECT_EQ(json, nlohmann::json::parse(R"([{"sockets":1000,"interval_ms":250,"server_cpu":0.125,
    "crowd_cpu":0.25,"rss_bytes_per_socket":5000.0,"delay_p50_ms":130.5,"delay_p99_ms":260.0,
    "late_p99_ms":20.0,"missed":2}])"));
}

TEST(ServerChartTest, ShowsEveryCase) {
  ServerRecord other = kRecord;
  other.sockets = 20'000;
  other.interval_ms = 3'000;
  other.server_cpu = 1.5;
  const std::string svg = ToSvg(std::vector{kRecord, other}, "A <machine> & more");
  EXPECT_TRUE(IsWellFormed(svg)) << svg;
  for (const char* text : {"1000 sockets, every 0.25 s", "20000 sockets, every 3 s", "12.5 %",
                           "150.0 %", "130, 260 ms", "A &lt;machine&gt; &amp; more"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}

TEST(ServerChartTest, WithoutResultsIsStillADrawing) {
  EXPECT_TRUE(IsWellFormed(ToSvg({}, "nothing")));
}

TEST(ChildTest, IsReadAndWaitedFor) {
  auto child = Child::Start({"/bin/sh", "-c", "echo one; echo two; exit 3"}, 0);
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(*child->ReadLine(), "one");
  EXPECT_EQ(*child->Wait(), 3);
}

TEST(ChildTest, IsStopped) {
  auto child =
      Child::Start({"/bin/sh", "-c", "trap 'exit 4' TERM; echo up; while :; do :; done"}, 0);
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(*child->ReadLine(), "up");
  EXPECT_EQ(*child->Stop(), 4);
}

TEST(ChildTest, OneThatCannotStartHasNothingToSay) {
  auto child = Child::Start({"/nonexistent"}, 0);
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_FALSE(child->ReadLine().ok());
  EXPECT_EQ(*child->Wait(), 127);
}

TEST(ServerBenchOptionsTest, CasesAreSocketsAndMilliseconds) {
  const auto parse = [](std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(),
                     {"bench", "--server", "s", "--crowd", "c", "--places", "p"});
    return ParseServerBenchOptions(static_cast<int>(arguments.size()),
                                   const_cast<char**>(arguments.data()));
  };
  const auto chosen = parse({"--quick", "--cases", "5:250,7:3000"});
  ASSERT_TRUE(std::holds_alternative<ServerBenchOptions>(chosen));
  const auto& options = std::get<ServerBenchOptions>(chosen);
  EXPECT_EQ(options.cases, (std::vector<ServerCase>{{5, 250}, {7, 3'000}}));
  EXPECT_LT(options.seconds, ServerBenchOptions{}.seconds);
  EXPECT_EQ(std::get<ServerBenchOptions>(parse({})).cases.size(), 6);
  for (const char* wrong : {"5", "5:", ":5", "5:0", "0:5", "5:250x", "-5:250"}) {
    EXPECT_TRUE(std::holds_alternative<ExitCode>(parse({"--cases", wrong}))) << wrong;
  }
}

}  // namespace
}  // namespace moyeo::bench
