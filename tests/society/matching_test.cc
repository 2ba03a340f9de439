// Tickets, finding and recommending, rule by rule.

#include "moyeo/matching.h"

#include "society/society_fixture.h"
#include "society/state.h"
#include "support/cloak_twin.h"

namespace moyeo {
inline namespace v0 {

inline void PrintTo(TicketId ticket, std::ostream* out) { *out << "ticket " << ToNumber(ticket); }

}  // namespace v0
}  // namespace moyeo

namespace moyeo::society {
namespace {

using std::chrono::milliseconds;

class MatchingTest : public TownTest {
 protected:
  // Two hours of chess in Seoul this evening.
  CreateTicket Evening() const {
    return {.location = kSeoul,
            .radius_m = 3'000,
            .from = now_ + kHour,
            .until = now_ + 6 * kHour,
            .length_ms = (2 * kHour).count(),
            .tags = {"chess"},
            .least = 2,
            .most = 4};
  }

  TicketId Open(UserId user, const CreateTicket& ticket) {
    return Do(user, ticket).ticket.value_or(TicketId{});
  }
  TicketId Open(UserId user) { return Open(user, Evening()); }

  void Match() { AdvanceTo(now_ + milliseconds(society_.settings().matching_delay_ms)); }

  // Which tickets the last command has matched.
  std::vector<TicketId> Matched() const {
    std::vector<TicketId> tickets;
    for (const TicketMatched& matched : ToldOf<TicketMatched>()) tickets.push_back(matched.ticket);
    return tickets;
  }

  std::vector<TicketId> TicketsOf(UserId user) const {
    std::vector<TicketId> tickets;
    const auto views = society_.Tickets(user);
    EXPECT_THAT(views, IsOk());
    for (const TicketView& view : *views) tickets.push_back(view.ticket);
    return tickets;
  }

  // Whether tickets of Ada and Bob are matched.
  bool AreMatched(const CreateTicket& ada, const CreateTicket& bob) {
    Open(kAda, ada);
    Open(kBob, bob);
    Match();
    return !Matched().empty();
  }
};

TEST_F(MatchingTest, TwoWhoLookForTheSameMeet) {
  const TicketId first = Open(kAda);
  const TicketId second = Open(kBob);
  Match();
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupCreated, EventKind::kMemberJoined,
                                  EventKind::kTicketMatched, EventKind::kTicketMatched,
                                  EventKind::kMeetupListed));
  const MeetupId meetup = ToldOf<MeetupCreated>().at(0).meetup;
  EXPECT_EQ(ToldOf<TicketMatched>().at(0), (TicketMatched{first, kAda, meetup}));
  EXPECT_EQ(ToldOf<TicketMatched>().at(1), (TicketMatched{second, kBob, meetup}));
  EXPECT_EQ(AudiencesOf<TicketMatched>().at(1), (Audience{.users = {kBob}}));

  EXPECT_THAT(MembersOf(meetup), ElementsAre(kAda, kBob));
  const MeetupView view = View(meetup, kAda);
  EXPECT_TRUE(view.is_host);
  EXPECT_EQ(view.summary.title, "chess");
  EXPECT_THAT(view.summary.tags, ElementsAre("chess"));
  EXPECT_EQ(view.summary.location, testing::CloakCenter(kSeoul, 14));
  EXPECT_EQ(view.summary.start, kNow + kHour);
  EXPECT_EQ(view.summary.end, kNow + 3 * kHour);
  EXPECT_EQ(view.summary.capacity, 4u);
  EXPECT_TRUE(view.summary.listed);
  EXPECT_THAT(TicketsOf(kAda), IsEmpty());
  EXPECT_EQ(society_.state().matching_due, std::nullopt);
}

