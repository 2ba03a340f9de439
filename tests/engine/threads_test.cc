// Many callers at once.

#include <algorithm>
#include <atomic>
#include <barrier>
#include <latch>
#include <thread>
#include <vector>

#include "engine/engine_fixture.h"
#include "support/scale.h"

namespace moyeo::testing {
namespace {

using ::testing::SizeIs;

constexpr std::uint64_t kThreads = 8;

class EngineThreadsTest : public EngineTest {
 protected:
  // Calls what(thread) in so many threads, which begin together.
  template <typename What>
  static void InThreads(What what) {
    std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        what(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void RegisterCrowd(std::uint64_t count) {
    std::vector<Command> commands;
    for (std::uint64_t user = 1; user <= count; ++user) {
      commands.push_back({.time = now_,
                          .actor = UserId{user},
                          .body = Register{.nickname = "user" + std::to_string(user)}});
    }
    ASSERT_THAT(engine_->ApplyBatch(commands), IsOk());
  }
};

TEST_F(EngineThreadsTest, NobodyTakesASeatThatIsNotThereAndNoneStaysFree) {
  OpenInMemory();
  constexpr std::uint64_t kUsers = kThreads * 10;
  RegisterCrowd(kUsers);
  const std::size_t rounds = Scaled(60);
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto host = UserId{1 + round % kUsers};
    constexpr std::uint32_t kSeats = 10;
    const MeetupId meetup = Host(host, kSeats);
    std::atomic<std::uint32_t> taken = 1;  // the host's
    std::atomic<std::uint64_t> full = 0;
    InThreads([&](std::uint64_t thread) {
      for (std::uint64_t user = 1 + thread; user <= kUsers; user += kThreads) {
        const Reject reject = Try(UserId{user}, JoinMeetup{meetup});
        if (reject == Reject::kNone) ++taken;
        if (reject == Reject::kFull) ++full;
      }
    });
    ASSERT_EQ(taken, kSeats);
    ASSERT_EQ(full, kUsers - kSeats);
    ASSERT_THAT(*engine_->Members(std::nullopt, meetup), SizeIs(kSeats));
    // Meetups of which somebody is a member are bounded.
    now_ += 5 * kHour;
  }
}

TEST_F(EngineThreadsTest, CallersWhoWaitTogetherShareAFlush) {
  std::latch first_is_written(1);
  std::latch all_have_asked(1);
  std::atomic<int> appends = 0;
  std::atomic<bool> is_durable = false;
  OpenOver([&] {
    if (++appends == 1) first_is_written.count_down();
    all_have_asked.wait();
    is_durable = appends == 2;
    return absl::OkStatus();
  });
  std::atomic<std::uint64_t> told = 0;
  const auto subscription = engine_->Subscribe(
      0, {.on_event = [&](const Event&) { ++told; }, .on_resync = [](std::uint64_t) {}});
  ASSERT_THAT(subscription, IsOk());
  std::vector<std::thread> threads;
  for (std::uint64_t user = 1; user <= kThreads; ++user) {
    threads.emplace_back(
        [&, user] { Do(UserId{user}, Register{.nickname = "user" + std::to_string(user)}); });
    first_is_written.wait();
  }
  while (engine_->Statistics().accepted < kThreads) std::this_thread::yield();
  // Nobody knows of anything that is not durable.
  EXPECT_EQ(engine_->Statistics().events, 0u);
  EXPECT_EQ(told, 0u);
  std::thread question([&] {
    EXPECT_THAT(engine_->ViewProfile(UserId{1}, UserId{2}), IsOk());
    EXPECT_TRUE(is_durable);
  });
  all_have_asked.count_down();
  for (std::thread& thread : threads) thread.join();
  question.join();
  EXPECT_EQ(engine_->Statistics().flushes, 2u);
  EXPECT_EQ(engine_->Statistics().events, kThreads);
}

TEST_F(EngineThreadsTest, ManyCallersLoseNothing) {
  Open();
  RegisterCrowd(kThreads);
  const std::size_t edits = Scaled(50);
  InThreads([&](std::uint64_t thread) {
    for (std::size_t i = 0; i < edits; ++i) {
      Do(UserId{1 + thread}, EditProfile{.status = std::to_string(i)});
    }
  });
  const std::uint64_t hash = *engine_->Hash();
  Open();
  EXPECT_EQ(*engine_->Hash(), hash);
  EXPECT_EQ(engine_->Statistics().commands, kThreads + kThreads * edits);
}

TEST_F(EngineThreadsTest, QuestionsMovesTicksAndSnapshotsRunBesideCommands) {
  Open({.commands_per_snapshot = 100});
  RegisterCrowd(kThreads);
  const MeetupId meetup = Host(UserId{1}, 255);
  std::atomic<std::uint64_t> told = 0;
  const auto subscription = engine_->Subscribe(
      0, {.on_event = [&](const Event&) { ++told; }, .on_resync = [](std::uint64_t) {}});
  ASSERT_THAT(subscription, IsOk());
  ASSERT_THAT(engine_->feeds().Subscribe({.center = UserId{1}, .radius_m = 5'000}), IsOk());

  const std::size_t rounds = Scaled(100);
  InThreads([&](std::uint64_t thread) {
    const UserId user{1 + thread};
    const UserId other{1 + (thread + 1) % kThreads};
    for (std::size_t i = 0; i < rounds; ++i) {
      switch (thread) {
        case 0:
          Do(user, PostMessage{meetup, "message " + std::to_string(i)});
          break;
        case 1:
          Try(user, Block{other});
          Try(user, Unblock{other});
          break;
        case 2:
          Try(user, JoinMeetup{meetup});
          Try(user, LeaveMeetup{meetup});
          break;
        case 3:
          EXPECT_THAT(engine_->OpenMeetups(user), IsOk());
          EXPECT_THAT(engine_->Messages(UserId{1}, meetup), IsOk());
          break;
        case 4:
          EXPECT_THAT(engine_->Move(user, kPlaza, now_), IsOk());
          EXPECT_THAT(engine_->Move(UserId{1}, kPlaza, now_), IsOk());
          break;
        case 5:
          EXPECT_THAT(engine_->feeds().Tick(now_, [](const FeedUpdate&) {}), IsOk());
          break;
        case 6:
          EXPECT_THAT(engine_->presence().Nearby(kPlaza, {.viewer = user}, now_), IsOk());
          EXPECT_THAT(engine_->Export(UserId{1}), IsOk());
          break;
        default:
          if (i % 50 == 0) {
            EXPECT_THAT(engine_->Snapshot(), IsOk());
          }
          Try(user,
              SetVisibility{.visibility = i % 2 == 0 ? Visibility::kExact : Visibility::kCloaked});
      }
    }
  });
  EXPECT_THAT(engine_->Messages(UserId{1}, meetup, {.limit = 100})->items,
              SizeIs(std::min<std::size_t>(rounds, 100)));
  const std::uint64_t hash = *engine_->Hash();
  Open();
  EXPECT_EQ(*engine_->Hash(), hash);
}

}  // namespace
}  // namespace moyeo::testing
