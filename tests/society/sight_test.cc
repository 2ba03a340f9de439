// Whom each viewer is to see exactly, and whom never.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

class SightTest : public TownTest {
 protected:
  // Ada and Bob in a confirmed meetup that starts in two hours and ends in four.
  MeetupId Date() {
    const MeetupId meetup = Host(kAda);
    Do(kBob, JoinMeetup{meetup});
    Confirm(meetup, {kBob}, kAda);
    return meetup;
  }

  static SeesExactlyChanged Sees(UserId viewer, UserId user) { return {viewer, {user}, {}}; }
  static SeesExactlyChanged SeesNoMore(UserId viewer, UserId user) { return {viewer, {}, {user}}; }
};

TEST_F(SightTest, FriendsSeeEachOtherExactly) {
  Do(kAda, RequestFriend{kBob});
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
  Do(kBob, RequestFriend{kAda});
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), ElementsAre(Sees(kBob, kAda), Sees(kAda, kBob)));
  EXPECT_THAT(society_.SeesExactly(kAda), ElementsAre(kBob));
  EXPECT_THAT(society_.SeesExactly(kBob), ElementsAre(kAda));
  Do(kBob, EndFriendship{kAda});
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesNoMore(kBob, kAda), SeesNoMore(kAda, kBob)));
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
}

TEST_F(SightTest, ChangesOfSightConcernNobodyElse) {
  Befriend(kAda, kBob);
  for (const Event& event : events_) {
    if (std::holds_alternative<SeesExactlyChanged>(event.body)) {
      EXPECT_EQ(event.audience, Audience());
    }
  }
}

TEST_F(SightTest, MembersOfAConfirmedMeetupDoFromAnHourBeforeToItsEnd) {
  Date();
  AdvanceTo(kNow + kHour - kMs);
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
  AdvanceTo(kNow + kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), ElementsAre(Sees(kAda, kBob), Sees(kBob, kAda)));
  EXPECT_THAT(society_.SeesExactly(kAda), ElementsAre(kBob));
  AdvanceTo(kNow + 4 * kHour - kMs);
  EXPECT_THAT(society_.SeesExactly(kAda), ElementsAre(kBob));
  AdvanceTo(kNow + 4 * kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesNoMore(kAda, kBob), SeesNoMore(kBob, kAda)));
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
}

TEST_F(SightTest, MembersOfOneThatAnybodyCanJoinDoNot) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  AdvanceTo(kNow + 3 * kHour);
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
}

TEST_F(SightTest, ALateConfirmationShowsAtOnce) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  now_ += 90 * kMinute;
  Confirm(meetup, {kBob}, kAda);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), ElementsAre(Sees(kAda, kBob), Sees(kBob, kAda)));
}

TEST_F(SightTest, CancellationEndsIt) {
  const MeetupId meetup = Date();
  AdvanceTo(kNow + kHour);
  Do(kAda, CancelMeetup{.meetup = meetup, .force = true});
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesNoMore(kAda, kBob), SeesNoMore(kBob, kAda)));
  AdvanceTo(kNow + 5 * kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), IsEmpty());
}

TEST_F(SightTest, WhoIsCancelledBeforeTheHourIsNeverSeen) {
  const MeetupId meetup = Date();
  Do(kAda, CancelMeetup{.meetup = meetup, .force = true});
  AdvanceTo(kNow + 2 * kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), IsEmpty());
}

TEST_F(SightTest, TwoReasonsAreOneEntry) {
  Date();
  Date();
  Befriend(kAda, kBob);
  AdvanceTo(kNow + kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), IsEmpty());
  Do(kAda, EndFriendship{kBob});
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), IsEmpty());
  EXPECT_THAT(society_.SeesExactly(kAda), ElementsAre(kBob));
  AdvanceTo(kNow + 4 * kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesNoMore(kAda, kBob), SeesNoMore(kBob, kAda)));
}

TEST_F(SightTest, ABlockGoesBeforeEverything) {
  Date();
  AdvanceTo(kNow + kHour);
  Do(kBob, Block{kAda});
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesNoMore(kBob, kAda), SeesNoMore(kAda, kBob)));
  EXPECT_THAT(ToldOf<NeverSeesChanged>(),
              ElementsAre(NeverSeesChanged{kBob, {kAda}, {}}, NeverSeesChanged{kAda, {kBob}, {}}));
  EXPECT_THAT(society_.NeverSees(kAda), ElementsAre(kBob));
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
  Do(kBob, Unblock{kAda});
  EXPECT_THAT(ToldOf<NeverSeesChanged>(),
              ElementsAre(NeverSeesChanged{kBob, {}, {kAda}}, NeverSeesChanged{kAda, {}, {kBob}}));
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), ElementsAre(Sees(kBob, kAda), Sees(kAda, kBob)));
}

TEST_F(SightTest, TheBlockedDoNotSeeEachOtherWhenTheHourComes) {
  Date();
  Do(kAda, Block{kBob});
  AdvanceTo(kNow + kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), IsEmpty());
  EXPECT_THAT(society_.SeesExactly(kAda), IsEmpty());
  AdvanceTo(kNow + 4 * kHour);
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(), IsEmpty());
}

TEST_F(SightTest, ABlockOfBothIsOneEntryUntilBothHaveEndedIt) {
  Do(kAda, Block{kBob});
  Do(kBob, Block{kAda});
  EXPECT_THAT(ToldOf<NeverSeesChanged>(), IsEmpty());
  Do(kAda, Unblock{kBob});
  EXPECT_THAT(ToldOf<NeverSeesChanged>(), IsEmpty());
  EXPECT_THAT(society_.NeverSees(kAda), ElementsAre(kBob));
  Do(kBob, Unblock{kAda});
  EXPECT_THAT(society_.NeverSees(kAda), IsEmpty());
}

TEST_F(SightTest, WhoIsErasedIsSeenByNobody) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kCy, JoinMeetup{meetup});
  Confirm(meetup, {kBob, kCy}, kAda);
  AdvanceTo(kNow + kHour);
  Do(kDee, Block{kBob});
  Do(kBob, Erase{});
  EXPECT_THAT(society_.SeesExactly(kAda), ElementsAre(kCy));
  EXPECT_THAT(society_.SeesExactly(kCy), ElementsAre(kAda));
  EXPECT_THAT(society_.NeverSees(kDee), IsEmpty());
  EXPECT_THAT(ToldOf<SeesExactlyChanged>(),
              ElementsAre(SeesNoMore(kBob, kAda), SeesNoMore(kAda, kBob), SeesNoMore(kBob, kCy),
                          SeesNoMore(kCy, kBob)));
}

}  // namespace
}  // namespace moyeo::society
