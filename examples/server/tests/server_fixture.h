// An engine in memory, and what tests of the server have in common.

#ifndef MOYEO_EXAMPLES_SERVER_TESTS_SERVER_FIXTURE_H_
#define MOYEO_EXAMPLES_SERVER_TESTS_SERVER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "clock.h"
#include "moyeo/engine.h"
#include "tokens.h"
#include "user_fences.h"
#include "user_rates.h"

namespace moyeo::server {

inline constexpr UserId kAda{1};
inline constexpr UserId kBob{2};
inline constexpr UserId kCy{3};

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() {
    auto opened = Engine::OpenInMemory();
    EXPECT_TRUE(opened.ok()) << opened.status();
    engine_ = *std::move(opened);
    fences_.emplace(engine_->fences(), FenceLimits{.fences_per_user = 2});
  }

  Outcome Do(UserId actor, CommandBody body) {
    const auto outcome = engine_->Apply({.time = now_, .actor = actor, .body = std::move(body)});
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return *outcome;
  }

  void Register(UserId user, const std::string& nickname,
                Visibility visibility = Visibility::kExact) {
    EXPECT_TRUE(
        Do(user, moyeo::Register{.nickname = nickname, .visibility = visibility}).accepted());
  }

  MeetupId NewMeetup(UserId host) {
    const auto outcome = Do(host, CreateMeetup{.title = "Chess",
                                               .location = LatLng{37.5, 127},
                                               .start = now_ + std::chrono::hours(1),
                                               .end = now_ + std::chrono::hours(2),
                                               .capacity = 5});
    return outcome.meetup.value_or(MeetupId{0});
  }

  std::string TokenOf(UserId user) const { return tokens_.Issue(user, now_).token; }

  Timestamp now_ = Now();
  std::unique_ptr<Engine> engine_;
  std::optional<UserFences> fences_;
  UserRates rates_{
      {.moves = {.per_second = 10, .burst = 20}, .requests = {.per_second = 50, .burst = 250}}};
  Tokens tokens_{"a key of thirty-two bytes or more", 3'600'000};
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_TESTS_SERVER_FIXTURE_H_
