// Profiles, friends and blocks.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

using PeopleTest = TownTest;

TEST_F(PeopleTest, EveryCommandOfAUserIsRefusedInThisOrder) {
  const Block block{kBob};
  const Timestamp never = kMaxTimestamp + kMs;
  EXPECT_EQ(Give({.time = never, .body = block}).reject, Reject::kInvalidTime);
  EXPECT_EQ(Give({.time = kMinTimestamp - kMs, .body = block}).reject, Reject::kInvalidTime);
  EXPECT_EQ(Try(std::nullopt, block), Reject::kActorMissing);
  EXPECT_EQ(Try(kNobody, block), Reject::kUnknownActor);
  Do(kEve, Erase{});
  EXPECT_EQ(Try(kEve, Block{kEve}), Reject::kErasedActor);
}

TEST_F(PeopleTest, WhatTheHostApplicationAsksForHasNoActor) {
  EXPECT_EQ(Try(kAda, Advance{}), Reject::kActorNotWanted);
  EXPECT_EQ(Try(kAda, Configure{{.cloak_level = 99}}), Reject::kActorNotWanted);
}

TEST_F(PeopleTest, RegisteringIsRefusedInThisOrder) {
  Do(kEve, Erase{});
  EXPECT_EQ(Try(kEve, Register{.nickname = kNotUtf8}), Reject::kErasedActor);
  EXPECT_EQ(Try(kAda, Register{.nickname = kNotUtf8}), Reject::kUserExists);
  const UserId user{6};
  Register r{.nickname = "",
             .status = Letters(256),
             .interests = Tags(31),
             .image_url = kNotUtf8,
             .visibility = Visibility{3}};
  EXPECT_EQ(Try(user, r), Reject::kInvalidVisibility);
  r.visibility = Visibility::kHidden;
  EXPECT_EQ(Try(user, r), Reject::kInvalidText);
  r.image_url = Letters(2'001);
  EXPECT_EQ(Try(user, r), Reject::kNicknameLength);
  r.nickname = "ADA";
  EXPECT_EQ(Try(user, r), Reject::kStatusLength);
  r.status = Letters(255);
  EXPECT_EQ(Try(user, r), Reject::kTooManyTags);
  r.interests = {Letters(31), "Tea", "tea"};
  EXPECT_EQ(Try(user, r), Reject::kTagLength);
  r.interests[0] = Letters(30);
  EXPECT_EQ(Try(user, r), Reject::kRepeatedTag);
  r.interests = Tags(30);
  EXPECT_EQ(Try(user, r), Reject::kUrlLength);
  r.image_url = Letters(2'000);
  EXPECT_EQ(Try(user, r), Reject::kNicknameTaken);
  r.nickname = "Flo";
  EXPECT_EQ(Try(user, r), Reject::kNone);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kUserRegistered));
}

TEST_F(PeopleTest, EditingAProfileIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "", .status = kNotUtf8}), Reject::kInvalidText);
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "", .status = Letters(256)}),
            Reject::kNicknameLength);
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "bob", .status = Letters(256)}),
            Reject::kStatusLength);
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "bob", .interests = Tags(31)}), Reject::kTooManyTags);
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "bob", .interests = {{"", "a", "A"}}}),
            Reject::kTagLength);
  EXPECT_EQ(Try(kAda, EditProfile{.interests = {{"a", "A"}}, .image_url = Letters(2'001)}),
            Reject::kRepeatedTag);
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "bob", .image_url = Letters(2'001)}),
            Reject::kUrlLength);
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = "bob"}), Reject::kNicknameTaken);
}

TEST_F(PeopleTest, WhatIsNotGivenStaysAsItIs) {
  Do(kAda, EditProfile{.status = "here", .interests = {{"tea"}}});
  Do(kAda, EditProfile{.image_url = "https://example.org/ada.png"});
  const ProfileView ada = *society_.ViewProfile(kAda, kAda);
  EXPECT_EQ(ada.nickname, "Ada");
  EXPECT_EQ(ada.status, "here");
  EXPECT_THAT(*ada.interests, ElementsAre("tea"));
  EXPECT_EQ(ada.image_url, "https://example.org/ada.png");
}

TEST_F(PeopleTest, NicknamesAreUniqueUnderFolding) {
  EXPECT_EQ(Try(kBob, EditProfile{.nickname = "\uFF21\uFF24\uFF21"}), Reject::kNicknameTaken);
  EXPECT_EQ(Try(kBob, EditProfile{.nickname = "\u1100\u1161"}), Reject::kNone);
  EXPECT_EQ(Try(kCy, EditProfile{.nickname = "\uAC00"}), Reject::kNicknameTaken);
  EXPECT_EQ(Try(kBob, EditProfile{.nickname = "BOB"}), Reject::kNone);
  EXPECT_EQ(Try(kCy, EditProfile{.nickname = "\uAC00"}), Reject::kNone);
}

