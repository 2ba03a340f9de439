// write_golden_journal DIRECTORY: writes a journal for tests/golden, after a change of its format.
// The directory must not be there. golden_test.cc says what is in it.

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

#include "moyeo/engine.h"

namespace {

using moyeo::MeetupId;
using moyeo::UserId;

constexpr moyeo::Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
constexpr std::chrono::milliseconds kHour{3'600'000};

constexpr UserId kAda{1};
constexpr UserId kBob{2};
constexpr UserId kCy{3};
constexpr UserId kDee{0xffff'ffff'ffff'ffff};

void Expect(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "moyeo_write_golden_journal: " << status << '\n';
  std::exit(1);
}

template <typename T>
T Expect(absl::StatusOr<T> result) {
  Expect(result.status());
  return *std::move(result);
}

void Do(moyeo::Engine& engine, UserId actor, moyeo::CommandBody body,
        std::optional<moyeo::RequestId> request_id = std::nullopt) {
  static int seconds = 0;
  const moyeo::Outcome outcome =
      Expect(engine.Apply({.time = kNow + std::chrono::seconds(++seconds),
                           .actor = actor,
                           .request_id = request_id,
                           .body = std::move(body)}));
  if (!outcome.accepted()) {
    std::cerr << "refused: " << moyeo::NameOf(outcome.reject) << '\n';
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "Usage: moyeo_write_golden_journal DIRECTORY\n";
    return 2;
  }
  const auto opened = Expect(moyeo::Engine::Open(Expect(moyeo::OpenSqliteJournal(argv[1]))));
  moyeo::Engine& engine = *opened;
  const MeetupId meetup{1};
  Do(engine, kAda, moyeo::Register{.nickname = "Ada", .status = "Hello there"});
  Do(engine, kBob, moyeo::Register{.nickname = "\uBC25", .interests = {"\uBC14\uB451"}});
  Do(engine, kCy, moyeo::Register{.nickname = "Cy"});
  Do(engine, kDee, moyeo::Register{.nickname = "Dee"});
  Do(engine, kDee, moyeo::Erase{});
  Do(engine, kAda,
     moyeo::CreateMeetup{.title = "\uBC14\uB451 Go",
                         .location = moyeo::LatLng{37.5663, 126.9779},
                         .start = kNow + 2 * kHour,
                         .end = kNow + 4 * kHour,
                         .capacity = 4,
                         .tags = {"board games"}},
     moyeo::RequestId{300});
  // Of an erased user nothing may be left: the first snapshot forgets all that was before it.
  Expect(engine.Snapshot());
  Do(engine, kBob, moyeo::JoinMeetup{meetup});
  Do(engine, kBob, moyeo::RequestFriend{kAda});
  Do(engine, kAda, moyeo::RequestFriend{kBob});
  Do(engine, kAda, moyeo::Block{kCy});
  Do(engine, kBob, moyeo::PostMessage{meetup, "\uC548\uB155, on my way"});
  Do(engine, kAda, moyeo::PostMessage{meetup, "take this back"});
  Do(engine, kAda, moyeo::DeleteMessage{meetup, 2});
  Do(engine, kBob, moyeo::ConfirmMeetup{meetup}, moyeo::RequestId{0xffff'ffff'ffff'ffff});
  Expect(engine.Snapshot());
  std::cout << "the hash is " << Expect(engine.Hash()) << '\n';
  Expect(engine.Close());
}
