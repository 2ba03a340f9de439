// Commands that are given again, and states that two processes agree on.

#include "society/digest.h"
#include "society/fingerprint.h"
#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

using RequestTest = TownTest;

constexpr RequestId kRequest{7};

TEST_F(RequestTest, AnAcceptedCommandIsDoneOnce) {
  const Command command{.time = now_, .actor = kAda, .request_id = kRequest, .body = Chess()};
  const Outcome first = Give(command);
  EXPECT_EQ(first.meetup, MeetupId{1});
  const std::uint64_t hash = society_.Hash();
  EXPECT_EQ(Give(command), first);
  EXPECT_THAT(events_, IsEmpty());
  EXPECT_EQ(society_.Hash(), hash);
}

TEST_F(RequestTest, ARepeatedCommandDoesNotBringTimeForward) {
  Command command{.time = now_, .actor = kAda, .request_id = kRequest, .body = Chess()};
  Give(command);
  command.time += 20 * kDay;
  EXPECT_TRUE(Give(command).accepted());
  EXPECT_EQ(society_.time(), kNow);
}

TEST_F(RequestTest, ItHasTheSameOutcomeEvenIfItWouldBeRefusedNow) {
  const MeetupId meetup = Host(kAda, 2);
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kAlreadyMember);
  Do(kBob, PostMessage{meetup, "hi"});
  EXPECT_EQ(Try(kEve, Erase{}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(kEve, Erase{}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(kEve, Erase{}), Reject::kErasedActor);
}

TEST_F(RequestTest, ARefusedCommandIsLookedAtAfresh) {
  const MeetupId meetup = Host(kAda, 2);
  Do(kBob, JoinMeetup{meetup});
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}, kRequest), Reject::kFull);
  Do(kBob, LeaveMeetup{meetup});
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}, kRequest), Reject::kNone);
}

TEST_F(RequestTest, AnotherCommandWithTheSameIdIsRefused) {
  const MeetupId first = Host(kAda);
  const MeetupId second = Host(kAda);
  EXPECT_EQ(Try(kBob, JoinMeetup{first}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(kBob, JoinMeetup{second}, kRequest), Reject::kRequestIdReused);
  EXPECT_EQ(Try(kBob, LeaveMeetup{first}, kRequest), Reject::kRequestIdReused);
}

TEST_F(RequestTest, EachActorHasIdsOfTheirOwn) {
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(kCy, JoinMeetup{meetup}, kRequest), Reject::kNone);
  EXPECT_EQ(Try(std::nullopt, Advance{}, kRequest), Reject::kNone);
  EXPECT_THAT(MembersOf(meetup), SizeIs(3));
}

TEST_F(RequestTest, TheLatestRequestsAreRememberedAndNoMore) {
  is_hashed_ = false;
  const auto visibility = [](std::size_t i) {
    return SetVisibility{i % 2 == 0 ? Visibility::kExact : Visibility::kHidden};
  };
  for (std::size_t i = 0; i < Limits::kRememberedRequests; ++i) {
    Give({.time = now_, .actor = kAda, .request_id = RequestId{i}, .body = visibility(i)});
  }
  EXPECT_EQ(Try(kAda, visibility(1), RequestId{0}), Reject::kRequestIdReused);
  EXPECT_EQ(Try(kAda, visibility(0), RequestId{Limits::kRememberedRequests}), Reject::kNone);
  EXPECT_EQ(Try(kAda, visibility(1), RequestId{0}), Reject::kNone);
  EXPECT_EQ(Try(kAda, visibility(1), RequestId{2}), Reject::kRequestIdReused);
}

// ---- Fingerprints

TEST(FingerprintTest, EveryFieldOfACommandCounts) {
  const CreateMeetup base{.title = "t", .start = kNow, .end = kNow};
  std::vector<CreateMeetup> others(10, base);
  others[0].title = "u";
  others[1].content = "u";
  others[2].image_url = "u";
  others[3].place_name = "u";
  others[4].location = LatLng{};
  others[5].start += kMs;
  others[6].end += kMs;
  others[7].capacity = 3;
  others[8].tags = {""};
  others[9].bring = "u";
  for (const CreateMeetup& other : others) EXPECT_NE(FingerprintOf(other), FingerprintOf(base));
  EXPECT_EQ(FingerprintOf(CreateMeetup(base)), FingerprintOf(base));
}

TEST(FingerprintTest, WhatIsMissingIsNotWhatIsEmpty) {
  EXPECT_NE(FingerprintOf(EditProfile{.nickname = ""}), FingerprintOf(EditProfile{}));
  EXPECT_NE(FingerprintOf(EditProfile{.nickname = ""}), FingerprintOf(EditProfile{.status = ""}));
  EXPECT_NE(FingerprintOf(EditMeetup{.location = std::optional<LatLng>()}),
            FingerprintOf(EditMeetup{}));
}

TEST(FingerprintTest, SmallCommandsDifferInKindAndField) {
  EXPECT_NE(FingerprintOf(Block{kAda}), FingerprintOf(Unblock{kAda}));
  EXPECT_NE(FingerprintOf(Block{kAda}), FingerprintOf(Block{kBob}));
  EXPECT_NE(FingerprintOf(CancelMeetup{.force = true}), FingerprintOf(CancelMeetup{}));
  EXPECT_NE(FingerprintOf(MarkRead{MeetupId{1}, 2}), FingerprintOf(MarkRead{MeetupId{1}, 3}));
  EXPECT_NE(FingerprintOf(PostMessage{MeetupId{1}, "a"}),
            FingerprintOf(PostMessage{MeetupId{1}, "b"}));
  EXPECT_NE(FingerprintOf(ReportUser{kAda, "a"}), FingerprintOf(ReportUser{kAda, "b"}));
  EXPECT_NE(FingerprintOf(SetVisibility{Visibility::kExact}), FingerprintOf(SetVisibility{}));
  EXPECT_NE(FingerprintOf(Configure{{.cloak_level = 1}}), FingerprintOf(Configure{}));
  EXPECT_NE(FingerprintOf(Register{.nickname = "a", .interests = {"a"}}),
            FingerprintOf(Register{.nickname = "a"}));
}

// ---- The digest of a state

TEST_F(RequestTest, TheDigestIsTheSameInEveryProcess) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, PostMessage{meetup, "hi"});
  Do(kCy, RequestFriend{kAda});
  EXPECT_EQ(society_.Hash(), 2460404332466700293u);
}

TEST(DigestTest, TextsOfDifferentLengthsDiffer) {
  const auto digest = [](std::string_view text) {
    Digest d;
    d.Text(text);
    return d.value();
  };
  using std::string_view_literals::operator""sv;
  EXPECT_NE(digest(""), digest("\0"sv));
  EXPECT_NE(digest("abcdefgh"), digest("abcdefgh\0"sv));
  EXPECT_NE(digest("abcdefgh1"), digest("abcdefgh2"));
  EXPECT_NE(digest("1bcdefgh"), digest("2bcdefgh"));
}

TEST(DigestTest, TheOrderOfNumbersCounts) {
  Digest a;
  a.Number(1);
  a.Number(2);
  Digest b;
  b.Number(2);
  b.Number(1);
  EXPECT_NE(a.value(), b.value());
}

}  // namespace
}  // namespace moyeo::society
