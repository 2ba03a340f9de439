#include "stream_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "json_text.h"
#include "nlohmann/json.hpp"
#include "text.h"

namespace moyeo::server {
namespace {

using ::testing::HasSubstr;

class StreamMessagesTest : public ::testing::Test {
 protected:
  template <typename Body>
  Body Read(std::string_view text) {
    const absl::Status read = ReadStreamMessage(text, limits_, message_);
    EXPECT_TRUE(read.ok()) << text << ": " << read;
    EXPECT_TRUE(std::holds_alternative<Body>(message_.body)) << text;
    return std::get<Body>(message_.body);
  }

  std::string Wrong(std::string_view text) {
    const absl::Status read = ReadStreamMessage(text, limits_, message_);
    EXPECT_TRUE(absl::IsInvalidArgument(read)) << text << ": " << read;
    return std::string(MessageOf(read));
  }

  bool IsNoMessage(std::string_view text) {
    return absl::IsFailedPrecondition(ReadStreamMessage(text, limits_, message_));
  }

  const WatchLimits limits_{.radius_m = 1'000, .limit = 10, .least_interval_ms = 100};
  StreamMessage message_;
};

TEST_F(StreamMessagesTest, AMoveHasAPosition) {
  EXPECT_EQ(Read<MoveTo>(R"({"type":"move","lat":37.5,"lng":-126})").position,
            (LatLng{37.5, -126}));
  EXPECT_EQ(message_.id, std::nullopt);
  Read<MoveTo>(R"({"type":"move","lat":-90,"lng":180,"id":"x\"y"})");
  EXPECT_EQ(message_.id, R"("x\"y")");
}

TEST_F(StreamMessagesTest, AWrongMoveSaysWhatIsWrong) {
  EXPECT_THAT(Wrong(R"({"type":"move","lat":37.5})"), HasSubstr("lng: is missing"));
  EXPECT_THAT(Wrong(R"({"type":"move","lat":90.1,"lng":0})"), HasSubstr("lat: must be from"));
  EXPECT_TRUE(IsNoMessage(R"({"type":"move","lat":1e999,"lng":0})"));
  EXPECT_THAT(Wrong(R"({"type":"move","lat":"1","lng":0})"), HasSubstr("lat: must be a number"));
  EXPECT_THAT(Wrong(R"({"type":"move","lat":1,"lng":0,"alt":3})"), HasSubstr("alt: is not"));
  EXPECT_EQ(message_.id, std::nullopt);
  Wrong(R"({"type":"move","lat":1,"id":"7"})");
  EXPECT_EQ(message_.id, R"("7")") << "the answer goes to whoever asked";
}

TEST_F(StreamMessagesTest, AHelloMayGoOnFromAnEvent) {
  const Hello hello = Read<Hello>(
      R"({"type":"hello","token":"t","after":"12","meetups":{"south":1,"west":2,"north":3,"east":4}})");
  EXPECT_EQ(hello.token, "t");
  EXPECT_EQ(hello.after, 12U);
  EXPECT_EQ(hello.meetups->north, 3);
  EXPECT_EQ(Read<Hello>(R"({"type":"hello","token":""})").after, std::nullopt);
  EXPECT_THAT(Wrong(R"({"type":"hello","token":"t","after":12})"), HasSubstr("after"));
  EXPECT_THAT(Wrong(R"({"type":"hello","token":"t","after":"-1"})"), HasSubstr("after"));
  EXPECT_THAT(Wrong(R"({"type":"hello"})"), HasSubstr("token: is missing"));
  EXPECT_THAT(Wrong(R"({"type":"hello","token":"t","meetups":[]})"), HasSubstr("meetups"));
}

TEST_F(StreamMessagesTest, AWatchIsBounded) {
  const Watch watch =
      Read<Watch>(R"({"type":"watch","feed":3,"radius_m":1000,"limit":10,"interval_ms":100})");
  EXPECT_EQ(watch.feed, 3U);
  EXPECT_EQ(watch.center, std::nullopt);
  EXPECT_EQ(Read<Watch>(R"({"type":"watch","feed":3,"lat":1,"lng":2,"limit":1})").center,
            (LatLng{1, 2}));
  EXPECT_THAT(Wrong(R"({"type":"watch","feed":3,"radius_m":1000.1})"), HasSubstr("radius_m"));
  EXPECT_THAT(Wrong(R"({"type":"watch","feed":3,"limit":11})"), HasSubstr("limit"));
  EXPECT_THAT(Wrong(R"({"type":"watch","feed":3,"limit":0})"), HasSubstr("limit"));
  EXPECT_THAT(Wrong(R"({"type":"watch","feed":3,"interval_ms":99})"), HasSubstr("interval_ms"));
  EXPECT_THAT(Wrong(R"({"type":"watch","feed":-3})"), HasSubstr("feed"));
  EXPECT_THAT(Wrong(R"({"type":"watch","feed":3,"lat":1})"), HasSubstr("lng: is missing"));
}

TEST_F(StreamMessagesTest, APostIsACommand) {
  const Order order = Read<Order>(R"({"type":"post","meetup":"3","text":"hi","request_id":"9"})");
  EXPECT_EQ(order.kind, "post_message");
  EXPECT_EQ(nlohmann::json::parse(order.body), (nlohmann::json{{"meetup", "3"}, {"text", "hi"}}));
  EXPECT_EQ(order.request_id, RequestId{9});
}

TEST_F(StreamMessagesTest, ACommandHasItsBody) {
  const Order order =
      Read<Order>(R"({"type":"command","kind":"join_meetup","body":{"meetup":"3"}})");
  EXPECT_EQ(order.kind, "join_meetup");
  EXPECT_EQ(order.body, R"({"meetup":"3"})");
  EXPECT_EQ(order.request_id, std::nullopt);
  EXPECT_THAT(Wrong(R"({"type":"command","kind":"join_meetup"})"), HasSubstr("body"));
  EXPECT_THAT(Wrong(R"({"type":"command","body":{}})"), HasSubstr("kind: is missing"));
}

TEST_F(StreamMessagesTest, MeetupsAreWatchedInABoxOrNot) {
  EXPECT_TRUE(
      Read<WatchMeetups>(R"({"type":"watch_meetups","south":1,"west":2,"north":3,"east":4})")
          .box.has_value());
  EXPECT_FALSE(Read<WatchMeetups>(R"({"type":"watch_meetups"})").box.has_value());
  EXPECT_THAT(Wrong(R"({"type":"watch_meetups","south":1})"), HasSubstr("is missing"));
  EXPECT_THAT(Wrong(R"({"type":"watch_meetups","south":4,"west":2,"north":3,"east":4})"),
              HasSubstr("south"));
}

TEST_F(StreamMessagesTest, WhatIsNoMessageIsToldApart) {
  for (const char* text : {"", "nonsense", "[]", "{", R"({"type":7})", R"({"type":"fly"})", "{}",
                           "\xff", R"({"lat":1,"lng":2})"}) {
    EXPECT_TRUE(IsNoMessage(text)) << text;
  }
  EXPECT_TRUE(IsNoMessage(std::string(60'000, '[')));
}

TEST_F(StreamMessagesTest, IdsAreBounded) {
  const std::string longest(kMostIdBytes, 'a');
  Read<Unwatch>(Concat(R"({"type":"unwatch","feed":1,"id":")", longest, "\"}"));
  EXPECT_THAT(Wrong(Concat(R"({"type":"unwatch","feed":1,"id":"a)", longest, "\"}")),
              HasSubstr("id: must be"));
  EXPECT_THAT(Wrong(R"({"type":"unwatch","feed":1,"id":7})"), HasSubstr("id: must be"));
}

TEST(Json, HasADepth) {
  EXPECT_EQ(DepthOf("7"), 0U);
  EXPECT_EQ(DepthOf("[]"), 1U);
  EXPECT_EQ(DepthOf(R"({"a":[{"b":1},[]]})"), 3U);
  EXPECT_EQ(DepthOf(R"(["[[[", "\"[[[", "\\", [1]])"), 2U);
  EXPECT_EQ(DepthOf("]]]]["), 1U);
  EXPECT_EQ(DepthOf("\"\\"), 0U) << "a string without an end";
}

TEST(StreamMessages, AreOnlySoDeep) {
  const auto read = [](std::size_t depth) {
    const std::size_t inner = depth - 2;
    const std::string text = Concat(R"({"type":"command","kind":"x","body":{"a":)",
                                    std::string(inner, '['), std::string(inner, ']'), "}}");
    StreamMessage message;
    return ReadStreamMessage(text, {}, message);
  };
  EXPECT_TRUE(read(kMostMessageDepth).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(read(kMostMessageDepth + 1)));
  EXPECT_TRUE(absl::IsFailedPrecondition(read(32'000)));
}

TEST(StreamFrames, AreJson) {
  using Json = nlohmann::json;
  EXPECT_EQ(Json::parse(ErrorFrame("a\"b", "\xff", R"("7")"))["id"], "7");
  EXPECT_EQ(Json::parse(RefusedFrame("full", "It is full.", std::nullopt)),
            (Json{{"type", "refused"}, {"code", "full"}, {"detail", "It is full."}}));
  EXPECT_EQ(Json::parse(DoneFrame("", std::nullopt)), (Json{{"type", "done"}}));
  EXPECT_EQ(Json::parse(DoneFrame(R"({"reject":"none"})", R"("7")"))["outcome"]["reject"], "none");
  const Json welcome = Json::parse(WelcomeFrame(UserId{7}, 12, Timestamp{}));
  EXPECT_EQ(welcome["user"], "7");
  EXPECT_EQ(welcome["sequence"], "12");
}

}  // namespace
}  // namespace moyeo::server
