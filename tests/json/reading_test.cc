// What is read and what is refused, where and why.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "moyeo/json.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::StartsWith;

// A command with this body.
std::string WithBody(std::string_view kind, std::string_view body) {
  std::string text = R"({"time": 1700000000000, "actor": "7", "kind": ")";
  text += kind;
  text += R"(", "body": )";
  text += body;
  text += "}";
  return text;
}

// The message of the error that it is to read `text`.
template <typename T = Command>
std::string Refusal(std::string_view text) {
  const absl::StatusOr<T> read = FromJson<T>(text);
  EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(read.status().message());
}

std::string RefusalOfEdit(std::string_view fields) {
  return Refusal(WithBody("edit_meetup", R"({"meetup":"12",)" + std::string(fields) + "}"));
}

TEST(ReadingTest, OrderAndSpacesDoNotMatter) {
  const auto command = FromJson<Command>(
      "\n{ \"body\" : {\"user\":\t\"8\"},\"kind\":\"block\" ,\r\n \"actor\":\"7\",\"time\":1 }\n ");
  ASSERT_THAT(command, IsOk());
  EXPECT_EQ(*command,
            (Command{.time = Timestamp(1ms), .actor = UserId{7}, .body = Block{UserId{8}}}));
}

TEST(ReadingTest, FieldsWithADefaultMayBeMissing) {
  const auto registered = FromJson<Command>(WithBody("register", R"({"nickname": "Ada"})"));
  ASSERT_THAT(registered, IsOk());
  EXPECT_EQ(registered->body, CommandBody(Register{.nickname = "Ada"}));
  const auto cancelled = FromJson<Command>(WithBody("cancel_meetup", R"({"meetup": "1"})"));
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->body, CommandBody(CancelMeetup{.meetup = MeetupId{1}}));
}

TEST(ReadingTest, OtherFieldsMayNot) {
  EXPECT_EQ(Refusal("{}"), "time: missing");
  EXPECT_EQ(Refusal(R"({"time": 1})"), "kind: missing");
  EXPECT_EQ(Refusal(R"({"time": 1, "kind": "erase"})"), "body: missing");
  EXPECT_EQ(Refusal(WithBody("register", "{}")), "body.nickname: missing");
  EXPECT_EQ(Refusal(WithBody("set_visibility", "{}")), "body.visibility: missing");
  EXPECT_EQ(Refusal(WithBody("configure", R"({"settings": {}})")),
            "body.settings.start_from_ms: missing");
  EXPECT_EQ(RefusalOfEdit(R"("location": {"lat": 1})"), "body.location.lng: missing");
}

TEST(ReadingTest, UnknownFieldsAreRefused) {
  EXPECT_EQ(Refusal(R"({"time": 1, "kind": "advance", "body": {}, "Time": 2})"),
            "Time: unknown field");
  EXPECT_EQ(Refusal(WithBody("erase", R"({"user": "7"})")), "body.user: unknown field");
  EXPECT_EQ(RefusalOfEdit(R"("location": {"lat": 1, "lng": 2, "alt": 3})"),
            "body.location.alt: unknown field");
  EXPECT_EQ(RefusalOfEdit(R"("": 1)"), "body.: unknown field");
}

