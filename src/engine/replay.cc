#include "engine/replay.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "moyeo/json.h"

namespace moyeo::engine {
namespace {

absl::Status CheckGoesOn(const ReplayOptions& options) {
  return options.is_cancelled() ? absl::CancelledError("the engine is being closed")
                                : absl::OkStatus();
}

absl::StatusOr<society::Society> Load(const Journal& journal, std::uint64_t sequence,
                                      const ReplayOptions& options) {
  absl::StatusOr<std::unique_ptr<SnapshotReader>> reader = journal.ReadSnapshot(sequence);
  if (!reader.ok()) return reader.status();
  const auto read = [&](std::string& piece) {
    absl::Status status = CheckGoesOn(options);
    return status.ok() ? (*reader)->Read(piece) : status;
  };
  return society::ReadSnapshot(read, options.rules);
}

absl::StatusOr<Command> CommandOf(const JournalRecord& record, std::uint32_t rules) {
  if (record.rules_version != rules) {
    return absl::FailedPreconditionError(absl::StrCat("command ", record.sequence, " is of rules ",
                                                      record.rules_version, ", not ", rules));
  }
  absl::StatusOr<Command> command = FromJson<Command>(record.command);
  if (command.ok()) return command;
  return absl::DataLossError(
      absl::StrCat("command ", record.sequence, " cannot be read: ", command.status().ToString()));
}

// Applies `commands`, those after `replayed.last`.
absl::Status Do(std::span<const Command> commands, const ReplayOptions& options,
                Replayed& replayed) {
  std::vector<Event> events;
  for (; !commands.empty(); commands = commands.subspan(1)) {
    events.clear();
    replayed.society.Prefetch(commands);
    const Outcome outcome = replayed.society.Apply(commands.front(), events);
    if (!outcome.accepted()) {
      const std::string_view why = NameOf(outcome.reject);
      return absl::DataLossError(absl::StrCat(
          "command ", replayed.last + 1,
          ", which was accepted, is refused: ", absl::string_view(why.data(), why.size())));
    }
    ++replayed.last;
    options.hear(events);
  }
  return absl::OkStatus();
}

// Applies the commands after `replayed.last`. Damage ends it and is kept; other errors are not
// about what is in the journal, and may be gone the next time.
absl::Status ReplayRecords(const Journal& journal, const ReplayOptions& options,
                           Replayed& replayed) {
  constexpr std::size_t kAtOnce = 1'000;
  const std::uint64_t through = journal.last();
  std::vector<JournalRecord> records;
  std::vector<Command> commands;
  while (replayed.last < through && replayed.damage.ok()) {
    if (absl::Status status = CheckGoesOn(options); !status.ok()) return status;
    const auto wanted = std::min<std::uint64_t>(kAtOnce, through - replayed.last);
    absl::Status found = journal.Read(replayed.last, static_cast<std::size_t>(wanted), records);
    if (!found.ok() && !absl::IsDataLoss(found)) return found;
    if (found.ok() && records.empty()) {
      found = absl::DataLossError(
          absl::StrCat("there is no command ", replayed.last + 1, " of ", through));
    }
    // What there is before the damage is applied, and the first damage is told.
    commands.clear();
    for (const JournalRecord& record : records) {
      absl::StatusOr<Command> command = CommandOf(record, options.rules);
      if (!command.ok()) {
        found = std::move(command).status();
        break;
      }
      commands.push_back(*std::move(command));
    }
    absl::Status done = Do(commands, options, replayed);
    replayed.damage = done.ok() ? std::move(found) : std::move(done);
  }
  return absl::IsDataLoss(replayed.damage) ? absl::OkStatus() : replayed.damage;
}

}  // namespace

absl::StatusOr<Replayed> Replay(const Journal& journal, const ReplayOptions& options) {
  absl::StatusOr<std::vector<std::uint64_t>> snapshots = journal.Snapshots();
  if (!snapshots.ok()) return snapshots.status();
  Replayed replayed;
  absl::Status why = absl::OkStatus();
  while (!snapshots->empty()) {
    const std::uint64_t sequence = snapshots->back();
    absl::StatusOr<society::Society> loaded = Load(journal, sequence, options);
    if (loaded.ok()) {
      replayed.society = *std::move(loaded);
      replayed.snapshot = sequence;
      replayed.last = sequence;
      break;
    }
    why = loaded.status();
    if (absl::IsCancelled(why)) return why;
    options.log(absl::StrCat("snapshot ", sequence, " is passed over: ", why.ToString()));
    snapshots->pop_back();
  }
  if (replayed.last < journal.forgotten()) {
    if (!why.ok()) return why;
    return absl::DataLossError(
        absl::StrCat("there is no snapshot of the first ", journal.forgotten(), " commands"));
  }
  if (absl::Status status = ReplayRecords(journal, options, replayed); !status.ok()) return status;
  return replayed;
}

absl::Status WriteTo(Journal& journal, Replayed& replayed, const ReplayOptions& options) {
  {
    absl::StatusOr<std::unique_ptr<SnapshotWriter>> writer = journal.WriteSnapshot(replayed.last);
    if (!writer.ok()) return writer.status();
    absl::Status status =
        society::WriteSnapshot(replayed.society, [&](std::string_view bytes) -> absl::Status {
          absl::Status goes_on = CheckGoesOn(options);
          return goes_on.ok() ? (*writer)->Write(bytes) : goes_on;
        });
    if (status.ok()) status = (*writer)->Commit();
    if (!status.ok()) return status;
  }
  const std::uint64_t hash = replayed.society.Hash();
  replayed.society = society::Society();
  const absl::StatusOr<society::Society> read = Load(journal, replayed.last, options);
  if (!read.ok()) return read.status();
  if (read->Hash() == hash) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("snapshot ", replayed.last, " is not what was to be written"));
}

}  // namespace moyeo::engine