TEST_F(PeopleTest, ANicknameOfNothingThatCountsIsRefused) {
  EXPECT_EQ(Try(kBob, EditProfile{.nickname = "\u200B"}), Reject::kNicknameLength);
}

TEST_F(PeopleTest, LengthsAreCountedInNfc) {
  std::string decomposed;
  for (int i = 0; i < 20; ++i) decomposed += "e\u0301";
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = decomposed}), Reject::kNone);
  EXPECT_EQ(society_.ViewProfile(kAda, kAda)->nickname, Letters(20));
  EXPECT_EQ(Try(kAda, EditProfile{.nickname = decomposed + "e"}), Reject::kNicknameLength);
}

TEST_F(PeopleTest, VisibilityIsCloakedUntilItIsSet) {
  EXPECT_EQ(society_.ViewProfile(kAda, kAda)->visibility, Visibility::kCloaked);
  EXPECT_EQ(Try(kAda, SetVisibility{Visibility{3}}), Reject::kInvalidVisibility);
  Do(kAda, SetVisibility{Visibility::kExact});
  EXPECT_THAT(ToldOf<VisibilityChanged>(),
              ElementsAre(VisibilityChanged{kAda, Visibility::kExact}));
  Do(kAda, SetVisibility{Visibility::kExact});
  EXPECT_THAT(Told(), IsEmpty());
}

// ---- Friends

TEST_F(PeopleTest, RequestingAFriendIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, RequestFriend{kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, RequestFriend{kNobody}), Reject::kUnknownUser);
  Do(kAda, RequestFriend{kBob});
  EXPECT_EQ(Try(kAda, RequestFriend{kBob}), Reject::kAlreadyRequested);
  Do(kBob, RequestFriend{kAda});
  EXPECT_EQ(Try(kAda, RequestFriend{kBob}), Reject::kAlreadyFriends);
  EXPECT_EQ(Try(kBob, RequestFriend{kAda}), Reject::kAlreadyFriends);
  Do(kBob, Block{kAda});
  EXPECT_EQ(Try(kAda, RequestFriend{kBob}), Reject::kBlocked);
  EXPECT_EQ(Try(kBob, RequestFriend{kAda}), Reject::kBlocked);
}

TEST_F(PeopleTest, FriendsAreTwoWhoHaveRequestedEachOther) {
  Do(kAda, RequestFriend{kBob});
  EXPECT_THAT(ToldOf<FriendRequested>(), ElementsAre(FriendRequested{kAda, kBob}));
  EXPECT_THAT(AudienceOf<FriendRequested>().users, ElementsAre(kAda, kBob));
  EXPECT_THAT(Ids(society_.RequestsSent(kAda, {})), ElementsAre(kBob));
  EXPECT_THAT(Ids(society_.RequestsReceived(kBob, {})), ElementsAre(kAda));
  EXPECT_THAT(Ids(society_.Friends(kAda, {})), IsEmpty());
  Do(kBob, RequestFriend{kAda});
  EXPECT_THAT(ToldOf<FriendshipBegan>(), ElementsAre(FriendshipBegan{kAda, kBob}));
  EXPECT_THAT(Ids(society_.RequestsSent(kAda, {})), IsEmpty());
  EXPECT_THAT(Ids(society_.RequestsReceived(kBob, {})), IsEmpty());
  EXPECT_THAT(Ids(society_.Friends(kAda, {})), ElementsAre(kBob));
  EXPECT_THAT(Ids(society_.Friends(kBob, {})), ElementsAre(kAda));
}

TEST_F(PeopleTest, ARequestCanBeWithdrawn) {
  EXPECT_EQ(Try(kAda, WithdrawFriendRequest{kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, WithdrawFriendRequest{kNobody}), Reject::kUnknownUser);
  EXPECT_EQ(Try(kAda, WithdrawFriendRequest{kBob}), Reject::kNotRequested);
  Do(kAda, RequestFriend{kBob});
  EXPECT_EQ(Try(kBob, WithdrawFriendRequest{kAda}), Reject::kNotRequested);
  Do(kAda, WithdrawFriendRequest{kBob});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kFriendRequestWithdrawn));
  EXPECT_THAT(Ids(society_.RequestsReceived(kBob, {})), IsEmpty());
  EXPECT_EQ(Try(kAda, RequestFriend{kBob}), Reject::kNone);
}

