// Transcripts of whole evenings, in tests/golden. A line that begins with "> " is a command, given
// again here; what follows is what came of it, and must be the same to the letter.
//
// With MOYEO_GOLDEN_UPDATE set, the transcripts are written anew instead: for whoever has read the
// difference.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::minutes;

const std::vector<std::string> kNames = {"ada", "bob", "cy", "dee", "eve"};

std::string NameOfUser(UserId user) {
  const std::uint64_t number = ToNumber(user);
  return number >= 1 && number <= kNames.size() ? kNames[number - 1] : std::to_string(number);
}

// Hours and minutes since the beginning of a transcript: "26:30".
std::string Clock(Timestamp time) {
  const auto since = duration_cast<minutes>(time - kNow).count();
  const std::string minute = std::to_string(since % 60);
  return std::to_string(since / 60) + (minute.size() == 1 ? ":0" : ":") + minute;
}

// ---- From a line to a command

class Reader {
 public:
  explicit Reader(const std::string& line) : in_(line) {}

  Command ReadCommand() {
    Command command{.time = Time(), .body = {}};
    const std::string actor = Word();
    if (actor != "host") command.actor = UserNamed(actor);
    command.body = Body(Word(), std::make_index_sequence<std::variant_size_v<CommandVariant>>());
    EXPECT_TRUE((in_ >> std::ws).eof()) << "more words than the command has";
    return command;
  }

 private:
  std::string Word() {
    std::string word;
    EXPECT_TRUE(in_ >> word);
    return word;
  }

  std::string Rest() {
    std::string rest;
    std::getline(in_ >> std::ws, rest);
    return rest;
  }

  Timestamp Time() {
    const std::string word = Word();
    return kNow + std::stoi(word) * kHour + std::stoi(word.substr(word.find(':') + 1)) * kMinute;
  }

  static UserId UserNamed(const std::string& name) {
    const auto found = std::ranges::find(kNames, name);
    EXPECT_NE(found, kNames.end()) << name;
    return UserId{static_cast<std::uint64_t>(found - kNames.begin()) + 1};
  }

  template <std::size_t... kAt>
  CommandBody Body(const std::string& name, std::index_sequence<kAt...>) {
    CommandBody body;
    const bool is_known =
        ((NameOf(std::variant_alternative_t<kAt, CommandVariant>::kKind) == name &&
          (body = Read<std::variant_alternative_t<kAt, CommandVariant>>(), true)) ||
         ...);
    EXPECT_TRUE(is_known) << name;
    return body;
  }

  template <typename Body>
  Body Read() {
    Body body{};
    if constexpr (std::is_same_v<Body, CreateMeetup>) {
      body.title = Word();
      body.location = kSeoul;
      body.start = Time();
      body.end = Time();
      body.capacity = static_cast<std::uint32_t>(std::stoi(Word()));
    } else if constexpr (std::is_same_v<Body, EditMeetup>) {
      body.meetup = MeetupId{std::stoull(Word())};
      body.capacity = static_cast<std::uint32_t>(std::stoi(Word()));
    } else if constexpr (std::is_same_v<Body, CreateTicket>) {
      body.location = kSeoul;
      body.tags = {Word()};
      body.from = Time();
      body.until = Time();
      body.length_ms = (Time() - kNow).count();
      body.least = static_cast<std::uint32_t>(std::stoi(Word()));
      body.most = static_cast<std::uint32_t>(std::stoi(Word()));
    } else if constexpr (std::is_same_v<Body, Register>) {
      body.nickname = Word();
    } else {
      if constexpr (requires { body.meetup; }) body.meetup = MeetupId{std::stoull(Word())};
      if constexpr (requires { body.ticket; }) body.ticket = TicketId{std::stoull(Word())};
      if constexpr (requires { body.user; }) body.user = UserNamed(Word());
      if constexpr (requires { body.number; }) body.number = std::stoull(Word());
      if constexpr (requires { body.force; }) body.force = Rest() == "force";
      if constexpr (requires { body.text; }) body.text = Rest();
      if constexpr (requires { body.reason; }) body.reason = Rest();
    }
    return body;
  }

  std::istringstream in_;
};

// ---- From an event to a line

