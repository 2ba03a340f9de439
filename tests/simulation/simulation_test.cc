// A hundred thousand commands of simulated people, sensible and senseless, beside the auditor.

#include "simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <set>
#include <string>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::Eq;

// ASSERTs end the test at the first difference: what follows it means nothing.
#define ASSERT_AGREES(difference) ASSERT_THAT(difference, Eq(std::nullopt))

struct Society {
  std::string name;
  PopulationOptions options;
  std::size_t commands;

  friend void PrintTo(const Society& society, std::ostream* out) { *out << society.name; }
};

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;

const Society kSocieties[] = {
    {"Village", {.users = 30, .meetups = 30}, 40'000},
    {"Household", {.users = 6, .meetups = 8}, 15'000},
    {"Town", {.users = 150, .meetups = 100, .pace_ms = 5'000}, 15'000},
    {"InASecond", {.users = 20, .meetups = 20, .pace_ms = 1}, 10'000},
    {"InTenYears", {.users = 20, .meetups = 15, .pace_ms = 8. * kDayMs / 24}, 10'000},
    {"FromTheBeginningOfTime", {.users = 20, .meetups = 20, .start = kMinTimestamp}, 10'000},
    {"BeforeNineteenSeventy",
     {.users = 20, .meetups = 20, .start = Timestamp(milliseconds(-3 * kDayMs))},
     5'000},
    {"ToTheEndOfTime",
     {.users = 20,
      .meetups = 20,
      .start = kMaxTimestamp - milliseconds(10 * kDayMs),
      .pace_ms = 3. * kMinuteMs},
     10'000},
};

class SimulatedSociety : public SeededTest, public ::testing::WithParamInterface<Society> {};

TEST_P(SimulatedSociety, DoesWhatTheAuditorSays) {
  Simulation simulation(random_.Bits(), {.population = GetParam().options});
  for (std::size_t i = 0; i < Scaled(GetParam().commands); ++i) ASSERT_AGREES(simulation.Step());
  ASSERT_AGREES(simulation.CompareAll());
  EXPECT_GT(simulation.counts().accepted, simulation.counts().commands / 10);
}

INSTANTIATE_TEST_SUITE_P(Societies, SimulatedSociety, ::testing::ValuesIn(kSocieties),
                         [](const auto& society) { return society.param.name; });

// Reached where there are thousands of everything: see limits_test.cc.
const std::set<Reject> kRejectsOfCrowds = {
    Reject::kTooManyFriends,        Reject::kTheyHaveTooManyFriends,
    Reject::kTooManyRequestsSent,   Reject::kTooManyRequestsReceived,
    Reject::kTooManyBlocks,         Reject::kBlockedByTooMany,
    Reject::kTooManyInvitations,    Reject::kTheyHaveTooManyInvitations,
    Reject::kTooManyCurrentMeetups, Reject::kTooManyKeptMeetups,
    Reject::kTooManyKicked,         Reject::kRoomFull,
};

using SimulationTest = SeededTest;

TEST_F(SimulationTest, EveryRejectionAndEveryEventOccurs) {
  // So short that questions may be left out.
  Simulation simulation(random_.Bits(), {.commands_per_question = 100});
  for (int i = 0; i < 60'000; ++i) ASSERT_AGREES(simulation.Step());
  for (int number = 0; number < 1'000; ++number) {
    const auto reject = static_cast<Reject>(number);
    if (NameOf(reject) != "unknown" && !kRejectsOfCrowds.contains(reject)) {
      EXPECT_TRUE(simulation.counts().rejects.contains(reject)) << NameOf(reject);
    }
    const auto command = static_cast<CommandKind>(number);
    if (NameOf(command) != "unknown") {
      EXPECT_TRUE(simulation.counts().accepted_of.contains(command)) << NameOf(command);
    }
    const auto event = static_cast<EventKind>(number);
    if (NameOf(event) != "unknown") {
      EXPECT_TRUE(simulation.counts().events.contains(event)) << NameOf(event);
    }
  }
  EXPECT_GT(simulation.counts().repeated, 0u);
}

TEST_F(SimulationTest, TheSameSeedGivesTheSameHistory) {
  const std::uint64_t seed = random_.Bits();
  Simulation first(seed, {});
  Simulation second(seed, {});
  Simulation other(seed + 1, {});
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_AGREES(first.Step());
    ASSERT_AGREES(second.Step());
    ASSERT_AGREES(other.Step());
  }
  EXPECT_EQ(first.history(), second.history());
  EXPECT_EQ(first.society().Hash(), second.society().Hash());
  EXPECT_NE(first.history(), other.history());
  EXPECT_NE(first.society().Hash(), other.society().Hash());
}

}  // namespace
}  // namespace moyeo::testing
