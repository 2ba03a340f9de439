// The example in the comment of json.h, compiled and run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "moyeo/json.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;

// The text of the header, to the letter.
void RunJsonExample() {
  // clang-format off
  const auto command = moyeo::FromJson<moyeo::Command>(R"({
    "time": 1700000000000,
    "actor": "7",
    "kind": "create_meetup",
    "body": {"title": "Chess", "start": 1700003600000, "end": 1700010800000}
  })");
  if (!command.ok()) std::cerr << command.status().message() << '\n';

  std::cout << moyeo::ToJson(moyeo::Outcome{.meetup = moyeo::MeetupId{12}}) << '\n';
  // clang-format on
}

// What `example` prints, errors included.
std::string PrintedBy(void (*example)()) {
  std::ostringstream printed;
  std::streambuf* const out = std::cout.rdbuf(printed.rdbuf());
  std::streambuf* const error = std::cerr.rdbuf(printed.rdbuf());
  example();
  std::cout.rdbuf(out);
  std::cerr.rdbuf(error);
  return printed.str();
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(JsonHeaderExampleTest, PrintsWhatTheHeaderSays) {
  const std::string printed = PrintedBy(RunJsonExample);
  EXPECT_EQ(printed, "{\"reject\":\"none\",\"meetup\":\"12\"}\n");
  EXPECT_THAT(ReadFile(MOYEO_HEADER),
              HasSubstr("// prints " + printed.substr(0, printed.find('\n'))));
}

TEST(JsonHeaderExampleTest, IsTheOneInTheHeader) {
  std::istringstream header(ReadFile(MOYEO_HEADER));
  std::string example;
  for (std::string line; std::getline(header, line) && !line.starts_with("// prints");) {
    if (line.starts_with("//   ")) example += line.substr(3) + "\n";
    if (line == "//" && !example.empty()) example += "\n";
  }
  while (example.ends_with("\n\n")) example.pop_back();
  ASSERT_THAT(example, HasSubstr("FromJson<moyeo::Command>"));
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(example));
}

}  // namespace
}  // namespace moyeo::testing
