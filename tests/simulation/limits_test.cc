// The counts that only thousands of people, meetups and messages reach, beside the auditor: at each
// limit, and one past it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "simulation/simulation.h"

namespace moyeo::testing {
namespace {

using std::chrono::hours;
using ::testing::Eq;

constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};

class LimitsTest : public ::testing::Test {
 protected:
  // What becomes of a command, on which machine and auditor must agree.
  Reject Do(std::uint64_t actor, CommandBody body) {
    const auto difference =
        simulation_.Do({.time = kNow, .actor = UserId{actor}, .body = std::move(body)});
    EXPECT_THAT(difference, Eq(std::nullopt));
    return simulation_.last().reject;
  }

  void Accept(std::uint64_t actor, CommandBody body) {
    ASSERT_EQ(Do(actor, std::move(body)), Reject::kNone);
  }

  // Users 1 to `count`.
  void RegisterAll(std::size_t count) {
    for (std::size_t user = 1; user <= count; ++user) {
      ASSERT_NO_FATAL_FAILURE(Accept(user, Register{.nickname = std::to_string(user)}));
    }
  }

  MeetupId Create(std::uint64_t host, std::uint32_t capacity = Limits::kMostCapacity) {
    EXPECT_EQ(Do(host, CreateMeetup{.title = "Chess",
                                    .start = kNow + hours(1),
                                    .end = kNow + hours(2),
                                    .capacity = capacity}),
              Reject::kNone);
    return simulation_.last().meetup.value_or(MeetupId{});
  }

