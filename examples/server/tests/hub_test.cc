#include "hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "event_router.h"
#include "nlohmann/json.hpp"
#include "server_fixture.h"
#include "text.h"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A client that takes what it is given when the test says so.
class FakeClient final : public Client {
 public:
  using Client::Client;

  void Wake() override { ++woken; }
  void Close(CloseCode code, std::string_view) override { closed = code; }

  int woken = 0;
  std::optional<CloseCode> closed;
};

class HubTest : public ServerFixture {
 protected:
  HubTest() {
    Register(kAda, "Ada");
    Register(kBob, "Bob");
    Register(kCy, "Cy");
  }

  std::shared_ptr<FakeClient> Connect() { return std::make_shared<FakeClient>(outbox_, messages_); }

  std::shared_ptr<FakeClient> ConnectAs(UserId user) {
    auto client = Connect();
    Say(*client, Concat(R"({"type":"hello","token":")", TokenOf(user), "\"}"));
    EXPECT_EQ(Heard(*client)[0]["type"], "welcome");
    return client;
  }

  void Say(FakeClient& client, std::string_view text) {
    hub_.Receive(client, text, now_);
    RunAll();
  }

  void RunAll() {
    while (!later_.empty()) {
      const auto first = std::move(later_.front());
      later_.pop_front();
      first();
    }
  }

  // What waits for the client, which takes it.
  std::vector<Json> Heard(FakeClient& client) {
    std::vector<Json> heard;
    while (const Frame frame = client.outbox.Front()) {
      heard.push_back(Json::parse(*frame));
      client.outbox.Sent();
    }
    return heard;
  }

  void Tick() {
    now_ += std::chrono::milliseconds(200);
    hub_.Tick(now_);
  }

  RoutedEvent EventFor(std::vector<UserId> users, std::string_view text = "{}") {
    RoutedEvent event;
    event.sequence = ++sequence_;
    event.users = std::move(users);
    event.frame = std::make_shared<const std::string>(text);
    return event;
  }

  void Tell(RoutedEvent event) {
    std::vector<RoutedEvent> events;
    events.push_back(std::move(event));
    hub_.Tell(std::move(events));
  }

  std::uint64_t sequence_ = 0;
  Outbox::Limits outbox_{.position_bytes = 400, .other_bytes = 2'000};
  Rate messages_{.per_second = 1, .burst = 1'000};
  std::deque<std::function<void()>> later_;
  bool busy_ = false;
  Hub hub_{
      *engine_,
      tokens_,
      *fences_,
      rates_,
      {.watch = {.radius_m = 50'000, .limit = 200, .least_interval_ms = 100},
       .feeds_per_client = 2,
       .clients_per_user = 2,
       .commands_per_client = 2,
       .events = {}},
      {.submit =
           [this](Command command, std::size_t, std::function<void(absl::StatusOr<Outcome>)> then) {
             if (busy_) return false;
             later_.push_back([this, command, then] { then(engine_->Apply(command)); });
             return true;
           },
       .elsewhere =
           [this](std::function<void()> work, std::function<void()> then) {
             if (busy_) return false;
             later_.push_back([work, then] {
               work();
               then();
             });
             return true;
           },
       .flush_soon = [this] { later_.push_back([this] { hub_.FlushMoves(now_); }); }}};
};

TEST_F(HubTest, AGoodTokenIsWelcomed) {
  auto client = Connect();
  Say(*client, Concat(R"({"type":"hello","token":")", TokenOf(kAda), "\"}"));
  const auto heard = Heard(*client);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0]["user"], "1");
  EXPECT_EQ(hub_.figures().clients, 1U);
  hub_.Leave(*client);
  EXPECT_EQ(hub_.figures().clients, 0U);
}

