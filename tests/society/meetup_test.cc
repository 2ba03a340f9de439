// Meetups: their fields, members, invitations and confirmation.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

using MeetupTest = TownTest;

// ---- Creating and editing

TEST_F(MeetupTest, CreatingIsRefusedInThisOrder) {
  CreateMeetup c{.title = "",
                 .content = Letters(1'001),
                 .image_url = Letters(2'001),
                 .place_name = Letters(101),
                 .location = LatLng{91, 0},
                 .start = kMaxTimestamp + kMs,
                 .end = kMinTimestamp,
                 .capacity = 1,
                 .tags = {kNotUtf8},
                 .bring = Letters(256)};
  EXPECT_EQ(Try(kAda, c), Reject::kInvalidText);
  c.tags = Tags(31);
  EXPECT_EQ(Try(kAda, c), Reject::kTitleLength);
  c.title = Letters(100);
  EXPECT_EQ(Try(kAda, c), Reject::kContentLength);
  c.content = Letters(1'000);
  EXPECT_EQ(Try(kAda, c), Reject::kUrlLength);
  c.image_url = Letters(2'000);
  EXPECT_EQ(Try(kAda, c), Reject::kPlaceNameLength);
  c.place_name = Letters(100);
  EXPECT_EQ(Try(kAda, c), Reject::kTooManyTags);
  c.tags = {Letters(31), "a", "A"};
  EXPECT_EQ(Try(kAda, c), Reject::kTagLength);
  c.tags[0] = Letters(30);
  EXPECT_EQ(Try(kAda, c), Reject::kRepeatedTag);
  c.tags = Tags(30);
  EXPECT_EQ(Try(kAda, c), Reject::kBringLength);
  c.bring = Letters(255);
  EXPECT_EQ(Try(kAda, c), Reject::kInvalidLocation);
  c.location = kSeoul;
  EXPECT_EQ(Try(kAda, c), Reject::kInvalidTime);
  c.start = now_ - kMs;
  EXPECT_EQ(Try(kAda, c), Reject::kStartTooEarly);
  c.start = now_ + 8 * kDay;
  EXPECT_EQ(Try(kAda, c), Reject::kStartTooLate);
  c.start = now_ + 8 * kDay - kMs;
  c.end = c.start;
  EXPECT_EQ(Try(kAda, c), Reject::kEndTooEarly);
  c.end = now_ + 14 * kDay;
  EXPECT_EQ(Try(kAda, c), Reject::kEndTooLate);
  c.end = now_ + 14 * kDay - kMs;
  EXPECT_EQ(Try(kAda, c), Reject::kCapacityOutOfRange);
  c.capacity = 256;
  EXPECT_EQ(Try(kAda, c), Reject::kCapacityOutOfRange);
  c.capacity = 255;
  EXPECT_EQ(Try(kAda, c), Reject::kNone);
}

TEST_F(MeetupTest, MeetupsAreNumberedFromOneOn) {
  EXPECT_EQ(Host(kAda), MeetupId{1});
  EXPECT_EQ(Try(kAda, CreateMeetup{}), Reject::kTitleLength);
  EXPECT_EQ(Host(kBob), MeetupId{2});
}

TEST_F(MeetupTest, TheHostIsAMemberFromTheStart) {
  const MeetupId meetup = Host(kAda);
  EXPECT_THAT(MembersOf(meetup), ElementsAre(kAda));
  EXPECT_TRUE(View(meetup, kAda).is_host);
  EXPECT_TRUE(View(meetup, kAda).is_member);
  EXPECT_FALSE(View(meetup, kAda).has_confirmed);
}

TEST_F(MeetupTest, AMeetupIsShownAsItWasWritten) {
  CreateMeetup c = Chess(9);
  c.content = "e\u0301";
  c.image_url = "i";
  c.place_name = "Park";
  c.tags = {"Go", "chess"};
  c.bring = "a board";
  const MeetupView view = View(Host(kAda, c), kBob);
  EXPECT_EQ(view.content, "\u00E9");
  EXPECT_EQ(view.bring, "a board");
  EXPECT_EQ(view.created, kNow);
  EXPECT_EQ(view.summary, (MeetupSummary{.meetup = MeetupId{1},
                                         .host = kAda,
                                         .title = "Chess",
                                         .image_url = "i",
                                         .place_name = "Park",
                                         .location = kSeoul,
                                         .start = c.start,
                                         .end = c.end,
                                         .capacity = 9,
                                         .members = 1,
                                         .tags = {"Go", "chess"},
                                         .listed = true}));
}

TEST_F(MeetupTest, EditingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, EditMeetup{.meetup = kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, EditMeetup{.meetup = meetup, .title = ""}), Reject::kNotHost);

  const auto edit = [&](EditMeetup c) {
    c.meetup = meetup;
    return Try(kAda, c);
  };
  EXPECT_EQ(edit({.title = "", .bring = kNotUtf8}), Reject::kInvalidText);
  EXPECT_EQ(edit({.title = "", .content = Letters(1'001)}), Reject::kTitleLength);
  EXPECT_EQ(edit({.content = Letters(1'001), .image_url = Letters(2'001)}), Reject::kContentLength);
  EXPECT_EQ(edit({.image_url = Letters(2'001), .place_name = Letters(101)}), Reject::kUrlLength);
  EXPECT_EQ(edit({.place_name = Letters(101), .tags = Tags(31)}), Reject::kPlaceNameLength);
  EXPECT_EQ(edit({.tags = Tags(31), .bring = Letters(256)}), Reject::kTooManyTags);
  EXPECT_EQ(edit({.tags = {{"", "a", "a"}}, .bring = Letters(256)}), Reject::kTagLength);
  EXPECT_EQ(edit({.tags = {{"a", "a"}}, .bring = Letters(256)}), Reject::kRepeatedTag);
  EXPECT_EQ(edit({.location = LatLng{0, 181}, .bring = Letters(256)}), Reject::kBringLength);
  EXPECT_EQ(edit({.location = LatLng{0, 181}, .start = kMaxTimestamp + kMs}),
            Reject::kInvalidLocation);
  EXPECT_EQ(edit({.start = now_ - kMs, .end = kMaxTimestamp + kMs}), Reject::kInvalidTime);
  EXPECT_EQ(edit({.start = now_ - kMs, .end = kMinTimestamp}), Reject::kStartTooEarly);
  EXPECT_EQ(edit({.start = now_ + 8 * kDay, .end = kMinTimestamp}), Reject::kStartTooLate);
  EXPECT_EQ(edit({.start = now_ + 4 * kHour, .capacity = 1}), Reject::kEndTooEarly);
  EXPECT_EQ(edit({.end = now_ + 14 * kDay, .capacity = 1}), Reject::kEndTooLate);
  EXPECT_EQ(edit({.capacity = 1}), Reject::kCapacityOutOfRange);
  Do(kBob, JoinMeetup{meetup});
  Do(kCy, JoinMeetup{meetup});
  EXPECT_EQ(edit({.capacity = 2}), Reject::kCapacityBelowMembers);
  EXPECT_EQ(edit({.capacity = 3}), Reject::kNone);

  Confirm(meetup, {kBob, kCy}, kAda);
  EXPECT_EQ(edit({.title = ""}), Reject::kMeetupConfirmed);
  now_ += 4 * kHour;
  EXPECT_EQ(edit({.title = ""}), Reject::kEnded);
  const MeetupId other = Host(kAda);
  Do(kAda, CancelMeetup{.meetup = other});
  now_ += 4 * kHour;
  EXPECT_EQ(Try(kAda, EditMeetup{.meetup = other, .title = ""}), Reject::kCancelled);
}

TEST_F(MeetupTest, WhatIsEditedChangesAndTheRestStays) {
  const MeetupId meetup = Host(kAda);
  const MeetupView before = View(meetup);
  Do(kAda, EditMeetup{.meetup = meetup,
                      .content = "new",
                      .start = now_ + kHour,
                      .tags = std::vector<std::string>{"go"}});
  MeetupView expected = before;
  expected.content = "new";
  expected.summary.start = now_ + kHour;
  expected.summary.tags = {"go"};
  EXPECT_EQ(View(meetup), expected);
  Do(kAda, EditMeetup{.meetup = meetup, .location = std::optional<LatLng>()});
  EXPECT_EQ(View(meetup).summary.location, std::nullopt);
}

TEST_F(MeetupTest, OnceItHasStartedItsStartStaysButItsEndMayMove) {
  const MeetupId meetup = Host(kAda);
  now_ += 3 * kHour;
  EXPECT_EQ(Try(kAda, EditMeetup{.meetup = meetup, .start = now_ + kHour}), Reject::kStarted);
  const Timestamp start = View(meetup).summary.start;
  EXPECT_EQ(Try(kAda, EditMeetup{.meetup = meetup, .start = start, .end = now_}),
            Reject::kEndTooEarly);
  EXPECT_EQ(Try(kAda, EditMeetup{.meetup = meetup, .start = start, .end = now_ + kMs}),
            Reject::kNone);
  AdvanceTo(now_ + kMs);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupEnded));
}

TEST_F(MeetupTest, WhoLooksAtListsIsToldOfAnEditOfWhatIsListed) {
  const MeetupId meetup = Host(kAda, 2);
  Do(kBob, Block{kAda});
  Do(kAda, EditMeetup{.meetup = meetup, .title = "Go"});
  EXPECT_EQ(AudienceOf<MeetupEdited>(),
            (Audience{.room = meetup, .except = {kBob}, .everybody = true}));
  Do(kCy, JoinMeetup{meetup});
  Do(kAda, EditMeetup{.meetup = meetup, .title = "Chess"});
  EXPECT_EQ(AudienceOf<MeetupEdited>(), Audience{.room = meetup});
}

// ---- Cancelling and transferring

TEST_F(MeetupTest, CancellingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  const MeetupId other = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  EXPECT_EQ(Try(kBob, CancelMeetup{.meetup = meetup}), Reject::kNotHost);
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = meetup}), Reject::kHasOtherMembers);
  Do(kAda, CancelMeetup{.meetup = meetup, .force = true});
  EXPECT_EQ(AudienceOf<MeetupCancelled>().room, meetup);
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = meetup}), Reject::kCancelled);
  now_ += 4 * kHour;
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = meetup}), Reject::kCancelled);
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = other}), Reject::kEnded);
}

