#include "durability/engine_crashes.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "moyeo/engine.h"
#include "moyeo/journal.h"
#include "simulation/auditor.h"
#include "simulation/population.h"
#include "society/society.h"
#include "support/faulty_vfs.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using society::Society;
using Difference = std::optional<std::string>;

constexpr char kDirectory[] = "disk";

// Small enough that nobody is far from anybody, and that the whole of it is looked at often.
constexpr PopulationOptions kPopulation{.users = 10, .meetups = 6};

absl::StatusOr<std::unique_ptr<Engine>> OpenOn(const FaultyDisk& disk,
                                               const std::string& directory = kDirectory,
                                               DamagePolicy on_damage = DamagePolicy::kRefuse) {
  const bool is_copy = directory != kDirectory;
  auto journal = OpenSqliteJournal(directory, {.create_if_missing = !is_copy, .vfs = disk.name()});
  if (!journal.ok()) return journal.status();
  // Nothing happens by itself: the same seed does the same to the disk.
  constexpr std::int64_t kNeverMs = 10'000 * std::int64_t{86'400'000};
  return Engine::Open(*std::move(journal), {.max_users = 1'000,
                                            .event_window = 100,
                                            .commands_per_snapshot = 0,
                                            .erase_within_ms = kNeverMs,
                                            .on_damage = on_damage});
}

// What there must be after some commands.
struct Moment {
  std::size_t commands = 0;  // how many of those that did something
  std::uint64_t hash = 0;
  Auditor auditor;
};

// Whether engine and auditor have the same messages in every room.
Difference CompareMessages(const Engine& engine, const Auditor& auditor) {
  for (const auto& [id, meetup] : auditor.books().meetups) {
    for (const Books::Member& member : meetup.members) {
      const auto expected = auditor.Messages(member.user, id);
      std::vector<MessageView> found;
      PageRequest request{.limit = 7};
      do {
        const auto page = engine.Messages(member.user, id, request);
        if (!page.ok()) return absl::StrCat("a room of which ", page.status().ToString());
        found.insert(found.end(), page->items.begin(), page->items.end());
        request.cursor = page->next;
      } while (!request.cursor.empty());
      if (!expected.ok() || found != *expected) {
        return absl::StrCat("other messages of meetup ", ToNumber(id));
      }
    }
  }
  return std::nullopt;
}

// Which of the moments it is, the latest if it is several.
absl::StatusOr<std::size_t> Which(const Engine& engine, const std::vector<Moment>& moments) {
  const absl::StatusOr<std::uint64_t> hash = engine.Hash();
  if (!hash.ok()) return hash.status();
  for (std::size_t i = moments.size(); i-- > 0;) {
    if (moments[i].hash == *hash) return i;
  }
  return absl::InternalError(absl::StrCat("a state that is none of the ", moments.size(),
                                          " there may be, of which the first has had ",
                                          moments.front().commands, " commands"));
}

// The rules, given one command after another: by state machine and auditor, who must agree.
class Referee {
 public:
  // What must become of it.
  absl::StatusOr<Outcome> Judge(const Command& command) {
    // Of such an Advance nobody needs to know.
    if (std::holds_alternative<Advance>(command.body) && !command.request_id &&
        society_.Validate(command) == Reject::kNone &&
        society_.NextDue().value_or(kMaxTimestamp + std::chrono::milliseconds(1)) > command.time) {
      return Outcome();
    }
    const Auditor::Verdict verdict = auditor_.Judge(command);
    if (!verdict.outcome.accepted() || verdict.repeated) return verdict.outcome;
    std::vector<Event> ignored;
    if (society_.Apply(command, ignored) != verdict.outcome) {
      return absl::InternalError("state machine and auditor differ");
    }
    given_.push_back(command);
    return verdict.outcome;
  }

  Moment Now() const {
    return {.commands = given_.size(), .hash = society_.Hash(), .auditor = auditor_};
  }

  // One who has been given what there was at that moment of this one's.
  Referee At(const Moment& moment) const {
    Referee past;
    past.auditor_ = moment.auditor;
    past.given_.assign(given_.begin(),
                       given_.begin() + static_cast<std::ptrdiff_t>(moment.commands));
    std::vector<Event> ignored;
    for (const Command& command : past.given_) past.society_.Apply(command, ignored);
    return past;
  }

  const Auditor& auditor() const { return auditor_; }

 private:
  Auditor auditor_;
  Society society_;
  std::vector<Command> given_;
};

// Differences are Internal errors; any other is the engine's own.
bool IsDifference(const absl::Status& status) { return absl::IsInternal(status); }