TEST_F(HubTest, NobodySaysAnythingBeforeHello) {
  for (const char* text : {R"({"type":"move","lat":1,"lng":2})", R"({"type":"watch","feed":1})",
                           R"({"type":"unwatch","feed":1})", R"({"type":"watch_meetups"})",
                           R"({"type":"post","meetup":"1","text":"hi"})", R"({"type":"move"})",
                           R"({"type":"command","kind":"advance","body":{}})",
                           R"({"type":"hello","token":"no token"})"}) {
    auto client = Connect();
    Say(*client, text);
    EXPECT_EQ(client->closed, CloseCode::kNotAuthenticated) << text;
    EXPECT_THAT(Heard(*client), IsEmpty()) << text;
  }
}

TEST_F(HubTest, SomebodyUnknownOrErasedIsNotLetIn) {
  Do(kCy, Erase{});
  for (const UserId user : {UserId{99}, kCy}) {
    auto client = Connect();
    Say(*client, Concat(R"({"type":"hello","token":")", TokenOf(user), "\"}"));
    EXPECT_EQ(client->closed, CloseCode::kNotAuthenticated);
  }
}

TEST_F(HubTest, SaidTwiceHelloIsAnError) {
  auto client = ConnectAs(kAda);
  Say(*client, Concat(R"({"type":"hello","token":")", TokenOf(kBob), "\"}"));
  EXPECT_EQ(Heard(*client)[0]["code"], "invalid_message");
  EXPECT_EQ(client->user, kAda);
}

TEST_F(HubTest, AMoveIsToldToTheEngine) {
  auto client = ConnectAs(kAda);
  Say(*client, R"({"type":"move","lat":37.5,"lng":127,"id":"m"})");
  EXPECT_EQ(Heard(*client), std::vector<Json>({{{"type", "done"}, {"id", "m"}}}));
  EXPECT_EQ(engine_->presence().Find(kAda, now_)->position, (LatLng{37.5, 127}));
}

TEST_F(HubTest, TooManyMovesAreRefusedAndTheOthersStand) {
  auto client = ConnectAs(kAda);
  for (int i = 0; i < 25; ++i) Say(*client, R"({"type":"move","lat":37.5,"lng":127})");
  EXPECT_EQ(Heard(*client).size(), 5U);
  EXPECT_EQ(hub_.figures().moves, 20U);
  EXPECT_EQ(hub_.figures().moves_refused, 5U);
  EXPECT_EQ(client->closed, std::nullopt);
}

TEST_F(HubTest, AllDevicesOfAUserShareTheirMoves) {
  auto phone = ConnectAs(kAda);
  auto laptop = ConnectAs(kAda);
  auto other = ConnectAs(kBob);
  for (int i = 0; i < 10; ++i) {
    for (const auto& client : {phone, laptop}) Say(*client, R"({"type":"move","lat":1,"lng":2})");
  }
  EXPECT_EQ(hub_.figures().moves_refused, 0U);
  for (const auto& client : {phone, laptop}) {
    Say(*client, R"({"type":"move","lat":1,"lng":2,"id":"m"})");
    EXPECT_EQ(Heard(*client)[0]["code"], "too_many_requests");
  }
  hub_.Leave(*laptop);
  auto again = ConnectAs(kAda);
  Say(*again, R"({"type":"move","lat":1,"lng":2,"id":"m"})");
  EXPECT_EQ(Heard(*again)[0]["code"], "too_many_requests") << "to come anew gives no more";
  Say(*other, R"({"type":"move","lat":1,"lng":2,"id":"m"})");
  EXPECT_EQ(Heard(*other)[0]["type"], "done");
}

TEST_F(HubTest, AConnectionEndsWithItsToken) {
  auto client = ConnectAs(kAda);
  now_ = std::chrono::ceil<std::chrono::seconds>(now_ + std::chrono::hours(1));
  hub_.Look(*client, now_ - std::chrono::milliseconds(1));
  EXPECT_EQ(client->closed, std::nullopt);
  hub_.Look(*client, now_);
  EXPECT_EQ(client->closed, CloseCode::kNotAuthenticated);
  EXPECT_EQ(hub_.figures().clients, 0U);
  auto silent = Connect();
  hub_.Look(*silent, now_);
  EXPECT_EQ(silent->closed, std::nullopt) << "others have said no token yet";
}

