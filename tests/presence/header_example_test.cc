// The examples in the comments of the main classes, compiled and run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "moyeo/feed.h"
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

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The indented lines of the comment that ends at `class MOYEO_EXPORT name`, indented as in a
// function.
std::string ExampleOf(const std::string& name, const std::string& header) {
  std::istringstream comment(header.substr(0, header.find("class MOYEO_EXPORT " + name)));
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
  const std::string presence = ExampleOf("PresenceIndex", ReadFile(MOYEO_HEADERS "/presence.h"));
  ASSERT_THAT(presence, HasSubstr("index.Move("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(presence));
  const std::string feed = ExampleOf("NearbyFeeds", ReadFile(MOYEO_HEADERS "/feed.h"));
  ASSERT_THAT(feed, HasSubstr("feeds.Subscribe("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(feed));
}

}  // namespace
}  // namespace moyeo::testing
