// Listed and unlisted, each exactly once, for every reason there is.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

class ListingTest : public TownTest {
 protected:
  void ExpectListed(MeetupId meetup, std::uint32_t members) {
    EXPECT_THAT(ToldOf<MeetupListed>(),
                ElementsAre(MeetupListed{meetup, kCanonicalSeoul, members}));
    EXPECT_THAT(ToldOf<MeetupUnlisted>(), IsEmpty());
    EXPECT_TRUE(View(meetup).summary.listed);
    EXPECT_THAT(Ids(society_.OpenMeetups(std::nullopt, {})), ElementsAre(meetup));
  }

  void ExpectUnlisted(MeetupId meetup, std::uint32_t members) {
    EXPECT_THAT(ToldOf<MeetupUnlisted>(),
                ElementsAre(MeetupUnlisted{meetup, kCanonicalSeoul, members}));
    EXPECT_THAT(ToldOf<MeetupListed>(), IsEmpty());
    EXPECT_FALSE(View(meetup).summary.listed);
    EXPECT_THAT(Ids(society_.OpenMeetups(std::nullopt, {})), IsEmpty());
    EXPECT_THAT(Ids(society_.SearchMeetups(std::nullopt, "chess", {})), IsEmpty());
    EXPECT_THAT(Ids(society_.MeetupsOnMap(std::nullopt, MapCircle{kSeoul, 10}, {})), IsEmpty());
  }

  void ExpectNeither() {
    EXPECT_THAT(ToldOf<MeetupListed>(), IsEmpty());
    EXPECT_THAT(ToldOf<MeetupUnlisted>(), IsEmpty());
  }

  const LatLng kCanonicalSeoul = *Canonical(kSeoul);
};

TEST_F(ListingTest, ANewMeetupIsListed) {
  const MeetupId meetup = Host(kAda);
  ExpectListed(meetup, 1);
  EXPECT_TRUE(AudienceOf<MeetupListed>().everybody);
}

TEST_F(ListingTest, AMeetupThatStartsRightNowIsNot) {
  CreateMeetup c = Chess();
  c.start = now_;
  Host(kAda, c);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupCreated, EventKind::kMeetupStarted));
}

TEST_F(ListingTest, TheLastSeatUnlists) {
  const MeetupId meetup = Host(kAda, 3);
  Do(kBob, JoinMeetup{meetup});
  ExpectNeither();
  Do(kCy, JoinMeetup{meetup});
  ExpectUnlisted(meetup, 3);
}

TEST_F(ListingTest, AFreedSeatLists) {
  const MeetupId meetup = Host(kAda, 2);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, LeaveMeetup{meetup});
  ExpectListed(meetup, 1);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, KickMember{meetup, kBob});
  ExpectListed(meetup, 1);
}

TEST_F(ListingTest, CapacityListsAndUnlists) {
  const MeetupId meetup = Host(kAda, 2);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, EditMeetup{.meetup = meetup, .capacity = 3});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupEdited, EventKind::kMeetupListed));
  ExpectListed(meetup, 2);
  Do(kAda, EditMeetup{.meetup = meetup, .capacity = 4});
  ExpectNeither();
  Do(kAda, EditMeetup{.meetup = meetup, .capacity = 2});
  ExpectUnlisted(meetup, 2);
}

TEST_F(ListingTest, AStartThatIsMovedToNowUnlists) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, EditMeetup{.meetup = meetup, .start = now_});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupEdited, EventKind::kMeetupUnlisted,
                                  EventKind::kMeetupStarted));
  ExpectUnlisted(meetup, 1);
}

TEST_F(ListingTest, ConfirmationUnlists) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Confirm(meetup, {kBob}, kAda);
  ExpectUnlisted(meetup, 2);
}

TEST_F(ListingTest, CancellationUnlists) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, CancelMeetup{.meetup = meetup});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupCancelled, EventKind::kMeetupUnlisted));
  ExpectUnlisted(meetup, 1);
  AdvanceTo(now_ + 3 * kHour);
  ExpectNeither();
}

TEST_F(ListingTest, TheStartUnlists) {
  const MeetupId meetup = Host(kAda);
  AdvanceTo(now_ + 2 * kHour - kMs);
  ExpectNeither();
  AdvanceTo(now_ + kMs);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupStarted, EventKind::kMeetupUnlisted));
  ExpectUnlisted(meetup, 1);
}

TEST_F(ListingTest, WhatIsFullOrConfirmedIsNotUnlistedAgain) {
  const MeetupId full = Host(kAda, 2);
  Do(kBob, JoinMeetup{full});
  Confirm(full, {kBob}, kAda);
  ExpectNeither();
  AdvanceTo(now_ + 2 * kHour);
  ExpectNeither();
  AdvanceTo(now_ + 2 * kHour);
  ExpectNeither();
}