class Writer {
 public:
  static std::string WriteEvent(const Event& event) {
    Writer writer;
    writer.out_ << "  " << Clock(event.time) << " #" << event.sequence << " "
                << NameOf(KindOf(event.body));
    std::visit([&](const auto& body) { writer.Fields(body); }, event.body);
    writer.To(event.audience);
    return writer.out_.str();
  }

 private:
  template <typename Body>
  void Fields(const Body& b) {
    if constexpr (requires { b.ticket; }) out_ << " ticket=" << ToNumber(b.ticket);
    if constexpr (requires { b.meetup; }) out_ << " meetup=" << ToNumber(b.meetup);
    if constexpr (requires { b.number; }) out_ << " number=" << b.number;
    if constexpr (requires { b.numbers; }) {
      for (const MessageNumber number : b.numbers) out_ << " number=" << number;
    }
    if constexpr (requires { b.viewer; }) out_ << " viewer=" << NameOfUser(b.viewer);
    if constexpr (requires { b.added; }) Users("added", b.added);
    if constexpr (requires { b.removed; }) Users("removed", b.removed);
    if constexpr (requires { b.from; }) out_ << " from=" << NameOfUser(b.from);
    if constexpr (requires { b.to; }) out_ << " to=" << NameOfUser(b.to);
    if constexpr (requires { b.first; }) out_ << " first=" << NameOfUser(b.first);
    if constexpr (requires { b.second; }) out_ << " second=" << NameOfUser(b.second);
    if constexpr (requires { b.by; }) out_ << " by=" << NameOfUser(b.by);
    if constexpr (requires { b.host; }) out_ << " host=" << NameOfUser(b.host);
    if constexpr (requires { b.user; }) out_ << " user=" << NameOfUser(b.user);
    if constexpr (requires { b.author; }) out_ << " author=" << NameOfUser(b.author);
    if constexpr (requires { b.members; }) out_ << " members=" << b.members;
    if constexpr (requires { b.location; }) {
      out_ << " location=";
      if (b.location) {
        out_ << b.location->lat << "," << b.location->lng;
      } else {
        out_ << "none";
      }
    }
    if constexpr (requires { b.text; }) out_ << " text=\"" << b.text << '"';
    if constexpr (requires { b.reason; }) out_ << " reason=\"" << b.reason << '"';
  }

  void Users(const char* name, const std::vector<UserId>& users) {
    for (const UserId user : users) out_ << " " << name << "=" << NameOfUser(user);
  }

  void To(const Audience& audience) {
    out_ << " ->";
    for (const UserId user : audience.users) out_ << " " << NameOfUser(user);
    if (audience.room) out_ << " room";
    if (audience.everybody) out_ << " everybody";
    if (audience.moderators) out_ << " moderators";
    for (const UserId user : audience.except) out_ << " but " << NameOfUser(user);
    if (audience == Audience()) out_ << " presence";
  }

  std::ostringstream out_;
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class GoldenTest : public SocietyTest, public ::testing::WithParamInterface<std::string> {
 protected:
  // Gives the commands of a transcript and writes down what comes of them.
  std::string Replay(const std::string& transcript) {
    std::string replayed;
    std::istringstream lines(transcript);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') replayed += line + "\n";
      if (!line.starts_with("> ")) continue;
      replayed += line + "\n";
      const Outcome outcome = Give(Reader(line.substr(2)).ReadCommand());
      if (!outcome.accepted()) {
        replayed += "  refused, " + std::string(NameOf(outcome.reject)) + ": " +
                    std::string(SentenceOf(outcome.reject)) + "\n";
      }
      for (const Event& event : events_) replayed += Writer::WriteEvent(event) + "\n";
    }
    return replayed;
  }
};

TEST_P(GoldenTest, ComesToTheSameAgain) {
  const std::filesystem::path path = std::filesystem::path(MOYEO_GOLDEN) / (GetParam() + ".txt");
  const std::string transcript = ReadFile(path);
  const std::string replayed = Replay(transcript);
  EXPECT_THAT(history_, ::testing::Not(IsEmpty()));
  if (std::getenv("MOYEO_GOLDEN_UPDATE") != nullptr) {
    std::ofstream(path) << replayed;
    GTEST_SKIP() << "written anew";
  }
  EXPECT_EQ(replayed, transcript);
}

INSTANTIATE_TEST_SUITE_P(Transcripts, GoldenTest,
                         ::testing::Values("evening", "invitations", "block", "transfer", "erase",
                                           "tickets"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace moyeo::society
