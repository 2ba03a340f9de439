#include "examples/crowd/messages.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "examples/crowd/token.h"

namespace moyeo_crowd {
namespace {

using nlohmann::json;

std::string Degrees(std::int32_t e7) {
  std::string text;
  AppendDegrees(e7, text);
  return text;
}

TEST(PositionE7Test, DegreesAreWrittenExactly) {
  EXPECT_EQ(Degrees(0), "0");
  EXPECT_EQ(Degrees(375'665'000), "37.5665");
  EXPECT_EQ(Degrees(1), "0.0000001");
  EXPECT_EQ(Degrees(-1), "-0.0000001");
  EXPECT_EQ(Degrees(-500'000), "-0.05");
  EXPECT_EQ(Degrees(-1'800'000'000), "-180");
  EXPECT_EQ(Degrees(1'799'999'999), "179.9999999");
}

TEST(PositionE7Test, AreWhatCanonicalPositionsAreMadeOf) {
  const auto canonical = moyeo::Canonical({37.56650004, -126.97800005}).value();
  EXPECT_EQ(ToE7(canonical), (PositionE7{375'665'000, -1'269'780'001}));
}

TEST(MessagesTest, AreWhatTheServerReads) {
  EXPECT_EQ(HelloMessage("a.b.c"), R"({"type":"hello","token":"a.b.c"})");
  EXPECT_EQ(MoveMessage({375'665'000, 1'269'780'000}),
            R"({"type":"move","lat":37.5665,"lng":126.978})");
  EXPECT_EQ(
      json::parse(WatchMessage(5'000, 50, 250)),
      json::parse(R"({"type":"watch","feed":1,"radius_m":5000,"limit":50,"interval_ms":250})"));
}

TEST(MessagesTest, WhoeverRegistersShowsTheirToken) {
  const auto request =
      RegisterRequest("127.0.0.1:80", "a.b.c", "walker 7", moyeo::Visibility::kExact);
  EXPECT_EQ(request.target(), "/v1/me");
  EXPECT_EQ(request["Authorization"], "Bearer a.b.c");
  const json body = json::parse(request.body());
  EXPECT_EQ(body["nickname"], "walker 7");
  EXPECT_EQ(body["visibility"], "exact");
}

TEST(MessagesTest, ACommandIsItsKindItsBodyAndAnId) {
  EXPECT_EQ(json::parse(CommandMessage(moyeo::JoinMeetup{moyeo::MeetupId{12}}, "join 12")),
            json::parse(R"({"type":"command","kind":"join_meetup","body":{"meetup":"12"},)"
                        R"("id":"join 12"})"));
}

TEST(TokenTest, SaysWhoseItIsAndUntilWhen) {
  const std::string key(32, 'k');
  const auto expires = std::chrono::system_clock::time_point(std::chrono::seconds(2'000'000'000));
  const std::string token = SignToken(moyeo::UserId{7}, key, expires);
  // The header and the payload are JSON in base64url; the signature is HMAC-SHA256 of both.
  EXPECT_EQ(token.substr(0, token.find('.')), "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9");
  const std::size_t payload = token.find('.') + 1;
  EXPECT_EQ(token.substr(payload, token.rfind('.') - payload),
            "eyJleHAiOjIwMDAwMDAwMDAsInN1YiI6IjcifQ");
  EXPECT_NE(SignToken(moyeo::UserId{7}, std::string(32, 'l'), expires), token);
}

}  // namespace
}  // namespace moyeo_crowd