TEST_F(HubTest, AFeedTellsWhoEntersMovesAndLeaves) {
  auto ada = ConnectAs(kAda);
  auto bob = ConnectAs(kBob);
  Say(*ada, R"({"type":"move","lat":37.5,"lng":127})");
  Say(*bob, R"({"type":"move","lat":37.501,"lng":127})");
  Say(*ada, R"({"type":"watch","feed":5,"radius_m":1000,"interval_ms":100,"id":"w"})");
  Tick();
  auto heard = Heard(*ada);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0]["id"], "w");
  EXPECT_EQ(heard[1]["feed"], 5);
  EXPECT_EQ(heard[1]["reset"], true);
  EXPECT_EQ(heard[1]["enter"][0][0], "2");
  EXPECT_EQ(heard[1]["enter"][0].size(), 4U);

  Say(*bob, R"({"type":"move","lat":37.502,"lng":127})");
  Tick();
  heard = Heard(*ada);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_FALSE(heard[0].contains("reset"));
  EXPECT_EQ(heard[0]["move"][0][1], 37.502);

  engine_->Remove(kBob);
  Tick();
  EXPECT_EQ(Heard(*ada)[0]["leave"], Json({"2"}));

  Say(*ada, R"({"type":"unwatch","feed":5})");
  EXPECT_EQ(engine_->feeds().size(), 0U);
}

TEST_F(HubTest, WhoIsCloakedIsShownAsAnAreaExceptToFriends) {
  Register(UserId{4}, "Dee", Visibility::kCloaked);
  Do(kBob, RequestFriend{.user = UserId{4}});
  Do(UserId{4}, RequestFriend{.user = kBob});
  auto dee = ConnectAs(UserId{4});
  auto ada = ConnectAs(kAda);
  auto bob = ConnectAs(kBob);
  Say(*dee, R"({"type":"move","lat":37.5,"lng":127})");
  for (const auto& client : {ada, bob}) {
    Say(*client, R"({"type":"move","lat":37.5,"lng":127})");
    Say(*client, R"({"type":"watch","feed":1,"radius_m":5000,"interval_ms":100})");
  }
  Tick();
  const auto entry_of_dee = [&](FakeClient& client) {
    const Json heard = Heard(client)[0];
    for (const Json& entry : heard["enter"]) {
      if (entry[0] == "4") return entry;
    }
    return Json();
  };
  const Json to_stranger = entry_of_dee(*ada);
  EXPECT_EQ(to_stranger.size(), 5U);
  EXPECT_FALSE(to_stranger[1] == 37.5 && to_stranger[2] == 127);
  const Json to_friend = entry_of_dee(*bob);
  EXPECT_EQ(to_friend.size(), 4U);
  EXPECT_EQ(to_friend[1], 37.5);
}

TEST_F(HubTest, MovesThatTheEngineDoesNotTakeAreCounted) {
  auto client = ConnectAs(kAda);
  Say(*client, R"({"type":"move","lat":37.5,"lng":127})");
  EXPECT_EQ(hub_.figures().failures, 0U);
  hub_.Receive(*client, R"({"type":"move","lat":37.5,"lng":127,"id":"m"})", now_);
  hub_.FlushMoves(Timestamp::max());
  EXPECT_EQ(hub_.figures().failures, 1U);
  EXPECT_THAT(hub_.figures().failure, HasSubstr("seen"));
  EXPECT_EQ(Heard(*client)[0]["type"], "error");
}

TEST_F(HubTest, TicksThatTheEngineDoesNotMakeAreCounted) {
  auto client = ConnectAs(kAda);
  Say(*client, R"({"type":"move","lat":37.5,"lng":127})");
  Say(*client, R"({"type":"watch","feed":1})");
  ASSERT_TRUE(engine_->Move(kBob, {37.5, 127}, now_).ok());
  ASSERT_TRUE(
      fences_->Put(kAda, {.region = FenceCircle{.center = {37.5, 127}, .radius_m = 100}}).ok());
  // A tick is made while another one is under way, first of feeds and then of fences.
  now_ += std::chrono::seconds(1);
  ASSERT_TRUE(engine_->feeds().Tick(now_, [this](const FeedUpdate&) { hub_.Tick(now_); }).ok());
  EXPECT_EQ(hub_.figures().failures, 1U);
  ASSERT_TRUE(engine_->Move(kCy, {37.5, 127}, now_).ok());
  now_ += std::chrono::seconds(1);
  ASSERT_TRUE(engine_->fences().Tick(now_, [this](const FenceEvent&) { hub_.Tick(now_); }).ok());
  EXPECT_GE(hub_.figures().failures, 2U);
  EXPECT_THAT(hub_.figures().failure, HasSubstr("tick"));
}