TEST_F(MeetupTest, AHostAloneCancelsWithoutForce) {
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = Host(kAda)}), Reject::kNone);
}

TEST_F(MeetupTest, AConfirmedMeetupCanBeCancelled) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Confirm(meetup, {kBob}, kAda);
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = meetup, .force = true}), Reject::kNone);
}

TEST_F(MeetupTest, TransferringIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, TransferMeetup{kNoMeetup, kAda}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, TransferMeetup{meetup, kAda}), Reject::kNotHost);
  EXPECT_EQ(Try(kAda, TransferMeetup{meetup, kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, TransferMeetup{meetup, kBob}), Reject::kNotMember);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, Block{kAda});
  EXPECT_EQ(Try(kAda, TransferMeetup{meetup, kBob}), Reject::kBlocked);
  Do(kBob, Unblock{kAda});
  const MeetupId cancelled = Host(kAda);
  Do(kAda, CancelMeetup{.meetup = cancelled});
  EXPECT_EQ(Try(kAda, TransferMeetup{cancelled, kAda}), Reject::kCancelled);
  now_ += 4 * kHour;
  EXPECT_EQ(Try(kAda, TransferMeetup{meetup, kAda}), Reject::kEnded);
}

TEST_F(MeetupTest, TheNewHostHasNotConfirmed) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, ConfirmMeetup{meetup});
  Do(kAda, TransferMeetup{meetup, kBob});
  EXPECT_TRUE(View(meetup, kBob).is_host);
  EXPECT_FALSE(View(meetup, kBob).has_confirmed);
  EXPECT_FALSE(View(meetup, kAda).is_host);
  EXPECT_TRUE(View(meetup, kAda).is_member);
  EXPECT_EQ(Try(kBob, ConfirmMeetup{meetup}), Reject::kOthersHaveNotConfirmed);
  EXPECT_EQ(Try(kAda, LeaveMeetup{meetup}), Reject::kNone);
}

