// The example in the comment of engine.h, and README.md's of a ticket, compiled and run.

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "engine/engine_fixture.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineHeaderExampleTest : public EngineTest {};
class ReadmeTicketTest : public EngineTest {};

// The text of the header, to the letter, but for the directory.
absl::Status RunExample(const std::string& directory) {
  // clang-format off
  auto journal = moyeo::OpenSqliteJournal(directory);
  if (!journal.ok()) return journal.status();
  auto opened = moyeo::Engine::Open(*std::move(journal));
  if (!opened.ok()) return opened.status();
  moyeo::Engine& engine = **opened;

  const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
  const moyeo::UserId ada{1};
  auto outcome = engine.Apply(
      {.time = now, .actor = ada, .body = moyeo::Register{.nickname = "Ada"}});
  if (!outcome.ok()) return outcome.status();
  if (!outcome->accepted()) std::cerr << moyeo::SentenceOf(outcome->reject) << '\n';

  absl::Status moved = engine.Move(ada, {37.5665, 126.9780}, now);
  if (!moved.ok()) return moved;
  auto near = engine.presence().NearbyUser(ada, {.radius_m = 5'000}, now);
  // clang-format on
  return near.status();
}

// The text of README.md, to the letter but for its indentation.
absl::Status RunTicket(Engine& engine, UserId mina, Timestamp now) {
  constexpr std::chrono::seconds second{1};
  constexpr std::chrono::hours hour{1};
  const Timestamp six = now + 2 * hour;
  // clang-format off
  auto outcome = engine.Apply({.time = now, .actor = mina, .body = moyeo::CreateTicket{
      .location = {37.5563, 126.9236}, .radius_m = 3'000, .from = six, .until = six + 4 * hour,
      .length_ms = 7'200'000, .tags = {"badminton", "running"}, .least = 3, .most = 6}});
  if (!outcome.ok()) return outcome.status();
  if (!outcome->accepted()) std::cerr << moyeo::SentenceOf(outcome->reject) << '\n';
  // clang-format on
  // clang-format off
  auto matched = engine.Apply({.time = now + 10 * second, .body = moyeo::Advance{}});
  if (!matched.ok()) return matched.status();
  // clang-format on
  return absl::OkStatus();
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(EngineHeaderExampleTest, Runs) {
  EXPECT_THAT(RunExample(directory_.string()), IsOk());
  Open();
  EXPECT_EQ(engine_->ViewProfile(UserId{1}, UserId{1})->nickname, "Ada");
}

TEST_F(EngineHeaderExampleTest, IsTheOneInTheHeader) {
  std::istringstream header(ReadFile(MOYEO_HEADER));
  std::string example;
  for (std::string line; std::getline(header, line);) {
    if (line.starts_with("//   ")) example += line.substr(3) + "\n";
    if (line == "//" && !example.empty()) example += "\n";
    if (line.starts_with("class ")) break;
  }
  example = example.substr(0, example.find_last_not_of('\n') + 1);
  ASSERT_THAT(example, HasSubstr("\"/var/lib/meet\""));
  const std::string here = absl::StrReplaceAll(example, {{"\"/var/lib/meet\"", "directory"}});
  EXPECT_THAT(ReadFile(MOYEO_THIS_FILE), HasSubstr(here));
}

TEST_F(ReadmeTicketTest, ThreeWhoLookForTheSameMeet) {
  OpenInMemory();
  Register4();
  const CreateTicket other{.location = {37.5563, 126.9236},
                           .radius_m = 3'000,
                           .from = now_,
                           .until = now_ + 5 * kHour,
                           .length_ms = kHour.count(),
                           .tags = {"running"}};
  Do(kBob, other);
  Do(kCy, other);
  EXPECT_THAT(RunTicket(*engine_, kAda, now_), IsOk());
  EXPECT_THAT(*engine_->Tickets(kAda), IsEmpty());
  EXPECT_THAT(engine_->MyMeetups(kAda)->items, SizeIs(1));
}

TEST_F(ReadmeTicketTest, IsTheOneInTheReadme) {
  const std::string readme = ReadFile(MOYEO_README);
  std::istringstream lines(ReadFile(MOYEO_THIS_FILE));
  std::string fragments;
  bool is_ticket = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("absl::Status RunTicket(")) is_ticket = true;
    if (line == "}") is_ticket = false;
    if (!is_ticket || line != "  // clang-format off") continue;
    std::string fragment;
    while (std::getline(lines, line) && line != "  // clang-format on") {
      fragment += "  " + line + "\n";
    }
    EXPECT_THAT(readme, HasSubstr(fragment));
    fragments += fragment;
  }
  EXPECT_THAT(fragments, HasSubstr("CreateTicket"));
  EXPECT_THAT(fragments, HasSubstr("Advance"));
}

}  // namespace
}  // namespace moyeo::testing
