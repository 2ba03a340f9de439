// An engine over a journal in a directory of its own, and verbs for what people do.

#ifndef MOYEO_TESTS_ENGINE_ENGINE_FIXTURE_H_
#define MOYEO_TESTS_ENGINE_ENGINE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "moyeo/engine.h"
#include "support/journal_over.h"
#include "support/scratch_directory.h"
#include "support/status.h"

namespace moyeo {
inline namespace v0 {

inline void PrintTo(Reject reject, std::ostream* out) { *out << NameOf(reject); }

}  // namespace v0
}  // namespace moyeo

namespace moyeo::testing {

inline constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
inline constexpr std::chrono::milliseconds kHour{3'600'000};

inline constexpr UserId kAda{1};
inline constexpr UserId kBob{2};
inline constexpr UserId kCy{3};
inline constexpr UserId kDee{4};

inline constexpr LatLng kPlaza{37.5663, 126.9779};

// A journal in memory that asks before it appends.
class WatchedJournal final : public JournalOver {
 public:
  explicit WatchedJournal(std::function<absl::Status()> before_append)
      : JournalOver(NewMemoryJournal()), before_append_(std::move(before_append)) {}

  absl::Status Append(const JournalBatch& batch) override {
    if (absl::Status status = before_append_(); !status.ok()) return status;
    return JournalOver::Append(batch);
  }

 private:
  const std::function<absl::Status()> before_append_;
};

class EngineTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Engine>> TryToOpen(EngineOptions options = {}) const {
    absl::StatusOr<std::unique_ptr<Journal>> journal = OpenSqliteJournal(directory_.string());
    if (!journal.ok()) return journal.status();
    return Engine::Open(*std::move(journal), std::move(options));
  }

  // Again, if it is open.
  void Open(EngineOptions options = {}) {
    engine_.reset();
    auto opened = TryToOpen(std::move(options));
    ASSERT_THAT(opened, IsOk());
    engine_ = *std::move(opened);
  }

  void OpenInMemory(EngineOptions options = {}) {
    auto opened = Engine::OpenInMemory(std::move(options));
    ASSERT_THAT(opened, IsOk());
    engine_ = *std::move(opened);
  }

  void OpenOver(std::function<absl::Status()> before_append) {
    auto opened = Engine::Open(std::make_unique<WatchedJournal>(std::move(before_append)));
    ASSERT_THAT(opened, IsOk());
    engine_ = *std::move(opened);
  }

  absl::StatusOr<Outcome> Give(std::optional<UserId> actor, CommandBody body) {
    return engine_->Apply({.time = now_, .actor = actor, .body = std::move(body)});
  }

  Reject Try(std::optional<UserId> actor, CommandBody body) {
    const absl::StatusOr<Outcome> outcome = Give(actor, std::move(body));
    EXPECT_THAT(outcome, IsOk());
    return outcome.ok() ? outcome->reject : Reject::kInvalidTime;
  }

  // The same without fail.
  Outcome Do(std::optional<UserId> actor, CommandBody body) {
    const absl::StatusOr<Outcome> outcome = Give(actor, std::move(body));
    EXPECT_THAT(outcome, IsOk());
    if (!outcome.ok()) return {};
    EXPECT_EQ(outcome->reject, Reject::kNone);
    return *outcome;
  }

  void Register4() {
    Do(kAda, Register{.nickname = "Ada"});
    Do(kBob, Register{.nickname = "Bob"});
    Do(kCy, Register{.nickname = "Cy"});
    Do(kDee, Register{.nickname = "Dee"});
  }

  void Befriend(UserId a, UserId b) {
    Do(a, RequestFriend{b});
    Do(b, RequestFriend{a});
  }

  MeetupId Host(UserId host, std::uint32_t capacity = 4) {
    return Do(host, CreateMeetup{.title = "Chess",
                                 .location = kPlaza,
                                 .start = now_ + 2 * kHour,
                                 .end = now_ + 4 * kHour,
                                 .capacity = capacity})
        .meetup.value_or(MeetupId{});
  }

  const ScratchDirectory scratch_;
  std::filesystem::path directory_ = scratch_ / "journal";
  std::unique_ptr<Engine> engine_;
  Timestamp now_ = kNow;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_ENGINE_ENGINE_FIXTURE_H_