TEST_F(MeetupTest, InvitationsOfWhomTheNewHostHasBlockedAreWithdrawn) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, Block{kCy});
  Do(kAda, Invite{meetup, kCy});
  Do(kAda, Invite{meetup, kDee});
  Do(kAda, TransferMeetup{meetup, kBob});
  EXPECT_THAT(ToldOf<InvitationWithdrawn>(), ElementsAre(InvitationWithdrawn{meetup, kCy}));
  EXPECT_EQ(Try(kDee, AcceptInvitation{meetup}), Reject::kNone);
}

// ---- Joining and leaving

TEST_F(MeetupTest, JoiningIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kBob, JoinMeetup{kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda, 2);
  EXPECT_EQ(Try(kAda, JoinMeetup{meetup}), Reject::kAlreadyMember);
  Do(kBob, JoinMeetup{meetup});
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}), Reject::kFull);
  Do(kAda, KickMember{meetup, kBob});
  Do(kCy, JoinMeetup{meetup});
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kKicked);
  Do(kAda, Block{kBob});
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kBlocked);
  Confirm(meetup, {kCy}, kAda);
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kMeetupConfirmed);
  now_ += 2 * kHour;
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kStarted);
  Do(kAda, CancelMeetup{.meetup = meetup, .force = true});
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kCancelled);
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}), Reject::kAlreadyMember);
}