TEST(ReadingTest, StrangeNamesOfFieldsAreEscapedAndCutShort) {
  EXPECT_EQ(RefusalOfEdit(R"("a\n\"제목": 1)"), R"(body.a\n\"제목: unknown field)");
  const std::string hundred(100, 'x');
  EXPECT_EQ(RefusalOfEdit("\"" + hundred + "\": 1"),
            "body." + std::string(64, 'x') + "...: unknown field");
  // The 64th byte is within the second character.
  EXPECT_EQ(RefusalOfEdit("\"" + std::string(62, 'x') + "각각\": 1"),
            "body." + std::string(62, 'x') + "...: unknown field");
  const std::string just_fits = std::string(61, 'x') + "각";
  EXPECT_EQ(RefusalOfEdit("\"" + just_fits + "\": 1"), "body." + just_fits + ": unknown field");
}

TEST(ReadingTest, FieldsThatAreGivenTwiceAreRefused) {
  EXPECT_EQ(Refusal(R"({"time": 1, "time": 1})"), "time: given twice");
  EXPECT_EQ(RefusalOfEdit(R"("title": "a", "title": "b")"), "body.title: given twice");
  EXPECT_EQ(RefusalOfEdit(R"("title": "a", "ti\u0074le": "a")"), "body.title: given twice");
  EXPECT_EQ(RefusalOfEdit(R"("location": {"lat": 1, "lat": 2})"), "body.location.lat: given twice");
}

TEST(ReadingTest, WrongTypesAreRefused) {
  EXPECT_EQ(Refusal("[]"), "the text: must be an object");
  EXPECT_EQ(Refusal("\"erase\""), "the text: must be an object");
  EXPECT_EQ(Refusal<std::vector<MemberView>>("{}"), "the text: must be an array");
  EXPECT_EQ(Refusal<std::vector<MemberView>>("[1]"), "[0]: must be an object");
  EXPECT_EQ(Refusal(WithBody("erase", "[]")), "body: must be an object");
  EXPECT_EQ(RefusalOfEdit(R"("title": 1)"), "body.title: must be a string");
  EXPECT_EQ(RefusalOfEdit(R"("tags": "a")"), "body.tags: must be an array");
  EXPECT_EQ(RefusalOfEdit(R"("tags": ["a", null])"), "body.tags[1]: must be a string");
  EXPECT_EQ(RefusalOfEdit(R"("location": [1, 2])"), "body.location: must be an object");
  EXPECT_EQ(RefusalOfEdit(R"("location": {"lat": "1", "lng": 2})"),
            "body.location.lat: must be a number");
  EXPECT_EQ(Refusal(WithBody("cancel_meetup", R"({"meetup": "1", "force": 1})")),
            "body.force: must be true or false");
}

TEST(ReadingTest, NullIsOnlyForALocationThatGoes) {
  const auto edit =
      FromJson<Command>(WithBody("edit_meetup", R"({"meetup": "1", "location": null})"));
  ASSERT_THAT(edit, IsOk());
  EXPECT_EQ(edit->body,
            CommandBody(EditMeetup{.meetup = MeetupId{1}, .location = std::optional<LatLng>()}));
  EXPECT_EQ(RefusalOfEdit(R"("title": null)"), "body.title: must be a string");
  EXPECT_THAT(Refusal(R"({"time": 1, "actor": null})"), StartsWith("actor: must be an id"));
}

TEST(ReadingTest, IdsAreDecimalNumbersBelowTwoToThe64InQuotes) {
  for (const char* const id : {"\"0\"", "\"7\"", "\"18446744073709551615\""}) {
    const std::string body = R"({"user": )" + std::string(id) + "}";
    EXPECT_THAT(FromJson<Command>(WithBody("block", body)), IsOk()) << id;
  }
  for (const char* const id :
       {"7", "\"\"", "\"07\"", "\"00\"", "\"-7\"", "\"+7\"", "\" 7\"", "\"7 \"", "\"7.0\"",
        "\"0x7\"", "\"18446744073709551616\"", "\"99999999999999999999999\"", "null", "[]"}) {
    EXPECT_EQ(Refusal(WithBody("block", R"({"user": )" + std::string(id) + "}")),
              "body.user: must be an id, a decimal number below 2^64 in quotes")
        << id;
  }
}

TEST(ReadingTest, TimesAreWholeNumbersInTheRangeOfTimestamp) {
  for (const char* const time : {"0", "-8640000000000000", "8640000000000000"}) {
    const std::string text = R"({"kind": "advance", "body": {}, "time": )";
    EXPECT_THAT(FromJson<Command>(text + time + "}"), IsOk()) << time;
  }
  for (const char* const time :
       {"-8640000000000001", "8640000000000001", "1.5", "1.0", "1e3", "\"1\"", "true",
        "18446744073709551615", "18446744073709551616", "-9223372036854775809"}) {
    EXPECT_EQ(Refusal(R"({"kind": "advance", "body": {}, "time": )" + std::string(time) + "}"),
              "time: must be a whole number from -8640000000000000 to 8640000000000000")
        << time;
  }
}

TEST(ReadingTest, OtherWholeNumbersAreWhatTheirTypeAndJavaScriptCanHold) {
  EXPECT_THAT(FromJson<Command>(WithBody("edit_meetup", R"({"meetup":"1","capacity":4294967295})")),
              IsOk());
  for (const char* const capacity : {"-1", "4294967296", "2.0", "1e400000"}) {
    EXPECT_THAT(RefusalOfEdit(R"("capacity": )" + std::string(capacity)),
                StartsWith("body.capacity: "));
  }
  EXPECT_EQ(RefusalOfEdit(R"("capacity": -1)"),
            "body.capacity: must be a whole number from 0 to 4294967295");

  EXPECT_THAT(FromJson<Outcome>(R"({"reject": "none", "message": 9007199254740991})"), IsOk());
  EXPECT_EQ(Refusal<Outcome>(R"({"reject": "none", "message": 9007199254740992})"),
            "message: must be a whole number from 0 to 9007199254740991");
}

TEST(ReadingTest, NumbersTooLargeForADoubleAreRefused) {
  EXPECT_EQ(RefusalOfEdit(R"("location": {"lat": 1e309, "lng": 0})"),
            "body.location.lat: too large a number");
  EXPECT_EQ(RefusalOfEdit(R"("location": {"lat": 0, "lng": -)" + std::string(400, '9') + "}"),
            "body.location.lng: too large a number");
}

TEST(ReadingTest, NamesAreExact) {
  EXPECT_EQ(Refusal(WithBody("Erase", "{}")), "kind: unknown name \"Erase\"");
  EXPECT_EQ(Refusal(WithBody("unknown", "{}")), "kind: unknown name \"unknown\"");
  EXPECT_EQ(Refusal(WithBody("member_joined", "{}")), "kind: unknown name \"member_joined\"");
  EXPECT_EQ(Refusal(WithBody("set_visibility", R"({"visibility": "EXACT"})")),
            "body.visibility: unknown name \"EXACT\"");
  EXPECT_EQ(Refusal(WithBody("set_visibility", R"({"visibility": 0})")),
            "body.visibility: must be a string");
  EXPECT_EQ(Refusal<Outcome>(R"({"reject": "\u0001"})"), R"(reject: unknown name "\001")");
  EXPECT_EQ(Refusal<Outcome>(R"({"reject": ")" + std::string(65, 'x') + "\"}"),
            "reject: unknown name");
}

