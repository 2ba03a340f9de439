#include "api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "nlohmann/json.hpp"
#include "orders.h"
#include "sentences.h"
#include "server_fixture.h"
#include "text.h"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

class ApiTest : public ServerFixture {
 protected:
  ApiTest() {
    auto opened = Accounts::Open({.operations = 1, .memory_bytes = 8'192});
    EXPECT_TRUE(opened.ok());
    accounts_ = *std::move(opened);
    MakeApi({.guests = true, .attempts = {}});
    Register(UserId{1'001}, "Dee");
  }

  void MakeApi(const ApiOptions& options) {
    api_ = std::make_unique<Api>(*engine_, tokens_, accounts_.get(), *fences_, rates_, options);
  }

  Response Ask(Request request) {
    Plan plan = api_->PlanFor(request, now_);
    if (auto* answer = std::get_if<Answer>(&plan)) return answer->response;
    if (auto* question = std::get_if<Question>(&plan)) return question->ask();
    auto& demand = std::get<Demand>(plan);
    const auto outcome = engine_->Apply(demand.command);
    EXPECT_TRUE(outcome.ok());
    return demand.then(*outcome);
  }

  Response Ask(UserId user, std::string method, std::string target, std::string body = {}) {
    return Ask({.method = std::move(method),
                .target = std::move(target),
                .body = std::move(body),
                .authorization = "Bearer " + TokenOf(user)});
  }

  static std::string CodeOf(const Response& response) {
    EXPECT_EQ(response.type, "application/problem+json") << response.body;
    const Json problem = Json::parse(response.body);
    EXPECT_EQ(problem["status"], response.status);
    EXPECT_FALSE(problem["title"].get<std::string>().empty()) << response.body;
    return problem["code"];
  }

  static constexpr UserId kDee{1'001};
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Api> api_;
};

TEST_F(ApiTest, SigningUpGivesATokenAndAProfile) {
  const std::string ada = R"({"name":"ada","password":"long enough","nickname":"Ada"})";
  const Response signed_up = Ask({.method = "POST", .target = "/v1/accounts", .body = ada});
  ASSERT_EQ(signed_up.status, 201) << signed_up.body;
  const std::string token = Json::parse(signed_up.body)["token"];
  const Response me =
      Ask({.method = "GET", .target = "/v1/me", .authorization = "Bearer " + token});
  EXPECT_EQ(Json::parse(me.body)["nickname"], "Ada");
  EXPECT_EQ(CodeOf(Ask({.method = "POST", .target = "/v1/accounts", .body = ada})), "name_taken");

  const Response logged_in = Ask({.method = "POST",
                                  .target = "/v1/sessions",
                                  .body = R"({"name":"ada","password":"long enough"})"});
  EXPECT_EQ(logged_in.status, 200);
  EXPECT_EQ(Json::parse(logged_in.body)["user"], Json::parse(signed_up.body)["user"]);
}

TEST_F(ApiTest, ANicknameThatIsTakenLeavesNoAccountBehind) {
  const auto sign_up = [&](const char* nickname) {
    return Ask({.method = "POST",
                .target = "/v1/accounts",
                .body = Concat(R"({"name":"ada","password":"long enough","nickname":")", nickname,
                               "\"}")});
  };
  EXPECT_EQ(CodeOf(sign_up("Dee")), "nickname_taken");
  EXPECT_EQ(sign_up("Ada").status, 201);
}

TEST_F(ApiTest, AttemptsAreLimited) {
  const Request wrong{.method = "POST",
                      .target = "/v1/sessions",
                      .body = R"({"name":"ada","password":"wrong wrong"})",
                      .address = "::1"};
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Ask(wrong).status, 401);
  EXPECT_EQ(CodeOf(Ask(wrong)), "too_many_requests");
  Request another = wrong;
  another.body = R"({"name":"bob","password":"wrong wrong"})";
  EXPECT_EQ(Ask(another).status, 401) << "others may still try";
  now_ += std::chrono::minutes(1);
  EXPECT_EQ(Ask(wrong).status, 401);
}

TEST_F(ApiTest, CapitalLettersGiveNoMoreAttempts) {
  const auto wrong = [&](const char* name) {
    return Ask({.method = "POST",
                .target = "/v1/sessions",
                .body = Concat(R"({"name":")", name, R"(","password":"wrong wrong"})"),
                .address = "::1"})
        .status;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(wrong("ada"), 401);
  for (const char* name : {"ada", "Ada", "aDA"}) EXPECT_EQ(wrong(name), 429) << name;
}

TEST_F(ApiTest, AnAttemptTooManyTakesNoPlaceWhereOthersWait) {
  const Request wrong{.method = "POST",
                      .target = "/v1/sessions",
                      .body = R"({"name":"ada","password":"wrong wrong"})",
                      .address = "::1"};
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(std::holds_alternative<Question>(api_->PlanFor(wrong, now_)));
  }
  EXPECT_TRUE(std::holds_alternative<Answer>(api_->PlanFor(wrong, now_)));
}

TEST_F(ApiTest, NewUsersOfAnAddressAreLimited) {
  ApiOptions options{.guests = true, .attempts = {}};
  options.attempts.new_users = {.per_second = 0.1, .burst = 2};
  MakeApi(options);
  const auto guest = [&](const char* nickname, const char* address) {
    return Ask({.method = "POST",
                .target = "/v1/guests",
                .body = Concat(R"({"nickname":")", nickname, "\"}"),
                .address = address});
  };
  EXPECT_EQ(guest("a", "::1").status, 201);
  EXPECT_EQ(guest("b", "::1").status, 201);
  EXPECT_EQ(guest("c", "::1").status, 429);
  EXPECT_EQ(guest("c", "::2").status, 201);
}

TEST_F(ApiTest, GuestsAndAccountsAreThereOnlyIfWanted) {
  accounts_.reset();
  MakeApi({.guests = false, .attempts = {}});
  EXPECT_EQ(Ask({.method = "POST", .target = "/v1/guests", .body = "{}"}).status, 404);
  EXPECT_EQ(Ask({.method = "POST", .target = "/v1/accounts", .body = "{}"}).status, 404);
  EXPECT_EQ(Ask({.method = "POST", .target = "/v1/sessions", .body = "{}"}).status, 404);
}

TEST_F(ApiTest, EveryRouteForUsersWantsAToken) {
  for (const Route& route : Routes()) {
    if (route.access == Access::kEverybody) continue;
    std::string path(route.path);
    for (const char* name : {"{user}", "{meetup}", "{number}", "{ticket}"}) {
      if (const auto at = path.find(name); at != path.npos) {
        path.replace(at, std::string_view(name).size(), "1");
      }
    }
    for (const auto& header : {std::optional<std::string>(), std::optional<std::string>("Bearer x"),
                               std::optional<std::string>("Basic YTpi")}) {
      const Response response =
          Ask({.method = std::string(route.method), .target = path, .authorization = header});
      EXPECT_EQ(response.status, 401) << route.method << ' ' << path;
    }
  }
}

TEST_F(ApiTest, WhatThereIsNotIsToldApart) {
  EXPECT_EQ(CodeOf(Ask(kDee, "GET", "/v1/nothing")), "not_found");
  EXPECT_EQ(CodeOf(Ask(kDee, "GET", "/v1/people/x")), "not_found");
  EXPECT_EQ(CodeOf(Ask(kDee, "GET", "/v1/people/07")), "not_found");
  EXPECT_EQ(CodeOf(Ask(kDee, "GET", "/v1/people/7")), "not_found");
  const Response wrong_method = Ask(kDee, "POST", "/v1/me");
  EXPECT_EQ(CodeOf(wrong_method), "method_not_allowed");
  EXPECT_EQ(wrong_method.headers[0].second, "GET, PUT, PATCH, DELETE");
}

TEST_F(ApiTest, AFixedSegmentGoesBeforeAName) {
  EXPECT_EQ(Ask(kDee, "GET", "/v1/meetups/mine").status, 200);
  EXPECT_EQ(Ask(kDee, "GET", "/v1/meetups/hosted").status, 200);
}

TEST_F(ApiTest, ACommandHasItsPathAndItsBody) {
  const MeetupId meetup = NewMeetup(kDee);
  const std::string path = Concat("/v1/meetups/", ToNumber(meetup));
  const Response posted = Ask(kDee, "POST", path + "/messages", R"( { "text" : "hi" } )");
  EXPECT_EQ(posted.status, 201) << posted.body;
  EXPECT_EQ(Json::parse(posted.body), (Json{{"reject", "none"}, {"message", 1}}));
  EXPECT_EQ(Ask(kDee, "DELETE", path + "/messages/1").status, 200);
  const Response again = Ask(kDee, "DELETE", path + "/messages/1");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(CodeOf(again), "already_deleted");
}

TEST_F(ApiTest, ABodyCannotSayWhatThePathSays) {
  const MeetupId meetup = NewMeetup(kDee);
  const std::string path = Concat("/v1/meetups/", ToNumber(meetup), "/messages");
  for (const char* body :
       {R"({"text":"hi","meetup":"9"})", R"({"text":"hi"},"actor":"2","x":{})", R"({"text":"hi"}})",
        "[]", "7", "{", R"({"text":"hi","text":"ho"})", R"({"texts":"hi"})", ""}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "POST", path, body)), "invalid_json") << body;
  }
}