TEST_F(HubTest, AFenceTellsItsOwnerWhoComesStaysAndGoes) {
  auto phone = ConnectAs(kAda);
  auto laptop = ConnectAs(kAda);
  auto other = ConnectAs(kCy);
  FenceOptions plaza{.region = FenceCircle{.center = {37.5, 127}, .radius_m = 100},
                     .name = "plaza",
                     .dwell_ms = 200};
  ASSERT_TRUE(fences_->Put(kAda, plaza).ok());
  Tick();
  const auto be_at = [&](double lat) {
    ASSERT_TRUE(engine_->Move(kBob, {lat, 127}, now_).ok());
    Tick();
  };
  be_at(37.5);
  const Timestamp since = now_;
  const auto heard = Heard(*phone);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0], (Json{{"type", "fence"},
                            {"fence", "plaza"},
                            {"kind", "enter"},
                            {"user", "2"},
                            {"time", now_.time_since_epoch().count()},
                            {"since", since.time_since_epoch().count()}}));
  EXPECT_EQ(Heard(*laptop), heard);
  be_at(37.5);
  EXPECT_EQ(Heard(*phone)[0]["kind"], "dwell");
  be_at(37.6);
  const auto gone = Heard(*phone);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0]["kind"], "exit");
  EXPECT_EQ(gone[0]["since"], since.time_since_epoch().count());
  EXPECT_THAT(Heard(*other), IsEmpty());
  EXPECT_EQ(hub_.figures().fence_events, 3U);

  be_at(37.5);
  EXPECT_EQ(Heard(*phone).size(), 1U);
  EXPECT_TRUE(fences_->Remove(kAda, "plaza"));
  be_at(37.6);
  EXPECT_THAT(Heard(*phone), IsEmpty());
}

TEST_F(HubTest, AFenceKnowsOnlyWhatItsOwnerMaySee) {
  auto ada = ConnectAs(kAda);
  Do(kBob, SetVisibility{.visibility = Visibility::kCloaked});
  const LatLng place{37.51234, 127.04321};
  FenceOptions door{.region = FenceCircle{.center = place, .radius_m = 5}, .name = "door"};
  ASSERT_TRUE(fences_->Put(kAda, door).ok());
  Tick();
  ASSERT_TRUE(engine_->Move(kBob, place, now_).ok());
  Tick();
  EXPECT_THAT(Heard(*ada), IsEmpty()) << "a stranger who is cloaked is elsewhere";
  Do(kAda, RequestFriend{.user = kBob});
  Do(kBob, RequestFriend{.user = kAda});
  Tick();
  EXPECT_EQ(Heard(*ada)[0]["kind"], "enter");
  Do(kBob, Block{.user = kAda});
  Tick();
  EXPECT_EQ(Heard(*ada)[0]["kind"], "exit");
}

TEST_F(HubTest, TheFencesOfWhoIsErasedAreGone) {
  FenceOptions plaza{.region = FenceCircle{.center = {37.5, 127}, .radius_m = 100},
                     .name = "plaza"};
  ASSERT_TRUE(fences_->Put(kAda, plaza).ok());
  ASSERT_TRUE(fences_->Put(kBob, plaza).ok());
  RoutedEvent erased = EventFor({kAda});
  erased.erased = kAda;
  Tell(erased);
  EXPECT_THAT(fences_->Of(kAda), IsEmpty());
  EXPECT_EQ(fences_->Of(kBob).size(), 1U);
  EXPECT_EQ(engine_->fences().size(), 1U);
}

