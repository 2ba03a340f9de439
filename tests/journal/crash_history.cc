#include "journal/crash_history.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "moyeo/journal.h"
#include "support/faulty_vfs.h"
#include "support/seeds.h"

namespace moyeo::testing {
namespace {

using Difference = std::optional<std::string>;
using MessageKey = std::pair<MeetupId, MessageNumber>;

constexpr std::uint64_t kRooms = 3;

// What a journal must say.
struct Model {
  std::vector<JournalRecord> records;  // forgotten ones included
  std::uint64_t forgotten = 0;
  std::map<MessageKey, JournalMessage> messages;
  std::map<std::uint64_t, std::string> snapshots;
  std::vector<PendingPurge> purges;
};

// The earliest, and of equal times the one that is about most.
std::optional<PendingPurge> FirstPurge(const Model& model) {
  std::optional<PendingPurge> first;
  for (const PendingPurge& purge : model.purges) {
    if (!first || purge.by < first->by ||
        (purge.by == first->by && purge.through > first->through)) {
      first = purge;
    }
  }
  return first;
}

struct Step {
  enum class Kind {
    kAppend,
    kSnapshot,
    kAbandonedSnapshot,
    kLongSnapshot,  // one that is begun, and committed some steps later: see History
    kForget,
    kBackup,
    kCompact
  };

  Kind kind = Kind::kAppend;
  JournalBatch batch;
  std::uint64_t sequence = 0;  // of the snapshot
  std::string bytes;
  std::string directory;  // of the backup
};

// A copy of a journal, and what it must say.
struct BackedUp {
  std::string directory;
  Model model;
};

std::string SomeText(std::size_t size, Random& random) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random.Below(26));
  return text;
}

// The number of the latest message of a room; 0 if it has none.
MessageNumber LatestOf(const Model& model, MeetupId room) {
  auto after = model.messages.upper_bound({room, UINT64_MAX});
  if (after == model.messages.begin()) return 0;
  const MessageKey& latest = std::prev(after)->first;
  return latest.first == room ? latest.second : 0;
}