TEST_F(PeopleTest, ARequestCanBeDeclined) {
  EXPECT_EQ(Try(kBob, DeclineFriendRequest{kBob}), Reject::kOneself);
  EXPECT_EQ(Try(kBob, DeclineFriendRequest{kNobody}), Reject::kUnknownUser);
  EXPECT_EQ(Try(kBob, DeclineFriendRequest{kAda}), Reject::kNotRequested);
  Do(kAda, RequestFriend{kBob});
  EXPECT_EQ(Try(kAda, DeclineFriendRequest{kBob}), Reject::kNotRequested);
  Do(kBob, DeclineFriendRequest{kAda});
  EXPECT_THAT(ToldOf<FriendRequestDeclined>(), ElementsAre(FriendRequestDeclined{kAda, kBob}));
  EXPECT_THAT(Ids(society_.RequestsSent(kAda, {})), IsEmpty());
}

TEST_F(PeopleTest, AFriendshipCanBeEndedByBoth) {
  EXPECT_EQ(Try(kAda, EndFriendship{kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, EndFriendship{kNobody}), Reject::kUnknownUser);
  EXPECT_EQ(Try(kAda, EndFriendship{kBob}), Reject::kNotFriends);
  Befriend(kAda, kBob);
  Do(kBob, EndFriendship{kAda});
  EXPECT_THAT(ToldOf<FriendshipEnded>(), ElementsAre(FriendshipEnded{kBob, kAda}));
  EXPECT_EQ(Try(kAda, EndFriendship{kBob}), Reject::kNotFriends);
}

// ---- Blocks

TEST_F(PeopleTest, BlockingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, Block{kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, Block{kNobody}), Reject::kUnknownUser);
  Do(kAda, Block{kBob});
  EXPECT_EQ(Try(kAda, Block{kBob}), Reject::kAlreadyBlocked);
  EXPECT_EQ(Try(kBob, Block{kAda}), Reject::kNone);
}

TEST_F(PeopleTest, UnblockingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kAda, Unblock{kAda}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, Unblock{kNobody}), Reject::kUnknownUser);
  Do(kAda, Block{kBob});
  EXPECT_EQ(Try(kBob, Unblock{kAda}), Reject::kNotBlocked);
  EXPECT_EQ(Try(kAda, Unblock{kBob}), Reject::kNone);
  EXPECT_EQ(Try(kAda, RequestFriend{kBob}), Reject::kNone);
}

TEST_F(PeopleTest, ABlockEndsRequestsFriendshipAndInvitations) {
  Do(kAda, RequestFriend{kBob});
  Do(kCy, RequestFriend{kAda});
  Befriend(kAda, kDee);
  const MeetupId of_ada = Host(kAda);
  const MeetupId of_eve = Host(kEve);
  Do(kAda, Invite{of_ada, kEve});
  Do(kEve, Invite{of_eve, kAda});

  Do(kAda, Block{kBob});
  EXPECT_THAT(ToldOf<FriendRequestWithdrawn>(), ElementsAre(FriendRequestWithdrawn{kAda, kBob}));
  Do(kAda, Block{kCy});
  EXPECT_THAT(ToldOf<FriendRequestWithdrawn>(), ElementsAre(FriendRequestWithdrawn{kCy, kAda}));
  Do(kAda, Block{kDee});
  EXPECT_THAT(ToldOf<FriendshipEnded>(), ElementsAre(FriendshipEnded{kAda, kDee}));
  Do(kEve, Block{kAda});
  EXPECT_THAT(ToldOf<InvitationWithdrawn>(),
              ElementsAre(InvitationWithdrawn{of_eve, kAda}, InvitationWithdrawn{of_ada, kEve}));
  EXPECT_THAT(Ids(society_.MyInvitations(kAda, {})), IsEmpty());
}

TEST_F(PeopleTest, OnlyWhoBlocksIsTold) {
  Do(kAda, Block{kBob});
  EXPECT_EQ(AudienceOf<UserBlocked>(), Audience{.users = {kAda}});
  Do(kAda, Unblock{kBob});
  EXPECT_EQ(AudienceOf<UserUnblocked>(), Audience{.users = {kAda}});
}

TEST_F(PeopleTest, TwoOfWhomOneBlockedTheOtherDoNotFindEachOther) {
  Do(kAda, Block{kBob});
  EXPECT_THAT(society_.ViewProfile(kAda, kBob), IsNotFound());
  EXPECT_THAT(society_.ViewProfile(kBob, kAda), IsNotFound());
  EXPECT_THAT(Ids(society_.SearchPeople(kBob, "ada", {})), IsEmpty());
  EXPECT_THAT(Ids(society_.SearchPeople(kAda, "bob", {})), IsEmpty());
  EXPECT_THAT(Ids(society_.SearchPeople(kCy, "ada", {})), ElementsAre(kAda));
  EXPECT_THAT(Ids(society_.Blocked(kAda, {})), ElementsAre(kBob));
  EXPECT_THAT(Ids(society_.Blocked(kBob, {})), IsEmpty());
}

