// Rooms: who posts, who reads, and what is left of messages.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

class RoomTest : public TownTest {
 protected:
  RoomTest() : meetup_(Host(kAda)) { Do(kBob, JoinMeetup{meetup_}); }

  MessageNumber Post(UserId author, const std::string& text) {
    return Do(author, PostMessage{meetup_, text}).message.value_or(0);
  }

  std::vector<std::string> TextsFor(UserId viewer) const {
    std::vector<std::string> texts;
    for (const MessageView& message : Items(society_.Messages(viewer, meetup_, texts_, {}))) {
      texts.push_back(message.text);
    }
    return texts;
  }

  std::uint64_t UnreadOf(UserId viewer) const { return society_.ViewRoom(viewer, meetup_)->unread; }

  MeetupId meetup_;
};

TEST_F(RoomTest, PostingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kCy, PostMessage{kNoMeetup, kNotUtf8}), Reject::kUnknownMeetup);
  EXPECT_EQ(Try(kCy, PostMessage{meetup_, kNotUtf8}), Reject::kNotMember);
  EXPECT_EQ(Try(kBob, PostMessage{meetup_, kNotUtf8}), Reject::kInvalidText);
  EXPECT_EQ(Try(kBob, PostMessage{meetup_, ""}), Reject::kMessageLength);
  EXPECT_EQ(Try(kBob, PostMessage{meetup_, Letters(2'001)}), Reject::kMessageLength);
  EXPECT_EQ(Try(kBob, PostMessage{meetup_, Letters(2'000)}), Reject::kNone);
}

TEST_F(RoomTest, NumbersRiseByOneWithinTheRoom) {
  EXPECT_EQ(Post(kAda, "a"), 1u);
  const MeetupId other = Host(kAda);
  EXPECT_EQ(Do(kAda, PostMessage{other, "x"}).message, 1u);
  EXPECT_EQ(Post(kBob, "b"), 2u);
  EXPECT_EQ(Try(kCy, PostMessage{meetup_, "c"}), Reject::kNotMember);
  EXPECT_EQ(Post(kBob, "d"), 3u);
}

TEST_F(RoomTest, MessagesAreReadNewestFirst) {
  Post(kAda, "a");
  now_ += kMinute;
  Post(kBob, "e\u0301");
  EXPECT_THAT(Items(society_.Messages(kAda, meetup_, texts_, {})),
              ElementsAre(MessageView{2, kBob, kNow + kMinute, "\u00E9", false},
                          MessageView{1, kAda, kNow, "a", false}));
}

TEST_F(RoomTest, AMemberReadsWhatWasPostedSinceTheyJoined) {
  Post(kAda, "before");
  Do(kCy, JoinMeetup{meetup_});
  Post(kAda, "after");
  EXPECT_THAT(TextsFor(kCy), ElementsAre("after"));
  EXPECT_EQ(*society_.ViewRoom(kCy, meetup_),
            (RoomView{.meetup = meetup_, .last = 2, .joined = 1, .read = 1, .unread = 1}));
  Do(kBob, LeaveMeetup{meetup_});
  Post(kAda, "later");
  Do(kBob, JoinMeetup{meetup_});
  EXPECT_THAT(TextsFor(kBob), IsEmpty());
}

TEST_F(RoomTest, OnlyMembersSeeTheRoom) {
  EXPECT_THAT(society_.ViewRoom(kCy, meetup_),
              IsError(absl::StatusCode::kPermissionDenied, "only members see what is in a room"));
  EXPECT_THAT(society_.Messages(kCy, meetup_, texts_, {}),
              IsError(absl::StatusCode::kPermissionDenied, "only members see what is in a room"));
  EXPECT_THAT(society_.ViewRoom(kAda, kNoMeetup), IsNotFound());
  EXPECT_THAT(society_.ViewRoom(kNobody, meetup_), IsNotFound());
}

TEST_F(RoomTest, OnesOwnMessagesAreNotUnread) {
  Post(kAda, "a");
  Post(kBob, "b");
  EXPECT_EQ(UnreadOf(kAda), 1u);
  EXPECT_EQ(UnreadOf(kBob), 1u);
}

TEST_F(RoomTest, MarkingReadIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kBob, MarkRead{kNoMeetup, 1}), Reject::kUnknownMeetup);
  EXPECT_EQ(Try(kCy, MarkRead{meetup_, 1}), Reject::kNotMember);
  EXPECT_EQ(Try(kBob, MarkRead{meetup_, 1}), Reject::kUnknownMessage);
  EXPECT_EQ(Try(kBob, MarkRead{meetup_, 0}), Reject::kAlreadyRead);
  Post(kAda, "a");
  Post(kAda, "b");
  EXPECT_EQ(Try(kBob, MarkRead{meetup_, 3}), Reject::kUnknownMessage);
  Do(kBob, MarkRead{meetup_, 1});
  EXPECT_EQ(AudienceOf<ReadMarkMoved>(), (Audience{.users = {kBob}}));
  EXPECT_EQ(UnreadOf(kBob), 1u);
  EXPECT_EQ(Try(kBob, MarkRead{meetup_, 1}), Reject::kAlreadyRead);
  EXPECT_EQ(Try(kBob, MarkRead{meetup_, 2}), Reject::kNone);
  EXPECT_EQ(UnreadOf(kBob), 0u);
}

TEST_F(RoomTest, DeletingIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kBob, DeleteMessage{kNoMeetup, 1}), Reject::kUnknownMeetup);
  EXPECT_EQ(Try(kCy, DeleteMessage{meetup_, 1}), Reject::kNotMember);
  EXPECT_EQ(Try(kBob, DeleteMessage{meetup_, 0}), Reject::kUnknownMessage);
  EXPECT_EQ(Try(kBob, DeleteMessage{meetup_, 1}), Reject::kUnknownMessage);
  Post(kAda, "a");
  Do(kCy, JoinMeetup{meetup_});
  EXPECT_EQ(Try(kCy, DeleteMessage{meetup_, 1}), Reject::kUnknownMessage);
  EXPECT_EQ(Try(kBob, DeleteMessage{meetup_, 1}), Reject::kNotAuthorOrHost);
  Do(kAda, DeleteMessage{meetup_, 1});
  EXPECT_EQ(Try(kBob, DeleteMessage{meetup_, 1}), Reject::kAlreadyDeleted);
}

TEST_F(RoomTest, AuthorAndHostMayDelete) {
  Post(kBob, "a");
  Post(kBob, "b");
  EXPECT_EQ(Try(kBob, DeleteMessage{meetup_, 1}), Reject::kNone);
  EXPECT_EQ(Try(kAda, DeleteMessage{meetup_, 2}), Reject::kNone);
  EXPECT_THAT(ToldOf<MessageDeleted>(), ElementsAre(MessageDeleted{meetup_, 2}));
}

TEST_F(RoomTest, TheNumberOfADeletedMessageStaysAndItsTextGoes) {
  Post(kAda, "a");
  Post(kAda, "secret");
  Do(kAda, DeleteMessage{meetup_, 2});
  EXPECT_THAT(TextsFor(kBob), ElementsAre("", "a"));
  EXPECT_TRUE(Items(society_.Messages(kBob, meetup_, texts_, {}))[0].deleted);
  EXPECT_EQ((*texts_.Find(meetup_, 2))->text, "");
  EXPECT_EQ(UnreadOf(kBob), 1u);
  EXPECT_EQ(Post(kAda, "c"), 3u);
}

TEST_F(RoomTest, WhoIsBlockedWithTheAuthorIsNotToldOfADeletion) {
  Do(kCy, JoinMeetup{meetup_});
  Post(kBob, "from Bob");
  Do(kCy, Block{kBob});
  Do(kAda, DeleteMessage{meetup_, 1});
  EXPECT_EQ(AudienceOf<MessageDeleted>(), (Audience{.room = meetup_, .except = {kCy}}));
}

// Blocked with the host, they have read it all the same.
TEST_F(RoomTest, WhoIsBlockedWithTheHostIsToldOfADeletion) {
  Do(kCy, JoinMeetup{meetup_});
  Post(kBob, "from Bob");
  Do(kCy, Block{kAda});
  Do(kAda, DeleteMessage{meetup_, 1});
  EXPECT_EQ(AudienceOf<MessageDeleted>(), Audience{.room = meetup_});
}

TEST_F(RoomTest, ReportingAMessageIsRefusedInThisOrder) {
  EXPECT_EQ(Try(kBob, ReportMessage{kNoMeetup, 1, kNotUtf8}), Reject::kUnknownMeetup);
  EXPECT_EQ(Try(kCy, ReportMessage{meetup_, 1, kNotUtf8}), Reject::kNotMember);
  EXPECT_EQ(Try(kBob, ReportMessage{meetup_, 0, kNotUtf8}), Reject::kUnknownMessage);
  EXPECT_EQ(Try(kBob, ReportMessage{meetup_, 1, kNotUtf8}), Reject::kUnknownMessage);
  Post(kAda, "a");
  EXPECT_EQ(Try(kAda, ReportMessage{meetup_, 1, kNotUtf8}), Reject::kOneself);
  EXPECT_EQ(Try(kBob, ReportMessage{meetup_, 1, kNotUtf8}), Reject::kInvalidText);
  EXPECT_EQ(Try(kBob, ReportMessage{meetup_, 1, ""}), Reject::kReasonLength);
  Do(kBob, ReportMessage{meetup_, 1, "rude"});
  EXPECT_THAT(ToldOf<MessageReported>(),
              ElementsAre(MessageReported{kBob, meetup_, 1, kAda, "rude"}));
  EXPECT_EQ(AudienceOf<MessageReported>(), Audience{.moderators = true});
  Do(kBob, Block{kAda});
  EXPECT_EQ(Try(kBob, ReportMessage{meetup_, 1, "rude"}), Reject::kUnknownMessage);
}

TEST_F(RoomTest, InASharedRoomTheBlockedDoNotReadEachOther) {
  Do(kCy, JoinMeetup{meetup_});
  Post(kBob, "from Bob");
  Do(kCy, Block{kBob});
  Post(kBob, "again");
  EXPECT_EQ(AudienceOf<MessagePosted>(), (Audience{.room = meetup_, .except = {kCy}}));
  Post(kCy, "from Cy");
  EXPECT_EQ(AudienceOf<MessagePosted>(), (Audience{.room = meetup_, .except = {kBob}}));
  EXPECT_THAT(TextsFor(kCy), ElementsAre("from Cy"));
  EXPECT_THAT(TextsFor(kBob), ElementsAre("again", "from Bob"));
  EXPECT_THAT(TextsFor(kAda), ElementsAre("from Cy", "again", "from Bob"));
  EXPECT_EQ(UnreadOf(kCy), 0u);
  EXPECT_EQ(UnreadOf(kBob), 0u);
  EXPECT_EQ(UnreadOf(kAda), 3u);
  Do(kCy, Unblock{kBob});
  EXPECT_THAT(TextsFor(kCy), ElementsAre("from Cy", "again", "from Bob"));
}

TEST_F(RoomTest, TheRoomStaysOpenUntilTheMeetupIsForgotten) {
  now_ += 5 * kHour;
  EXPECT_EQ(Try(kBob, PostMessage{meetup_, "that was good"}), Reject::kNone);
  EXPECT_EQ(texts_.size(), 1u);
  now_ = kNow + 4 * kHour + 7 * kDay;
  EXPECT_EQ(Try(kBob, PostMessage{meetup_, "too late"}), Reject::kUnknownMeetup);
  AdvanceTo(now_);
  EXPECT_EQ(texts_.size(), 0u);
}

TEST_F(RoomTest, ToTakeEventsAgainComesToTheSame) {
  Post(kAda, "a");
  Post(kAda, "b");
  Do(kAda, DeleteMessage{meetup_, 1});
  for (const Event& event : history_) texts_.Take(event);
  EXPECT_EQ((*texts_.Find(meetup_, 1))->text, "");
  EXPECT_EQ(**texts_.Find(meetup_, 2), (StoredMessage{kAda, kNow, "b"}));
  EXPECT_EQ(*texts_.Find(meetup_, 3), std::nullopt);
  EXPECT_EQ(*texts_.Find(kNoMeetup, 1), std::nullopt);
}

}  // namespace
}  // namespace moyeo::society
