#include "log_line.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;

Json Parsed(std::string_view message, const std::vector<LogField>& fields) {
  return Json::parse("{" + JsonLogLine(message, fields) + "}", nullptr, false);
}

TEST(LogLineTest, SaysWhatThereIs) {
  const std::vector<LogField> fields = {{"method", "GET"},
                                        {"route", "/v1/people/{user}"},
                                        {"status", std::int64_t{404}},
                                        {"duration_ms", 1.5},
                                        {"why", "two words"}};
  EXPECT_EQ(PlainLogLine("request", fields),
            R"(request method=GET route=/v1/people/{user} status=404 duration_ms=1.5 )"
            R"(why="two words")");
  EXPECT_EQ(Parsed("request", fields), Json({{"message", "request"},
                                             {"method", "GET"},
                                             {"route", "/v1/people/{user}"},
                                             {"status", 404},
                                             {"duration_ms", 1.5},
                                             {"why", "two words"}}));
}

TEST(LogLineTest, TextsDoNotLookLikeFieldsOrLines) {
  const std::vector<LogField> fields = {{"why", "x status=200"}, {"which", ""}, {"other", "a\"b"}};
  EXPECT_EQ(PlainLogLine("no\nsuch", fields),
            R"("no\nsuch" why="x status=200" which="" other="a\"b")");
  EXPECT_EQ(PlainLogLine("x", std::vector<LogField>{{"why", "\x1b[2J\x7f한"}}),
            R"(x why="\u001b[2J\u007f\ud55c")");
}

TEST(LogLineTest, WhatIsNoNumberIsNull) {
  const std::vector<LogField> fields = {{"x", std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_TRUE(Parsed("m", fields)["x"].is_null());
}

TEST(LogLineTest, IsJsonAndOneLineWhateverTheText) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::vector<LogField> fields = {{"text", text}};
    const Json line = Parsed(text, fields);
    ASSERT_TRUE(line.is_object()) << "seed " << seed;
    EXPECT_EQ(line["message"], line["text"]);
    EXPECT_EQ(JsonLogLine(text, fields).find('\n'), std::string::npos) << "seed " << seed;
    const std::string plain = PlainLogLine(text, fields);
    for (const char c : plain) ASSERT_TRUE(c >= ' ' && c <= '~') << "seed " << seed;
  }
}

TEST(LogLineTest, TextsInJsonAreThemselves) {
  const std::string text = "quote \" backslash \\ newline \n tab \t 한국어 \x01";
  EXPECT_EQ(Parsed(text, {})["message"], text);
}

}  // namespace
}  // namespace moyeo::server
