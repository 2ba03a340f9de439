#include "durability/kills.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "durability/killed.h"
#include "moyeo/engine.h"
#include "moyeo/journal.h"
#include "moyeo/json.h"
#include "society/society.h"
#include "support/scratch_directory.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using Difference = std::optional<std::string>;

// moyeo_killed, until it is killed.
class Victim {
 public:
  explicit Victim(const std::string& directory) {
    std::array<int, 2> pipe{};
    if (pipe2(pipe.data(), O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    std::string program = MOYEO_KILLED;
    std::string argument = directory;
    char* const arguments[] = {program.data(), argument.data(), nullptr};
    if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(pipe[1]);
    output_ = pipe[0];
  }

  ~Victim() {
    if (pid_ > 0) Kill();
    if (output_ >= 0) close(output_);
  }

  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  // Kills it when it has said so many bytes. All that it has said, or nullopt if there was nobody
  // to kill any more.
  std::optional<std::string> KillAfter(std::size_t bytes) {
    if (pid_ <= 0) return std::nullopt;
    std::string said;
    while (said.size() < bytes && Read(said, bytes - said.size())) continue;
    const bool was_killed = Kill();
    while (Read(said, kAtOnce)) continue;
    if (!was_killed) return std::nullopt;
    return said;
  }

 private:
  static constexpr std::size_t kAtOnce = 65'536;

  // False at the end.
  bool Read(std::string& said, std::size_t most) const {
    std::array<char, kAtOnce> buffer;
    ssize_t count = -1;
    do {
      count = read(output_, buffer.data(), std::min(most, buffer.size()));
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    said.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  // Whether that is what it died of.
  bool Kill() {
    kill(pid_, SIGKILL);
    int how = 0;
    while (waitpid(pid_, &how, 0) < 0 && errno == EINTR) continue;
    pid_ = -1;
    return WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
  }

  pid_t pid_ = -1;
  int output_ = -1;
};

// What one who was killed has said.
struct Said {
  std::map<std::uint64_t, std::string> records;  // by sequence
  std::map<UserId, std::uint64_t> posted;        // the latest number
  std::map<UserId, std::uint64_t> status;
  std::size_t acknowledged = 0;
};

std::optional<Said> Understand(const std::string& text) {
  Said said;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::uint64_t first = 0;
    words >> word >> first;
    if (word == kRecordWord) {
      words.get();
      std::getline(words, said.records[first]);
    } else if (word == kPostedWord || word == kStatusWord) {
      ++said.acknowledged;
      words >> (word == kPostedWord ? said.posted : said.status)[UserId{first}];
    } else {
      return std::nullopt;
    }
    if (words.fail()) return std::nullopt;
  }
  return said;
}

// How much one says before it is killed, by turns: nothing, while it opens, soon, after several
// snapshots.
std::size_t SomeBytes(Random& random, std::size_t turn) {
  constexpr std::array<std::size_t, 5> kBounds = {0, 1, 2'000, 40'000, 160'000};
  const std::size_t least = kBounds[turn % 4];
  return least + random.Below(kBounds[turn % 4 + 1] - least);
}

// A journal that one after another leaves behind, and a state machine that has heard of every
// command in it.
class Estate {
 public:
  Difference KillOne(Random& random, KillCounts& counts) {
    std::optional<std::string> text = Victim(directory_).KillAfter(SomeBytes(random, counts.kills));
    if (!text) return "it has ended by itself, or was not to be started";
    const std::optional<Said> said = Understand(*text);
    if (!said) return "what it said makes no sense";
    ++counts.kills;
    counts.acknowledged += said->acknowledged;

    auto journal = OpenSqliteJournal(directory_);
    if (!journal.ok()) return absl::StrCat("journal: ", journal.status().ToString());
    const std::uint64_t before = last_;
    if (Difference difference = Hear(**journal, said->records)) return difference;
    counts.records += last_ - before;
    auto engine = Engine::Open(*std::move(journal), {.max_users = 1'000});
    if (!engine.ok()) return absl::StrCat("engine: ", engine.status().ToString());
    const EngineStatistics statistics = (*engine)->Statistics();
    if (std::exchange(snapshot_, statistics.last_snapshot) != statistics.last_snapshot) {
      ++counts.snapshots;
    }
    const absl::StatusOr<std::uint64_t> hash = (*engine)->Hash();
    if (!hash.ok()) return hash.status().ToString();
    if (*hash != society_.Hash()) return "another state than the records lead to";
    return CheckAcknowledged(**engine, *said);
  }

 private:
  // Gives the state machine what is new, as it was told and as the journal has it.
  Difference Hear(const Journal& journal, const std::map<std::uint64_t, std::string>& told) {
    const std::uint64_t forgotten = journal.forgotten();
    std::vector<JournalRecord> records;
    const std::uint64_t from = std::max(last_, forgotten);
    if (absl::Status status = journal.Read(from, journal.last() - from + 1, records);
        !status.ok()) {
      return status.ToString();
    }
    if (!told.empty() && told.rbegin()->first > journal.last()) {
      return absl::StrCat("record ", told.rbegin()->first, " is lost: the last is ",
                          journal.last());
    }
    std::map<std::uint64_t, std::string> all = told;
    for (const JournalRecord& record : records) {
      const auto [entry, is_new] = all.emplace(record.sequence, record.command);
      if (!is_new && entry->second != record.command) {
        return absl::StrCat("record ", record.sequence, " is another than was told");
      }
    }
    for (const auto& [sequence, json] : all) {
      if (sequence != last_ + 1) return absl::StrCat("record ", last_ + 1, " is missing");
      const absl::StatusOr<Command> command = FromJson<Command>(json);
      if (!command.ok()) return command.status().ToString();
      std::vector<Event> ignored;
      if (!society_.Apply(*command, ignored).accepted()) {
        return absl::StrCat("record ", sequence, " is refused");
      }
      ++last_;
    }
    if (last_ != journal.last()) return absl::StrCat("record ", last_ + 1, " is not to be read");
    return std::nullopt;
  }

  // Whoever was told of a message or a status finds it, and nothing else in its place.
  Difference CheckAcknowledged(const Engine& engine, const Said& said) {
    for (const auto& [user, number] : said.status) {
      const auto profile = engine.ViewProfile(user, user);
      if (!profile.ok()) return profile.status().ToString();
      // One more may have been under way.
      if (profile->status != std::to_string(number) &&
          profile->status != std::to_string(number + 1)) {
        return absl::StrCat("user ", ToNumber(user), "'s status is ", profile->status, ", and ",
                            number, " was acknowledged");
      }
    }
    for (std::uint64_t user = 1; user <= kKilledUsers; ++user) {
      if (Difference difference = CheckMessages(engine, UserId{user}, said)) return difference;
    }
    return std::nullopt;
  }

  // All that are new.
  Difference CheckMessages(const Engine& engine, UserId user, const Said& said) {
    const auto differs = [&](const std::string& how) {
      return absl::StrCat("messages of user ", ToNumber(user), ": ", how);
    };
    const auto acknowledged = said.posted.find(user);
    const std::uint64_t least = acknowledged == said.posted.end() ? 0 : acknowledged->second;
    const auto hosted = engine.HostedMeetups(user);
    if (absl::IsNotFound(hosted.status()) || (hosted.ok() && hosted->items.empty())) {
      if (least == 0) return std::nullopt;
      return differs("there is no room");
    }
    if (!hosted.ok()) return differs(hosted.status().ToString());
    const MeetupId room = hosted->items.front().meetup;
    const auto view = engine.ViewRoom(user, room);
    if (!view.ok()) return differs(view.status().ToString());
    if (view->last < least) {
      return differs(
          absl::StrCat("the last is ", view->last, ", and ", least, " was acknowledged"));
    }
    MessageNumber expected = view->last;
    MessageNumber& checked = checked_[user];
    PageRequest request{.limit = PageRequest::kMaxLimit};
    while (expected > checked) {
      const auto page = engine.Messages(user, room, request);
      if (!page.ok()) return differs(page.status().ToString());
      for (const MessageView& message : page->items) {
        if (message.number != expected || message.text != TextOfMessage(user, expected)) {
          return differs(absl::StrCat("number ", expected, " is not as it was posted"));
        }
        --expected;
      }
      request.cursor = page->next;
      if (request.cursor.empty() && expected > checked) {
        return differs(absl::StrCat("number ", expected, " is missing"));
      }
    }
    checked = view->last;
    return std::nullopt;
  }

  const ScratchDirectory scratch_;
  const std::string directory_ = (scratch_ / "journal").string();
  society::Society society_;
  std::uint64_t last_ = 0;
  std::uint64_t snapshot_ = 0;
  std::map<UserId, MessageNumber> checked_;
};

}  // namespace

std::string KillCounts::ToString() const {
  return absl::StrCat(kills, " kills: ", acknowledged, " acknowledgements, ", records,
                      " records, a snapshot the later after ", snapshots, " of them");
}

std::optional<std::string> RunKills(std::uint64_t seed, std::size_t kills, KillCounts& counts) {
  Random random(seed);
  Estate estate;
  for (std::size_t i = 0; i < kills; ++i) {
    if (const Difference difference = estate.KillOne(random, counts)) {
      return absl::StrCat("kills of seed ", seed, ", kill ", i + 1, ": ", *difference);
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