TEST(ReadingTest, WhatIsNotJsonIsRefusedWithThePlace) {
  EXPECT_EQ(Refusal(""), "the text: unexpected end of input, at byte 1");
  EXPECT_EQ(Refusal("{"), "the text: unexpected end of input, at byte 2");
  EXPECT_EQ(Refusal(R"({"time": )"), "time: unexpected end of input, at byte 10");
  EXPECT_EQ(Refusal(R"({'time': 1})"), "the text: invalid literal, at byte 2");
  EXPECT_EQ(Refusal(R"({"time": 01})"), "the text: unexpected number literal, at byte 11");
  EXPECT_EQ(Refusal(R"({"time": NaN})"), "time: invalid literal, at byte 10");
  EXPECT_EQ(Refusal(R"({"time": 1,})"), "the text: unexpected '}', at byte 12");
  EXPECT_THAT(Refusal("{/* time */}"), StartsWith("the text: invalid"));
  EXPECT_THAT(RefusalOfEdit(R"("tags": ["a" "b"])"),
              StartsWith("body.tags[1]: unexpected string literal"));
  EXPECT_THAT(RefusalOfEdit("\"title\": \"a\nb\""),
              StartsWith("body.title: invalid string: control character U+000A"));
  EXPECT_THAT(RefusalOfEdit(R"("title": "\x41")"), StartsWith("body.title: invalid string"));
}

TEST(ReadingTest, TextAfterTheEndIsRefused) {
  EXPECT_EQ(Refusal("{} {}"), "the text: unexpected '{', at byte 4");
  EXPECT_EQ(Refusal("{}x"), "the text: invalid literal, at byte 3");
  EXPECT_EQ(Refusal(std::string_view("{}\0{}", 5)), "the text: a zero byte, at byte 3");
}

