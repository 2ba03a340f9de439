#include "bench/society/population.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/message_changes.h"
#include "moyeo/journal.h"
#include "society/snapshot.h"
#include "society/society.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kAtOnce = 100'000;

absl::Status WriteTown(const society::Society& society, Journal& journal) {
  absl::StatusOr<std::unique_ptr<SnapshotWriter>> writer = journal.WriteSnapshot(0);
  if (!writer.ok()) return writer.status();
  absl::Status status = society::WriteSnapshot(
      society, [&](std::string_view bytes) { return (*writer)->Write(bytes); });
  return status.ok() ? (*writer)->Commit() : status;
}

}  // namespace

absl::Status MakePopulation(const std::string& directory, Town& town, std::size_t messages) {
  const absl::StatusOr<std::unique_ptr<Journal>> journal = OpenSqliteJournal(directory);
  if (!journal.ok()) return journal.status();
  society::Society society;
  std::vector<Event> events;
  for (const Command& command : town.Founding()) {
    events.clear();
    society.Apply(command, events);
  }
  while (messages > 0) {
    const std::size_t count = std::min(messages, kAtOnce);
    events.clear();
    for (const Command& command : town.Chatter(count)) society.Apply(command, events);
    absl::Status status = (*journal)->Append({.messages = engine::MessageChangesOf(events)});
    if (!status.ok()) return status;
    messages -= count;
  }
  return WriteTown(society, **journal);
}

absl::StatusOr<std::unique_ptr<Engine>> OpenPopulation(const std::string& directory) {
  absl::StatusOr<std::unique_ptr<Journal>> journal = OpenSqliteJournal(directory);
  if (!journal.ok()) return journal.status();
  return Engine::Open(*std::move(journal), {.commands_per_snapshot = 0});
}

}  // namespace moyeo::bench
