// What lasts, what does not, and who sees whom.

#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <new>
#include <sstream>
#include <thread>
#include <vector>

#include "engine/engine_fixture.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// ---- What lasts

TEST_F(EngineTest, WhatWasDoneIsThereWhenItIsOpenedAgain) {
  Open();
  Register4();
  Befriend(kAda, kBob);
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, PostMessage{meetup, "Hello"});
  const std::uint64_t hash = *engine_->Hash();

  Open();
  EXPECT_EQ(*engine_->Hash(), hash);
  EXPECT_EQ(engine_->ViewProfile(kAda, kBob)->relation, Relation::kFriend);
  EXPECT_THAT(*engine_->Members(kAda, meetup), SizeIs(2));
  const auto messages = engine_->Messages(kAda, meetup);
  ASSERT_THAT(messages, IsOk());
  ASSERT_THAT(messages->items, SizeIs(1));
  EXPECT_EQ(messages->items[0].text, "Hello");
}

TEST_F(EngineTest, ARefusedCommandIsNotJournaled) {
  Open();
  Do(kAda, Register{.nickname = "Ada"});
  EXPECT_EQ(Try(kBob, Register{.nickname = "ADA"}), Reject::kNicknameTaken);
  EXPECT_EQ(engine_->Statistics().commands, 1u);
  EXPECT_EQ(engine_->Statistics().accepted, 1u);
  EXPECT_EQ(engine_->Statistics().refused, 1u);
}

TEST_F(EngineTest, AnAdvanceIsJournaledWhenSomethingIsDue) {
  Open();
  Do(kAda, Register{.nickname = "Ada"});
  Host(kAda);
  const std::uint64_t commands = engine_->Statistics().commands;
  now_ += kHour;
  Do(std::nullopt, Advance{});
  EXPECT_EQ(engine_->Statistics().commands, commands);
  EXPECT_EQ(*engine_->NextDue(), kNow + 2 * kHour);
  now_ += kHour;
  Do(std::nullopt, Advance{});
  EXPECT_EQ(engine_->Statistics().commands, commands + 1);
}

TEST_F(EngineTest, ARequestGivenAgainAfterReopeningIsNotDoneAgain) {
  Open();
  Do(kAda, Register{.nickname = "Ada"});
  const Command create{
      .time = now_,
      .actor = kAda,
      .request_id = RequestId{7},
      .body = CreateMeetup{.title = "Chess", .start = now_ + kHour, .end = now_ + 2 * kHour}};
  const auto first = engine_->Apply(create);
  Open();
  const auto second = engine_->Apply(create);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(*second, *first);
  EXPECT_THAT(engine_->MyMeetups(kAda)->items, SizeIs(1));
  EXPECT_EQ(engine_->Statistics().commands, 2u) << "nor journaled";
  EXPECT_EQ(engine_->Statistics().accepted, 0u);
}

TEST_F(EngineTest, AnErasureGivenAgainAsksForNoOtherPurge) {
  Open();
  Register4();
  const Command erase{.time = now_, .actor = kAda, .request_id = RequestId{7}, .body = Erase{}};
  EXPECT_TRUE(engine_->Apply(erase)->accepted());
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  EXPECT_EQ(*engine_->NextDue(), std::nullopt);
  EXPECT_TRUE(engine_->Apply(erase)->accepted());
  EXPECT_EQ(*engine_->NextDue(), std::nullopt);
}

TEST_F(EngineTest, ABatchIsDoneInOrderWithOneFlush) {
  Open();
  std::vector<Command> commands;
  for (const UserId user : {kAda, kBob}) {
    commands.push_back(
        {.time = now_, .actor = user, .body = Register{.nickname = user == kAda ? "Ada" : "Bob"}});
  }
  commands.push_back({.time = now_, .actor = kAda, .body = RequestFriend{kBob}});
  commands.push_back({.time = now_, .actor = kAda, .body = RequestFriend{kBob}});
  const auto outcomes = engine_->ApplyBatch(commands);
  ASSERT_THAT(outcomes, IsOk());
  ASSERT_THAT(*outcomes, SizeIs(4));
  EXPECT_TRUE((*outcomes)[2].accepted());
  EXPECT_EQ((*outcomes)[3].reject, Reject::kAlreadyRequested);
  EXPECT_EQ(engine_->Statistics().flushes, 1u);
}