TEST_F(ApiTest, RefusalsHaveTheStatusThatFits) {
  Register(kBob, "Bob");
  const std::string path = Concat("/v1/meetups/", ToNumber(NewMeetup(kDee)));
  EXPECT_EQ(Ask(kBob, "DELETE", path).status, 403);
  EXPECT_EQ(Ask(kBob, "GET", path + "/room").status, 403);
  EXPECT_EQ(Ask(kBob, "DELETE", path + "/members/me").status, 403);
  EXPECT_EQ(Ask(kBob, "PUT", "/v1/meetups/99/members/me").status, 404);
  EXPECT_EQ(Ask(kDee, "PUT", path + "/members/me").status, 409);
  EXPECT_EQ(Ask(kDee, "PATCH", path, R"({"title":""})").status, 400);
  EXPECT_EQ(Ask(kDee, "DELETE", path + "?force=perhaps").status, 400);
  EXPECT_EQ(Ask(kBob, "PUT", path + "/members/me").status, 200);
  EXPECT_EQ(CodeOf(Ask(kDee, "DELETE", path)), "has_other_members");
  EXPECT_EQ(Ask(kDee, "DELETE", path + "?force=true").status, 200);
}

TEST_F(ApiTest, ARequestGivenAgainIsDoneOnce) {
  Request request{.method = "POST",
                  .target = Concat("/v1/meetups/", ToNumber(NewMeetup(kDee)), "/messages"),
                  .body = R"({"text":"hi"})",
                  .authorization = "Bearer " + TokenOf(kDee),
                  .idempotency_key = "8f14e45f-ceea"};
  EXPECT_EQ(Ask(request).body, Ask(request).body);
  request.idempotency_key = "another";
  EXPECT_EQ(Json::parse(Ask(request).body)["message"], 2);
  request.idempotency_key = "";
  EXPECT_EQ(Ask(request).status, 400);
}