TEST_F(MeetupTest, WhoIsBlockedByTheHostOrBlocksThemCannotJoin) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, Block{kAda});
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kBlocked);
  Do(kAda, Block{kCy});
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}), Reject::kBlocked);
}

TEST_F(MeetupTest, AFreedSeatCanBeTaken) {
  const MeetupId meetup = Host(kAda, 2);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, LeaveMeetup{meetup});
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}), Reject::kNone);
}

TEST_F(MeetupTest, LeavingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kBob, LeaveMeetup{kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, LeaveMeetup{meetup}), Reject::kNotMember);
  EXPECT_EQ(Try(kAda, LeaveMeetup{meetup}), Reject::kHostCannotLeave);
  Do(kBob, JoinMeetup{meetup});
  Confirm(meetup, {kBob}, kAda);
  EXPECT_EQ(Try(kBob, LeaveMeetup{meetup}), Reject::kMeetupConfirmed);
  now_ += 3 * kHour;
  const MeetupId other = Host(kAda);
  Do(kBob, JoinMeetup{other});
  Do(kAda, CancelMeetup{.meetup = other, .force = true});
  now_ += kHour;
  EXPECT_EQ(Try(kBob, LeaveMeetup{meetup}), Reject::kEnded);
  EXPECT_EQ(Try(kBob, LeaveMeetup{other}), Reject::kCancelled);
}

TEST_F(MeetupTest, WhoLeavesIsToldOnEveryDeviceLikeTheRoom) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  EXPECT_THAT(ToldOf<MemberJoined>(), ElementsAre(MemberJoined{meetup, kBob, 2}));
  Do(kBob, LeaveMeetup{meetup});
  EXPECT_THAT(ToldOf<MemberLeft>(), ElementsAre(MemberLeft{meetup, kBob, 1}));
  EXPECT_EQ(AudienceOf<MemberLeft>(), (Audience{.users = {kBob}, .room = meetup}));
}

TEST_F(MeetupTest, KickingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, KickMember{kNoMeetup, kAda}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, KickMember{meetup, kBob}), Reject::kNotHost);
  EXPECT_EQ(Try(kAda, KickMember{meetup, kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, KickMember{meetup, kBob}), Reject::kNotMember);
  Do(kBob, JoinMeetup{meetup});
  Confirm(meetup, {kBob}, kAda);
  EXPECT_EQ(Try(kAda, KickMember{meetup, kBob}), Reject::kMeetupConfirmed);
  now_ += 3 * kHour;
  const MeetupId other = Host(kAda);
  Do(kBob, JoinMeetup{other});
  Do(kAda, CancelMeetup{.meetup = other, .force = true});
  now_ += kHour;
  EXPECT_EQ(Try(kAda, KickMember{meetup, kBob}), Reject::kEnded);
  EXPECT_EQ(Try(kAda, KickMember{other, kBob}), Reject::kCancelled);
}