TEST_F(MatchingTest, IsDoneByTheFirstAdvanceAfterTheDelay) {
  const TicketId first = Open(kAda);
  Open(kBob);
  EXPECT_EQ(society_.NextDue(), kNow + 10'000 * kMs);
  AdvanceTo(kNow + 9'999 * kMs);
  EXPECT_THAT(Told(), IsEmpty());
  now_ = kNow + kMinute;
  Do(kCy, SetVisibility{Visibility::kHidden});
  EXPECT_THAT(Matched(), IsEmpty());
  EXPECT_THAT(TicketsOf(kAda), ElementsAre(first));
  EXPECT_EQ(society_.NextDue(), now_);
  AdvanceTo(now_);
  EXPECT_THAT(Matched(), SizeIs(2));
}

TEST_F(MatchingTest, TheOldestBeginsAndOthersAreAddedInTurn) {
  CreateTicket three = Evening();
  three.least = 3;
  const TicketId ada = Open(kAda, three);
  CreateTicket go = Evening();
  go.tags = {"go"};
  Open(kBob, go);
  const TicketId cy = Open(kCy);
  const TicketId dee = Open(kDee);
  const TicketId eve = Open(kEve);
  Match();
  EXPECT_THAT(Matched(), ElementsAre(ada, cy, dee, eve));
}

TEST_F(MatchingTest, AGroupStopsAtTheSmallestMost) {
  CreateTicket pair = Evening();
  pair.most = 2;
  const TicketId ada = Open(kAda);
  const TicketId bob = Open(kBob, pair);
  Open(kCy);
  Match();
  EXPECT_THAT(Matched(), ElementsAre(ada, bob));
  EXPECT_FALSE(View(ToldOf<MeetupCreated>().at(0).meetup).summary.listed);
}

TEST_F(MatchingTest, WhoWantsMoreThanOthersWouldHaveIsNotTaken) {
  CreateTicket crowd = Evening();
  crowd.least = 5;
  crowd.most = 9;
  const TicketId ada = Open(kAda);
  Open(kBob, crowd);
  const TicketId cy = Open(kCy);
  Match();
  EXPECT_THAT(Matched(), ElementsAre(ada, cy));
}

TEST_F(MatchingTest, EitherMustBeWithinTheRadiusOfTheOther) {
  CreateTicket near = Evening();
  CreateTicket far = Evening();
  far.location.lat += 0.05;  // some five and a half kilometres
  far.radius_m = 50'000;
  EXPECT_FALSE(AreMatched(near, far));
}

TEST_F(MatchingTest, WithinBothRadiiPeopleMeet) {
  CreateTicket near = Evening();
  near.radius_m = 7'000;
  CreateTicket far = near;
  far.location.lat += 0.05;
  EXPECT_TRUE(AreMatched(near, far));
}

TEST_F(MatchingTest, TagsAreTheSameUnderFolding) {
  CreateTicket other = Evening();
  other.tags = {"go", "ＣＨＥＳＳ"};
  EXPECT_TRUE(AreMatched(Evening(), other));
}

TEST_F(MatchingTest, OneTagMustBeCommonToAll) {
  CreateTicket both = Evening();
  both.tags = {"chess", "go"};
  CreateTicket go = Evening();
  go.tags = {"go"};
  const TicketId ada = Open(kAda, both);
  const TicketId bob = Open(kBob);
  Open(kCy, go);
  Match();
  EXPECT_THAT(Matched(), ElementsAre(ada, bob));
  EXPECT_THAT(View(ToldOf<MeetupCreated>().at(0).meetup).summary.tags, ElementsAre("chess"));
}

TEST_F(MatchingTest, TheLongestLengthMustFitIntoAllWindows) {
  CreateTicket longer = Evening();
  longer.length_ms = (4 * kHour).count();
  CreateTicket late = Evening();
  late.from = kNow + 2 * kHour + kMs;
  EXPECT_FALSE(AreMatched(longer, late));
  late.from -= kMs;
  Open(kCy, late);
  Match();
  EXPECT_THAT(Matched(), SizeIs(2));
  const MeetupView view = View(ToldOf<MeetupCreated>().at(0).meetup);
  EXPECT_EQ(view.summary.start, kNow + 2 * kHour);
  EXPECT_EQ(view.summary.end, kNow + 6 * kHour);
}

TEST_F(MatchingTest, AMeetupStartsNowIfItCouldHaveStartedBefore) {
  CreateTicket open = Evening();
  open.from = kNow - kDay;
  EXPECT_TRUE(AreMatched(open, open));
  EXPECT_EQ(View(ToldOf<MeetupCreated>().at(0).meetup).summary.start, now_);
  EXPECT_THAT(ToldOf<MeetupStarted>(), SizeIs(1));
}

TEST_F(MatchingTest, ABlockKeepsPeopleApart) {
  Do(kBob, Block{kAda});
  EXPECT_FALSE(AreMatched(Evening(), Evening()));
  Do(kBob, Unblock{kAda});
  Match();
  EXPECT_THAT(Matched(), SizeIs(2));
}

TEST_F(MatchingTest, NobodyIsMatchedWithThemselves) {
  Open(kAda);
  Open(kAda);
  Match();
  EXPECT_THAT(Matched(), IsEmpty());
}

TEST_F(MatchingTest, OtherTicketsOfAMemberStayOpen) {
  CreateTicket go = Evening();
  go.tags = {"go"};
  const TicketId other = Open(kAda, go);
  Open(kAda);
  Open(kBob);
  Match();
  EXPECT_THAT(Matched(), SizeIs(2));
  EXPECT_THAT(TicketsOf(kAda), ElementsAre(other));
}

TEST_F(MatchingTest, AWithdrawnTicketIsNoMore) {
  const TicketId ticket = Open(kAda);
  EXPECT_EQ(Try(kBob, WithdrawTicket{ticket}), Reject::kUnknownTicket);
  Do(kAda, WithdrawTicket{ticket});
  EXPECT_THAT(ToldOf<TicketWithdrawn>(), ElementsAre(TicketWithdrawn{ticket, kAda}));
  EXPECT_EQ(Try(kAda, WithdrawTicket{ticket}), Reject::kUnknownTicket);
  EXPECT_EQ(society_.NextDue(), std::nullopt);
}

TEST_F(MatchingTest, ATicketExpiresWhenItCanNoMoreBegin) {
  const TicketId ticket = Open(kAda);
  EXPECT_EQ(society_.Tickets(kAda)->at(0).expires, kNow + 4 * kHour);
  AdvanceTo(kNow + 4 * kHour - kMs);
  EXPECT_THAT(TicketsOf(kAda), ElementsAre(ticket));
  now_ += kMs;
  EXPECT_EQ(Try(kAda, WithdrawTicket{ticket}), Reject::kUnknownTicket);
  AdvanceTo(now_);
  EXPECT_THAT(ToldOf<TicketExpired>(), ElementsAre(TicketExpired{ticket, kAda}));
  EXPECT_THAT(TicketsOf(kAda), IsEmpty());
}

TEST_F(MatchingTest, OnlyTheCentreOfACellIsKept) {
  CreateTicket exact = Evening();
  const Command command{.time = now_, .actor = kAda, .body = exact};
  const auto kept = std::get<CreateTicket>(society_.AsKept(command).body);
  EXPECT_EQ(kept.location, testing::CloakCenter(kSeoul, 14));
  Open(kAda, exact);
  EXPECT_EQ(society_.Tickets(kAda)->at(0).location, kept.location);

  Society replica;
  std::vector<Event> events;
  replica.Apply({.time = now_, .actor = kAda, .body = Register{.nickname = "Ada"}}, events);
  Society other;
  other.Apply({.time = now_, .actor = kAda, .body = Register{.nickname = "Ada"}}, events);
  Command with_id = command;
  with_id.request_id = RequestId{7};
  replica.Apply(with_id, events);
  other.Apply(replica.AsKept(with_id), events);
  EXPECT_EQ(replica.Hash(), other.Hash());
}

TEST_F(MatchingTest, ACentreThatWasRoundedOtherwiseIsKeptAsItIs) {
  CreateTicket rounded = Evening();
  rounded.location = testing::CloakCenter(kSeoul, 14);
  rounded.location.lat += 1e-7;
  Open(kAda, rounded);
  EXPECT_EQ(society_.Tickets(kAda)->at(0).location, *Canonical(rounded.location));
  rounded.location.lat += 1e-7;
  Open(kBob, rounded);
  EXPECT_EQ(society_.Tickets(kBob)->at(0).location, testing::CloakCenter(kSeoul, 14));
}

TEST_F(MatchingTest, AnErasedUserHasNoTickets) {
  const TicketId ticket = Open(kAda);
  Do(kAda, Erase{});
  EXPECT_THAT(ToldOf<TicketWithdrawn>(), ElementsAre(TicketWithdrawn{ticket, kAda}));
  Open(kBob);
  Match();
  EXPECT_THAT(Matched(), IsEmpty());
  EXPECT_THAT(society_.Tickets(kAda), IsNotFound());
}

TEST_F(MatchingTest, AnExportHasTickets) {
  Open(kAda);
  const auto all = society_.Export(kAda, texts_);
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->tickets, *society_.Tickets(kAda));
  EXPECT_THAT(all->tickets, SizeIs(1));
}

TEST_F(MatchingTest, EachReasonToRefuseATicket) {
  const auto with = [&](auto change) {
    CreateTicket ticket = Evening();
    change(ticket);
    return Try(kAda, ticket);
  };
  EXPECT_EQ(with([](auto& t) { t.tags = {kNotUtf8}; }), Reject::kInvalidText);
  EXPECT_EQ(with([](auto& t) { t.tags = Tags(Limits::kTags + 1); }), Reject::kTooManyTags);
  EXPECT_EQ(with([](auto& t) { t.tags = {Letters(Limits::kTagLength + 1)}; }), Reject::kTagLength);
  EXPECT_EQ(with([](auto& t) { t.tags = {"a", "A"}; }), Reject::kRepeatedTag);
  EXPECT_EQ(with([](auto& t) { t.tags.clear(); }), Reject::kNoTags);
  EXPECT_EQ(with([](auto& t) { t.location.lat = 91; }), Reject::kInvalidLocation);
  EXPECT_EQ(with([](auto& t) { t.radius_m = 0; }), Reject::kRadiusOutOfRange);
  EXPECT_EQ(with([](auto& t) { t.radius_m = Limits::kMostTicketRadiusMeters + 1; }),
            Reject::kRadiusOutOfRange);
  EXPECT_EQ(with([](auto& t) { t.until = kMaxTimestamp + kMs; }), Reject::kInvalidTime);
  EXPECT_EQ(with([](auto& t) { t.length_ms = 0; }), Reject::kEndTooEarly);
  EXPECT_EQ(with([](auto& t) { t.length_ms = (5 * kHour + kMs).count(); }),
            Reject::kWindowTooShort);
  EXPECT_EQ(with([](auto& t) {
              t.from = kNow - kHour;
              t.until = kNow + 2 * kHour;
            }),
            Reject::kWindowTooShort);
  EXPECT_EQ(with([](auto& t) {
              t.from = kNow + 8 * kDay;
              t.until = t.from + 2 * kHour;
            }),
            Reject::kStartTooLate);
  EXPECT_EQ(with([](auto& t) { t.until = kNow + 14 * kDay; }), Reject::kEndTooLate);
  EXPECT_EQ(with([](auto& t) { t.least = 1; }), Reject::kGroupSizeOutOfRange);
  EXPECT_EQ(with([](auto& t) { t.least = 5; }), Reject::kGroupSizeOutOfRange);
  EXPECT_EQ(with([](auto& t) { t.most = Limits::kMostCapacity + 1; }),
            Reject::kGroupSizeOutOfRange);
}

TEST_F(MatchingTest, AtTheLimitATicketIsOpened) {
  CreateTicket ticket = Evening();
  ticket.radius_m = Limits::kMostTicketRadiusMeters;
  ticket.tags = Tags(Limits::kTags);
  ticket.until = kNow + 14 * kDay - kMs;
  ticket.length_ms = (ticket.until - ticket.from).count();
  ticket.most = Limits::kMostCapacity;
  EXPECT_EQ(Try(kAda, ticket), Reject::kNone);
  ticket.radius_m = 1;
  EXPECT_EQ(Try(kAda, ticket), Reject::kNone);
}

TEST_F(MatchingTest, AWindowMustLeaveTimeEnoughForTheLength) {
  CreateTicket ticket = Evening();
  ticket.from = kNow - kHour;
  ticket.until = kNow + 2 * kHour;
  EXPECT_EQ(Try(kAda, ticket), Reject::kWindowTooShort);
  ticket.until += kMs;
  EXPECT_EQ(Try(kAda, ticket), Reject::kNone);
}

TEST_F(MatchingTest, AWindowMustBeginWithinEightDays) {
  CreateTicket ticket = Evening();
  ticket.from = kNow + 8 * kDay;
  ticket.until = ticket.from + 2 * kHour;
  EXPECT_EQ(Try(kAda, ticket), Reject::kStartTooLate);
  ticket.from -= kMs;
  EXPECT_EQ(Try(kAda, ticket), Reject::kNone);
}

TEST_F(MatchingTest, ATicketsTimesAreTimes) {
  CreateTicket ticket = Evening();
  ticket.from = kMinTimestamp - kMs;
  EXPECT_EQ(Try(kAda, ticket), Reject::kInvalidTime);
  ticket.from = kMinTimestamp;
  EXPECT_EQ(Try(kAda, ticket), Reject::kNone);
}

TEST_F(MatchingTest, AUserHasAtMostFiveTickets) {
  for (std::size_t i = 0; i < Limits::kTickets; ++i) Open(kAda);
  EXPECT_EQ(Try(kAda, Evening()), Reject::kTooManyTickets);
  Do(kAda, WithdrawTicket{TicketId{3}});
  EXPECT_EQ(Try(kAda, Evening()), Reject::kNone);
}

TEST_F(MatchingTest, ATicketCountsAsAMeetup) {
  is_hashed_ = false;
  for (std::size_t i = 1; i < Limits::kCurrentMeetups; ++i) Host(kAda);
  Open(kAda);
  EXPECT_EQ(Try(kAda, Chess()), Reject::kTooManyCurrentMeetups);
  EXPECT_EQ(Try(kAda, Evening()), Reject::kTooManyCurrentMeetups);
  Open(kBob);
  Match();
  EXPECT_THAT(Matched(), SizeIs(2));
  EXPECT_EQ(Try(kAda, Chess()), Reject::kTooManyCurrentMeetups);
}

TEST_F(MatchingTest, TheSameRequestOpensOneTicketWhereverItIs) {
  CreateTicket ticket = Evening();
  EXPECT_EQ(Try(kAda, ticket, RequestId{1}), Reject::kNone);
  ticket.location = kBusan;
  EXPECT_EQ(Try(kAda, ticket, RequestId{1}), Reject::kNone);
  EXPECT_THAT(TicketsOf(kAda), SizeIs(1));
  ticket.radius_m += 1;
  EXPECT_EQ(Try(kAda, ticket, RequestId{1}), Reject::kRequestIdReused);
}

// ---- Find and recommend

class SuitingTest : public TownTest {
 protected:
  CreateMeetup At(double north_m, std::vector<std::string> tags = {}) const {
    CreateMeetup meetup = Chess();
    meetup.location->lat += north_m / 111'195;
    meetup.tags = std::move(tags);
    return meetup;
  }

  std::vector<MeetupId> Found(const FindQuery& query, std::optional<UserId> viewer = kEve) const {
    std::vector<MeetupId> ids;
    for (const FoundMeetup& found : Items(society_.Find(viewer, query, {}))) {
      ids.push_back(found.meetup.meetup);
    }
    return ids;
  }

  std::vector<Recommendation> Recommended(UserId user, const RecommendQuery& query) const {
    const auto recommended = society_.Recommend(user, query);
    EXPECT_THAT(recommended, IsOk());
    return *recommended;
  }
};

TEST_F(SuitingTest, FindIsByPlaceTimeTagsSeatsAndText) {
  const MeetupId near = Host(kAda, At(100, {"Go", "outdoors"}));
  const MeetupId far = Host(kAda, At(4'000, {"go"}));
  CreateMeetup late = At(200, {"outdoors"});
  late.start += kDay;
  late.end += kDay;
  late.title = "Late chess";
  const MeetupId tomorrow = Host(kBob, late);
  const MapCircle here{kSeoul, 1'000};

  EXPECT_THAT(Found({}), ElementsAre(far, near, tomorrow));
  EXPECT_THAT(Found({.within = here}), ElementsAre(near, tomorrow));
  EXPECT_THAT(Found({.within = MapCircle{kSeoul, 5'000}, .order = FindOrder::kDistance}),
              ElementsAre(near, tomorrow, far));
  EXPECT_THAT(Found({.from = kNow + kDay}), ElementsAre(tomorrow));
  EXPECT_THAT(Found({.to = kNow + kDay}), ElementsAre(far, near));
  EXPECT_THAT(Found({.any_of = {"GO", "chess"}}), ElementsAre(far, near));
  EXPECT_THAT(Found({.all_of = {"go", "outdoors"}}), ElementsAre(near));
  EXPECT_THAT(Found({.all_of = {"go", "nothing like it"}}), IsEmpty());
  EXPECT_THAT(Found({.free_seats = 4}), IsEmpty());
  EXPECT_THAT(Found({.free_seats = 3}), SizeIs(3));
  EXPECT_THAT(Found({.text = "ATE CH"}), ElementsAre(tomorrow));
}

TEST_F(SuitingTest, BlockedHostsAreNotFound) {
  const MeetupId meetup = Host(kAda);
  Do(kEve, Block{kAda});
  for (const FindOrder order : {FindOrder::kDistance, FindOrder::kStart, FindOrder::kScore}) {
    const FindQuery query{.within = MapCircle{kSeoul, 1'000}, .order = order};
    EXPECT_THAT(Found(query, kEve), IsEmpty());
    EXPECT_THAT(Found(query, kBob), ElementsAre(meetup));
    EXPECT_THAT(Found(query, std::nullopt), ElementsAre(meetup));
  }
  EXPECT_THAT(Recommended(kEve, {.place = kSeoul}), IsEmpty());
}

TEST_F(SuitingTest, WrongQueriesAreInvalid) {
  const auto find = [&](const FindQuery& query) { return society_.Find(kEve, query, {}); };
  EXPECT_THAT(find({.order = FindOrder::kDistance}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.order = FindOrder::kScore}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.order = static_cast<FindOrder>(3)}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.within = MapCircle{{91, 0}, 1}}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.within = MapCircle{kSeoul, -1}}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.any_of = Tags(FindQuery::kMostTags + 1)}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.any_of = Tags(FindQuery::kMostTags)}), IsOk());
  EXPECT_THAT(find({.all_of = Tags(FindQuery::kMostTags)}), IsOk());
  EXPECT_THAT(find({.all_of = Tags(FindQuery::kMostTags + 1)}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.all_of = {""}}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(find({.text = kNotUtf8}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(society_.Find(kNobody, {}, {}), IsNotFound());

  const auto recommend = [&](const RecommendQuery& query) {
    return society_.Recommend(kEve, query);
  };
  EXPECT_THAT(recommend({.place = {0, 181}}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(recommend({.radius_m = RecommendQuery::kMostRadiusMeters}), IsOk());
  EXPECT_THAT(recommend({.radius_m = RecommendQuery::kMostRadiusMeters + 1}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(recommend({.limit = 0}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(recommend({.limit = 1}), IsOk());
  EXPECT_THAT(recommend({.limit = RecommendQuery::kMaxLimit}), IsOk());
  EXPECT_THAT(recommend({.limit = RecommendQuery::kMaxLimit + 1}),
              IsError(absl::StatusCode::kInvalidArgument, ::testing::Not("")));
  EXPECT_THAT(society_.Recommend(kNobody, {}), IsNotFound());
}

TEST_F(SuitingTest, ARecommendationSaysWhy) {
  Do(kEve, EditProfile{.interests = std::vector<std::string>{"GO", "hiking"}});
  Befriend(kBob, kEve);
  const MeetupId meetup = Host(kAda, At(2'000.5, {"Hiking", "go", "tea"}));
  Do(kBob, JoinMeetup{meetup});
  const std::vector<Recommendation> all = Recommended(kEve, {.place = kSeoul});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].meetup.meetup, meetup);
  EXPECT_THAT(all[0].shared_interests, ElementsAre("Hiking", "go"));
  EXPECT_THAT(all[0].friends, ElementsAre(kBob));
  const Score score{.total = 30 * 500 + 40 * 850 + 15 * 923 + 5 * 400 + 30 * 500,
                    .distance = 500,
                    .interests = 850,
                    .soon = 923,
                    .seats = 400,
                    .friends = 500};
  EXPECT_EQ(all[0].score, score);
}

TEST_F(SuitingTest, WeightsAreSettings) {
  Befriend(kBob, kEve);
  const MeetupId near = Host(kAda, At(0));
  const MeetupId with_friend = Host(kBob, At(5'000));
  EXPECT_EQ(Recommended(kEve, {.place = kSeoul}).at(0).meetup.meetup, near);
  Settings settings;
  settings.friends_weight = Limits::kMostWeight;
  Do(std::nullopt, Configure{settings});
  EXPECT_EQ(Recommended(kEve, {.place = kSeoul}).at(0).meetup.meetup, with_friend);
  EXPECT_EQ(Found({.within = MapCircle{kSeoul, 9'000}, .order = FindOrder::kScore}).at(0),
            with_friend);
  settings.seats_weight = Limits::kMostWeight + 1;
  EXPECT_EQ(Try(std::nullopt, Configure{settings}), Reject::kInvalidSettings);
}

TEST_F(SuitingTest, WhatOneCannotJoinIsNotRecommended) {
  Host(kEve, At(0));
  const MeetupId joined = Host(kAda, At(1));
  Do(kEve, JoinMeetup{joined});
  const MeetupId kicked = Host(kBob, At(2));
  Do(kEve, JoinMeetup{kicked});
  Do(kBob, KickMember{kicked, kEve});
  EXPECT_THAT(Recommended(kEve, {.place = kSeoul}), IsEmpty());
  Do(kBob, Invite{kicked, kEve});
  EXPECT_THAT(Recommended(kEve, {.place = kSeoul}), SizeIs(1));
}

}  // namespace
}  // namespace moyeo::society
