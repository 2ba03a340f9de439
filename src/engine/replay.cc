#include "engine/replay.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "moyeo/json.h"
#include "society/snapshot.h"

namespace moyeo::engine {
namespace {

absl::StatusOr<society::Society> Load(const Journal& journal, std::uint64_t sequence) {
  absl::StatusOr<std::unique_ptr<SnapshotReader>> reader = journal.ReadSnapshot(sequence);
  if (!reader.ok()) return reader.status();
  return society::ReadSnapshot([&](std::string& piece) { return (*reader)->Read(piece); });
}

absl::Status Do(const JournalRecord& record, society::Society& society,
                std::vector<Event>& events) {
  if (record.rules_version != society::kRulesVersion) {
    return absl::FailedPreconditionError(absl::StrCat("command ", record.sequence, " is of rules ",
                                                      record.rules_version, ", not ",
                                                      society::kRulesVersion));
  }
  const absl::StatusOr<Command> command = FromJson<Command>(record.command);
  if (!command.ok()) {
    return absl::DataLossError(absl::StrCat("command ", record.sequence,
                                            " cannot be read: ", command.status().ToString()));
  }
  const Outcome outcome = society.Apply(*command, events);
  if (outcome.accepted()) return absl::OkStatus();
  const std::string_view why = NameOf(outcome.reject);
  return absl::DataLossError(absl::StrCat(
      "command ", record.sequence,
      ", which was accepted, is refused: ", absl::string_view(why.data(), why.size())));
}

}  // namespace

absl::StatusOr<Replayed> Replay(const Journal& journal,
                                const std::function<void(std::vector<Event>&)>& hear,
                                const std::function<void(std::string_view)>& log) {
  absl::StatusOr<std::vector<std::uint64_t>> snapshots = journal.Snapshots();
  if (!snapshots.ok()) return snapshots.status();
  Replayed replayed;
  absl::Status why = absl::OkStatus();
  while (!snapshots->empty()) {
    const std::uint64_t sequence = snapshots->back();
    absl::StatusOr<society::Society> loaded = Load(journal, sequence);
    if (loaded.ok()) {
      replayed.society = *std::move(loaded);
      replayed.snapshot = sequence;
      replayed.last = sequence;
      break;
    }
    why = loaded.status();
    log(absl::StrCat("snapshot ", sequence, " is passed over: ", why.ToString()));
    snapshots->pop_back();
  }
  if (replayed.last < journal.forgotten()) {
    if (!why.ok()) return why;
    return absl::DataLossError(
        absl::StrCat("there is no snapshot of the first ", journal.forgotten(), " commands"));
  }
  ReplayMore(journal, journal.last(), hear, replayed);
  return replayed;
}

void ReplayMore(const Journal& journal, std::uint64_t through,
                const std::function<void(std::vector<Event>&)>& hear, Replayed& replayed) {
  constexpr std::size_t kAtOnce = 1'000;
  std::vector<JournalRecord> records;
  std::vector<Event> events;
  while (replayed.last < through && replayed.damage.ok()) {
    const auto wanted = std::min<std::uint64_t>(kAtOnce, through - replayed.last);
    replayed.damage = journal.Read(replayed.last, static_cast<std::size_t>(wanted), records);
    if (replayed.damage.ok() && records.empty()) {
      replayed.damage = absl::DataLossError(
          absl::StrCat("there is no command ", replayed.last + 1, " of ", through));
    }
    for (const JournalRecord& record : records) {
      events.clear();
      absl::Status done = Do(record, replayed.society, events);
      if (!done.ok()) {
        replayed.damage = std::move(done);
        return;
      }
      replayed.last = record.sequence;
      hear(events);
    }
  }
}

absl::Status WriteTo(Journal& journal, const Replayed& replayed) {
  absl::StatusOr<std::unique_ptr<SnapshotWriter>> writer = journal.WriteSnapshot(replayed.last);
  if (!writer.ok()) return writer.status();
  absl::Status status = society::WriteSnapshot(
      replayed.society, [&](std::string_view bytes) { return (*writer)->Write(bytes); });
  if (status.ok()) status = (*writer)->Commit();
  return status;
}

}  // namespace moyeo::engine