TEST_F(MeetupTest, TheKickedAreToldAndInTheRoomNoMore) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, KickMember{meetup, kBob});
  EXPECT_THAT(ToldOf<MemberKicked>(), ElementsAre(MemberKicked{meetup, kBob, 1}));
  EXPECT_EQ(AudienceOf<MemberKicked>(), (Audience{.users = {kBob}, .room = meetup}));
  EXPECT_TRUE(View(meetup, kBob).was_kicked);
  EXPECT_EQ(Try(kBob, PostMessage{meetup, "but"}), Reject::kNotMember);
}

TEST_F(MeetupTest, TheKickedMayComeBackOnceInvited) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, KickMember{meetup, kBob});
  Do(kAda, Invite{meetup, kBob});
  Do(kAda, WithdrawInvitation{meetup, kBob});
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kKicked);
  Do(kAda, Invite{meetup, kBob});
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, LeaveMeetup{meetup});
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kNone);
}

// ---- Invitations

TEST_F(MeetupTest, InvitingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, Invite{kNoMeetup, kAda}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda, 3);
  EXPECT_EQ(Try(kBob, Invite{meetup, kBob}), Reject::kNotHost);
  EXPECT_EQ(Try(kAda, Invite{meetup, kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, Invite{meetup, kNobody}), Reject::kUnknownUser);
  Do(kBob, JoinMeetup{meetup});
  EXPECT_EQ(Try(kAda, Invite{meetup, kBob}), Reject::kAlreadyMember);
  Do(kBob, Block{kAda});
  EXPECT_EQ(Try(kAda, Invite{meetup, kBob}), Reject::kBlocked);
  Do(kBob, Unblock{kAda});
  Do(kAda, Invite{meetup, kCy});
  EXPECT_EQ(Try(kAda, Invite{meetup, kCy}), Reject::kAlreadyInvited);
  Do(kDee, JoinMeetup{meetup});
  EXPECT_EQ(Try(kAda, Invite{meetup, kCy}), Reject::kAlreadyInvited);
  EXPECT_EQ(Try(kAda, Invite{meetup, kEve}), Reject::kFull);
  Confirm(meetup, {kBob, kDee}, kAda);
  EXPECT_EQ(Try(kAda, Invite{meetup, kEve}), Reject::kMeetupConfirmed);
  now_ += 2 * kHour;
  EXPECT_EQ(Try(kAda, Invite{meetup, kEve}), Reject::kStarted);
  Do(kAda, CancelMeetup{.meetup = meetup, .force = true});
  EXPECT_EQ(Try(kAda, Invite{meetup, kEve}), Reject::kCancelled);
}

TEST_F(MeetupTest, OnlyHostAndInvitedAreToldOfAnInvitation) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, Invite{meetup, kBob});
  EXPECT_EQ(AudienceOf<InvitationSent>(), (Audience{.users = {kAda, kBob}}));
  EXPECT_TRUE(View(meetup, kBob).is_invited);
  EXPECT_THAT(Ids(society_.MyInvitations(kBob, {})), ElementsAre(meetup));
}

TEST_F(MeetupTest, AcceptingIsJoining) {
  EXPECT_EQ(Try(kBob, AcceptInvitation{kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda, 2);
  EXPECT_EQ(Try(kBob, AcceptInvitation{meetup}), Reject::kNotInvited);
  Do(kAda, Invite{meetup, kBob});
  Do(kAda, Invite{meetup, kCy});
  Do(kBob, AcceptInvitation{meetup});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMemberJoined, EventKind::kMeetupUnlisted));
  EXPECT_THAT(MembersOf(meetup), ElementsAre(kAda, kBob));
  EXPECT_THAT(Ids(society_.MyInvitations(kBob, {})), IsEmpty());
  EXPECT_EQ(Try(kBob, AcceptInvitation{meetup}), Reject::kNotInvited);
  EXPECT_EQ(Try(kCy, AcceptInvitation{meetup}), Reject::kFull);
  EXPECT_THAT(Ids(society_.MyInvitations(kCy, {})), ElementsAre(meetup));
}

TEST_F(MeetupTest, JoiningUsesTheInvitationUp) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, Invite{meetup, kBob});
  Do(kBob, JoinMeetup{meetup});
  EXPECT_THAT(Ids(society_.MyInvitations(kBob, {})), IsEmpty());
  EXPECT_EQ(Try(kBob, DeclineInvitation{meetup}), Reject::kNotInvited);
}