TEST_F(ApiTest, ListsArePagedAndTheirQueriesChecked) {
  for (int i = 0; i < 3; ++i) NewMeetup(kDee);
  const Json page = Json::parse(Ask(kDee, "GET", "/v1/meetups?size=2").body);
  EXPECT_EQ(page["items"].size(), 2U);
  const std::string next = page["next"];
  EXPECT_EQ(Json::parse(Ask(kDee, "GET", "/v1/meetups?size=2&cursor=" + next).body)["items"].size(),
            1U);
  for (const char* query :
       {"?size=0", "?size=101", "?size=x", "?cursor=!", "?colour=red", "?lat=1", "?tag=a&text=b",
        "?from=1", "?lat=91&lng=0&radius_m=1", "?south=1&west=1&north=2", "?text="}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "GET", Concat("/v1/meetups", query))), "invalid_request") << query;
  }
  for (const char* query : {"?tag=a", "?text=Che", "?lat=37.5&lng=127&radius_m=10",
                            "?south=37&west=126&north=38&east=128", "?from=0&to=9999999999999"}) {
    EXPECT_EQ(Ask(kDee, "GET", Concat("/v1/meetups", query)).status, 200) << query;
  }
}

TEST_F(ApiTest, FindAsksForAllThatIsSaid) {
  Register(kBob, "Bob");
  const auto offer = [&](std::vector<std::string> tags, LatLng location, int hours,
                         std::uint32_t capacity) {
    const Outcome made = Do(kBob, CreateMeetup{.title = "Chess",
                                               .location = location,
                                               .start = now_ + std::chrono::hours(hours),
                                               .end = now_ + std::chrono::hours(hours + 1),
                                               .capacity = capacity,
                                               .tags = std::move(tags)});
    return std::to_string(ToNumber(*made.meetup));
  };
  const std::string near_late = offer({"Go", "chess"}, {37.5, 127}, 5, 9);
  const std::string far_soon = offer({"chess"}, {37.55, 127}, 1, 3);
  const auto found = [&](const std::string& query) {
    const Response response = Ask(kDee, "GET", "/v1/meetups/search?" + query);
    EXPECT_EQ(response.status, 200) << query << ' ' << response.body;
    const Json page = Json::parse(response.body);
    std::vector<std::string> ids;
    for (const Json& item : page["items"]) {
      ids.push_back(item["meetup"]["meetup"]);
    }
    return ids;
  };
  using ::testing::ElementsAre;
  const std::string place = "lat=37.5&lng=127&radius_m=20000";
  EXPECT_THAT(found(""), ElementsAre(far_soon, near_late));
  EXPECT_THAT(found("order=start"), ElementsAre(far_soon, near_late));
  EXPECT_THAT(found(place + "&order=distance"), ElementsAre(near_late, far_soon));
  EXPECT_THAT(found("lat=37.5&lng=127&radius_m=100"), ElementsAre(near_late));
  EXPECT_THAT(found("any_of=go&any_of=tea"), ElementsAre(near_late));
  EXPECT_THAT(found("any_of=chess&any_of=tea"), ElementsAre(far_soon, near_late));
  EXPECT_THAT(found("all_of=go&all_of=chess"), ElementsAre(near_late));
  EXPECT_THAT(found("all_of=go&all_of=tea"), ElementsAre());
  EXPECT_THAT(found("free_seats=5"), ElementsAre(near_late));
  EXPECT_THAT(found("text=go"), ElementsAre(near_late));
  const auto in_hours = [&](int hours) {
    return std::to_string((now_ + std::chrono::hours(hours)).time_since_epoch().count());
  };
  EXPECT_THAT(found("from=" + in_hours(2)), ElementsAre(near_late));
  EXPECT_THAT(found("to=" + in_hours(2)), ElementsAre(far_soon));
  EXPECT_THAT(found("size=1"), ElementsAre(far_soon));

  const Json ranked =
      Json::parse(Ask(kDee, "GET", "/v1/meetups/search?order=score&" + place).body)["items"];
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_GE(ranked[0]["score"]["total"], ranked[1]["score"]["total"]);

  for (const char* query : {"order=score", "order=best", "lat=37.5", "lat=91&lng=0&radius_m=1",
                            "free_seats=x", "from=x", "all_of=", "size=0", "tag=go"}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "GET", Concat("/v1/meetups/search?", query))), "invalid_request")
        << query;
  }
}