  // Nothing but outcomes, events and, now and then, questions.
  Simulation simulation_{1,
                         {.walks = false,
                          .commands_per_question = 1'000,
                          .commands_per_hash = 2'000,
                          .commands_per_check = 1'000'000'000}};
};

// Fails the test, and ends it, unless the command is accepted.
#define ASSERT_ACCEPTED(...) ASSERT_EQ(Do(__VA_ARGS__), Reject::kNone)

TEST_F(LimitsTest, FriendsAndRequests) {
  constexpr std::uint64_t kPopular = 1;
  const std::uint64_t first = 2;
  const std::uint64_t late = first + Limits::kFriends;
  static_assert(Limits::kFriends == Limits::kRequestsReceived);
  RegisterAll(late + 1);

  for (std::uint64_t user = first; user < late; ++user) {
    ASSERT_ACCEPTED(user, RequestFriend{UserId{kPopular}});
  }
  EXPECT_EQ(Do(late, RequestFriend{UserId{kPopular}}), Reject::kTooManyRequestsReceived);
  for (std::uint64_t user = first; user < late; ++user) {
    ASSERT_ACCEPTED(kPopular, RequestFriend{UserId{user}});
  }
  ASSERT_ACCEPTED(late, RequestFriend{UserId{kPopular}});
  EXPECT_EQ(Do(kPopular, RequestFriend{UserId{late}}), Reject::kTooManyFriends);
  ASSERT_ACCEPTED(kPopular, RequestFriend{UserId{late + 1}});
  EXPECT_EQ(Do(late + 1, RequestFriend{UserId{kPopular}}), Reject::kTheyHaveTooManyFriends);

  ASSERT_ACCEPTED(kPopular, EndFriendship{UserId{first}});
  ASSERT_ACCEPTED(kPopular, RequestFriend{UserId{late}});

  for (std::uint64_t i = 0; i < Limits::kRequestsSent; ++i) {
    ASSERT_ACCEPTED(first, RequestFriend{UserId{first + 1 + i}});
  }
  EXPECT_EQ(Do(first, RequestFriend{UserId{late}}), Reject::kTooManyRequestsSent);
  ASSERT_ACCEPTED(first, WithdrawFriendRequest{UserId{first + 1}});
  ASSERT_ACCEPTED(first, RequestFriend{UserId{late}});
}

TEST_F(LimitsTest, Blocks) {
  constexpr std::uint64_t kAngry = 1;
  constexpr std::uint64_t kHated = 2;
  const std::uint64_t first = 3;
  const std::uint64_t last = first + Limits::kBlockedBy;
  RegisterAll(last);

  for (std::uint64_t i = 0; i < Limits::kBlocks; ++i) {
    ASSERT_ACCEPTED(kAngry, Block{UserId{first + i}});
  }
  EXPECT_EQ(Do(kAngry, Block{UserId{last}}), Reject::kTooManyBlocks);
  ASSERT_ACCEPTED(kAngry, Unblock{UserId{first}});
  ASSERT_ACCEPTED(kAngry, Block{UserId{last}});

  for (std::uint64_t i = 0; i < Limits::kBlockedBy; ++i) {
    ASSERT_ACCEPTED(first + i, Block{UserId{kHated}});
  }
  EXPECT_EQ(Do(last, Block{UserId{kHated}}), Reject::kBlockedByTooMany);
  ASSERT_ACCEPTED(first, Unblock{UserId{kHated}});
  ASSERT_ACCEPTED(last, Block{UserId{kHated}});
}

TEST_F(LimitsTest, InvitationsAndKicks) {
  constexpr std::uint64_t kHost = 1;
  const std::uint64_t first = 2;
  const std::uint64_t late = first + Limits::kKickedFromMeetup;
  const std::uint64_t other_hosts = late + 1;
  RegisterAll(other_hosts + Limits::kOpenInvitations / Limits::kCurrentMeetups);

  const MeetupId party = Create(kHost);
  for (std::uint64_t i = 0; i < Limits::kOpenInvitations; ++i) {
    ASSERT_ACCEPTED(kHost, Invite{party, UserId{first + i}});
  }
  EXPECT_EQ(Do(kHost, Invite{party, UserId{first + Limits::kOpenInvitations}}),
            Reject::kTooManyInvitations);

  // Of whom each may host a hundred: enough to invite the first of them too often.
  std::size_t invitations = 1;
  for (std::uint64_t host = other_hosts; invitations < Limits::kOpenInvitations; ++host) {
    for (std::size_t i = 0; i < Limits::kCurrentMeetups && invitations < Limits::kOpenInvitations;
         ++i, ++invitations) {
      ASSERT_ACCEPTED(host, Invite{Create(host), UserId{first}});
    }
  }
  const MeetupId one_more = Create(late);
  EXPECT_EQ(Do(late, Invite{one_more, UserId{first}}), Reject::kTheyHaveTooManyInvitations);
  ASSERT_ACCEPTED(first, DeclineInvitation{party});
  ASSERT_ACCEPTED(late, Invite{one_more, UserId{first}});

  for (std::uint64_t i = 0; i < Limits::kKickedFromMeetup; ++i) {
    ASSERT_ACCEPTED(first + i, JoinMeetup{party});
    ASSERT_ACCEPTED(kHost, KickMember{party, UserId{first + i}});
  }
  ASSERT_ACCEPTED(late, JoinMeetup{party});
  EXPECT_EQ(Do(kHost, KickMember{party, UserId{late}}), Reject::kTooManyKicked);
}

TEST_F(LimitsTest, CurrentMeetups) {
  RegisterAll(2);
  for (std::size_t i = 0; i < Limits::kCurrentMeetups; ++i) Create(1);
  EXPECT_EQ(Do(1, CreateMeetup{.title = "Chess", .start = kNow + hours(1), .end = kNow + hours(2)}),
            Reject::kTooManyCurrentMeetups);
  const MeetupId other = Create(2);
  EXPECT_EQ(Do(1, JoinMeetup{other}), Reject::kTooManyCurrentMeetups);
  ASSERT_ACCEPTED(2, Invite{other, UserId{1}});
  EXPECT_EQ(Do(1, AcceptInvitation{other}), Reject::kTooManyCurrentMeetups);
  ASSERT_ACCEPTED(1, CancelMeetup{MeetupId{1}});
  ASSERT_ACCEPTED(1, AcceptInvitation{other});
}

TEST_F(LimitsTest, KeptMeetups) {
  RegisterAll(2);
  const MeetupId left = Create(2);
  const MeetupId kicked_from = Create(2);
  const MeetupId new_one = Create(2);
  // One who has spoken and left, and one who was kicked, are remembered: these two count.
  ASSERT_ACCEPTED(1, JoinMeetup{left});
  ASSERT_ACCEPTED(1, PostMessage{left, "bye"});
  ASSERT_ACCEPTED(1, LeaveMeetup{left});
  ASSERT_ACCEPTED(1, JoinMeetup{kicked_from});
  ASSERT_ACCEPTED(2, KickMember{kicked_from, UserId{1}});
  // One who has left without a word is not.
  ASSERT_ACCEPTED(1, JoinMeetup{new_one});
  ASSERT_ACCEPTED(1, LeaveMeetup{new_one});
  for (std::size_t i = 2; i < Limits::kKeptMeetups; ++i) {
    ASSERT_ACCEPTED(1, CancelMeetup{Create(1)});
  }
  EXPECT_EQ(Do(1, CreateMeetup{.title = "Chess", .start = kNow + hours(1), .end = kNow + hours(2)}),
            Reject::kTooManyKeptMeetups);
  EXPECT_EQ(Do(1, JoinMeetup{new_one}), Reject::kTooManyKeptMeetups);
  ASSERT_ACCEPTED(1, JoinMeetup{left});
  ASSERT_ACCEPTED(2, Invite{kicked_from, UserId{1}});
  ASSERT_ACCEPTED(1, AcceptInvitation{kicked_from});
}

TEST_F(LimitsTest, MessagesInARoom) {
  RegisterAll(1);
  const MeetupId room = Create(1);
  for (std::size_t i = 0; i < Limits::kMessagesInRoom; ++i) {
    ASSERT_ACCEPTED(1, PostMessage{room, "hello"});
  }
  EXPECT_EQ(Do(1, PostMessage{room, "one more"}), Reject::kRoomFull);
  ASSERT_ACCEPTED(1, DeleteMessage{room, 1});
  EXPECT_EQ(Do(1, PostMessage{room, "one more"}), Reject::kRoomFull);
}

TEST_F(LimitsTest, RequestsAreRememberedSoLong) {
  RegisterAll(1);
  const auto set_visibility = [this](std::uint64_t request, Visibility visibility) {
    const auto difference = simulation_.Do({.time = kNow,
                                            .actor = UserId{1},
                                            .request_id = RequestId{request},
                                            .body = SetVisibility{visibility}});
    EXPECT_THAT(difference, Eq(std::nullopt));
    return simulation_.last().reject;
  };
  for (std::size_t request = 0; request < Limits::kRememberedRequests; ++request) {
    ASSERT_EQ(set_visibility(request, Visibility::kExact), Reject::kNone);
  }
  EXPECT_EQ(set_visibility(0, Visibility::kHidden), Reject::kRequestIdReused);
  EXPECT_EQ(set_visibility(0, Visibility::kExact), Reject::kNone);
  EXPECT_EQ(simulation_.counts().repeated, 1u);
  // A new one, for which the oldest is forgotten.
  ASSERT_EQ(set_visibility(Limits::kRememberedRequests, Visibility::kExact), Reject::kNone);
  EXPECT_EQ(set_visibility(1, Visibility::kHidden), Reject::kRequestIdReused);
  EXPECT_EQ(set_visibility(0, Visibility::kHidden), Reject::kNone);
}

}  // namespace
}  // namespace moyeo::testing
