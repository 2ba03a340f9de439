// Commands that are given again, and states that two processes agree on.

#include <type_traits>

#include "json/command_fields.h"
#include "json/fields.h"
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

template <typename T>
void Alter(T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    value = !value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    value += 'x';
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    value += kMs;
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(static_cast<std::uint64_t>(value) + 1);
  } else if constexpr (requires { value.emplace(); }) {
    value.emplace();
  } else if constexpr (requires { value.emplace_back(); }) {
    value.emplace_back();
  } else {
    ++value;
  }
}

// Each field of `value` altered, one at a time.
template <typename T, typename Visit>
void ForEachAltered(const T& value, Visit visit) {
  json::ForEachField<T>([&]<typename Member>(const json::Field<T, Member>& field) {
    T altered = value;
    if constexpr (json::HasFields<Member>) {
      ForEachAltered(value.*field.member, [&](const Member& member, std::string_view) {
        altered.*field.member = member;
        visit(altered, field.name);
      });
    } else {
      Alter(altered.*field.member);
      visit(altered, field.name);
    }
  });
}

TEST(FingerprintTest, EveryFieldOfEveryCommandCounts) {
  json::ForEachAlternative<CommandBody>([]<typename Body>(json::Type<Body>) {
    const Body body{};
    EXPECT_EQ(FingerprintOf(Body(body)), FingerprintOf(body));
    ForEachAltered(body, [&](const Body& other, std::string_view field) {
      // Where a ticket was opened is remembered nowhere.
      if (std::is_same_v<Body, CreateTicket> && field == "location") {
        EXPECT_EQ(FingerprintOf(other), FingerprintOf(body));
      } else {
        EXPECT_NE(FingerprintOf(other), FingerprintOf(body)) << NameOf(Body::kKind) << " " << field;
      }
    });
  });
  const CreateMeetup somewhere{.title = {}, .location = LatLng{1, 2}};
  EXPECT_NE(FingerprintOf(CreateMeetup{.title = {}, .location = LatLng{3, 2}}),
            FingerprintOf(somewhere));
  EXPECT_NE(FingerprintOf(CreateMeetup{.title = {}, .location = LatLng{1, 3}}),
            FingerprintOf(somewhere));
}

TEST(FingerprintTest, BothZerosAreOnePlace) {
  EXPECT_EQ(FingerprintOf(CreateMeetup{.title = {}, .location = LatLng{-0.0, 0.0}}),
            FingerprintOf(CreateMeetup{.title = {}, .location = LatLng{0.0, -0.0}}));
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
  EXPECT_EQ(society_.Hash(), 13258449469372010647u);
  EXPECT_EQ(HashOf(society_.state(), 1), 2460404332466700293u);
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