// A history: what is done to an engine on a disk, and what that should come to.
class History {
 public:
  History(std::uint64_t seed, const FaultyDisk& disk)
      : disk_(disk),
        random_(seed),
        population_(random_.Bits(), kPopulation),
        steps_(6 + random_.Below(10)) {
    moments_ = {referee_.Now()};
    hashes_ = {moments_.back().hash};
  }

  // So many commands, in a few batches, for there to be something.
  absl::Status Begin() {
    constexpr std::size_t kCommands = 150;
    if (absl::Status status = Open(); !status.ok()) return status;
    for (std::size_t given = 0; given < kCommands;) {
      const std::size_t count = 1 + random_.Below(30);
      if (absl::Status status = Give(count); !status.ok()) return status;
      given += count;
      if (!random_.OneIn(8)) continue;
      if (absl::Status status = engine_->Snapshot(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // To the end, or to the first error, which it gives. What there may be is known all the time.
  absl::Status Run() {
    for (std::size_t i = 0; i < steps_; ++i) {
      if (absl::Status status = Step(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void Close() { engine_.reset(); }

  // A few more commands, to an engine that goes on from one of the moments.
  Difference GoOn(FaultyDisk& disk, std::unique_ptr<Engine> engine, const Moment& from,
                  Random& random) const {
    Referee referee = referee_.At(from);
    Population population = population_;
    for (std::size_t i = 1 + random.Below(4); i > 0; --i) {
      const Command command =
          population.Next(referee.auditor().books(), referee.auditor().NextDue());
      const absl::StatusOr<Outcome> expected = referee.Judge(command);
      if (!expected.ok()) return expected.status().ToString();
      const absl::StatusOr<Outcome> outcome = engine->Apply(command);
      if (!outcome.ok()) return absl::StrCat("does not go on: ", outcome.status().ToString());
      if (*outcome != *expected) return "goes on, and decides otherwise";
    }
    if (random.OneIn(2)) {
      const absl::Status status = engine->Snapshot();
      if (!status.ok()) return absl::StrCat("no snapshot afterwards: ", status.ToString());
      engine.reset();
      if (Difference left = WhatIsLeft(disk.image(), referee.auditor())) return left;
    }
    engine.reset();
    disk.image().Crash(random);
    const auto again = OpenOn(disk);
    if (!again.ok()) return absl::StrCat("not opened again: ", again.status().ToString());
    const auto which = Which(**again, {referee.Now()});
    if (!which.ok()) return absl::StrCat("after it went on: ", which.status().ToString());
    return CompareMessages(**again, referee.auditor());
  }

  // What somebody has written who is erased, and is still in a file of the engine's.
  Difference WhatIsLeft(const DiskImage& image, const Auditor& auditor) const {
    for (const auto& [author, texts] : written_) {
      const auto found = auditor.books().people.find(author);
      if (found == auditor.books().people.end() || !found->second.erased) continue;
      for (const auto& [name, file] : image.current) {
        if (name.starts_with("backup")) continue;
        for (const std::string& text : texts) {
          if (file->current.find(text) == std::string::npos) continue;
          return absl::StrCat("erased, and in ", name, ": ", text);
        }
      }
    }
    return std::nullopt;
  }

  Engine* engine() { return engine_.get(); }
  // What there may be.
  const std::vector<Moment>& moments() const { return moments_; }
  // The hashes of all that there has been.
  const std::vector<std::uint64_t>& hashes() const { return hashes_; }
  bool has_failed_to_apply() const { return has_failed_to_apply_; }

  struct Copy {
    std::string directory;
    Moment moment;
  };
  const std::optional<Copy>& copy() const { return copy_; }

 private:
  absl::Status Open() {
    engine_.reset();
    auto opened = OpenOn(disk_);
    if (!opened.ok()) return opened.status();
    engine_ = *std::move(opened);
    return Which(*engine_, moments_).status();
  }

  absl::Status Step() {
    switch (random_.Below(12)) {
      case 0:
        return Open();
      case 1:
      case 2:
        return engine_->Snapshot();
      case 3: {
        const std::string directory = absl::StrCat("backup-", random_.Bits());
        if (absl::Status status = engine_->Backup(directory); !status.ok()) return status;
        copy_ = Copy{.directory = directory, .moment = moments_.back()};
        return absl::OkStatus();
      }
      case 4:
      case 5:
        return Give(2 + random_.Below(5));
      default:
        return Give(1);
    }
  }

  Command SomeCommand() {
    const Auditor& auditor = referee_.auditor();
    Command command = population_.Next(auditor.books(), auditor.NextDue());
    // Those who are erased leave more behind than others.
    if (command.actor && random_.OneIn(40)) command.body = Erase{};
    auto* const post = std::get_if<PostMessage>(&command.body);
    if (post != nullptr && command.actor) Mark(*command.actor, post->text);
    return command;
  }

  // Makes it one that nobody else has written.
  void Mark(UserId author, std::string& text) {
    const std::string mark = absl::StrCat("message ", ++marks_, " of ", ToNumber(author), ".");
    text = mark + std::string(random_.Below(1'500), '.');
    written_[author].push_back(mark);
  }

  // So many commands at once.
  absl::Status Give(std::size_t count) {
    std::vector<Command> commands;
    std::vector<Outcome> expected;
    for (std::size_t i = 0; i < count; ++i) {
      commands.push_back(SomeCommand());
      const absl::StatusOr<Outcome> outcome = referee_.Judge(commands.back());
      if (!outcome.ok()) return outcome.status();
      population_.Hear(commands.back(), *outcome);
      expected.push_back(*outcome);
      moments_.push_back(referee_.Now());
      hashes_.push_back(moments_.back().hash);
    }
    absl::StatusOr<std::vector<Outcome>> outcomes = Apply(commands);
    if (!outcomes.ok()) {
      has_failed_to_apply_ = true;
      return outcomes.status();
    }
    if (*outcomes != expected) return absl::InternalError("the engine decides otherwise");
    moments_.erase(moments_.begin(), moments_.end() - 1);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Outcome>> Apply(const std::vector<Command>& commands) {
    if (commands.size() > 1) return engine_->ApplyBatch(commands);
    const absl::StatusOr<Outcome> outcome = engine_->Apply(commands.front());
    if (!outcome.ok()) return outcome.status();
    return std::vector<Outcome>{*outcome};
  }

  const FaultyDisk& disk_;
  Random random_;
  Population population_;
  const std::size_t steps_;
  Referee referee_;
  std::vector<Moment> moments_;
  std::vector<std::uint64_t> hashes_;
  std::uint64_t marks_ = 0;
  std::map<UserId, std::vector<std::string>> written_;  // in messages
  std::unique_ptr<Engine> engine_;
  std::optional<Copy> copy_;
  bool has_failed_to_apply_ = false;
};

Difference CheckCopy(const FaultyDisk& disk, const History::Copy& copy) {
  const auto opened = OpenOn(disk, copy.directory);
  if (!opened.ok()) return absl::StrCat("no backup: ", opened.status().ToString());
  const auto which = Which(**opened, {copy.moment});
  if (!which.ok()) return absl::StrCat("a backup is of ", which.status().ToString());
  return CompareMessages(**opened, copy.moment.auditor);
}

// Opens what is on the disk, compares, and goes on a little, for good.
Difference CheckOpens(FaultyDisk& disk, const History& history, Random& random) {
  if (history.copy() && random.OneIn(4)) {
    if (Difference difference = CheckCopy(disk, *history.copy())) return difference;
  }
  auto opened = OpenOn(disk);
  if (!opened.ok()) return absl::StrCat("cannot be opened: ", opened.status().ToString());
  const auto which = Which(**opened, history.moments());
  if (!which.ok()) return which.status().ToString();
  const Moment& moment = history.moments()[*which];
  if (Difference difference = CompareMessages(**opened, moment.auditor)) return difference;
  if (!random.OneIn(3)) return std::nullopt;
  return history.GoOn(disk, *std::move(opened), moment, random);
}

// After a failed flush nobody knows what is durable: nothing may be told.
Difference CheckIsSilent(Engine& engine) {
  if (engine.Apply({.body = Advance{}}).ok()) return "after an error, commands are accepted";
  if (engine.Hash().ok()) return "after an error, questions are answered";
  if (engine.Snapshot().ok()) return "after an error, there is a snapshot";
  return std::nullopt;
}

// Where a bit has flipped: nothing is different, or the engine says so.
Difference CheckFlipped(const FaultyDisk& disk, const History& history, CrashCounts& counts) {
  const auto opened = OpenOn(disk);
  if (opened.ok()) {
    const auto which = Which(**opened, history.moments());
    if (!which.ok()) return which.status().ToString();
    Difference difference = CompareMessages(**opened, history.moments()[*which].auditor);
    // A message that is damaged is found when it is read.
    if (!difference || difference->find("DATA_LOSS") == std::string::npos) return difference;
    ++counts.flips_detected;
    return std::nullopt;
  }
  if (!absl::IsDataLoss(opened.status()) && !absl::IsFailedPrecondition(opened.status())) {
    return opened.status().ToString();
  }
  ++counts.flips_detected;
  const auto intact = OpenOn(disk, kDirectory, DamagePolicy::kReadIntactPart);
  if (!intact.ok()) return std::nullopt;
  const absl::StatusOr<std::uint64_t> hash = (*intact)->Hash();
  if (!hash.ok() || std::ranges::find(history.hashes(), *hash) == history.hashes().end()) {
    return "the intact part is a state that there has never been";
  }
  if (!absl::IsFailedPrecondition((*intact)->Apply({.body = Advance{}}).status())) {
    return "the intact part takes commands";
  }
  return std::nullopt;
}

std::string Where(std::uint64_t seed, const char* what, std::uint64_t at) {
  return absl::StrCat("engine's history ", seed, ", ", what, " ", at, ": ");
}

}  // namespace

std::optional<std::string> RunEngineCrashes(std::uint64_t seed, CrashCounts& counts) {
  ++counts.histories;
  Difference difference;
  FaultyDisk disk;
  History history(seed, disk);
  if (const absl::Status begun = history.Begin(); !begun.ok()) {
    return absl::StrCat(Where(seed, "before change", disk.changes()), begun.ToString());
  }
  Random random(seed + 1'000'000'007);
  disk.BeforeChanges([&] {
    if (difference) return;
    DiskImage image = disk.image().Copy();
    if (random.OneIn(10)) {
      image.Settle();
      ++counts.kills;
    } else {
      image.Crash(random);
      ++counts.crashes;
    }
    FaultyDisk after(std::move(image));
    if (random.OneIn(6)) {
      after.LosePowerAt(random.Below(30));
      OpenOn(after).status().IgnoreError();
      ++counts.crashes;
      ++counts.crashes_of_recovery;
      after.image().Crash(random);
      after.LosePowerAt(UINT64_MAX);
    }
    difference = CheckOpens(after, history, random);
    if (difference) difference = Where(seed, "crash at change", disk.changes()) + *difference;
  });
  const absl::Status status = history.Run();
  history.Close();
  if (!difference && !status.ok()) difference = Where(seed, "no crash", 0) + status.ToString();
  return difference;
}

std::optional<std::string> RunEngineFaults(std::uint64_t seed, std::size_t stride,
                                           CrashCounts& counts) {
  ++counts.histories;
  Random random(seed + 1'000'000'007);
  for (std::uint64_t at = random.Below(stride);; at += 1 + random.Below(2 * stride - 1)) {
    const auto fault = static_cast<FaultyDisk::Fault>(random.Below(4));
    FaultyDisk disk;
    History history(seed, disk);
    absl::Status status = history.Begin();
    if (status.ok()) {
      disk.FailAt(disk.calls() + at, fault);
      status = history.Run();
    }
    if (!status.ok() && (!disk.has_failed() || IsDifference(status))) {
      return Where(seed, "fault at call", at) + status.ToString();
    }
    if (history.has_failed_to_apply()) {
      if (Difference difference = CheckIsSilent(*history.engine())) {
        return Where(seed, "fault at call", at) + *difference;
      }
    }
    history.Close();
    disk.Mend();
    if (!disk.has_failed()) break;  // there are no more calls
    ++counts.faults;
    if (random.OneIn(2)) {
      disk.image().Crash(random);
      ++counts.crashes;
    }
    if (Difference difference = CheckOpens(disk, history, random)) {
      return absl::StrCat(Where(seed, "fault at call", at), status.ToString(), ": ", *difference);
    }
  }
  return std::nullopt;
}

std::optional<std::string> RunEngineFlips(std::uint64_t seed, std::size_t flips,
                                          CrashCounts& counts) {
  ++counts.histories;
  Random random(seed + 1'000'000'007);
  FaultyDisk disk;
  History history(seed, disk);
  absl::Status status = history.Begin();
  if (status.ok()) status = history.Run();
  if (!status.ok()) return Where(seed, "no flip", 0) + status.ToString();
  // Open, with a WAL, or closed.
  if (random.OneIn(2)) history.Close();
  DiskImage image = disk.image().Copy();
  image.Settle();
  for (const auto& [name, file] : image.current) {
    if (file->current.empty() || name.starts_with("backup")) continue;
    for (std::size_t i = 0; i < flips; ++i) {
      DiskImage flipped = image.Copy();
      const std::size_t bit = random.Below(8 * file->current.size());
      flipped.current[name]->current[bit / 8] ^= static_cast<char>(1 << bit % 8);
      flipped.Settle();
      const FaultyDisk after(std::move(flipped));
      ++counts.flips;
      if (Difference difference = CheckFlipped(after, history, counts)) {
        return absl::StrCat(Where(seed, "bit", bit), "of ", name, ": ", *difference);
      }
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