TEST_F(HubTest, AFeedCanBeChangedAndTheirNumberIsBounded) {
  auto client = ConnectAs(kAda);
  Say(*client, R"({"type":"watch","feed":1})");
  Say(*client, R"({"type":"watch","feed":1,"radius_m":100})");
  EXPECT_EQ(engine_->feeds().size(), 1U);
  Say(*client, R"({"type":"watch","feed":2})");
  EXPECT_THAT(Heard(*client), IsEmpty());
  Say(*client, R"({"type":"watch","feed":3})");
  EXPECT_EQ(Heard(*client)[0]["code"], "too_many_feeds");
  Say(*client, R"({"type":"unwatch","feed":3})");
  EXPECT_EQ(Heard(*client)[0]["code"], "not_found");
  hub_.Leave(*client);
  EXPECT_EQ(engine_->feeds().size(), 0U);
}

TEST_F(HubTest, WhoTakesNothingGetsAllAnewLaterAndNobodyElseNotices) {
  auto slow = ConnectAs(kAda);
  auto quick = ConnectAs(kBob);
  auto mover = ConnectAs(kCy);
  for (const auto& client : {slow, quick}) {
    Say(*client, R"({"type":"move","lat":37.5,"lng":127})");
    Say(*client, R"({"type":"watch","feed":1,"radius_m":5000,"interval_ms":100})");
  }
  for (int i = 0; i < 20; ++i) {
    Say(*mover, Concat(R"({"type":"move","lat":)", 37.5 + i * 0.0001, R"(,"lng":127})"));
    Tick();
    EXPECT_EQ(Heard(*quick).size(), 1U);
  }
  EXPECT_LE(slow->outbox.bytes(), 400U);
  EXPECT_GT(hub_.figures().deliveries_lost, 0U);
  EXPECT_EQ(slow->closed, std::nullopt);

  const auto first = Heard(*slow);
  EXPECT_FALSE(first.empty());
  hub_.Drained(*slow, now_);
  const auto anew = Heard(*slow);
  ASSERT_EQ(anew.size(), 1U);
  EXPECT_EQ(anew[0]["reset"], true);
  EXPECT_EQ(anew[0]["enter"].size(), 2U);

  Say(*mover, R"({"type":"move","lat":37.51,"lng":127})");
  Tick();
  EXPECT_EQ(Heard(*slow)[0]["move"][0][1], 37.51) << "and goes on from there";
}

TEST_F(HubTest, WhoIsBehindWithEventsIsToldToResyncAndThenClosed) {
  auto slow = ConnectAs(kAda);
  auto other = ConnectAs(kBob);
  const std::string text = Concat(R"({"text":")", std::string(900, 'x'), "\"}");
  for (int i = 0; i < 2; ++i) Tell(EventFor({kAda, kBob}, text));
  EXPECT_EQ(Heard(*other).size(), 2U);
  Tell(EventFor({kAda, kBob}, text));
  EXPECT_EQ(hub_.figures().resyncs, 1U);
  EXPECT_EQ(slow->closed, std::nullopt);
  for (int i = 0; i < 3; ++i) Tell(EventFor({kAda, kBob}, text));
  EXPECT_EQ(slow->closed, CloseCode::kTooMuch);
  EXPECT_EQ(other->closed, std::nullopt);
}

TEST_F(HubTest, EachDeviceGetsEachEventOnce) {
  auto phone = ConnectAs(kAda);
  auto laptop = ConnectAs(kAda);
  auto other = ConnectAs(kBob);
  Tell(EventFor({kAda}, R"({"n":1})"));
  EXPECT_EQ(Heard(*phone).size(), 1U);
  EXPECT_EQ(Heard(*laptop).size(), 1U);
  EXPECT_THAT(Heard(*other), IsEmpty());
  auto third = Connect();
  Say(*third, Concat(R"({"type":"hello","token":")", TokenOf(kAda), "\"}"));
  EXPECT_EQ(third->closed, CloseCode::kTooMuch) << "devices are bounded";
}