TEST_F(PeopleTest, AReportIsForTheModerators) {
  EXPECT_EQ(Try(kAda, ReportUser{kAda, kNotUtf8}), Reject::kOneself);
  EXPECT_EQ(Try(kAda, ReportUser{kNobody, kNotUtf8}), Reject::kUnknownUser);
  EXPECT_EQ(Try(kAda, ReportUser{kBob, kNotUtf8}), Reject::kInvalidText);
  EXPECT_EQ(Try(kAda, ReportUser{kBob, ""}), Reject::kReasonLength);
  EXPECT_EQ(Try(kAda, ReportUser{kBob, Letters(1'001)}), Reject::kReasonLength);
  Do(kAda, ReportUser{kBob, Letters(1'000)});
  EXPECT_THAT(ToldOf<UserReported>(), ElementsAre(UserReported{kAda, kBob, Letters(1'000)}));
  EXPECT_EQ(AudienceOf<UserReported>(), Audience{.moderators = true});
}

// ---- What others see

TEST_F(PeopleTest, AStrangerSeesNicknameStatusAndTheDayOfTheLastCommand) {
  Do(kBob, EditProfile{.status = "hi", .interests = {{"tea"}}, .image_url = "u"});
  const ProfileView bob = *society_.ViewProfile(kAda, kBob);
  EXPECT_EQ(bob.relation, Relation::kStranger);
  EXPECT_EQ(bob.nickname, "Bob");
  EXPECT_EQ(bob.status, "hi");
  EXPECT_EQ(bob.last_active, floor<std::chrono::days>(kNow));
  EXPECT_EQ(bob.image_url, std::nullopt);
  EXPECT_EQ(bob.interests, std::nullopt);
  EXPECT_EQ(bob.shared_meetups, std::nullopt);
  EXPECT_EQ(bob.registered, std::nullopt);
}

TEST_F(PeopleTest, WhoSharesAMeetupSeesImageInterestsAndWhichTheyShare) {
  Do(kBob, EditProfile{.interests = {{"tea"}}, .image_url = "u"});
  const MeetupId first = Host(kAda);
  Host(kAda);
  const MeetupId third = Host(kBob);
  Do(kBob, JoinMeetup{first});
  Do(kAda, JoinMeetup{third});
  const ProfileView bob = *society_.ViewProfile(kAda, kBob);
  EXPECT_EQ(bob.relation, Relation::kSameMeetup);
  EXPECT_EQ(bob.image_url, "u");
  EXPECT_THAT(*bob.interests, ElementsAre("tea"));
  EXPECT_THAT(*bob.shared_meetups, ElementsAre(first, third));
  EXPECT_EQ(bob.last_active, floor<std::chrono::days>(kNow));
  EXPECT_EQ(bob.visibility, std::nullopt);
}

TEST_F(PeopleTest, AFriendSeesEverything) {
  Befriend(kAda, kBob);
  const ProfileView bob = *society_.ViewProfile(kAda, kBob);
  EXPECT_EQ(bob.relation, Relation::kFriend);
  EXPECT_EQ(bob.last_active, kNow);
  EXPECT_EQ(bob.registered, kNow);
  EXPECT_EQ(bob.visibility, Visibility::kCloaked);
  EXPECT_THAT(*bob.shared_meetups, IsEmpty());
}

TEST_F(PeopleTest, OnlyAcceptedCommandsAreASignOfLife) {
  Befriend(kAda, kBob);
  now_ += kHour;
  EXPECT_EQ(Try(kBob, Block{kBob}), Reject::kOneself);
  Do(kAda, SetVisibility{Visibility::kHidden});
  EXPECT_EQ(society_.ViewProfile(kAda, kBob)->last_active, kNow);
  EXPECT_EQ(society_.ViewProfile(kBob, kAda)->last_active, kNow + kHour);
}

TEST_F(PeopleTest, UnknownUsersAreNotFound) {
  EXPECT_THAT(society_.ViewProfile(kAda, kNobody), IsNotFound());
  EXPECT_THAT(society_.ViewProfile(kNobody, kAda), IsNotFound());
  EXPECT_THAT(society_.Friends(kNobody, {}), IsNotFound());
  EXPECT_THAT(society_.SearchPeople(kNobody, "a", {}), IsNotFound());
  EXPECT_THAT(society_.Export(kNobody, texts_), IsNotFound());
  EXPECT_THAT(society_.SeesExactly(kNobody), IsEmpty());
  EXPECT_THAT(society_.NeverSees(kNobody), IsEmpty());
}

}  // namespace
}  // namespace moyeo::society