TEST_F(ApiTest, RecommendationsSayWhy) {
  Register(kBob, "Bob");
  const MeetupId meetup = NewMeetup(kBob);
  const Json items =
      Json::parse(Ask(kDee, "GET", "/v1/recommendations?lat=37.5&lng=127").body)["items"];
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0]["meetup"]["meetup"], std::to_string(ToNumber(meetup)));
  EXPECT_EQ(items[0]["score"]["distance"], 1'000);
  const Response own = Ask(kBob, "GET", "/v1/recommendations?lat=37.5&lng=127");
  EXPECT_EQ(own.body, R"({"items":[]})");
  for (const char* query : {"", "?lat=37.5", "?lat=37.5&lng=181", "?lat=37.5&lng=127&limit=101",
                            "?lat=37.5&lng=127&limit=0", "?lat=37.5&lng=127&radius_m=-1"}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "GET", Concat("/v1/recommendations", query))), "invalid_request")
        << query;
  }
}

TEST_F(ApiTest, TicketsAreOnesOwnAndAreMatchedAsTimeGoesOn) {
  Register(kBob, "Bob");
  const Json wish = {{"location", {{"lat", 37.5}, {"lng", 127}}},
                     {"from", (now_ + std::chrono::hours(1)).time_since_epoch().count()},
                     {"until", (now_ + std::chrono::hours(4)).time_since_epoch().count()},
                     {"length_ms", 3'600'000},
                     {"tags", {"chess"}}};
  const Response opened = Ask(kDee, "POST", "/v1/tickets", wish.dump());
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string ticket = Json::parse(opened.body)["ticket"];
  const Json mine = Json::parse(Ask(kDee, "GET", "/v1/tickets").body)["items"];
  ASSERT_EQ(mine.size(), 1U);
  EXPECT_EQ(mine[0]["ticket"], ticket);
  EXPECT_EQ(mine[0]["tags"], wish["tags"]);
  EXPECT_EQ(Ask(kBob, "GET", "/v1/tickets").body, R"({"items":[]})");
  EXPECT_EQ(CodeOf(Ask(kBob, "DELETE", "/v1/tickets/" + ticket)), "unknown_ticket");
  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/tickets/" + ticket).status, 200);
  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/tickets/" + ticket).status, 404);
  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/tickets/x").status, 404);

  Json aimless = wish;
  aimless["tags"] = Json::array();
  EXPECT_EQ(CodeOf(Ask(kDee, "POST", "/v1/tickets", aimless.dump())), "no_tags");

  EXPECT_EQ(Ask(kDee, "POST", "/v1/tickets", wish.dump()).status, 201);
  EXPECT_EQ(Ask(kBob, "POST", "/v1/tickets", wish.dump()).status, 201);
  now_ += std::chrono::minutes(1);
  EXPECT_TRUE(engine_->Apply({.time = now_, .body = Advance{}})->accepted());
  EXPECT_EQ(Ask(kDee, "GET", "/v1/tickets").body, R"({"items":[]})");
  for (const UserId user : {kDee, kBob}) {
    const Json meetups = Json::parse(Ask(user, "GET", "/v1/meetups/mine").body)["items"];
    ASSERT_EQ(meetups.size(), 1U);
    EXPECT_EQ(meetups[0]["title"], "chess");
  }
}