TEST_F(HubTest, WhoComesBackGetsWhatTheyMissedAndNothingTwice) {
  auto first = ConnectAs(kAda);
  Tell(EventFor({kAda}, R"({"n":1})"));
  hub_.Leave(*first);
  Tell(EventFor({kAda}, R"({"n":2})"));
  Tell(EventFor({kBob}, R"({"n":3})"));
  Tell(EventFor({kAda}, R"({"n":4})"));

  auto again = Connect();
  Say(*again, Concat(R"({"type":"hello","after":"1","token":")", TokenOf(kAda), "\"}"));
  const auto heard = Heard(*again);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0]["sequence"], "4");
  EXPECT_EQ(heard[1]["n"], 2);
  EXPECT_EQ(heard[2]["n"], 4);
  Tell(EventFor({kAda}, R"({"n":5})"));
  EXPECT_EQ(Heard(*again).size(), 1U);
}

TEST_F(HubTest, WhoComesBackTooLateIsToldToResync) {
  hub_.LoseEvents(100);
  auto client = Connect();
  Say(*client, Concat(R"({"type":"hello","after":"1","token":")", TokenOf(kAda), "\"}"));
  EXPECT_EQ(Heard(*client)[1]["type"], "resync");
  hub_.LoseEvents(200);
  EXPECT_EQ(Heard(*client)[0]["type"], "resync");
}

TEST_F(HubTest, WhoMissedMoreThanTheBoxHoldsIsToldToResyncAndStays) {
  const std::string text = Concat(R"({"text":")", std::string(900, 'x'), "\"}");
  const auto missed = [&](int events) {
    const std::string after = std::to_string(sequence_);
    for (int i = 0; i < events; ++i) Tell(EventFor({kAda}, text));
    auto client = Connect();
    Say(*client,
        Concat(R"({"type":"hello","after":")", after, R"(","token":")", TokenOf(kAda), "\"}"));
    EXPECT_EQ(client->closed, std::nullopt);
    const auto heard = Heard(*client);
    EXPECT_EQ(heard[0]["sequence"], std::to_string(sequence_));
    hub_.Drained(*client, now_);
    hub_.Leave(*client);
    return heard;
  };
  EXPECT_EQ(missed(2).size(), 3U) << "welcome and what fits";
  for (const int events : {3, 5, 100}) {
    const auto heard = missed(events);
    ASSERT_EQ(heard.size(), 2U) << events;
    EXPECT_EQ(heard[1]["type"], "resync");
  }
  EXPECT_EQ(hub_.figures().resyncs, 3U);
  EXPECT_EQ(hub_.figures().closed_behind, 0U);
}

TEST_F(HubTest, WhoseTicketsAreMatchedHearOfIt) {
  auto ada = ConnectAs(kAda);
  auto bob = ConnectAs(kBob);
  auto cy = ConnectAs(kCy);
  std::vector<Event> events;
  std::promise<void> all;
  int matched = 0;
  {
    const auto subscription = engine_->Subscribe(
        engine_->Statistics().events, {.on_event =
                                           [&](const Event& event) {
                                             events.push_back(event);
                                             if (KindOf(event.body) != EventKind::kTicketMatched)
                                               return;
                                             if (++matched == 2) all.set_value();
                                           },
                                       .on_resync = [](std::uint64_t) { FAIL(); }});
    ASSERT_TRUE(subscription.ok());
    for (const UserId user : {kAda, kBob}) {
      const CreateTicket ticket{.location = {37.5, 127},
                                .from = now_ + std::chrono::hours(1),
                                .until = now_ + std::chrono::hours(3),
                                .length_ms = 3'600'000,
                                .tags = {"chess"}};
      ASSERT_TRUE(Do(user, ticket).accepted());
    }
    now_ += std::chrono::minutes(1);
    ASSERT_TRUE(engine_->Apply({.time = now_, .body = Advance{}}).ok());
    all.get_future().wait();
  }

  EventRouter router(
      [this](MeetupId meetup) {
        std::vector<UserId> users;
        const auto members = engine_->Members(std::nullopt, meetup);
        for (const MemberView& member : *members) users.push_back(member.user);
        return users;
      },
      [this] { return engine_->Statistics().events; });
  std::vector<RoutedEvent> routed;
  for (const Event& event : events) router.Add(event, routed);
  hub_.Tell(std::move(routed));
  for (FakeClient* client : {ada.get(), bob.get()}) {
    std::vector<std::string> kinds;
    for (const Json& heard : Heard(*client)) kinds.push_back(heard["event"]["kind"]);
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "ticket_matched"), 1);
  }
  EXPECT_THAT(Heard(*cy), IsEmpty());
}