TEST_F(MeetupTest, OnlyTheInvitedDecline) {
  EXPECT_EQ(Try(kBob, DeclineInvitation{kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  Do(kAda, Invite{meetup, kBob});
  EXPECT_EQ(Try(kCy, DeclineInvitation{meetup}), Reject::kNotInvited);
  Do(kBob, DeclineInvitation{meetup});
  EXPECT_THAT(ToldOf<InvitationDeclined>(), ElementsAre(InvitationDeclined{meetup, kBob}));
  EXPECT_EQ(Try(kAda, Invite{meetup, kBob}), Reject::kNone);
}

TEST_F(MeetupTest, OnlyTheHostWithdrawsInvitations) {
  EXPECT_EQ(Try(kAda, WithdrawInvitation{kNoMeetup, kBob}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, WithdrawInvitation{meetup, kBob}), Reject::kNotHost);
  EXPECT_EQ(Try(kAda, WithdrawInvitation{meetup, kBob}), Reject::kNotInvited);
  Do(kAda, Invite{meetup, kBob});
  Do(kAda, WithdrawInvitation{meetup, kBob});
  EXPECT_EQ(Try(kBob, AcceptInvitation{meetup}), Reject::kNotInvited);
}

TEST_F(MeetupTest, ConfirmationWithdrawsOpenInvitations) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, Invite{meetup, kCy});
  Confirm(meetup, {kBob}, kAda);
  EXPECT_THAT(ToldOf<InvitationWithdrawn>(), ElementsAre(InvitationWithdrawn{meetup, kCy}));
  EXPECT_EQ(Try(kCy, AcceptInvitation{meetup}), Reject::kNotInvited);
}

TEST_F(MeetupTest, CancellationWithdrawsOpenInvitations) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, Invite{meetup, kCy});
  Do(kAda, CancelMeetup{.meetup = meetup});
  EXPECT_THAT(ToldOf<InvitationWithdrawn>(), ElementsAre(InvitationWithdrawn{meetup, kCy}));
}

TEST_F(MeetupTest, StartWithdrawsOpenInvitations) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, Invite{meetup, kCy});
  AdvanceTo(now_ + 2 * kHour);
  EXPECT_THAT(ToldOf<InvitationWithdrawn>(), ElementsAre(InvitationWithdrawn{meetup, kCy}));
}

// ---- Confirming

TEST_F(MeetupTest, ConfirmingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, ConfirmMeetup{kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, ConfirmMeetup{meetup}), Reject::kNotMember);
  EXPECT_EQ(Try(kAda, ConfirmMeetup{meetup}), Reject::kAlone);
  Do(kBob, JoinMeetup{meetup});
  Do(kCy, JoinMeetup{meetup});
  Do(kBob, ConfirmMeetup{meetup});
  EXPECT_EQ(Try(kBob, ConfirmMeetup{meetup}), Reject::kAlreadyConfirmed);
  EXPECT_EQ(Try(kAda, ConfirmMeetup{meetup}), Reject::kOthersHaveNotConfirmed);
  Do(kCy, ConfirmMeetup{meetup});
  Do(kAda, ConfirmMeetup{meetup});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMemberConfirmed, EventKind::kMeetupConfirmed,
                                  EventKind::kMeetupUnlisted));
  EXPECT_EQ(Try(kBob, ConfirmMeetup{meetup}), Reject::kMeetupConfirmed);
  now_ += 3 * kHour;
  const MeetupId other = Host(kAda);
  Do(kAda, CancelMeetup{.meetup = other});
  now_ += kHour;
  EXPECT_EQ(Try(kBob, ConfirmMeetup{meetup}), Reject::kEnded);
  EXPECT_EQ(Try(kAda, ConfirmMeetup{other}), Reject::kCancelled);
}

