// Everything that is held about a user: how it is given to them, and how it goes.

#include "society/society_fixture.h"
#include "society/state.h"

namespace moyeo::society {
namespace {

using EraseTest = TownTest;

TEST_F(EraseTest, AnExportHasEverything) {
  Do(kAda, EditProfile{.status = "s", .interests = {{"tea"}}, .image_url = "u"});
  Befriend(kAda, kBob);
  Do(kAda, RequestFriend{kCy});
  Do(kDee, RequestFriend{kAda});
  Do(kAda, Block{kEve});
  const MeetupId hosted = Host(kAda);
  const MeetupId left = Host(kBob);
  const MeetupId kicked = Host(kCy);
  const MeetupId invited = Host(kDee);
  Do(kAda, JoinMeetup{left});
  Do(kAda, PostMessage{left, "one"});
  Do(kBob, PostMessage{left, "two"});
  Do(kAda, PostMessage{left, "three"});
  Do(kAda, DeleteMessage{left, 1});
  Do(kAda, LeaveMeetup{left});
  Do(kAda, JoinMeetup{kicked});
  Do(kCy, KickMember{kicked, kAda});
  Do(kDee, Invite{invited, kAda});
  const auto exported = society_.Export(kAda, texts_);
  ASSERT_THAT(exported, IsOk());
  const UserExport expected{
      .user = kAda,
      .registered = kNow,
      .last_active = kNow,
      .visibility = Visibility::kCloaked,
      .nickname = "Ada",
      .status = "s",
      .interests = {"tea"},
      .image_url = "u",
      .friends = {kBob},
      .requests_sent = {kCy},
      .requests_received = {kDee},
      .blocked = {kEve},
      .invitations = {invited},
      .meetups = {{.meetup = hosted,
                   .title = "Chess",
                   .host = true,
                   .member = true,
                   .joined = kNow,
                   .read = 0},
                  {.meetup = left, .title = "Chess"},
                  {.meetup = kicked, .title = "Chess", .kicked = true}},
      .tickets = {},
      .messages = {{.meetup = left, .number = 3, .time = kNow, .text = "three"}}};
  EXPECT_EQ(*exported, expected);
}

TEST_F(EraseTest, AnErasedUserIsNowhere) {
  Befriend(kAda, kBob);
  Do(kAda, RequestFriend{kCy});
  Do(kDee, RequestFriend{kAda});
  Do(kAda, Block{kEve});
  const MeetupId meetup = Host(kBob);
  Do(kAda, JoinMeetup{meetup});
  const MeetupId invited = Host(kDee);
  Do(kDee, Invite{invited, kAda});
  const MeetupId kicked = Host(kCy);
  Do(kAda, JoinMeetup{kicked});
  Do(kCy, KickMember{kicked, kAda});

  Do(kAda, Erase{});
  EXPECT_EQ(KindOf(events_.back().body), EventKind::kUserErased);
  EXPECT_THAT(ToldOf<FriendshipEnded>(), ElementsAre(FriendshipEnded{kAda, kBob}));
  EXPECT_THAT(ToldOf<FriendRequestWithdrawn>(),
              ElementsAre(FriendRequestWithdrawn{kAda, kCy}, FriendRequestWithdrawn{kDee, kAda}));
  EXPECT_THAT(ToldOf<InvitationWithdrawn>(), ElementsAre(InvitationWithdrawn{invited, kAda}));
  EXPECT_THAT(ToldOf<MemberLeft>(), ElementsAre(MemberLeft{meetup, kAda, 1}));
  EXPECT_THAT(society_.ViewProfile(kBob, kAda), IsNotFound());
  EXPECT_THAT(society_.Export(kAda, texts_), IsNotFound());
  EXPECT_THAT(Ids(society_.Friends(kBob, {})), IsEmpty());
  EXPECT_THAT(Ids(society_.RequestsReceived(kCy, {})), IsEmpty());
  EXPECT_THAT(Ids(society_.RequestsSent(kDee, {})), IsEmpty());
  EXPECT_THAT(society_.NeverSees(kEve), IsEmpty());
  EXPECT_THAT(MembersOf(meetup), ElementsAre(kBob));
  EXPECT_THAT(Ids(society_.SearchPeople(kBob, "ada", {})), IsEmpty());
  EXPECT_EQ(Try(kBob, RequestFriend{kAda}), Reject::kUnknownUser);
}

TEST_F(EraseTest, WhatTheyNoLongerSeeIsToldAtOnce) {
  Befriend(kAda, kBob);
  Befriend(kAda, kCy);
  Do(kAda, Block{kDee});
  Do(kEve, Block{kAda});
  Do(kAda, Erase{});
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesExactlyChanged{kBob, {}, {kAda}}, SeesExactlyChanged{kCy, {}, {kAda}},
                          SeesExactlyChanged{kAda, {}, {kBob, kCy}}));
  EXPECT_THAT(ToldOf<NeverSeesChanged>(),
              ElementsAre(NeverSeesChanged{kDee, {}, {kAda}}, NeverSeesChanged{kEve, {}, {kAda}},
                          NeverSeesChanged{kAda, {}, {kDee, kEve}}));
}