TEST_F(ApiTest, FencesAreOnesOwn) {
  Register(kBob, "Bob");
  const std::string plaza =
      R"({"circle":{"lat":37.5,"lng":127.0,"radius_m":150.0},"dwell_ms":60000,"margin_m":20.0})";
  const Response put = Ask(kDee, "PUT", "/v1/fences/plaza", plaza);
  ASSERT_EQ(put.status, 200) << put.body;
  Json expected = Json::parse(plaza);
  expected["name"] = "plaza";
  expected["tells_those_inside"] = false;
  EXPECT_EQ(Json::parse(put.body), expected);
  EXPECT_EQ(Ask(kDee, "GET", "/v1/fences/plaza").body, put.body);
  EXPECT_EQ(Ask(kDee, "GET", "/v1/fences").body, Concat(R"({"items":[)", put.body, "]}"));
  EXPECT_EQ(Ask(kBob, "GET", "/v1/fences").body, R"({"items":[]})");
  EXPECT_EQ(CodeOf(Ask(kBob, "GET", "/v1/fences/plaza")), "not_found");
  EXPECT_EQ(CodeOf(Ask(kBob, "DELETE", "/v1/fences/plaza")), "not_found");

  const std::string park =
      R"({"polygon":[{"lat":37,"lng":127},{"lat":37,"lng":127.01},{"lat":37.01,"lng":127}]})";
  EXPECT_EQ(Ask(kDee, "PUT", "/v1/fences/a-park", park).status, 200);
  EXPECT_EQ(CodeOf(Ask(kDee, "PUT", "/v1/fences/third", park)), "too_many_fences");
  EXPECT_EQ(Ask(kDee, "PUT", "/v1/fences/plaza", park).status, 200) << "one of these again";
  EXPECT_EQ(engine_->fences().size(), 2U);
  for (const char* wrong :
       {"", "[]", "{}", R"({"circle":{"lat":1,"lng":2}})", R"({"circle":[],"polygon":[]})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":"3"}})", R"({"polygon":[1]})", R"({"polygon":7})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"colour":"red"})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"margin_m":"1"})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"dwell_ms":1.5})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"dwell_ms":18446744073709551615})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"tells_those_inside":1})"}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "PUT", "/v1/fences/plaza", wrong)), "invalid_json") << wrong;
  }
  for (const char* wrong :
       {R"({"circle":{"lat":91,"lng":2,"radius_m":3}})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":-1}})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"margin_m":-1})",
        R"({"circle":{"lat":1,"lng":2,"radius_m":3},"dwell_ms":0})", R"({"polygon":[]})"}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "PUT", "/v1/fences/plaza", wrong)), "invalid_request") << wrong;
  }
  for (const std::string& name : {std::string("a%20b"), std::string("%ff"), std::string(65, 'a')}) {
    EXPECT_EQ(CodeOf(Ask(kDee, "PUT", "/v1/fences/" + name, plaza)), "invalid_request") << name;
  }
  EXPECT_NE(Ask(kDee, "GET", "/v1/fences/plaza").body, put.body) << "as it was put last";

  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/fences/plaza").status, 204);
  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/fences/plaza").status, 404);
  EXPECT_EQ(engine_->fences().size(), 1U);
  EXPECT_EQ(Ask(UserId{77}, "PUT", "/v1/fences/plaza", plaza).status, 404) << "of nobody";
  EXPECT_EQ(engine_->fences().size(), 1U);
}