TEST_F(HubTest, AnErasureAmongLostEventsIsFoundOut) {
  for (const UserId user : {kAda, kBob, kCy}) {
    ASSERT_TRUE(fences_->Put(user, {.region = FenceCircle{{37.5, 127}, 100}, .name = "here"}).ok());
  }
  auto ada = ConnectAs(kAda);
  auto bob = ConnectAs(kBob);
  Do(kAda, Erase{});
  Do(kCy, Erase{});
  busy_ = true;
  hub_.LoseEvents(100);
  RunAll();
  EXPECT_EQ(fences_->Owners().size(), 3U);
  busy_ = false;
  Tick();
  RunAll();
  EXPECT_EQ(ada->closed, CloseCode::kNotAuthenticated);
  EXPECT_FALSE(bob->closed.has_value());
  EXPECT_THAT(fences_->Owners(), ElementsAre(kBob));
}

TEST_F(HubTest, ListedMeetupsAreForWhoWatchesThePlace) {
  auto here = ConnectAs(kAda);
  auto elsewhere = ConnectAs(kBob);
  auto blocked = ConnectAs(kCy);
  const char* seoul = R"({"type":"watch_meetups","south":37,"west":126,"north":38,"east":128})";
  Say(*here, seoul);
  Say(*blocked, seoul);
  Say(*elsewhere, R"({"type":"watch_meetups","south":1,"west":1,"north":2,"east":2})");
  RoutedEvent listed = EventFor({});
  listed.everybody = true;
  listed.place = LatLng{37.5, 127};
  listed.except = {kCy};
  Tell(listed);
  EXPECT_EQ(Heard(*here).size(), 1U);
  EXPECT_THAT(Heard(*elsewhere), IsEmpty());
  EXPECT_THAT(Heard(*blocked), IsEmpty());
  Say(*here, R"({"type":"watch_meetups"})");
  listed.sequence = ++sequence_;
  Tell(listed);
  EXPECT_THAT(Heard(*here), IsEmpty());
}

TEST_F(HubTest, ACommandIsAnsweredWithItsOutcome) {
  auto client = ConnectAs(kBob);
  const MeetupId meetup = NewMeetup(kAda);
  const std::string join = Concat(R"({"type":"command","kind":"join_meetup","body":{"meetup":")",
                                  ToNumber(meetup), R"("},"id":"j"})");
  Say(*client, join);
  EXPECT_EQ(Heard(*client)[0],
            (Json{{"type", "done"}, {"outcome", {{"reject", "none"}}}, {"id", "j"}}));
  Say(*client, join);
  auto heard = Heard(*client);
  EXPECT_EQ(heard[0]["type"], "refused");
  EXPECT_EQ(heard[0]["code"], "already_member");
  Say(*client, R"({"type":"command","kind":"join_meetup","body":{"meetup":3}})");
  EXPECT_EQ(Heard(*client)[0]["code"], "invalid_message");
  for (const char* kind : {"advance", "configure"}) {
    Say(*client, Concat(R"({"type":"command","kind":")", kind, R"(","body":{}})"));
    EXPECT_NE(Heard(*client)[0]["type"], "done") << kind << " is not for users";
  }
}

