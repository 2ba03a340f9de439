// What is in journals and on the wire stays readable: texts of every command and event, written
// once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "moyeo/json.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

std::vector<std::string> LinesOf(const std::string& name) {
  std::ifstream file(std::string(MOYEO_GOLDEN) + "/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

constexpr Timestamp kNow{1'700'000'000'000ms};

TEST(GoldenTest, EveryCommandIsReadAndWrittenTheSame) {
  std::set<CommandKind> kinds;
  for (const std::string& line : LinesOf("commands.jsonl")) {
    const auto command = FromJson<Command>(line);
    ASSERT_THAT(command, IsOk()) << line;
    EXPECT_EQ(ToJson(*command), line);
    kinds.insert(KindOf(command->body));
  }
  EXPECT_THAT(kinds, SizeIs(std::variant_size_v<CommandVariant>));
}

// Before there were tickets and weights.
TEST(GoldenTest, SettingsOfOlderRulesHaveTheRestAsByDefault) {
  const auto command = FromJson<Command>(LinesOf("configure_rules_1.json").at(0));
  ASSERT_THAT(command, IsOk());
  EXPECT_EQ(command->body, CommandBody(Configure{}));
}

TEST(GoldenTest, EveryEventIsReadAndWrittenTheSame) {
  std::set<EventKind> kinds;
  for (const std::string& line : LinesOf("events.jsonl")) {
    const auto event = FromJson<Event>(line);
    ASSERT_THAT(event, IsOk()) << line;
    EXPECT_EQ(ToJson(*event), line);
    kinds.insert(KindOf(event->body));
  }
  EXPECT_THAT(kinds, SizeIs(std::variant_size_v<EventVariant>));
}

TEST(GoldenTest, ACommandMeansWhatItSays) {
  const auto command = FromJson<Command>(
      R"({"time":1700000000000,"actor":"7","request_id":"18446744073709551615",)"
      R"("kind":"create_meetup","body":{"title":"산책","content":"c","image_url":"i",)"
      R"("place_name":"p","location":{"lat":37.5,"lng":-127},"start":1700000000001,)"
      R"("end":1700000000002,"capacity":8,"tags":["a","b"],"bring":"water"}})");
  ASSERT_THAT(command, IsOk());
  EXPECT_EQ(*command, (Command{.time = kNow,
                               .actor = UserId{7},
                               .request_id = RequestId{~std::uint64_t{0}},
                               .body = CreateMeetup{.title = "산책",
                                                    .content = "c",
                                                    .image_url = "i",
                                                    .place_name = "p",
                                                    .location = LatLng{37.5, -127},
                                                    .start = kNow + 1ms,
                                                    .end = kNow + 2ms,
                                                    .capacity = 8,
                                                    .tags = {"a", "b"},
                                                    .bring = "water"}}));
}

TEST(GoldenTest, AnEventSaysWhatItMeans) {
  const Event event{.sequence = 3,
                    .time = kNow,
                    .audience = {.users = {UserId{8}}, .room = MeetupId{12}, .except = {UserId{9}}},
                    .body = MemberKicked{MeetupId{12}, UserId{8}, 2}};
  EXPECT_EQ(ToJson(event),
            R"({"sequence":3,"time":1700000000000,"audience":{"users":["8"],"room":"12",)"
            R"("except":["9"],"everybody":false,"moderators":false},"kind":"member_kicked",)"
            R"("body":{"meetup":"12","user":"8","members":2}})");
  EXPECT_EQ(ToJsonWithoutAudience(event),
            R"({"sequence":3,"time":1700000000000,"kind":"member_kicked",)"
            R"("body":{"meetup":"12","user":"8","members":2}})");
}

TEST(GoldenTest, OutcomesAndSettings) {
  EXPECT_EQ(ToJson(Outcome{.reject = Reject::kFull}), R"({"reject":"full"})");
  EXPECT_EQ(ToJson(Outcome{.message = 3}), R"({"reject":"none","message":3})");
  EXPECT_EQ(ToJson(Outcome{.meetup = MeetupId{12}}), R"({"reject":"none","meetup":"12"})");
  EXPECT_EQ(ToJson(Settings{}),
            R"({"start_from_ms":0,"start_before_ms":691200000,"length_from_ms":1,)"
            R"("end_before_ms":1209600000,"retention_ms":604800000,"presence_ttl_ms":60000,)"
            R"("cloak_level":14,"matching_delay_ms":10000,"distance_weight":30,)"
            R"("interests_weight":40,"soon_weight":15,"seats_weight":5,"friends_weight":30})");
}

TEST(GoldenTest, Views) {
  EXPECT_EQ(ToJson(ProfileView{.user = UserId{8},
                               .relation = Relation::kSameMeetup,
                               .nickname = "다현",
                               .status = "책",
                               .last_active = kNow,
                               .image_url = "i",
                               .interests = std::vector<std::string>{"a"},
                               .shared_meetups = std::vector{MeetupId{12}},
                               .registered = kNow + 1ms,
                               .visibility = Visibility::kHidden}),
            R"({"user":"8","relation":"same_meetup","nickname":"다현","status":"책",)"
            R"("last_active":1700000000000,"image_url":"i","interests":["a"],)"
            R"("shared_meetups":["12"],"registered":1700000000001,"visibility":"hidden"})");
  EXPECT_EQ(ToJson(Page<UserSummary>{.items = {{UserId{8}, "n", "s"}}, .next = "x"}),
            R"({"items":[{"user":"8","nickname":"n","status":"s"}],"next":"x"})");
  EXPECT_EQ(ToJson(Page<MeetupSummary>{}), R"({"items":[],"next":""})");
  EXPECT_EQ(ToJson(std::vector{MemberView{.user = UserId{8}, .nickname = "n", .joined = kNow}}),
            R"([{"user":"8","nickname":"n","host":false,"confirmed":false,)"
            R"("joined":1700000000000}])");
  EXPECT_EQ(ToJson(MeetupView{.summary = {.meetup = MeetupId{12},
                                          .host = UserId{7},
                                          .title = "t",
                                          .image_url = "i",
                                          .place_name = "p",
                                          .location = LatLng{-90, 0.5},
                                          .start = kNow,
                                          .end = kNow + 1ms,
                                          .capacity = 8,
                                          .members = 2,
                                          .tags = {"a"},
                                          .listed = true,
                                          .distance_m = 1234.5},
                              .content = "c",
                              .bring = "b",
                              .created = kNow - 1ms,
                              .is_host = true}),
            R"({"summary":{"meetup":"12","host":"7","title":"t","image_url":"i","place_name":"p",)"
            R"("location":{"lat":-90.0,"lng":0.5},"start":1700000000000,"end":1700000000001,)"
            R"("capacity":8,"members":2,"tags":["a"],"listed":true,"confirmed":false,)"
            R"("cancelled":false,"distance_m":1234.5},"content":"c","bring":"b",)"
            R"("created":1699999999999,"started":false,"ended":false,"is_host":true,)"
            R"("is_member":false,"has_confirmed":false,"is_invited":false,"was_kicked":false})");
  const Score score{
      .total = 100, .distance = 1, .interests = 2, .soon = 3, .seats = 4, .friends = 5};
  const std::string summary = ToJson(Page<MeetupSummary>{.items = {{}}, .next = {}}).substr(10);
  const std::string meetup = summary.substr(0, summary.find("}]") + 1);
  EXPECT_EQ(ToJson(Page<FoundMeetup>{.items = {{.meetup = {}, .score = score}}, .next = "x"}),
            R"({"items":[{"meetup":)" + meetup +
                R"(,"score":{"total":100,"distance":1,"interests":2,"soon":3,"seats":4,)"
                R"("friends":5}}],"next":"x"})");
  EXPECT_EQ(ToJson(std::vector{Recommendation{
                .meetup = {}, .score = score, .shared_interests = {"a"}, .friends = {UserId{8}}}}),
            R"([{"meetup":)" + meetup +
                R"(,"score":{"total":100,"distance":1,"interests":2,"soon":3,"seats":4,)"
                R"("friends":5},"shared_interests":["a"],"friends":["8"]}])");
  EXPECT_EQ(ToJson(Outcome{.ticket = TicketId{21}}), R"({"reject":"none","ticket":"21"})");
  EXPECT_EQ(ToJson(RoomView{MeetupId{12}, 5, 1, 3, 2}),
            R"({"meetup":"12","last":5,"joined":1,"read":3,"unread":2})");
  EXPECT_EQ(ToJson(Page<MessageView>{.items = {{3, UserId{8}, kNow, "hi", false}}, .next = ""}),
            R"({"items":[{"number":3,"author":"8","time":1700000000000,"text":"hi",)"
            R"("deleted":false}],"next":""})");
  EXPECT_EQ(
      ToJson(UserExport{
          .user = UserId{7},
          .registered = kNow,
          .last_active = kNow + 1ms,
          .nickname = "n",
          .status = "s",
          .interests = {"a"},
          .image_url = "i",
          .friends = {UserId{8}},
          .requests_sent = {UserId{9}},
          .requests_received = {UserId{10}},
          .blocked = {UserId{11}},
          .invitations = {MeetupId{13}},
          .meetups = {{.meetup = MeetupId{12}, .title = "t", .joined = kNow, .read = 3}},
          .tickets = {{.ticket = TicketId{21},
                       .created = kNow,
                       .expires = kNow + 2ms,
                       .location = {37.5, -127},
                       .radius_m = 500,
                       .from = kNow,
                       .until = kNow + 3ms,
                       .length_ms = 1,
                       .tags = {"a"},
                       .least = 2,
                       .most = 4}},
          .messages = {{.meetup = MeetupId{12}, .number = 3, .time = kNow, .text = "hi"}}}),
      R"({"user":"7","registered":1700000000000,"last_active":1700000000001,)"
      R"("visibility":"cloaked","nickname":"n","status":"s","interests":["a"],"image_url":"i",)"
      R"("friends":["8"],"requests_sent":["9"],"requests_received":["10"],"blocked":["11"],)"
      R"("invitations":["13"],"meetups":[{"meetup":"12","title":"t","host":false,)"
      R"("member":false,"confirmed":false,"kicked":false,"joined":1700000000000,"read":3}],)"
      R"("tickets":[{"ticket":"21","created":1700000000000,"expires":1700000000002,)"
      R"("location":{"lat":37.5,"lng":-127.0},"radius_m":500,"from":1700000000000,)"
      R"("until":1700000000003,"length_ms":1,"tags":["a"],"least":2,"most":4}],)"
      R"("messages":[{"meetup":"12","number":3,"time":1700000000000,"text":"hi"}]})");
}

}  // namespace
}  // namespace moyeo::testing