MessageChange SomeChange(const Model& model, Random& random) {
  const MeetupId room{1 + random.Below(kRooms)};
  const MessageNumber latest = LatestOf(model, room);
  if (random.OneIn(12)) return RemovedRoom{room};
  if (random.OneIn(4)) return EmptiedMessage{room, random.Below(latest + 2)};
  return JournalMessage{.room = room,
                        .number = latest + 1,
                        .author = UserId{random.Bits()},
                        .time = Timestamp(std::chrono::milliseconds(random.Bits32())),
                        .text = SomeText(1 + random.Below(random.OneIn(10) ? 6'000 : 200), random)};
}

void Change(Model& model, const MessageChange& change) {
  if (const auto* message = std::get_if<JournalMessage>(&change)) {
    model.messages[{message->room, message->number}] = *message;
  } else if (const auto* emptied = std::get_if<EmptiedMessage>(&change)) {
    const auto found = model.messages.find({emptied->room, emptied->number});
    if (found != model.messages.end()) found->second.text.clear();
  } else {
    std::erase_if(model.messages, [&](const auto& entry) {
      return entry.first.first == std::get<RemovedRoom>(change).room;
    });
  }
}

Step SomeStep(const Model& model, Random& random) {
  Step step;
  const std::size_t choice = random.Below(12);
  if (choice == 11) {
    step.kind = Step::Kind::kCompact;
    return step;
  }
  if (choice == 10) {
    step.kind = Step::Kind::kBackup;
    step.directory = absl::StrCat("backup-", random.Bits());
    return step;
  }
  if (choice == 8 && !model.snapshots.empty()) {
    step.kind = Step::Kind::kForget;
    auto snapshot = model.snapshots.begin();
    std::advance(snapshot, random.Below(model.snapshots.size()));
    step.sequence = snapshot->first;
    return step;
  }
  if (choice == 9 || choice == 8) {
    step.kind = random.OneIn(5) ? Step::Kind::kAbandonedSnapshot : Step::Kind::kSnapshot;
    if (random.OneIn(2)) step.kind = Step::Kind::kLongSnapshot;
    step.sequence = model.forgotten + random.Below(model.records.size() - model.forgotten + 1);
    step.bytes = SomeText(random.Below(random.OneIn(20) ? 1'200'000 : 9'000), random);
    return step;
  }
  const std::size_t records = random.Below(6);
  for (std::size_t i = 1; i <= records; ++i) {
    step.batch.records.push_back(
        {.sequence = model.records.size() + i,
         .time = Timestamp(std::chrono::milliseconds(random.Bits32())),
         .request_id = random.OneIn(2) ? std::optional(RequestId{random.Bits()}) : std::nullopt,
         .rules_version = random.Bits32(),
         .command = SomeText(random.Below(random.OneIn(20) ? 9'000 : 300), random)});
  }
  Model changed = model;
  for (std::size_t i = random.Below(9); i > 0; --i) {
    step.batch.messages.push_back(SomeChange(changed, random));
    Change(changed, step.batch.messages.back());
  }
  if (random.OneIn(6)) {
    step.batch.purge_by = Timestamp(std::chrono::milliseconds(random.Bits32()));
  }
  return step;
}

// The models that a journal may agree with while the step is under way: from how it was before to
// how it is after.
std::vector<Model> During(const Model& before, const Step& step) {
  std::vector<Model> models = {before};
  Model next = before;
  switch (step.kind) {
    case Step::Kind::kAppend:
      next.records.insert(next.records.end(), step.batch.records.begin(), step.batch.records.end());
      for (const MessageChange& change : step.batch.messages) Change(next, change);
      if (step.batch.purge_by) {
        next.purges.push_back({.by = *step.batch.purge_by, .through = next.records.size()});
      }
      break;
    case Step::Kind::kSnapshot:
    case Step::Kind::kLongSnapshot:
      next.snapshots[step.sequence] = step.bytes;
      break;
    case Step::Kind::kAbandonedSnapshot:
    case Step::Kind::kBackup:
    case Step::Kind::kCompact:
      break;
    case Step::Kind::kForget:
      next.snapshots.erase(next.snapshots.begin(), next.snapshots.find(step.sequence));
      models.push_back(next);
      next.forgotten = step.sequence;
      models.push_back(next);
      std::erase_if(next.purges,
                    [&](const PendingPurge& purge) { return purge.through <= step.sequence; });
      break;
  }
  models.push_back(std::move(next));
  return models;
}

// How a journal differs from what it should be is an Internal error; any other is its own.
absl::Status Differs(const std::string& how) { return absl::InternalError(how); }

absl::Status CompareRecords(const Journal& journal, const Model& model) {
  if (journal.last() != model.records.size()) {
    return Differs(absl::StrCat("last() is ", journal.last(), ", not ", model.records.size()));
  }
  if (journal.forgotten() != model.forgotten) {
    return Differs(absl::StrCat("forgotten() is ", journal.forgotten(), ", not ", model.forgotten));
  }
  std::vector<JournalRecord> records;
  if (absl::Status status = journal.Read(model.forgotten, model.records.size() + 1, records);
      !status.ok()) {
    return status;
  }
  if (!std::equal(records.begin(), records.end(),
                  model.records.begin() + static_cast<std::ptrdiff_t>(model.forgotten),
                  model.records.end())) {
    return Differs("other records");
  }
  return absl::OkStatus();
}

absl::Status CompareMessages(const Journal& journal, const Model& model) {
  for (std::uint64_t room = 1; room <= kRooms; ++room) {
    std::vector<MessageNumber> numbers(LatestOf(model, MeetupId{room}) + 1);
    // From the latest down, as pages are, and one after it.
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = numbers.size() - i;
    const auto found = journal.FindMessages(MeetupId{room}, numbers);
    if (!found.ok()) return found.status();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto expected = model.messages.find({MeetupId{room}, numbers[i]});
      const std::optional<JournalMessage>& message = (*found)[i];
      if (message.has_value() != (expected != model.messages.end()) ||
          (message.has_value() && *message != expected->second)) {
        return Differs(absl::StrCat("another message ", numbers[i], " of room ", room));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CompareSnapshots(const Journal& journal, const Model& model) {
  const auto sequences = journal.Snapshots();
  if (!sequences.ok()) return sequences.status();
  if (!std::ranges::equal(*sequences, model.snapshots, {}, {},
                          [](const auto& entry) { return entry.first; })) {
    return Differs(
        absl::StrCat(sequences->size(), " snapshots, not ", model.snapshots.size(), ", or others"));
  }
  for (const auto& [sequence, expected] : model.snapshots) {
    const auto reader = journal.ReadSnapshot(sequence);
    if (!reader.ok()) return reader.status();
    std::string bytes;
    std::string piece;
    do {
      if (absl::Status status = (*reader)->Read(piece); !status.ok()) return status;
      bytes += piece;
    } while (!piece.empty());
    if (bytes != expected) return Differs(absl::StrCat("another snapshot of ", sequence));
  }
  return absl::OkStatus();
}

absl::Status Compare(const Journal& journal, const Model& model) {
  for (const auto compare : {CompareRecords, CompareMessages, CompareSnapshots}) {
    if (absl::Status status = compare(journal, model); !status.ok()) return status;
  }
  if (journal.pending_purge() != FirstPurge(model)) return Differs("another pending purge");
  return absl::OkStatus();
}

// Which of the models the journal agrees with, or how it differs from the last of them.
absl::StatusOr<std::size_t> Which(const Journal& journal, const std::vector<Model>& models) {
  std::string differences;
  for (std::size_t i = models.size(); i-- > 0;) {
    const absl::Status status = Compare(journal, models[i]);
    if (status.ok()) return i;
    if (!absl::IsInternal(status)) return status;
    absl::StrAppend(&differences, absl::string_view(status.message()), "; ");
  }
  return Differs(differences);
}

absl::StatusOr<std::unique_ptr<Journal>> OpenOn(const FaultyDisk& disk) {
  return OpenSqliteJournal("disk", {.vfs = disk.name()});
}

// Closes the journal, if it is open.
absl::Status OpenAgain(const FaultyDisk& disk, std::unique_ptr<Journal>& journal) {
  journal.reset();
  auto opened = OpenOn(disk);
  if (!opened.ok()) return opened.status();
  journal = *std::move(opened);
  return absl::OkStatus();
}

absl::Status Compact(const FaultyDisk& disk, std::unique_ptr<Journal>& journal) {
  journal.reset();
  if (absl::Status status = CompactJournal("disk", {.vfs = disk.name()}); !status.ok()) {
    return status;
  }
  return OpenAgain(disk, journal);
}

absl::Status Do(const FaultyDisk& disk, std::unique_ptr<Journal>& journal, const Step& step) {
  switch (step.kind) {
    case Step::Kind::kAppend:
      return journal->Append(step.batch);
    case Step::Kind::kForget:
      return journal->Forget(step.sequence);
    case Step::Kind::kBackup:
      return journal->Backup(step.directory);
    case Step::Kind::kCompact:
      return Compact(disk, journal);
    case Step::Kind::kSnapshot:
    case Step::Kind::kAbandonedSnapshot:
    case Step::Kind::kLongSnapshot:
      break;
  }
  const auto writer = journal->WriteSnapshot(step.sequence);
  if (!writer.ok()) return writer.status();
  if (absl::Status status = (*writer)->Write(step.bytes); !status.ok()) return status;
  return step.kind == Step::Kind::kAbandonedSnapshot ? absl::OkStatus() : (*writer)->Commit();
}

// A history: what is done to a journal on a disk, and what that should come to.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), steps_(8 + random_.Below(10)) {}

  // Runs to the end, or to the first error, which it gives. `models` are the possible ones at every
  // moment.
  absl::Status Run(const FaultyDisk& disk) {
    models_ = {Model{}};
    if (absl::Status status = OpenAgain(disk, journal_); !status.ok()) return status;
    for (std::size_t i = 0; i < steps_; ++i) {
      if (random_.OneIn(8)) {
        writer_.reset();
        if (absl::Status status = OpenAgain(disk, journal_); !status.ok()) return status;
      }
      if (writer_ != nullptr && random_.OneIn(3)) {
        if (absl::Status status = EndSnapshot(); !status.ok()) return status;
      }
      const Step step = SomeStep(models_.back(), random_);
      if (writer_ != nullptr && IsInTheWay(step)) continue;
      if (step.kind == Step::Kind::kLongSnapshot) {
        if (absl::Status status = BeginSnapshot(step); !status.ok()) return status;
        continue;
      }
      models_ = During(models_.back(), step);
      if (absl::Status status = Do(disk, journal_, step); !status.ok()) {
        has_failed_to_append_ = step.kind == Step::Kind::kAppend;
        return status;
      }
      models_.erase(models_.begin(), models_.end() - 1);
      if (step.kind == Step::Kind::kBackup) {
        backup_ = BackedUp{.directory = step.directory, .model = models_.back()};
      }
    }
    return absl::OkStatus();
  }

  void Close() {
    writer_.reset();
    journal_.reset();
  }

  Journal* journal() { return journal_.get(); }
  const std::vector<Model>& models() const { return models_; }
  // The latest that there is for good.
  const std::optional<BackedUp>& backup() const { return backup_; }
  bool has_failed_to_append() const { return has_failed_to_append_; }

 private:
  // Of what is done while a snapshot is being written, whether that must end before.
  bool IsInTheWay(const Step& step) const {
    return step.kind == Step::Kind::kSnapshot || step.kind == Step::Kind::kAbandonedSnapshot ||
           step.kind == Step::Kind::kLongSnapshot || step.kind == Step::Kind::kCompact ||
           (step.kind == Step::Kind::kForget && step.sequence > long_.sequence);
  }

  absl::Status BeginSnapshot(const Step& step) {
    long_ = step;
    auto writer = journal_->WriteSnapshot(step.sequence);
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    return writer_->Write(std::string_view(step.bytes).substr(0, step.bytes.size() / 2));
  }

  absl::Status EndSnapshot() {
    absl::Status status =
        writer_->Write(std::string_view(long_.bytes).substr(long_.bytes.size() / 2));
    if (!status.ok()) return status;
    models_ = During(models_.back(), long_);
    status = writer_->Commit();
    if (!status.ok()) return status;
    writer_.reset();
    models_.erase(models_.begin(), models_.end() - 1);
    return absl::OkStatus();
  }

  Random random_;
  const std::size_t steps_;
  std::vector<Model> models_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<SnapshotWriter> writer_;  // while the long snapshot is being written
  Step long_;
  std::optional<BackedUp> backup_;
  bool has_failed_to_append_ = false;
};

Difference CheckBackup(const FaultyDisk& disk, const BackedUp& backup) {
  const auto opened =
      OpenSqliteJournal(backup.directory, {.create_if_missing = false, .vfs = disk.name()});
  if (!opened.ok()) return absl::StrCat("no backup: ", opened.status().ToString());
  const auto same = Which(**opened, {backup.model});
  if (!same.ok()) return absl::StrCat("another backup: ", same.status().ToString());
  return std::nullopt;
}

// Opens what is on the disk, compares, and goes on a little, for good.
Difference CheckOpens(FaultyDisk& disk, const History& history, Random& random) {
  const std::vector<Model>& models = history.models();
  if (history.backup() && random.OneIn(4)) {
    if (Difference difference = CheckBackup(disk, *history.backup())) return difference;
  }
  auto opened = OpenOn(disk);
  if (!opened.ok()) return absl::StrCat("cannot be opened: ", opened.status().ToString());
  const auto which = Which(**opened, models);
  if (!which.ok()) return which.status().ToString();
  if (!random.OneIn(3)) return std::nullopt;
  const Step step = SomeStep(models[*which], random);
  if (absl::Status status = Do(disk, *opened, step); !status.ok()) {
    return absl::StrCat("does not go on: ", status.ToString());
  }
  const std::vector<Model> after = {During(models[*which], step).back()};
  if (const auto same = Which(**opened, after); !same.ok()) {
    return absl::StrCat("after it went on: ", same.status().ToString());
  }
  opened->reset();
  disk.image().Crash(random);
  if (absl::Status status = OpenAgain(disk, *opened); !status.ok()) {
    return absl::StrCat("after it went on, it cannot be opened: ", status.ToString());
  }
  if (const auto same = Which(**opened, after); !same.ok()) {
    return absl::StrCat("after it went on and crashed: ", same.status().ToString());
  }
  return std::nullopt;
}

std::string Where(std::uint64_t seed, const char* what, std::uint64_t at) {
  return absl::StrCat("history ", seed, ", ", what, " ", at, ": ");
}

}  // namespace

CrashCounts& CrashCounts::operator+=(const CrashCounts& other) {
  histories += other.histories;
  crashes += other.crashes;
  crashes_of_recovery += other.crashes_of_recovery;
  kills += other.kills;
  faults += other.faults;
  flips += other.flips;
  flips_detected += other.flips_detected;
  return *this;
}

std::string CrashCounts::ToString() const {
  return absl::StrCat(histories, " histories: ", crashes, " crashes (", crashes_of_recovery,
                      " of them in a recovery), ", kills, " kills, ", faults, " faults, ", flips,
                      " bits flipped, ", flips_detected,
                      " of them detected and the others harmless");
}

std::optional<std::string> RunCrashes(std::uint64_t seed, CrashCounts& counts) {
  ++counts.histories;
  Difference difference;
  FaultyDisk disk;
  History history(seed);
  Random random(seed + 1'000'000'007);
  disk.BeforeChanges([&] {
    if (difference) return;
    const bool is_kill = random.OneIn(10);
    DiskImage image = disk.image().Copy();
    if (is_kill) {
      image.Settle();
      ++counts.kills;
    } else {
      image.Crash(random);
      ++counts.crashes;
    }
    FaultyDisk after(std::move(image));
    if (random.OneIn(4)) {
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
  const absl::Status status = history.Run(disk);
  history.Close();
  if (!difference && !status.ok()) difference = status.ToString();
  return difference;
}

std::optional<std::string> RunFaults(std::uint64_t seed, std::size_t stride, CrashCounts& counts) {
  ++counts.histories;
  Random random(seed + 1'000'000'007);
  for (std::uint64_t at = random.Below(stride);; at += 1 + random.Below(2 * stride - 1)) {
    const auto fault = static_cast<FaultyDisk::Fault>(random.Below(4));
    FaultyDisk disk;
    disk.FailAt(at, fault);
    History history(seed);
    const absl::Status status = history.Run(disk);
    if (!status.ok() && !disk.has_failed()) return Where(seed, "no fault", at) + status.ToString();
    if (history.has_failed_to_append() &&
        !absl::IsFailedPrecondition(history.journal()->Append({.purge_by = Timestamp()}))) {
      return Where(seed, "fault at call", at) + "after an error, changes are not refused";
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
      return Where(seed, "fault at call", at) + status.ToString() + ": " + *difference;
    }
  }
  return std::nullopt;
}

std::optional<std::string> RunFlips(std::uint64_t seed, std::size_t flips, CrashCounts& counts) {
  ++counts.histories;
  Random random(seed + 1'000'000'007);
  FaultyDisk disk;
  History history(seed);
  if (absl::Status status = history.Run(disk); !status.ok()) return status.ToString();
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
      FaultyDisk after(std::move(flipped));
      ++counts.flips;
      const auto opened = OpenOn(after);
      const absl::Status status =
          opened.ok() ? Which(**opened, history.models()).status() : opened.status();
      if (absl::IsDataLoss(status) || absl::IsFailedPrecondition(status)) {
        ++counts.flips_detected;
      } else if (!status.ok()) {
        return absl::StrCat(Where(seed, "bit", bit), "of ", name, ": ", status.ToString());
      }
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