TEST_F(HubTest, OnlySoManyCommandsWait) {
  auto client = ConnectAs(kBob);
  const char* text = R"({"type":"command","kind":"edit_profile","body":{},"id":"e"})";
  for (int i = 0; i < 3; ++i) hub_.Receive(*client, text, now_);
  EXPECT_EQ(Heard(*client)[0]["code"], "too_many_requests");
  RunAll();
  EXPECT_EQ(Heard(*client).size(), 2U);
  busy_ = true;
  Say(*client, text);
  EXPECT_EQ(Heard(*client)[0]["code"], "unavailable");
}

TEST_F(HubTest, AMalformedMessageEndsItsConnectionAndNoOther) {
  auto bad = ConnectAs(kAda);
  auto good = ConnectAs(kBob);
  Say(*bad, "nonsense");
  EXPECT_EQ(bad->closed, CloseCode::kMalformed);
  EXPECT_EQ(Heard(*bad)[0]["code"], "invalid_json");
  Say(*bad, R"({"type":"move","lat":1,"lng":2})");
  EXPECT_EQ(engine_->presence().Find(kAda, now_), std::nullopt);
  Say(*good, R"({"type":"move","lat":1,"lng":2,"id":"m"})");
  EXPECT_EQ(Heard(*good)[0]["type"], "done");
}

TEST_F(HubTest, WhoTalksTooMuchIsClosed) {
  auto client = ConnectAs(kAda);
  for (int i = 0; i < 999; ++i) Say(*client, R"({"type":"watch_meetups"})");
  EXPECT_EQ(client->closed, std::nullopt);
  Say(*client, R"({"type":"watch_meetups"})");
  EXPECT_EQ(client->closed, CloseCode::kTooMuch);
}

TEST_F(HubTest, WhoIsErasedIsGone) {
  auto phone = ConnectAs(kAda);
  auto laptop = ConnectAs(kAda);
  Say(*phone, R"({"type":"move","lat":1,"lng":2})");
  RoutedEvent erased = EventFor({kAda});
  erased.erased = kAda;
  Tell(erased);
  EXPECT_EQ(phone->closed, CloseCode::kNotAuthenticated);
  EXPECT_EQ(laptop->closed, CloseCode::kNotAuthenticated);
  EXPECT_EQ(engine_->presence().Find(kAda, now_), std::nullopt);
}

TEST_F(HubTest, WhoIsErasedWhileTheyAreGreetedIsNotLetIn) {
  auto client = Connect();
  const std::string hello = Concat(R"({"type":"hello","token":")", TokenOf(kAda), "\"}");
  hub_.Receive(*client, hello, now_);
  RoutedEvent erased = EventFor({kAda});
  erased.erased = kAda;
  // The question has been answered by then, but nobody has heard the answer.
  Tell(erased);
  EXPECT_EQ(client->closed, CloseCode::kNotAuthenticated);
  RunAll();
  EXPECT_THAT(Heard(*client), IsEmpty());
  EXPECT_EQ(hub_.figures().clients, 0U);
}

TEST_F(HubTest, AMoveThatWaitsDoesNotBringBackWhoIsErased) {
  auto ada = ConnectAs(kAda);
  auto bob = ConnectAs(kBob);
  for (const auto& client : {ada, bob, ada}) {
    hub_.Receive(*client, R"({"type":"move","lat":1,"lng":2,"id":"m"})", now_);
  }
  RoutedEvent erased = EventFor({kAda});
  erased.erased = kAda;
  Tell(erased);
  RunAll();
  EXPECT_EQ(engine_->presence().Find(kAda, now_), std::nullopt);
  EXPECT_NE(engine_->presence().Find(kBob, now_), std::nullopt);
  EXPECT_EQ(Heard(*bob)[0]["type"], "done");
}

TEST_F(HubTest, AConnectionThatEndsWhileSomethingIsUnderWayIsForgotten) {
  auto client = ConnectAs(kAda);
  hub_.Receive(*client, R"({"type":"command","kind":"edit_profile","body":{}})", now_);
  hub_.Receive(*client, R"({"type":"move","lat":1,"lng":2,"id":"m"})", now_);
  hub_.Leave(*client);
  client.reset();
  RunAll();
  EXPECT_EQ(hub_.figures().users, 0U);
}

}  // namespace
}  // namespace moyeo::server
