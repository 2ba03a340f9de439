// Each bound, at the limit and one past it.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

class LimitTest : public TownTest {
 protected:
  LimitTest() { is_hashed_ = false; }

  static constexpr std::uint64_t kCrowd = 1'000;  // the first of a crowd
};

TEST_F(LimitTest, Friends) {
  RegisterCrowd(kCrowd, Limits::kFriends + 1);
  const UserId last{kCrowd + Limits::kFriends};
  for (std::uint64_t id = kCrowd; id < ToNumber(last); ++id) Befriend(UserId{id}, kAda);
  Do(last, RequestFriend{kAda});
  EXPECT_EQ(Try(kAda, RequestFriend{last}), Reject::kTooManyFriends);
  Do(last, WithdrawFriendRequest{kAda});
  Do(kAda, RequestFriend{last});
  EXPECT_EQ(Try(last, RequestFriend{kAda}), Reject::kTheyHaveTooManyFriends);
  Do(kAda, EndFriendship{UserId{kCrowd}});
  EXPECT_EQ(Try(last, RequestFriend{kAda}), Reject::kNone);
}

TEST_F(LimitTest, RequestsSent) {
  RegisterCrowd(kCrowd, Limits::kRequestsSent + 1);
  for (std::size_t i = 0; i < Limits::kRequestsSent; ++i)
    Do(kAda, RequestFriend{UserId{kCrowd + i}});
  const UserId last{kCrowd + Limits::kRequestsSent};
  EXPECT_EQ(Try(kAda, RequestFriend{last}), Reject::kTooManyRequestsSent);
  Do(kAda, WithdrawFriendRequest{UserId{kCrowd}});
  EXPECT_EQ(Try(kAda, RequestFriend{last}), Reject::kNone);
}

TEST_F(LimitTest, RequestsReceived) {
  RegisterCrowd(kCrowd, Limits::kRequestsReceived + 1);
  for (std::size_t i = 0; i < Limits::kRequestsReceived; ++i) {
    Do(UserId{kCrowd + i}, RequestFriend{kAda});
  }
  const UserId last{kCrowd + Limits::kRequestsReceived};
  EXPECT_EQ(Try(last, RequestFriend{kAda}), Reject::kTooManyRequestsReceived);
  Do(kAda, DeclineFriendRequest{UserId{kCrowd}});
  EXPECT_EQ(Try(last, RequestFriend{kAda}), Reject::kNone);
}

TEST_F(LimitTest, Blocks) {
  RegisterCrowd(kCrowd, Limits::kBlocks + 1);
  for (std::size_t i = 0; i < Limits::kBlocks; ++i) Do(kAda, Block{UserId{kCrowd + i}});
  const UserId last{kCrowd + Limits::kBlocks};
  EXPECT_EQ(Try(kAda, Block{last}), Reject::kTooManyBlocks);
  Do(kAda, Unblock{UserId{kCrowd}});
  EXPECT_EQ(Try(kAda, Block{last}), Reject::kNone);
}

TEST_F(LimitTest, BlockedBy) {
  RegisterCrowd(kCrowd, Limits::kBlockedBy + 1);
  for (std::size_t i = 0; i < Limits::kBlockedBy; ++i) Do(UserId{kCrowd + i}, Block{kAda});
  const UserId last{kCrowd + Limits::kBlockedBy};
  EXPECT_EQ(Try(last, Block{kAda}), Reject::kBlockedByTooMany);
  Do(UserId{kCrowd}, Unblock{kAda});
  EXPECT_EQ(Try(last, Block{kAda}), Reject::kNone);
}

TEST_F(LimitTest, Members) {
  const MeetupId meetup = Host(kAda, Limits::kMostCapacity);
  RegisterCrowd(kCrowd, Limits::kMostCapacity);
  for (std::size_t i = 0; i < Limits::kMostCapacity - 1; ++i) {
    Do(UserId{kCrowd + i}, JoinMeetup{meetup});
  }
  EXPECT_EQ(Try(UserId{kCrowd + Limits::kMostCapacity - 1}, JoinMeetup{meetup}), Reject::kFull);
  EXPECT_THAT(MembersOf(meetup), SizeIs(255));
}

TEST_F(LimitTest, CurrentMeetups) {
  for (std::size_t i = 0; i < Limits::kCurrentMeetups; ++i) Host(kAda);
  EXPECT_EQ(Try(kAda, Chess()), Reject::kTooManyCurrentMeetups);
  const MeetupId other = Host(kBob);
  EXPECT_EQ(Try(kAda, JoinMeetup{other}), Reject::kTooManyCurrentMeetups);
  Do(kBob, Invite{other, kAda});
  EXPECT_EQ(Try(kAda, AcceptInvitation{other}), Reject::kTooManyCurrentMeetups);
  Do(kAda, CancelMeetup{.meetup = MeetupId{1}});
  EXPECT_EQ(Try(kAda, JoinMeetup{other}), Reject::kNone);
}