TEST_F(ApiTest, NearbySeesWhatTheUserMaySee) {
  EXPECT_EQ(Ask(kDee, "GET", "/v1/nearby").status, 404) << "nobody knows where they are";
  EXPECT_EQ(Ask(kDee, "PUT", "/v1/me/position", R"({"lat":37.5,"lng":127})").status, 204);
  EXPECT_EQ(Ask(kDee, "PUT", "/v1/me/position", R"({"lat":91,"lng":127})").status, 400);
  EXPECT_EQ(Ask(kDee, "PUT", "/v1/me/position", R"({"lat":"37"})").status, 400);
  Register(kBob, "Bob", Visibility::kCloaked);
  ASSERT_TRUE(engine_->Move(kBob, {37.5, 127.001}, now_).ok());
  const Json near = Json::parse(Ask(kDee, "GET", "/v1/nearby?radius_m=2000").body);
  ASSERT_EQ(near["items"].size(), 1U);
  EXPECT_NE(near["items"][0]["position"]["lng"], 127.001);
  EXPECT_EQ(near["items"][0]["area"], true);
  EXPECT_EQ(Ask(kDee, "GET", "/v1/nearby?lat=1&lng=2").status, 200);
  EXPECT_EQ(Ask(kDee, "GET", "/v1/nearby?limit=101").status, 400);
  const Json clusters = Json::parse(
      Ask(kDee, "GET", "/v1/clusters?south=37&west=126&north=38&east=128&level=8").body);
  EXPECT_EQ(clusters["items"][0]["count"], 1);
  EXPECT_EQ(clusters["items"][0]["corners"].size(), 4U);
  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/me/position").status, 204);
  EXPECT_EQ(Ask(kDee, "GET", "/v1/nearby").status, 404);
}

TEST_F(ApiTest, OnlyWhoIsShownSomewhereElseIsAnAreaNearby) {
  Register(kAda, "Ada");
  Register(kBob, "Bob", Visibility::kCloaked);
  Register(kCy, "Cy", Visibility::kCloaked);
  Do(kBob, RequestFriend{.user = kDee});
  Do(kDee, RequestFriend{.user = kBob});
  for (const UserId user : {kAda, kBob, kCy}) {
    ASSERT_TRUE(engine_->Move(user, {37.5, 127.001}, now_).ok());
  }
  const auto areas = [&](UserId reader) {
    std::map<std::string, bool> found;
    const Json near = Json::parse(Ask(reader, "GET", "/v1/nearby?lat=37.5&lng=127").body);
    for (const Json& item : near["items"]) {
      const bool is_exact = item["position"] == Json{{"lat", 37.5}, {"lng", 127.001}};
      EXPECT_NE(item["area"].get<bool>(), is_exact) << item;
      found[item["user"]] = item["area"];
    }
    return found;
  };
  EXPECT_EQ(areas(kDee), (std::map<std::string, bool>{{"1", false}, {"2", false}, {"3", true}}));
  EXPECT_EQ(areas(kAda), (std::map<std::string, bool>{{"2", true}, {"3", true}}));
}

