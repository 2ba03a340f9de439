// Several callers of one engine, who go on until the process is killed, and say what was
// acknowledged: see killed.h.
//
//   moyeo_killed DIRECTORY

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "durability/killed.h"
#include "moyeo/engine.h"
#include "moyeo/journal.h"
#include "support/journal_over.h"

namespace moyeo::testing {
namespace {

// At once, so that lines of several threads are not mixed: a pipe takes up to 4,096 bytes whole.
void Say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    std::_Exit(1);
  }
}

template <typename T>
T Expect(absl::StatusOr<T> result, const char* what) {
  if (result.ok()) return *std::move(result);
  std::cerr << "moyeo_killed: " << what << ": " << result.status() << '\n';
  std::_Exit(1);
}

// A journal that says which records it has.
class TellingJournal final : public JournalOver {
 public:
  using JournalOver::JournalOver;

  absl::Status Append(const JournalBatch& batch) override {
    if (absl::Status status = JournalOver::Append(batch); !status.ok()) return status;
    for (const JournalRecord& record : batch.records) {
      Say(std::string(kRecordWord) + ' ' + std::to_string(record.sequence) + ' ' + record.command +
          '\n');
    }
    return absl::OkStatus();
  }
};

// One of the users, who goes on from where they were when the process was killed.
class Caller {
 public:
  Caller(Engine& engine, UserId user) : engine_(engine), user_(user) {
    const auto profile = engine_.ViewProfile(user_, user_);
    if (absl::IsNotFound(profile.status())) {
      Do(Register{.nickname = "user " + std::to_string(ToNumber(user_)), .status = "0"});
    } else {
      status_ = std::strtoull(Expect(profile, "profile").status.c_str(), nullptr, 10);
    }
    const auto hosted = Expect(engine_.HostedMeetups(user_), "meetups");
    meetup_ = hosted.items.empty() ? *Do(CreateMeetup{.title = "Chess",
                                                      .start = kKilledAt + std::chrono::hours(1),
                                                      .end = kKilledAt + std::chrono::hours(2),
                                                      .capacity = kKilledUsers})
                                          .meetup
                                   : hosted.items.front().meetup;
  }

  MeetupId meetup() const { return meetup_; }

  [[noreturn]] void Run(MeetupId of_next) {
    MessageNumber posted = Expect(engine_.ViewRoom(user_, meetup_), "room").last;
    const std::string me = std::to_string(ToNumber(user_));
    for (std::uint64_t round = 0;; ++round) {
      if (round % 8 == 3) {
        Do(EditProfile{.status = std::to_string(++status_)});
        Say(std::string(kStatusWord) + ' ' + me + ' ' + std::to_string(status_) + '\n');
      } else if (round % 8 == 5) {
        Try(JoinMeetup{of_next});
      } else if (round % 8 == 7) {
        Try(LeaveMeetup{of_next});
      } else {
        posted = Do(PostMessage{meetup_, TextOfMessage(user_, posted + 1)}).message.value_or(0);
        Say(std::string(kPostedWord) + ' ' + me + ' ' + std::to_string(posted) + '\n');
      }
    }
  }

 private:
  Outcome Try(CommandBody body) {
    return Expect(engine_.Apply({.time = kKilledAt, .actor = user_, .body = std::move(body)}),
                  "command");
  }

  Outcome Do(CommandBody body) {
    const Outcome outcome = Try(std::move(body));
    if (outcome.accepted()) return outcome;
    std::cerr << "moyeo_killed: refused: " << NameOf(outcome.reject) << '\n';
    std::_Exit(1);
  }

  Engine& engine_;
  const UserId user_;
  MeetupId meetup_{};
  std::uint64_t status_ = 0;
};

int Main(const std::string& directory) {
  auto journal = std::make_unique<TellingJournal>(Expect(OpenSqliteJournal(directory), "journal"));
  // So often that many are killed while one is made, or what it replaces is forgotten.
  const auto engine =
      Expect(Engine::Open(std::move(journal), {.max_users = 1'000, .commands_per_snapshot = 300}),
             "engine");
  std::vector<Caller> callers;
  for (std::uint64_t user = 1; user <= kKilledUsers; ++user) {
    callers.emplace_back(*engine, UserId{user});
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < callers.size(); ++i) {
    const MeetupId of_next = callers[(i + 1) % callers.size()].meetup();
    threads.emplace_back([&caller = callers[i], of_next] { caller.Run(of_next); });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: moyeo_killed DIRECTORY\n";
    return 2;
  }
  return moyeo::testing::Main(argv[1]);
}