TEST_F(ListingTest, ErasingAMemberLists) {
  const MeetupId meetup = Host(kAda, 2);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, Erase{});
  ExpectListed(meetup, 1);
}

TEST_F(ListingTest, ErasingTheHostUnlists) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kAda, Erase{});
  ExpectUnlisted(meetup, 2);
}

TEST_F(ListingTest, ThePlaceIsTheOneAfterTheChange) {
  CreateMeetup c = Chess(2);
  c.location = std::nullopt;
  const MeetupId meetup = Host(kAda, c);
  EXPECT_THAT(ToldOf<MeetupListed>(), ElementsAre(MeetupListed{meetup, std::nullopt, 1}));
  Do(kAda, EditMeetup{.meetup = meetup, .location = kSeoul, .start = now_});
  EXPECT_THAT(ToldOf<MeetupUnlisted>(), ElementsAre(MeetupUnlisted{meetup, kCanonicalSeoul, 1}));
}

TEST_F(ListingTest, WhomTheHostNeverSeesIsNotTold) {
  Do(kAda, Block{kCy});
  Do(kBob, Block{kAda});
  Host(kAda);
  EXPECT_THAT(AudienceOf<MeetupListed>().except, ElementsAre(kBob, kCy));
  EXPECT_THAT(Ids(society_.OpenMeetups(kBob, {})), IsEmpty());
  EXPECT_THAT(Ids(society_.OpenMeetups(kDee, {})), SizeIs(1));
}

TEST_F(ListingTest, ABlockUnlistsForTheTwoAndItsEndListsAgain) {
  const MeetupId of_ada = Host(kAda);
  const MeetupId of_bob = Host(kBob);
  const MeetupId full = Host(kBob, 2);
  Do(kCy, JoinMeetup{full});
  Do(kAda, Block{kBob});
  EXPECT_THAT(ToldOf<MeetupUnlisted>(), ElementsAre(MeetupUnlisted{of_ada, kCanonicalSeoul, 1},
                                                    MeetupUnlisted{of_bob, kCanonicalSeoul, 1}));
  EXPECT_THAT(AudiencesOf<MeetupUnlisted>(),
              ElementsAre(Audience{.users = {kBob}}, Audience{.users = {kAda}}));
  Do(kBob, Block{kAda});
  ExpectNeither();
  Do(kAda, Unblock{kBob});
  ExpectNeither();
  Do(kBob, Unblock{kAda});
  EXPECT_THAT(ToldOf<MeetupListed>(), SizeIs(2));
  EXPECT_THAT(AudiencesOf<MeetupListed>(),
              ElementsAre(Audience{.users = {kAda}}, Audience{.users = {kBob}}));
}

TEST_F(ListingTest, AnotherHostIsSeenByOthers) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kCy, Block{kAda});
  Do(kDee, Block{kBob});
  Do(kEve, Block{kAda});
  Do(kEve, Block{kBob});
  Do(kAda, TransferMeetup{meetup, kBob});
  EXPECT_EQ(AudienceOf<MeetupListed>(), Audience{.users = {kCy}});
  EXPECT_EQ(AudienceOf<MeetupUnlisted>(), Audience{.users = {kDee}});
}

TEST_F(ListingTest, ListsFollowWhatIsEdited) {
  CreateMeetup c = Chess();
  c.tags = {"Board Games"};
  const MeetupId meetup = Host(kAda, c);
  Do(kAda, EditMeetup{.meetup = meetup,
                      .title = "Go",
                      .location = kBusan,
                      .start = now_ + 3 * kHour,
                      .tags = std::vector<std::string>{"\uBC14\uB451"}});
  ExpectNeither();
  EXPECT_THAT(Ids(society_.SearchMeetups(std::nullopt, "chess", {})), IsEmpty());
  EXPECT_THAT(Ids(society_.SearchMeetups(std::nullopt, "board", {})), IsEmpty());
  EXPECT_THAT(Ids(society_.SearchMeetups(std::nullopt, "GO", {})), ElementsAre(meetup));
  EXPECT_THAT(Ids(society_.SearchMeetups(std::nullopt, "\uB451", {})), ElementsAre(meetup));
  EXPECT_THAT(Ids(society_.MeetupsWithTag(std::nullopt, "board games", {})), IsEmpty());
  EXPECT_THAT(Ids(society_.MeetupsWithTag(std::nullopt, "\uBC14\uB451", {})), ElementsAre(meetup));
  EXPECT_THAT(Ids(society_.MeetupsOnMap(std::nullopt, MapCircle{kSeoul, 10}, {})), IsEmpty());
  EXPECT_THAT(Ids(society_.MeetupsOnMap(std::nullopt, MapCircle{kBusan, 10}, {})),
              ElementsAre(meetup));
  EXPECT_THAT(Ids(society_.MeetupsStartingWithin(std::nullopt, now_, now_ + 3 * kHour, {})),
              IsEmpty());
}

}  // namespace
}  // namespace moyeo::society