TEST_F(LimitTest, MeetupsThatHaveEndedAreNotCurrentEvenIfNobodyWasTold) {
  for (std::size_t i = 0; i < Limits::kCurrentMeetups; ++i) Host(kAda);
  now_ += 4 * kHour - kMs;
  EXPECT_EQ(Try(kAda, Chess()), Reject::kTooManyCurrentMeetups);
  now_ += kMs;
  EXPECT_EQ(Try(kAda, Chess()), Reject::kNone);
}

TEST_F(LimitTest, KeptMeetups) {
  for (std::size_t i = 0; i < Limits::kKeptMeetups; ++i) {
    Do(kAda, CancelMeetup{.meetup = Host(kAda)});
  }
  EXPECT_EQ(Try(kAda, Chess()), Reject::kTooManyKeptMeetups);
  const MeetupId other = Host(kBob);
  EXPECT_EQ(Try(kAda, JoinMeetup{other}), Reject::kTooManyKeptMeetups);
  now_ += 7 * kDay - kMs;
  EXPECT_EQ(Try(kAda, Chess()), Reject::kTooManyKeptMeetups);
  now_ += kMs;
  EXPECT_EQ(Try(kAda, Chess()), Reject::kNone);
}

TEST_F(LimitTest, OpenInvitationsOfAMeetup) {
  const MeetupId meetup = Host(kAda);
  RegisterCrowd(kCrowd, Limits::kOpenInvitations + 1);
  for (std::size_t i = 0; i < Limits::kOpenInvitations; ++i) {
    Do(kAda, Invite{meetup, UserId{kCrowd + i}});
  }
  const UserId last{kCrowd + Limits::kOpenInvitations};
  EXPECT_EQ(Try(kAda, Invite{meetup, last}), Reject::kTooManyInvitations);
  Do(UserId{kCrowd}, DeclineInvitation{meetup});
  EXPECT_EQ(Try(kAda, Invite{meetup, last}), Reject::kNone);
}

TEST_F(LimitTest, OpenInvitationsOfAUser) {
  RegisterCrowd(kCrowd, 6);
  std::vector<MeetupId> meetups;
  for (std::size_t i = 0; i <= Limits::kOpenInvitations; ++i) {
    meetups.push_back(Host(UserId{kCrowd + i / Limits::kCurrentMeetups}));
  }
  const auto invite = [&](std::size_t i) {
    return Try(UserId{kCrowd + i / Limits::kCurrentMeetups}, Invite{meetups[i], kAda});
  };
  for (std::size_t i = 0; i < Limits::kOpenInvitations; ++i) EXPECT_EQ(invite(i), Reject::kNone);
  EXPECT_EQ(invite(Limits::kOpenInvitations), Reject::kTheyHaveTooManyInvitations);
  Do(kAda, DeclineInvitation{meetups[0]});
  EXPECT_EQ(invite(Limits::kOpenInvitations), Reject::kNone);
}

TEST_F(LimitTest, InvitationsToWhatHasStartedAreNotOpenEvenIfNobodyWasTold) {
  RegisterCrowd(kCrowd, 6);
  for (std::size_t i = 0; i < Limits::kOpenInvitations; ++i) {
    const UserId host{kCrowd + i / Limits::kCurrentMeetups};
    const MeetupId meetup = Host(host);
    Do(host, Invite{meetup, kAda});
  }
  CreateMeetup later = Chess();
  later.start += 1 * kHour;
  const MeetupId meetup = Host(kBob, later);
  now_ += 2 * kHour - kMs;
  EXPECT_EQ(Try(kBob, Invite{meetup, kAda}), Reject::kTheyHaveTooManyInvitations);
  now_ += kMs;
  EXPECT_EQ(Try(kBob, Invite{meetup, kAda}), Reject::kNone);
}

TEST_F(LimitTest, KickedFromAMeetup) {
  const MeetupId meetup = Host(kAda);
  RegisterCrowd(kCrowd, Limits::kKickedFromMeetup + 1);
  const auto kick = [&](std::size_t i) {
    Do(UserId{kCrowd + i}, JoinMeetup{meetup});
    return Try(kAda, KickMember{meetup, UserId{kCrowd + i}});
  };
  for (std::size_t i = 0; i < Limits::kKickedFromMeetup; ++i) EXPECT_EQ(kick(i), Reject::kNone);
  EXPECT_EQ(kick(Limits::kKickedFromMeetup), Reject::kTooManyKicked);
}

TEST_F(LimitTest, MessagesInARoom) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  for (std::size_t i = 0; i < Limits::kMessagesInRoom; ++i) Do(kAda, PostMessage{meetup, "m"});
  EXPECT_EQ(Try(kAda, PostMessage{meetup, "m"}), Reject::kRoomFull);
  EXPECT_EQ(society_.ViewRoom(kBob, meetup)->unread, Limits::kMessagesInRoom);
}

}  // namespace
}  // namespace moyeo::society
