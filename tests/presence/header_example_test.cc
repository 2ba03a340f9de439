// The example in the comment of PresenceIndex, compiled and run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "moyeo/presence.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;

// The text of the header, to the letter.
void RunExample() {
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

TEST(HeaderExampleTest, PrintsTheDistanceOfTheUserNearby) {
  std::ostringstream printed;
  std::streambuf* const before = std::cout.rdbuf(printed.rdbuf());
  RunExample();
  std::cout.rdbuf(before);
  const double distance = DistanceMeters({37.57, 126.98}, {37.5665, 126.978}).value();
  std::ostringstream expected;
  expected << distance << " m\n";
  EXPECT_EQ(printed.str(), expected.str());
  EXPECT_NEAR(distance, 427.2, 0.1);
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The indented lines of the comment that ends at `class MOYEO_EXPORT PresenceIndex`, indented as in
// a function.
std::string ExampleOf(const std::string& header) {
  std::istringstream comment(header.substr(0, header.find("class MOYEO_EXPORT PresenceIndex")));
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

TEST(HeaderExampleTest, IsTheOneInTheHeader) {
  const std::string example = ExampleOf(ReadFile(MOYEO_PRESENCE_HEADER));
  ASSERT_THAT(example, HasSubstr("index.Move("));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(example));
}

}  // namespace
}  // namespace moyeo::testing