TEST(ReadingTest, WhatIsNotUtf8IsRefusedWithThePlace) {
  for (const char* const bytes : {"\xFF", "\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                  "\xEA\xB0", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_THAT(RefusalOfEdit("\"title\": \"a" + std::string(bytes) + "\""),
                StartsWith("body.title: invalid string: ill-formed UTF-8 byte, at byte"));
    EXPECT_THAT(RefusalOfEdit("\"" + std::string(bytes) + "\": 1"),
                StartsWith("body: invalid string: ill-formed UTF-8 byte, at byte"));
  }
  EXPECT_THAT(RefusalOfEdit(R"("title": "\uD800")"), StartsWith("body.title: invalid string: "));
  EXPECT_THAT(RefusalOfEdit(R"("title": "\uDC00")"), StartsWith("body.title: invalid string: "));
}

TEST(ReadingTest, EscapesAreText) {
  const auto posted = FromJson<Command>(
      WithBody("post_message", R"({"meetup": "1", "text": "\u0041\uD83D\uDE00\u0000\/\""})"));
  ASSERT_THAT(posted, IsOk());
  EXPECT_EQ(std::get<PostMessage>(posted->body).text, std::string("A😀\0/\"", 8));
}

TEST(ReadingTest, NestingIsBounded) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(Refusal(nested(kMaxJsonDepth)), "the text: must be an object");
  EXPECT_EQ(Refusal(nested(kMaxJsonDepth + 1)),
            "[0][0][0][0][0][0][0][0]: nested deeper than 8 levels");
  EXPECT_EQ(RefusalOfEdit(R"("tags": [[[[[[{"a": 1}]]]]]])"),
            "body.tags[0][0][0][0][0][0]: nested deeper than 8 levels");
  // However much follows.
  EXPECT_THAT(Refusal(std::string(kMaxJsonBytes, '[')), EndsWith("nested deeper than 8 levels"));
}

TEST(ReadingTest, LengthIsBounded) {
  std::string text = WithBody("erase", "{}");
  text.resize(kMaxJsonBytes, ' ');
  EXPECT_THAT(FromJson<Command>(text), IsOk());
  text += ' ';
  EXPECT_EQ(Refusal(text), "the text: longer than 1048576 bytes");
  EXPECT_THAT(FromJson<Command>(text, text.size()), IsOk());
  EXPECT_THAT(FromJson<Command>("{}", 1), IsInvalid("the text: longer than 1 bytes"));
}

TEST(ReadingTest, TheLongestCommandsFit) {
  // Three code points that NFC makes one, each written as two escapes at worst.
  const auto escaped = [](std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < 3 * length; ++i) text += R"(\uD834\uDD5E)";
    return "\"" + text + "\"";
  };
  std::string tags = escaped(Limits::kTagLength);
  for (std::size_t i = 1; i < Limits::kTags; ++i) tags += "," + escaped(Limits::kTagLength);
  const std::string body =
      R"({"start": 1, "end": 2, "title": )" + escaped(Limits::kTitleLength) + R"(, "content": )" +
      escaped(Limits::kContentLength) + R"(, "image_url": )" + escaped(Limits::kUrlLength) +
      R"(, "place_name": )" + escaped(Limits::kPlaceNameLength) + R"(, "bring": )" +
      escaped(Limits::kBringLength) + R"(, "tags": [)" + tags + "]}";
  EXPECT_THAT(FromJson<Command>(WithBody("create_meetup", body)), IsOk());
}

TEST(ReadingTest, AnErrorLeavesTheValueAsItWas) {
  const Command before{.time = Timestamp(5ms), .body = Block{UserId{8}}};
  Command command = before;
  EXPECT_THAT(ReadJson(WithBody("block", R"({"user": "9", "x": 1})"), kMaxJsonBytes, command),
              IsInvalid("body.x: unknown field"));
  EXPECT_EQ(command, before);
}

}  // namespace
}  // namespace moyeo::testing