TEST_F(EngineTest, ABatchHasABound) {
  OpenInMemory();
  std::vector<Command> commands(Engine::kMostCommands, {.time = now_, .body = Advance{}});
  EXPECT_THAT(engine_->ApplyBatch(commands), IsOk());
  commands.push_back({.time = now_, .actor = kAda, .body = Register{.nickname = "Ada"}});
  EXPECT_THAT(engine_->ApplyBatch(commands), IsInvalid("commands"));
  EXPECT_EQ(engine_->Statistics().accepted, 0u);
}

TEST_F(EngineTest, MessagesAreEmptiedAndForgottenInTheJournalToo) {
  Open();
  Register4();
  const MeetupId meetup = Host(kAda);
  Do(kAda, PostMessage{meetup, "one"});
  Do(kAda, PostMessage{meetup, "two"});
  Do(kAda, DeleteMessage{meetup, 1});
  Open();
  const auto messages = engine_->Messages(kAda, meetup)->items;
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].text, "two");
  EXPECT_TRUE(messages[1].deleted);
  EXPECT_EQ(messages[1].author, kAda);
}

// ---- Who sees whom

class EngineSightTest : public EngineTest {
 protected:
  EngineSightTest() { Open(); }

  std::vector<Neighbor> SeenBy(UserId viewer) const {
    const auto near =
        engine_->presence().Nearby(kPlaza, {.radius_m = 5'000, .viewer = viewer}, now_);
    EXPECT_THAT(near, IsOk());
    return *near;
  }

  void Place(UserId user) { ASSERT_THAT(engine_->Move(user, kPlaza, now_), IsOk()); }
};

TEST_F(EngineSightTest, StrangersAreCloaked) {
  Register4();
  Place(kAda);
  ASSERT_THAT(SeenBy(kBob), SizeIs(1));
  EXPECT_NE(SeenBy(kBob)[0].position, *Canonical(kPlaza));
}

TEST_F(EngineSightTest, FriendsSeeEachOtherExactlyAlsoAfterReopening) {
  Register4();
  Befriend(kAda, kBob);
  Place(kAda);
  EXPECT_EQ(SeenBy(kBob)[0].position, *Canonical(kPlaza));
  Open();
  EXPECT_THAT(SeenBy(kBob), IsEmpty()) << "positions do not last";
  Place(kAda);
  EXPECT_EQ(SeenBy(kBob)[0].position, *Canonical(kPlaza));
  EXPECT_NE(SeenBy(kCy)[0].position, *Canonical(kPlaza));
}

TEST_F(EngineSightTest, TheBlockedNeverSeeEachOtherAlsoAfterReopening) {
  Register4();
  Do(kAda, Block{kBob});
  Place(kAda);
  EXPECT_THAT(SeenBy(kBob), IsEmpty());
  EXPECT_THAT(SeenBy(kCy), SizeIs(1));
  Open();
  Place(kAda);
  EXPECT_THAT(SeenBy(kBob), IsEmpty());
  Do(kAda, Unblock{kBob});
  EXPECT_THAT(SeenBy(kBob), SizeIs(1));
}

TEST_F(EngineSightTest, VisibilityIsWhatTheyChoseAlsoAfterReopening) {
  Register4();
  Do(kAda, SetVisibility{.visibility = Visibility::kHidden});
  Do(kBob, SetVisibility{.visibility = Visibility::kExact});
  for (int i = 0; i < 2; ++i) {
    Place(kAda);
    Place(kBob);
    ASSERT_THAT(SeenBy(kCy), SizeIs(1));
    EXPECT_EQ(SeenBy(kCy)[0].user, kBob);
    EXPECT_EQ(SeenBy(kCy)[0].position, *Canonical(kPlaza));
    Open();
  }
}

TEST_F(EngineSightTest, MembersOfAConfirmedMeetupSeeEachOtherFromAnHourBefore) {
  Register4();
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  Do(kBob, ConfirmMeetup{meetup});
  Do(kAda, ConfirmMeetup{meetup});
  Place(kAda);
  EXPECT_NE(SeenBy(kBob)[0].position, *Canonical(kPlaza));
  now_ += kHour;
  Do(std::nullopt, Advance{});
  Place(kAda);
  EXPECT_EQ(SeenBy(kBob)[0].position, *Canonical(kPlaza));
}

TEST_F(EngineSightTest, TheErasedAreNowhere) {
  Register4();
  Befriend(kAda, kBob);
  Place(kAda);
  Do(kAda, Erase{});
  EXPECT_THAT(SeenBy(kBob), IsEmpty());
  Place(kAda);
  EXPECT_THAT(SeenBy(kBob), IsEmpty()) << "of a position that comes late";
  EXPECT_THAT(engine_->presence().MembersOf(ViewerSet::kSeesExactly, kBob), IsEmpty());
}

TEST_F(EngineSightTest, NobodyIsTakenForHiddenForWhomPresenceHasNoRoom) {
  const EngineOptions for_two{.max_users = 2};
  Open(for_two);
  Register4();
  Do(kAda, SetVisibility{.visibility = Visibility::kHidden});
  Do(kBob, SetVisibility{.visibility = Visibility::kExact});
  EXPECT_EQ(engine_->Statistics().users_uncloaked, 2u);
  const std::uint64_t hash = *engine_->Hash();
  const auto has_no_room =
      IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_users = 2"));
  const CommandBody hide = SetVisibility{.visibility = Visibility::kHidden};
  EXPECT_THAT(Give(kCy, hide), has_no_room);
  EXPECT_THAT(Give(kDee, Erase{}), has_no_room);
  EXPECT_THAT(Give(UserId{5}, Register{.nickname = "Eve", .visibility = Visibility::kExact}),
              has_no_room);
  const std::vector<Command> batch{
      {.time = now_, .actor = kCy, .body = EditProfile{.status = "one for all"}},
      {.time = now_, .actor = kCy, .body = hide}};
  EXPECT_THAT(engine_->ApplyBatch(batch), has_no_room);
  EXPECT_EQ(*engine_->Hash(), hash) << "nothing was done";

  Do(kAda, SetVisibility{.visibility = Visibility::kExact});
  Do(kBob, SetVisibility{.visibility = Visibility::kCloaked});
  Do(kCy, hide);
  Do(kCy, Erase{});
  EXPECT_EQ(engine_->Statistics().users_uncloaked, 2u);
  EXPECT_EQ(engine_->presence().VisibilityOf(kCy), Visibility::kHidden);
  Open(for_two);
  EXPECT_EQ(engine_->Statistics().users_uncloaked, 2u);
  EXPECT_THAT(Give(kBob, hide), has_no_room);
  engine_.reset();
  EXPECT_THAT(TryToOpen({.max_users = 1}),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("max_users = 1")));
}

// ---- Snapshots

TEST_F(EngineTest, ASnapshotReplacesTheCommandsBeforeTheOneBefore) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  const MeetupId meetup = Host(kAda);
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Do(kBob, JoinMeetup{meetup});
  const std::uint64_t hash = *engine_->Hash();
  EXPECT_EQ(engine_->Statistics().snapshots, 2u);
  EXPECT_EQ(engine_->Statistics().last_snapshot, 5u);