TEST_F(MeetupTest, AConfirmationCanBeTakenBackUntilTheMeetupIsConfirmed) {
  EXPECT_EQ(Try(kBob, WithdrawConfirmation{kNoMeetup}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, WithdrawConfirmation{meetup}), Reject::kNotMember);
  Do(kBob, JoinMeetup{meetup});
  EXPECT_EQ(Try(kBob, WithdrawConfirmation{meetup}), Reject::kNotConfirmed);
  Do(kBob, ConfirmMeetup{meetup});
  Do(kBob, WithdrawConfirmation{meetup});
  EXPECT_THAT(ToldOf<ConfirmationWithdrawn>(), ElementsAre(ConfirmationWithdrawn{meetup, kBob}));
  EXPECT_EQ(Try(kAda, ConfirmMeetup{meetup}), Reject::kOthersHaveNotConfirmed);
  Confirm(meetup, {kBob}, kAda);
  EXPECT_EQ(Try(kBob, WithdrawConfirmation{meetup}), Reject::kMeetupConfirmed);
  now_ += 3 * kHour;
  const MeetupId other = Host(kAda);
  Do(kAda, CancelMeetup{.meetup = other});
  now_ += kHour;
  EXPECT_EQ(Try(kBob, WithdrawConfirmation{meetup}), Reject::kEnded);
  EXPECT_EQ(Try(kAda, WithdrawConfirmation{other}), Reject::kCancelled);
}

TEST_F(MeetupTest, SomebodyWhoJoinsHasNotConfirmed) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, ConfirmMeetup{meetup});
  Do(kBob, LeaveMeetup{meetup});
  Do(kBob, JoinMeetup{meetup});
  EXPECT_FALSE(View(meetup, kBob).has_confirmed);
  EXPECT_EQ(Try(kAda, ConfirmMeetup{meetup}), Reject::kOthersHaveNotConfirmed);
}

TEST_F(MeetupTest, AReportIsForTheModerators) {
  EXPECT_EQ(Try(kBob, ReportMeetup{kNoMeetup, kNotUtf8}), Reject::kUnknownMeetup);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, ReportMeetup{meetup, kNotUtf8}), Reject::kInvalidText);
  EXPECT_EQ(Try(kBob, ReportMeetup{meetup, ""}), Reject::kReasonLength);
  Do(kBob, ReportMeetup{meetup, "spam"});
  EXPECT_THAT(ToldOf<MeetupReported>(), ElementsAre(MeetupReported{kBob, meetup, "spam"}));
  EXPECT_EQ(AudienceOf<MeetupReported>(), Audience{.moderators = true});
}

// ---- Who sees what

TEST_F(MeetupTest, AMeetupOfABlockedHostIsShownToNobodyWhoIsNotAMember) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, Block{kBob});
  Do(kAda, Block{kCy});
  EXPECT_THAT(society_.ViewMeetup(kCy, meetup), IsNotFound());
  EXPECT_THAT(society_.Members(kCy, meetup), IsNotFound());
  EXPECT_EQ(View(meetup, kBob).summary.host, std::nullopt);
  const auto shown = society_.Members(kBob, meetup);
  ASSERT_THAT(shown, IsOk());
  ASSERT_THAT(*shown, SizeIs(1));
  EXPECT_EQ(shown->front().user, kBob);
  EXPECT_EQ(View(meetup, kBob).summary.members, 2u);
}

TEST_F(MeetupTest, MembersAreShownInOrderOfJoining) {
  const MeetupId meetup = Host(kCy);
  now_ += kMinute;
  Do(kAda, JoinMeetup{meetup});
  Do(kAda, ConfirmMeetup{meetup});
  EXPECT_THAT(*society_.Members(kBob, meetup),
              ElementsAre(MemberView{kCy, "Cy", true, false, kNow},
                          MemberView{kAda, "Ada", false, true, kNow + kMinute}));
}

TEST_F(MeetupTest, UnknownMeetupsAndViewersAreNotFound) {
  EXPECT_THAT(society_.ViewMeetup(kAda, kNoMeetup), IsNotFound());
  EXPECT_THAT(society_.ViewMeetup(kNobody, Host(kAda)), IsNotFound());
  EXPECT_THAT(society_.Members(std::nullopt, kNoMeetup), IsNotFound());
  EXPECT_THAT(society_.MyMeetups(kNobody, {}), IsNotFound());
  EXPECT_THAT(society_.HostedMeetups(kNobody, {}), IsNotFound());
  EXPECT_THAT(society_.MyInvitations(kNobody, {}), IsNotFound());
  EXPECT_THAT(society_.OpenMeetups(kNobody, {}), IsNotFound());
}

}  // namespace
}  // namespace moyeo::society