TEST_F(EraseTest, WhatTheyAskedForIsRememberedNoMore) {
  const EditProfile edit{.status = "at home"};
  EXPECT_EQ(Try(kAda, edit, RequestId{1}), Reject::kNone);
  EXPECT_EQ(Try(kBob, edit, RequestId{1}), Reject::kNone);
  EXPECT_EQ(Try(kAda, Erase{}, RequestId{2}), Reject::kNone);
  const auto& remembered = society_.state().requests;
  ASSERT_THAT(remembered, SizeIs(2));
  EXPECT_EQ(remembered[0].actor, kBob);
  EXPECT_EQ(remembered[1].request_id, RequestId{2});
  EXPECT_EQ(Try(kAda, edit, RequestId{1}), Reject::kErasedActor);
  EXPECT_EQ(Try(kAda, Erase{}, RequestId{2}), Reject::kNone);
  EXPECT_EQ(Try(kBob, EditProfile{.status = "out"}, RequestId{1}), Reject::kRequestIdReused);
}

TEST_F(EraseTest, TheIdIsGivenToNobodyAgainButTheNicknameIs) {
  Do(kAda, Erase{});
  EXPECT_EQ(Try(kAda, Register{.nickname = "Ada"}), Reject::kErasedActor);
  EXPECT_EQ(Try(kBob, EditProfile{.nickname = "Ada"}), Reject::kNone);
}

TEST_F(EraseTest, MeetupsTheyHostAreCancelledAndEmptied) {
  CreateMeetup c = Chess();
  c.content = "at my place";
  c.tags = {"chess"};
  const MeetupId meetup = Host(kAda, c);
  Do(kBob, JoinMeetup{meetup});
  Confirm(meetup, {kBob}, kAda);
  Do(kAda, Erase{});
  EXPECT_THAT(ToldOf<MeetupCancelled>(), ElementsAre(MeetupCancelled{meetup}));
  const MeetupView view = View(meetup, kBob);
  EXPECT_TRUE(view.summary.cancelled);
  EXPECT_EQ(view.summary.host, std::nullopt);
  EXPECT_EQ(view.summary.title + view.content, "");
  EXPECT_EQ(view.summary.location, std::nullopt);
  EXPECT_THAT(view.summary.tags, IsEmpty());
  EXPECT_THAT(MembersOf(meetup), ElementsAre(kBob));
  AdvanceTo(kNow + 7 * kDay);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupForgotten));
}

TEST_F(EraseTest, AMeetupThatHasEndedIsEmptiedToo) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  now_ += 5 * kHour;
  Do(kAda, Erase{});
  EXPECT_THAT(ToldOf<MeetupCancelled>(), IsEmpty());
  EXPECT_EQ(View(meetup, kBob).summary.title, "");
}

TEST_F(EraseTest, TheirMessagesAreEmptiedInRoomsTheyHaveLeftToo) {
  const MeetupId meetup = Host(kBob);
  Do(kAda, JoinMeetup{meetup});
  Do(kAda, PostMessage{meetup, "one"});
  Do(kBob, PostMessage{meetup, "two"});
  Do(kAda, PostMessage{meetup, "three"});
  Do(kAda, LeaveMeetup{meetup});
  Do(kAda, Erase{});
  EXPECT_THAT(ToldOf<MessagesEmptied>(), ElementsAre(MessagesEmptied{meetup, {1, 3}}));
  EXPECT_EQ((*texts_.Find(meetup, 1))->text, "");
  EXPECT_EQ((*texts_.Find(meetup, 2))->text, "two");
  const auto messages = society_.Messages(kBob, meetup, texts_, {});
  EXPECT_THAT(Items(messages), ElementsAre(MessageView{3, kAda, kNow, "", true},
                                           MessageView{2, kBob, kNow, "two", false},
                                           MessageView{1, kAda, kNow, "", true}));
}

TEST_F(EraseTest, WhatTheyPostedIsForgottenWithTheRoom) {
  const MeetupId meetup = Host(kBob);
  Do(kAda, JoinMeetup{meetup});
  Do(kAda, PostMessage{meetup, "one"});
  Do(kAda, Erase{});
  AdvanceTo(kNow + 30 * kDay);
  EXPECT_THAT(society_.ViewMeetup(std::nullopt, meetup), IsNotFound());
  EXPECT_EQ(texts_.size(), 0u);
}

}  // namespace
}  // namespace moyeo::society