  engine_.reset();
  auto journal = OpenSqliteJournal(directory_.string());
  ASSERT_THAT(journal, IsOk());
  EXPECT_THAT(*(*journal)->Snapshots(), ElementsAre(4, 5));
  EXPECT_EQ((*journal)->forgotten(), 4u);
  journal->reset();
  Open();
  EXPECT_EQ(*engine_->Hash(), hash);
}

TEST_F(EngineTest, SnapshotsAreMadeInTheBackground) {
  std::uint64_t last = 0;
  {
    Open({.commands_per_snapshot = 10});
    for (std::uint64_t user = 1; user <= 100; ++user) {
      Do(UserId{user}, Register{.nickname = "user" + std::to_string(user)});
    }
    // The thread that makes them may come late, but a further one makes it hurry.
    while (engine_->Statistics().snapshots == 0) {
      Do(kAda, EditProfile{.status = std::to_string(++last)});
    }
  }
  const std::uint64_t hash = *engine_->Hash();
  Open();
  EXPECT_EQ(*engine_->Hash(), hash);
}

bool IsInAFile(const std::filesystem::path& directory, const std::string& bytes) {
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string all(std::istreambuf_iterator<char>(stream), {});
    if (all.find(bytes) != std::string::npos) return true;
  }
  return false;
}

