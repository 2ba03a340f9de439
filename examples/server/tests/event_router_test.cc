#include "event_router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace moyeo::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr MeetupId kMeetup{3};
constexpr UserId kAda{1};
constexpr UserId kBob{2};
constexpr UserId kCy{3};

// What an engine would say, and events as it makes them.
class EventRouterTest : public ::testing::Test {
 protected:
  Event Make(EventBody body, Audience audience) {
    return {.sequence = ++sequence_, .audience = std::move(audience), .body = std::move(body)};
  }
  Event Posted(UserId author) {
    return Make(MessagePosted{kMeetup, 1, author, "hi"}, {.room = kMeetup});
  }
  Event Joined(UserId user) {
    return Make(MemberJoined{kMeetup, user, 2}, {.users = {user}, .room = kMeetup});
  }
  Event Left(UserId user) {
    return Make(MemberLeft{kMeetup, user, 1}, {.users = {user}, .room = kMeetup});
  }

  std::vector<RoutedEvent> Add(const Event& event) {
    std::vector<RoutedEvent> routed;
    router_.Add(event, routed);
    return routed;
  }

  std::vector<UserId> members_;
  std::uint64_t latest_ = 0;
  int asked_ = 0;
  std::uint64_t sequence_ = 0;
  EventRouter router_{[this](MeetupId) {
                        ++asked_;
                        return members_;
                      },
                      [this] { return std::max(latest_, sequence_); }};
};

TEST_F(EventRouterTest, AnEventForARoomIsForItsMembers) {
  members_ = {kAda, kBob};
  const auto routed = Add(Posted(kAda));
  ASSERT_EQ(routed.size(), 1U);
  EXPECT_THAT(routed[0].users, ElementsAre(kAda, kBob));
  EXPECT_THAT(*routed[0].frame, HasSubstr(R"("kind":"message_posted")"));
  EXPECT_THAT(*routed[0].frame, Not(HasSubstr("audience")));
}

TEST_F(EventRouterTest, AUserIsNamedOnceHoweverOftenTheyAreConcerned) {
  members_ = {kAda, kBob};
  const Event joined = Joined(kBob);
  EXPECT_THAT(Add(joined)[0].users, ElementsAre(kAda, kBob));
}

TEST_F(EventRouterTest, TheMembersOfARoomAreAskedForOnceAndFollowed) {
  members_ = {kAda};
  Add(Posted(kAda));
  Add(Joined(kBob));
  EXPECT_THAT(Add(Posted(kAda))[0].users, ElementsAre(kAda, kBob));
  EXPECT_THAT(Add(Left(kBob))[0].users, ElementsAre(kAda, kBob));
  EXPECT_THAT(Add(Posted(kAda))[0].users, ElementsAre(kAda));
  EXPECT_EQ(asked_, 1);
}

TEST_F(EventRouterTest, ANewRoomNeedsNoQuestion) {
  Add(Make(MeetupCreated{kMeetup, kAda}, {.users = {kAda}}));
  EXPECT_THAT(Add(Posted(kAda))[0].users, ElementsAre(kAda));
  EXPECT_EQ(asked_, 0);
}

TEST_F(EventRouterTest, AForgottenRoomIsForgotten) {
  Add(Make(MeetupCreated{kMeetup, kAda}, {.users = {kAda}}));
  EXPECT_EQ(router_.rooms(), 1U);
  Add(Make(MeetupForgotten{kMeetup}, {}));
  EXPECT_EQ(router_.rooms(), 0U);
}

TEST_F(EventRouterTest, WhoJoinedAfterAnEventIsNotToldOfIt) {
  // By the time of the question Bob has joined and Cy has left.
  members_ = {kAda, kBob};
  latest_ = 3;
  const Event posted = Posted(kAda);
  const Event joined = Joined(kBob);
  const Event left = Left(kCy);
  EXPECT_THAT(Add(posted), IsEmpty());
  EXPECT_THAT(Add(joined), IsEmpty());
  const auto routed = Add(left);
  ASSERT_EQ(routed.size(), 3U);
  EXPECT_THAT(routed[0].users, ElementsAre(kAda, kCy));
  EXPECT_THAT(routed[1].users, ElementsAre(kAda, kBob, kCy));
  EXPECT_THAT(routed[2].users, ElementsAre(kAda, kBob, kCy));
  EXPECT_THAT(Add(Posted(kAda))[0].users, ElementsAre(kAda, kBob));
}

// Random histories, of which the router learns late: the slow twin replays them from the start.
TEST_F(EventRouterTest, WhoeverIsAskedWhenTheMembersAreThoseRightAfterTheEvent) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    sequence_ = 0;
    std::set<UserId> now = {kAda};
    std::vector<Event> events;
    std::vector<std::set<UserId>> after;
    for (int i = 0; i < 30; ++i) {
      const UserId user{2 + random() % 4};
      if (random() % 3 == 0) {
        events.push_back(Posted(kAda));
      } else if (now.contains(user)) {
        now.erase(user);
        events.push_back(Left(user));
      } else {
        now.insert(user);
        events.push_back(Joined(user));
      }
      after.push_back(now);
    }
    // The history goes on from some event, and the answer is of a later moment.
    const std::size_t from = random() % events.size();
    const std::size_t known = from + random() % (events.size() - from);
    const std::vector<UserId> members(after[known].begin(), after[known].end());
    EventRouter router([&](MeetupId) { return members; },
                       [&] { return events[known].sequence + random() % 2; });
    std::vector<RoutedEvent> routed;
    for (std::size_t i = from; i < events.size(); ++i) router.Add(events[i], routed);
    for (const RoutedEvent& one : routed) {
      const Event& event = events[one.sequence - 1];
      std::set<UserId> expected = after[one.sequence - 1];
      expected.insert(event.audience.users.begin(), event.audience.users.end());
      EXPECT_THAT(one.users, ::testing::ElementsAreArray(expected))
          << "event " << one.sequence << ", seed " << seed;
    }
    if (known + 1 < events.size()) {
      EXPECT_EQ(routed.size(), events.size() - from) << "seed " << seed;
    }
  }
}

TEST_F(EventRouterTest, ThoseWhoAreBlockedAreLeftOut) {
  members_ = {kAda, kBob, kCy};
  Event posted = Posted(kAda);
  posted.audience.except = {kBob};
  EXPECT_THAT(Add(posted)[0].users, ElementsAre(kAda, kCy));
}

TEST_F(EventRouterTest, ListedMeetupsAreForEverybodyAtTheirPlace) {
  const auto routed =
      Add(Make(MeetupListed{kMeetup, LatLng{1, 2}, 1}, {.except = {kBob}, .everybody = true}));
  EXPECT_TRUE(routed[0].everybody);
  EXPECT_THAT(routed[0].except, ElementsAre(kBob));
  EXPECT_EQ(routed[0].place, (LatLng{1, 2}));
}

TEST_F(EventRouterTest, WhatIsForModeratorsOrForTheHostAloneGoesToNobody) {
  EXPECT_EQ(Add(Make(UserReported{kAda, kBob, "rude"}, {.moderators = true}))[0].frame, nullptr);
  const auto sight = Add(Make(SeesExactlyChanged{kAda, {kBob}, {}}, {}));
  EXPECT_EQ(sight[0].frame, nullptr);
  EXPECT_EQ(sight[0].viewer, kAda);
}

}  // namespace
}  // namespace moyeo::server