TEST_F(ApiTest, NearbyIsHeldToTheGreatestRadius) {
  const auto ask = [&](std::string_view radius) {
    return Ask(kDee, "GET", Concat("/v1/nearby?lat=37.5&lng=127&radius_m=", radius));
  };
  EXPECT_EQ(ask("50000").status, 200);
  EXPECT_EQ(CodeOf(ask("50000.1")), "invalid_request");
  EXPECT_EQ(CodeOf(ask("-1")), "invalid_request");
  MakeApi({.guests = true, .attempts = {}, .most_radius_m = 700});
  EXPECT_EQ(ask("700").status, 200);
  EXPECT_THAT(ask("701").body, HasSubstr("radius_m: must be at most 700"));
}

TEST_F(ApiTest, ATokenOfSomebodyUnknownMovesNobody) {
  EXPECT_EQ(Ask(UserId{77}, "PUT", "/v1/me/position", R"({"lat":37.5,"lng":127})").status, 404);
  EXPECT_EQ(engine_->presence().size(), 0U);
}

TEST_F(ApiTest, WhoIsErasedSeesNobody) {
  Register(kBob, "Bob");
  ASSERT_TRUE(engine_->Move(kBob, {37.5, 127}, now_).ok());
  Do(kBob, Block{.user = kDee});
  const char* nearby = "/v1/nearby?lat=37.5&lng=127";
  const char* clusters = "/v1/clusters?south=37&west=126&north=38&east=128&level=8";
  EXPECT_EQ(Ask(kDee, "GET", nearby).body, R"({"items":[]})");
  EXPECT_EQ(Json::parse(Ask(kDee, "GET", clusters).body)["items"], Json::array());
  EXPECT_EQ(Ask(kDee, "DELETE", "/v1/me").status, 200);
  for (const UserId user : {kDee, UserId{77}}) {
    EXPECT_EQ(CodeOf(Ask(user, "GET", nearby)), "not_found");
    EXPECT_EQ(CodeOf(Ask(user, "GET", clusters)), "not_found");
    EXPECT_EQ(CodeOf(Ask(user, "PUT", "/v1/me/position", R"({"lat":37.5,"lng":127})")),
              "not_found");
  }
  EXPECT_EQ(engine_->presence().size(), 1U);
}

TEST_F(ApiTest, MovesAndRequestsOfAUserAreLimited) {
  const auto move = [&](UserId user) {
    return Ask(user, "PUT", "/v1/me/position", R"({"lat":37.5,"lng":127})").status;
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(move(kDee), 204);
  EXPECT_EQ(move(kDee), 429);
  for (int i = 0; i < 229; ++i) EXPECT_EQ(Ask(kDee, "GET", "/v1/me").status, 200);
  EXPECT_EQ(CodeOf(Ask(kDee, "GET", "/v1/me")), "too_many_requests");
  Register(kBob, "Bob");
  EXPECT_EQ(move(kBob), 204) << "others may";
  now_ += std::chrono::milliseconds(100);
  EXPECT_EQ(move(kDee), 204);
}

// The document and the table are written apart.
TEST(OpenApi, HasExactlyTheRoutesThatThereAre) {
  std::ifstream file(MOYEO_SERVER_DIRECTORY "/openapi.json");
  const Json document = Json::parse(file);
  std::map<std::string, std::string> documented;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      std::string said = operation.value("x-command", "");
      said += operation.contains("security") ? " for everybody" : " for users";
      for (const Json& parameter : operation.value("parameters", Json::array())) {
        if (parameter.value("in", "") == "query") said += " " + parameter.value("name", "");
      }
      documented[method + " " + path] = said;
    }
  }
  std::map<std::string, std::string> actual;
  for (const Route& route : Routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c | 0x20);
    std::string said(route.command.has_value() ? NameOf(*route.command) : "");
    if (route.plan == &Api::CancelMeetup) said = "cancel_meetup";
    said += route.access == Access::kEverybody ? " for everybody" : " for users";
    if (!route.query.empty()) said += " " + std::string(route.query);
    actual[method + " " + std::string(route.path)] = said;
  }
  EXPECT_THAT(documented, ::testing::ContainerEq(actual));
}