// A latitude or longitude, which is positive, as records have it.
std::string InJson(double degrees) {
  std::ostringstream out;
  out << std::setprecision(10) << degrees;
  return out.str();
}

// The same as snapshots have it: society/SNAPSHOT.md.
std::string InASnapshot(double degrees) {
  auto units = static_cast<std::uint64_t>(std::llround(degrees * 1e7));
  std::string bytes;
  for (; units >= 0x80; units >>= 7) bytes += static_cast<char>((units & 0x7F) | 0x80);
  return bytes + static_cast<char>(units);
}

TEST_F(EngineTest, WhereSomebodyOpenedATicketIsInNoFile) {
  Open({.erase_within_ms = 1'000});
  Register4();
  constexpr LatLng kHome{37.5512345, 126.9887654};
  Do(kAda, CreateTicket{.location = kHome,
                        .from = now_,
                        .until = now_ + 3 * kHour,
                        .length_ms = kHour.count(),
                        .tags = {"a very secret wish"}});
  const LatLng kept = engine_->Tickets(kAda)->at(0).location;
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  const auto is_in_a_file = [&](const std::string& bytes) { return IsInAFile(directory_, bytes); };
  const auto expect_no_home = [&] {
    for (const double degrees : {kHome.lat, kHome.lng}) {
      EXPECT_FALSE(is_in_a_file(InJson(degrees)));
      EXPECT_FALSE(is_in_a_file(InASnapshot(degrees)));
    }
  };
  expect_no_home();
  for (const double degrees : {kept.lat, kept.lng}) {
    EXPECT_TRUE(is_in_a_file(InJson(degrees)));
    EXPECT_TRUE(is_in_a_file(InASnapshot(degrees)));
  }
  EXPECT_TRUE(is_in_a_file("very secret wish"));

  // Nor, when it is time, where the cell was of somebody who was erased.
  Do(kAda, Erase{});
  const std::uint64_t snapshots = engine_->Statistics().snapshots;
  now_ += std::chrono::milliseconds(1'000);
  Do(std::nullopt, Advance{});
  while (engine_->Statistics().snapshots == snapshots) std::this_thread::yield();
  engine_.reset();
  expect_no_home();
  for (const double degrees : {kept.lat, kept.lng}) {
    EXPECT_FALSE(is_in_a_file(InJson(degrees)));
    EXPECT_FALSE(is_in_a_file(InASnapshot(degrees)));
  }
  EXPECT_FALSE(is_in_a_file("very secret wish"));
}

TEST_F(EngineTest, WhatWasErasedIsInNoFileWhenItIsTime) {
  Open({.erase_within_ms = 1'000});
  Register4();
  Do(kAda, EditProfile{.status = "a very secret status"});
  const MeetupId meetup = Host(kBob);
  Do(kAda, JoinMeetup{meetup});
  Do(kAda, PostMessage{meetup, "a very secret message"});
  Do(kAda, Erase{});
  const auto is_somewhere = [&](const std::string& text) { return IsInAFile(directory_, text); };
  EXPECT_TRUE(is_somewhere("very secret status"));
  EXPECT_TRUE(is_somewhere("very secret message"));

  // When nothing else happens, and after it was opened again.
  Open({.erase_within_ms = 1'000});
  EXPECT_EQ(*engine_->NextDue(), kNow + std::chrono::milliseconds(900));
  now_ += std::chrono::milliseconds(900);
  Do(std::nullopt, Advance{});
  while (engine_->Statistics().snapshots == 0) std::this_thread::yield();
  // It waits for what is being forgotten.
  engine_.reset();
  EXPECT_FALSE(is_somewhere("very secret status"));
  EXPECT_FALSE(is_somewhere("very secret message"));
  Open();
  EXPECT_EQ(engine_->Messages(kBob, meetup)->items.size(), 1u);
}

TEST_F(EngineTest, ASnapshotOfNothingNewKeepsTheOneBefore) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Befriend(kAda, kBob);
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  engine_.reset();
  auto journal = OpenSqliteJournal(directory_.string());
  ASSERT_THAT(journal, IsOk());
  EXPECT_THAT(*(*journal)->Snapshots(), ElementsAre(4, 6));
}

TEST_F(EngineTest, ABackupIsAnEngineOfItsOwn) {
  Open();
  Register4();
  ASSERT_THAT(engine_->Snapshot(), IsOk());
  Befriend(kAda, kBob);
  const std::uint64_t hash = *engine_->Hash();
  ASSERT_THAT(engine_->Backup((scratch_ / "copy").string()), IsOk());
  Do(kAda, EndFriendship{kBob});

  directory_ = scratch_ / "copy";
  Open();
  EXPECT_EQ(*engine_->Hash(), hash);
}

// ---- When something is wrong

TEST_F(EngineTest, AfterAFailedFlushNothingIsAnsweredAnyMore) {
  absl::Status failure;
  OpenOver([&] { return failure; });
  Do(kAda, Register{.nickname = "Ada"});
  std::vector<std::uint64_t> told;
  auto subscription = engine_->Subscribe(
      0, {.on_event = [&](const Event& event) { told.push_back(event.sequence); },
          .on_resync = [](std::uint64_t) {}});
  ASSERT_THAT(subscription, IsOk());

  const absl::Status full = absl::ResourceExhaustedError("the disk is full");
  failure = full;
  EXPECT_EQ(Give(kBob, Register{.nickname = "Bob"}).status(), full);
  failure = absl::OkStatus();
  EXPECT_EQ(Give(kCy, Register{.nickname = "Cy"}).status(), full);
  EXPECT_EQ(engine_->ViewProfile(kAda, kAda).status(), full);
  EXPECT_EQ(engine_->Hash().status(), full);
  EXPECT_EQ(engine_->Snapshot(), full);
  EXPECT_EQ(engine_->Backup((scratch_ / "copy").string()), full);
  EXPECT_EQ(engine_->Statistics().events, 1u) << "what is not durable is not told";
  // Presence goes on.
  EXPECT_THAT(engine_->Move(kAda, kPlaza, now_), IsOk());
  engine_.reset();
  EXPECT_THAT(told, Not(::testing::Contains(2)));
}

TEST_F(EngineTest, AnExceptionLeavesNobodyWaiting) {
  bool has_memory = true;
  OpenOver([&] {
    if (!has_memory) throw std::bad_alloc();
    return absl::OkStatus();
  });
  Do(kAda, Register{.nickname = "Ada"});
  has_memory = false;
  EXPECT_THROW(Give(kBob, Register{.nickname = "Bob"}).status().IgnoreError(), std::bad_alloc);
  has_memory = true;
  const auto is_over = IsError(absl::StatusCode::kInternal, HasSubstr("exception"));
  EXPECT_THAT(Give(kCy, Register{.nickname = "Cy"}), is_over);
  EXPECT_THAT(engine_->ViewProfile(kAda, kAda), is_over);
}

TEST_F(EngineTest, ADamagedCommandIsRefusedOrEndsWhatCanBeRead) {
  {
    auto journal = OpenSqliteJournal(directory_.string());
    ASSERT_THAT(journal, IsOk());
    const auto record = [](std::uint64_t sequence, std::string command) {
      return JournalRecord{
          .sequence = sequence, .time = kNow, .rules_version = 2, .command = std::move(command)};
    };
    const std::string ada =
        R"({"time":1700000000000,"actor":"1","kind":"register","body":{"nickname":"Ada"}})";
    ASSERT_THAT((*journal)->Append({.records = {record(1, ada), record(2, "{}")}}), IsOk());
  }
  EXPECT_THAT(TryToOpen(), IsError(absl::StatusCode::kDataLoss, HasSubstr("command 2")));

  std::vector<std::string> lines;
  Open({.on_damage = DamagePolicy::kReadIntactPart,
        .log = [&](std::string_view line) { lines.emplace_back(line); }});
  EXPECT_THAT(lines, ElementsAre(HasSubstr("only the first 1 commands are served")));
  EXPECT_THAT(engine_->damage(), IsError(absl::StatusCode::kDataLoss, HasSubstr("command 2")));
  EXPECT_EQ(engine_->Statistics().commands, 1u);
  EXPECT_EQ(engine_->ViewProfile(kAda, kAda)->nickname, "Ada");
  EXPECT_THAT(Give(kBob, Register{.nickname = "Bob"}),
              IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("command 2")));
  EXPECT_THAT(engine_->Snapshot(), IsError(absl::StatusCode::kFailedPrecondition, Not("")));
}

TEST_F(EngineTest, CommandsOfOtherRulesAreRefused) {
  {
    auto journal = OpenSqliteJournal(directory_.string());
    ASSERT_THAT(journal, IsOk());
    ASSERT_THAT(
        (*journal)->Append({.records = {{.sequence = 1, .time = kNow, .rules_version = 1}}}),
        IsOk());
  }
  for (const DamagePolicy policy : {DamagePolicy::kRefuse, DamagePolicy::kReadIntactPart}) {
    EXPECT_THAT(TryToOpen({.on_damage = policy}),
                IsError(absl::StatusCode::kFailedPrecondition, HasSubstr("is of rules 1, not 2")));
  }
}

TEST_F(EngineTest, WhatCannotBeReadForAWhileIsNotTakenForDamage) {
  class UnreadableJournal final : public JournalOver {
   public:
    UnreadableJournal() : JournalOver(NewMemoryJournal()) {}
    absl::Status Read(std::uint64_t, std::size_t, std::vector<JournalRecord>&) const override {
      return absl::UnavailableError("an error of input or output");
    }
  };
  auto journal = std::make_unique<UnreadableJournal>();
  ASSERT_THAT(journal->Append({.records = {{.sequence = 1, .time = kNow, .rules_version = 2}}}),
              IsOk());
  EXPECT_THAT(Engine::Open(std::move(journal), {.on_damage = DamagePolicy::kReadIntactPart}),
              IsError(absl::StatusCode::kUnavailable, HasSubstr("input or output")));
}

TEST_F(EngineTest, WrongOptionsAreNamed) {
  const auto why = [](const EngineOptions& options) {
    return std::string(Engine::OpenInMemory(options).status().message());
  };
  EXPECT_THAT(why({.max_users = 0}), HasSubstr("max_users"));
  EXPECT_THAT(why({.cloak_interval_ms = 0}), HasSubstr("cloak_interval_ms"));
  EXPECT_THAT(why({.event_window = 0}), HasSubstr("event_window:"));
  EXPECT_THAT(why({.event_window_bytes = 0}), HasSubstr("event_window_bytes"));
  EXPECT_THAT(why({.max_subscriptions = 0}), HasSubstr("max_subscriptions"));
  EXPECT_THAT(why({.erase_within_ms = -1}), HasSubstr("erase_within_ms"));
}

}  // namespace
}  // namespace moyeo::testing
