// A society as bytes. That it goes on as before is the business of the simulation.

#include "society/snapshot.h"

#include <string>
#include <string_view>

#include "society/society_fixture.h"
#include "society/state.h"
#include "support/markdown.h"

namespace moyeo::society {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SnapshotTest : public SocietyTest {
 protected:
  SnapshotTest() {
    Register5();
    Do(kAda, RequestFriend{.user = kBob});
    Do(kBob, RequestFriend{.user = kAda});
    Do(kCy, Block{.user = kDee});
    CreateMeetup chess = Chess();
    chess.location = kSeoul;
    meetup_ = *Do(kAda, chess).meetup;
    Do(kBob, JoinMeetup{.meetup = meetup_});
    Do(kBob, PostMessage{.meetup = meetup_, .text = "Hello"});
    Do(kAda, Invite{.meetup = meetup_, .user = kCy});
    Do(kEve, Erase{});
    Try(kDee, SetVisibility{.visibility = Visibility::kHidden}, RequestId{7});
  }

  std::string Write() const {
    std::string bytes;
    EXPECT_THAT(WriteSnapshot(society_,
                              [&](std::string_view piece) {
                                bytes.append(piece);
                                return absl::OkStatus();
                              }),
                IsOk());
    return bytes;
  }

  // From pieces of so many bytes.
  static absl::StatusOr<Society> Read(const std::string& bytes, std::size_t piece_bytes = 4'096,
                                      std::uint32_t rules = kRulesVersion) {
    std::size_t at = 0;
    return ReadSnapshot(
        [&](std::string& piece) {
          piece = bytes.substr(at, piece_bytes);
          at += piece.size();
          return absl::OkStatus();
        },
        rules);
  }

  MeetupId meetup_;
};

TEST_F(SnapshotTest, IsReadAsWhatWasWritten) {
  const auto read = Read(Write());
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read->Hash(), society_.Hash());
  EXPECT_EQ(read->time(), society_.time());
  EXPECT_EQ(read->sequence(), society_.sequence());
  EXPECT_EQ(read->NextDue(), society_.NextDue());
  EXPECT_EQ(*read->ViewMeetup(kBob, meetup_), *society_.ViewMeetup(kBob, meetup_));
  EXPECT_EQ(*read->ViewProfile(kAda, kBob), *society_.ViewProfile(kAda, kBob));
  EXPECT_EQ(read->NeverSees(kDee), society_.NeverSees(kDee));
}

TEST_F(SnapshotTest, OfNothingIsReadAsNothing) {
  society_ = Society();
  const auto read = Read(Write());
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read->Hash(), Society().Hash());
}

TEST_F(SnapshotTest, PiecesMayBeOfAnyLength) {
  const std::string bytes = Write();
  for (const std::size_t length : {1, 2, 3, 7, 100}) {
    const auto read = Read(bytes, length);
    ASSERT_THAT(read.status(), IsOk()) << length;
    EXPECT_EQ(read->Hash(), society_.Hash());
  }
}

TEST_F(SnapshotTest, CutOffAnywhereIsDataLoss) {
  const std::string bytes = Write();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_THAT(Read(bytes.substr(0, length)).status(),
                IsError(absl::StatusCode::kDataLoss, Not("")))
        << length;
  }
}

TEST_F(SnapshotTest, GoingOnAfterItsEndIsDataLoss) {
  EXPECT_THAT(Read(Write() + 'x').status(),
              IsError(absl::StatusCode::kDataLoss, HasSubstr("goes on after its end")));
}

TEST_F(SnapshotTest, WithAFlippedBitIsRefused) {
  const std::string bytes = Write();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(Read(flipped).ok()) << bit;
  }
}

TEST_F(SnapshotTest, OfNewerRulesIsRefusedAndOfOlderOnesIsRead) {
  std::string bytes = Write();
  const std::size_t version = 1 + std::string_view("moyeo society").size();
  ASSERT_EQ(bytes[version], kRulesVersion);
  ++bytes[version];
  EXPECT_THAT(Read(bytes).status(), IsError(absl::StatusCode::kFailedPrecondition,
                                            HasSubstr("of rules 3, not of 1 to 2")));
  const auto read = Read(Write(), 4'096, kRulesVersion + 1);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read->Hash(), society_.Hash());
}

// src/society/SNAPSHOT.md, to the byte.
TEST_F(SnapshotTest, IsAsItsPageSays) {
  society_ = Society();
  const UserId ada{7};
  Do(ada, Register{.nickname = "Ada"});
  Do(UserId{8}, Register{.nickname = "Bob"});
  Do(UserId{8}, Erase{});
  const CreateMeetup go{.title = "Go",
                        .location = kSeoul,
                        .start = kNow + kHour,
                        .end = kNow + 2 * kHour,
                        .capacity = 4,
                        .tags = {"바둑"}};
  EXPECT_EQ(Try(ada, go, RequestId{300}), Reject::kNone);
  Do(ada, PostMessage{.meetup = MeetupId{1}, .text = "Hello"});
  Do(ada, CreateTicket{.location = kSeoul,
                       .radius_m = 3'000,
                       .from = kNow,
                       .until = kNow + 3 * kHour,
                       .length_ms = kHour.count(),
                       .tags = {"바둑"},
                       .most = 4});

  const std::vector<std::string> hex = testing::BlocksOf(MOYEO_SNAPSHOT, "hex");
  ASSERT_THAT(hex, SizeIs(1));
  const std::string bytes = testing::BytesOf(hex[0]);
  EXPECT_EQ(Write(), bytes);
  const auto read = Read(bytes);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read->ViewMeetup(ada, MeetupId{1})->summary.title, "Go");
  EXPECT_EQ(read->ViewRoom(ada, MeetupId{1})->last, 1u);
  EXPECT_THAT(read->state().erased, ElementsAre(UserId{8}));
}

// The example that the page had before there were tickets and weights.
TEST_F(SnapshotTest, OfRules1IsReadForEver) {
  const std::vector<std::string> hex =
      testing::BlocksOf(std::string(MOYEO_GOLDEN) + "/snapshot_rules_1.md", "hex");
  ASSERT_THAT(hex, SizeIs(1));
  const auto read = Read(testing::BytesOf(hex[0]));
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read->ViewMeetup(UserId{7}, MeetupId{1})->summary.title, "Go");
  EXPECT_EQ(read->settings(), Settings());
  EXPECT_THAT(*read->Tickets(UserId{7}), IsEmpty());

  society_ = *Read(testing::BytesOf(hex[0]));
  const auto again = Read(Write());
  ASSERT_THAT(again.status(), IsOk());
  EXPECT_EQ(again->Hash(), society_.Hash());
}

TEST_F(SnapshotTest, TellsWhyItCannotBeWrittenOrRead) {
  const absl::Status full = absl::ResourceExhaustedError("the disk is full");
  EXPECT_EQ(WriteSnapshot(society_, [&](std::string_view) { return full; }), full);
  const absl::Status broken = absl::UnavailableError("cannot read");
  EXPECT_EQ(ReadSnapshot([&](std::string&) { return broken; }).status(), broken);
}

}  // namespace
}  // namespace moyeo::society