TEST(Problem, SpeaksTheLanguageThatIsLikedBetter) {
  EXPECT_EQ(LanguageOf("ko"), Language::kKorean);
  EXPECT_EQ(LanguageOf("ko-KR,ko;q=0.9,en-US;q=0.8"), Language::kKorean);
  EXPECT_EQ(LanguageOf("en, ko;q=0.5"), Language::kEnglish);
  EXPECT_EQ(LanguageOf("de, KO ; q=0.5, en;q=0.4"), Language::kKorean);
  EXPECT_EQ(LanguageOf("fr"), Language::kEnglish);
  EXPECT_EQ(LanguageOf("ko;q=0"), Language::kEnglish);
  EXPECT_EQ(LanguageOf("ko;q=x"), Language::kEnglish);
  EXPECT_EQ(LanguageOf(",;,"), Language::kEnglish);
  EXPECT_EQ(LanguageOf(std::nullopt), Language::kEnglish);
  EXPECT_THAT(ProblemOf(Reject::kFull, Language::kKorean).body, HasSubstr("정원"));
}

TEST_F(ApiTest, WhenThereIsNoRoomForAnybodyMoreThatIsSaid) {
  auto opened = Engine::OpenInMemory({.max_users = 1});
  ASSERT_TRUE(opened.ok()) << opened.status();
  api_.reset();
  fences_.reset();
  engine_ = *std::move(opened);
  fences_.emplace(engine_->fences(), FenceLimits{});
  MakeApi({.guests = true, .attempts = {}});
  Register(kAda, "Ada", Visibility::kCloaked);
  Register(kBob, "Bob", Visibility::kCloaked);
  const char* here = R"({"lat":37.5,"lng":127})";
  EXPECT_EQ(Ask(kAda, "PUT", "/v1/me/position", here).status, 204);
  const Response refused = Ask(kBob, "PUT", "/v1/me/position", here);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(CodeOf(refused), "too_many_users");
}

TEST(Problem, SaysWhenToTryAgain) {
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(Problem(503, "unavailable", Language::kEnglish).headers,
              ::testing::ElementsAre(Header("Retry-After", "1")));
  EXPECT_THAT(TooOften(60, Language::kEnglish).headers,
              ::testing::ElementsAre(Header("Retry-After", "60")));
}

TEST(Problem, EveryReasonHasASentenceInBothLanguages) {
  std::set<std::string_view> known;
  for (std::uint16_t number = 1; number <= 1'000; ++number) {
    const std::string_view name = NameOf(static_cast<Reject>(number));
    if (name == "unknown") continue;
    known.insert(name);
    EXPECT_NE(SentenceFor(name, Language::kEnglish), "") << name;
    EXPECT_NE(SentenceFor(name, Language::kKorean), "") << name;
    EXPECT_NE(SentenceFor(name, Language::kKorean), SentenceFor(name, Language::kEnglish)) << name;
  }
  for (const std::string_view code : OwnCodes()) {
    known.insert(code);
    EXPECT_NE(SentenceFor(code, Language::kEnglish), "") << code;
    EXPECT_NE(SentenceFor(code, Language::kKorean), "") << code;
  }
  for (const Sentence& sentence : Sentences()) {
    EXPECT_TRUE(known.contains(sentence.code)) << sentence.code << " is nobody's reason";
  }
}

TEST(Orders, AreWhatTheyWouldBeAsOneText) {
  const auto command = ReadOrder("join_meetup", R"({"meetup":"3"})", kAda, RequestId{9}, Now());
  ASSERT_TRUE(command.ok()) << command.status();
  EXPECT_EQ(command->actor, kAda);
  EXPECT_EQ(command->request_id, RequestId{9});
  EXPECT_EQ(command->body, CommandBody(JoinMeetup{.meetup = MeetupId{3}}));
  EXPECT_FALSE(ReadOrder("fly", "{}", kAda, std::nullopt, Now()).ok());
  EXPECT_FALSE(ReadOrder("a\",\"b", "{}", kAda, std::nullopt, Now()).ok());
}

TEST(Orders, FieldsArePutInFront) {
  EXPECT_EQ(WithFields(R"( {"a":1} )", R"("b":2)").value(), R"({"b":2,"a":1})");
  EXPECT_EQ(WithFields("{}", R"("b":2)").value(), R"({"b":2})");
  EXPECT_EQ(WithFields("", R"("b":2)").value(), R"({"b":2})");
  EXPECT_EQ(WithFields("{ }", "").value(), "{}");
  EXPECT_FALSE(WithFields(std::string(kMostOrderBytes + 1, ' ') + "{}", "").ok());
  EXPECT_FALSE(WithFields(R"({"a":1},"x":{})", "").ok());
}

}  // namespace
}  // namespace moyeo::server
