// Values that no accepted command contains can be written too.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "json/writer.h"
#include "moyeo/json.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;

std::string Text(const std::string& text) {
  std::string out;
  json::AppendText(out, text);
  return out;
}

std::string Number(double number) {
  std::string out;
  json::AppendDouble(out, number);
  return out;
}

TEST(WritingTest, OnlyWhatMustBeIsEscaped) {
  EXPECT_EQ(Text(""), R"("")");
  EXPECT_EQ(Text("a/b'<>&"), R"("a/b'<>&")");
  EXPECT_EQ(Text("\"\\"), R"("\"\\")");
  EXPECT_EQ(Text("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Text(std::string("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(Text("모여 😀 \x7F \u2028"), "\"모여 😀 \x7F \u2028\"");
}

TEST(WritingTest, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(Text("a\xFF"), "\"a\uFFFD\"");
  EXPECT_EQ(Text("\xEA\xB0"), "\"\uFFFD\"");
  EXPECT_THAT(FromJson<Command>(ToJson(Command{.body = Register{.nickname = "\xC0\xAF"}})), IsOk());
}

TEST(WritingTest, DoublesAreTheShortestThatReadBackTheSame) {
  EXPECT_EQ(Number(0), "0.0");
  EXPECT_EQ(Number(-0.0), "-0.0");
  EXPECT_EQ(Number(37), "37.0");
  EXPECT_EQ(Number(0.1), "0.1");
  EXPECT_EQ(Number(126.9780001), "126.9780001");
  EXPECT_EQ(Number(1e300), "1e+300");
  EXPECT_EQ(Number(std::numeric_limits<double>::denorm_min()), "5e-324");
}

TEST(WritingTest, NumbersThatAreNotFiniteAreNull) {
  EXPECT_EQ(Number(std::nan("")), "null");
  EXPECT_EQ(Number(-std::numeric_limits<double>::infinity()), "null");
  const Command command{.body = CreateMeetup{.title = "t", .location = LatLng{0, std::nan("")}}};
  EXPECT_THAT(FromJson<Command>(ToJson(command)), IsInvalid("body.location.lng: must be a number"));
}

TEST(WritingTest, EnumeratorsWithoutANameAreUnknown) {
  const Command command{.body = SetVisibility{static_cast<Visibility>(77)}};
  EXPECT_THAT(ToJson(command), HasSubstr(R"({"visibility":"unknown"})"));
  EXPECT_THAT(FromJson<Command>(ToJson(command)), IsInvalid("body.visibility: unknown name"));
  EXPECT_EQ(ToJson(Outcome{.reject = static_cast<Reject>(9'999)}), R"({"reject":"unknown"})");
}

TEST(WritingTest, NumbersOutOfRangeAreWrittenAsTheyAre) {
  const Command command{.body = MarkRead{MeetupId{1}, ~MessageNumber{0}}};
  EXPECT_THAT(ToJson(command), HasSubstr(R"("number":18446744073709551615)"));
  EXPECT_THAT(FromJson<Command>(ToJson(command)), IsInvalid("body.number: must be a whole number"));
}

}  // namespace
}  // namespace moyeo::testing
