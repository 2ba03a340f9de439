// The example in the comment of engine.h, compiled and run.

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "engine/engine_fixture.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;

class EngineHeaderExampleTest : public EngineTest {};

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

}  // namespace
}  // namespace moyeo::testing
