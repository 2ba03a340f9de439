// The examples in the comments of the main classes, compiled and run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "moyeo/clusters.h"
#include "moyeo/feed.h"
#include "moyeo/fence.h"
#include "moyeo/presence.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;

// The text of the headers, to the letter.
void RunPresenceExample() {
  // clang-format off
  moyeo::PresenceIndex index({.ttl_ms = 60'000});
  const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};

  absl::Status moved = index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now);
  if (!moved.ok()) std::cerr << moved << '\n';

  auto near = index.Nearby({37.57, 126.98}, {.radius_m = 5'000, .limit = 50}, now);
  if (near.ok()) {
    for (const moyeo::Neighbor& n : *near) std::cout << n.distance_m << " m\n";
  }
  // clang-format on
}

void RunFeedExample() {
  // clang-format off
  moyeo::PresenceIndex index;
  moyeo::NearbyFeeds feeds(index);
  const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};

  auto feed = feeds.Subscribe({.center = moyeo::UserId{7}, .radius_m = 5'000, .limit = 50});
  if (!feed.ok()) std::cerr << feed.status() << '\n';

  if (!index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now).ok()) return;
  if (!index.Move(moyeo::UserId{8}, {37.5658, 126.9751}, now).ok()) return;
  auto tick = feeds.Tick(now, [](const moyeo::FeedUpdate& update) {
    for (const moyeo::FeedDelta& delta : update.deltas) {
      if (delta.kind == moyeo::FeedDelta::Kind::kEnter) std::cout << delta.distance_m << " m\n";
    }
  });
  // clang-format on
}

void RunFenceExample() {
  // clang-format off
  moyeo::PresenceIndex index;
  moyeo::Fences fences(index);
  const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};

  auto plaza = fences.Add({.region = moyeo::FenceCircle{{37.5663, 126.9779}, 150},
                           .name = "Seoul Plaza",
                           .margin_m = 20,
                           .dwell_ms = 300'000,
                           .tells_those_inside = true});
  if (!plaza.ok()) std::cerr << plaza.status() << '\n';

  if (!index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now).ok()) return;
  auto tick = fences.Tick(now, [](const moyeo::FenceEvent& event) {
    if (event.kind == moyeo::FenceEvent::Kind::kEnter) {
      std::cout << "user " << moyeo::ToNumber(event.user) << " is here\n";
    }
  });
  // clang-format on
}

void RunClustersExample() {
  // clang-format off
  moyeo::PresenceIndex index;
  const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
  if (!index.Move(moyeo::UserId{7}, {37.5665, 126.9780}, now).ok()) return;

  const auto answer = moyeo::FindClusters(
      index, {.south_west = {37, 126}, .north_east = {38, 128}, .level = 10}, now);
  if (!answer.ok()) return;
  for (const moyeo::Cluster& cluster : answer->clusters) {
    std::cout << cluster.count << " in cell " << cluster.cell << '\n';
  }
  // clang-format on
}

std::string PrintedBy(void (*example)()) {
  std::ostringstream printed;
  std::streambuf* const before = std::cout.rdbuf(printed.rdbuf());
  example();
  std::cout.rdbuf(before);
  return printed.str();
}

TEST(HeaderExampleTest, PrintsTheDistanceOfTheUserNearby) {
  const double distance = DistanceMeters({37.57, 126.98}, {37.5665, 126.978}).value();
  std::ostringstream expected;
  expected << distance << " m\n";
  EXPECT_EQ(PrintedBy(RunPresenceExample), expected.str());
  EXPECT_NEAR(distance, 427.2, 0.1);
}

TEST(HeaderExampleTest, PrintsTheDistanceOfTheUserWhoEnters) {
  std::ostringstream expected;
  expected << DistanceMeters({37.5665, 126.978}, {37.5658, 126.9751}).value() << " m\n";
  EXPECT_EQ(PrintedBy(RunFeedExample), expected.str());
}

TEST(HeaderExampleTest, PrintsTheUserWhoEntersTheFence) {
  EXPECT_EQ(PrintedBy(RunFenceExample), "user 7 is here\n");
}

TEST(HeaderExampleTest, PrintsTheClusterOfOneUser) {
  EXPECT_THAT(PrintedBy(RunClustersExample), ::testing::StartsWith("1 in cell "));
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The indented lines of the comment that ends at `declaration`, indented as in a function.
std::string ExampleOf(const std::string& declaration, const std::string& header) {
  std::istringstream comment(header.substr(0, header.find(declaration)));
  std::string example;
  std::string line;
  while (std::getline(comment, line)) {
    if (!line.starts_with("//")) {
      example.clear();
    } else if (line.starts_with("//   ")) {
      example += line.substr(3) + "\n";
    } else if (line == "//" && !example.empty()) {
      example += "\n";
    } else if (!example.empty()) {
      break;
    }
  }
  while (example.ends_with("\n\n")) example.pop_back();
  return example;
}

TEST(HeaderExampleTest, AreTheOnesInTheHeaders) {
  const std::string presence =
      ExampleOf("class MOYEO_EXPORT PresenceIndex", ReadFile(MOYEO_HEADERS "/presence.h"));
  ASSERT_THAT(presence, HasSubstr("index.Move("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(presence));
  const std::string feed =
      ExampleOf("class MOYEO_EXPORT NearbyFeeds", ReadFile(MOYEO_HEADERS "/feed.h"));
  ASSERT_THAT(feed, HasSubstr("feeds.Subscribe("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(feed));
  const std::string fence =
      ExampleOf("class MOYEO_EXPORT Fences", ReadFile(MOYEO_HEADERS "/fence.h"));
  ASSERT_THAT(fence, HasSubstr("fences.Add("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(fence));
  const std::string clusters = ExampleOf("MOYEO_EXPORT absl::StatusOr<ClusterAnswer>",
                                         ReadFile(MOYEO_HEADERS "/clusters.h"));
  ASSERT_THAT(clusters, HasSubstr("moyeo::FindClusters("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(clusters));
}

}  // namespace
}  // namespace moyeo::testing
