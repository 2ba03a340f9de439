// What is damaged in a journal, wherever it is.

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "journal/page_guard.h"
#include "journal/room_head.h"
#include "journal/sqlite_journal.h"

namespace moyeo {
namespace journal {
namespace {

// The number of a room's head when it is not known.
constexpr MessageNumber kNowhere = ~std::uint64_t{0} - 1;

// More would help nobody.
constexpr std::size_t kMostPlaces = 1'000;

class Places {
 public:
  bool is_full() const { return places_.size() >= kMostPlaces; }

  void Add(const absl::Status& status) {
    if (!status.ok() && !is_full()) places_.emplace_back(status.message());
  }

  std::vector<std::string> Take() { return std::move(places_); }

 private:
  std::vector<std::string> places_;
};

// Those as well that nothing refers to.
void CheckPages(Database& database, Places& places) {
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  int code = sqlite3_file_control(database.get(), "main", SQLITE_FCNTL_FILE_POINTER,
                                  static_cast<void*>(&file));
  if (code == SQLITE_OK) code = file->pMethods->xFileSize(file, &size);
  places.Add(StatusOfCode(code, database.place(), "has no size"));
  if (size % kPageBytes != 0) {
    places.Add(absl::DataLossError(absl::StrCat(database.place(), " ends within a page")));
  }
  std::array<char, kPageBytes> page;
  for (sqlite3_int64 at = 0; at + kPageBytes <= size && !places.is_full(); at += kPageBytes) {
    places.Add(StatusOfCode(file->pMethods->xRead(file, page.data(), kPageBytes, at),
                            database.place(), "cannot be read"));
  }
}

void CheckRecords(const Journal& journal, Places& places) {
  std::vector<JournalRecord> records;
  std::uint64_t after = journal.forgotten();
  while (after < journal.last() && !places.is_full()) {
    constexpr std::size_t kAtOnce = 10'000;
    const absl::Status status = journal.Read(after, kAtOnce, records);
    after += records.size();
    if (status.ok()) continue;
    places.Add(status);
    ++after;  // over the damaged one
  }
}

// Each by itself, and whether it leads where it should.
absl::Status CheckMessages(Reader& reader, Places& places) {
  absl::flat_hash_map<MeetupId, RoomHead> heads;
  absl::Status status = reader.ForEachPost([&](const absl::StatusOr<Post>& post) {
    places.Add(post.status());
    if (!post.ok()) return absl::OkStatus();
    const JournalMessage& message = post->message;
    RoomHead& head = heads[message.room];
    // Of a room that was removed, and then begun anew.
    if (message.number == 1) head = RoomHead();
    if (head.number() == kNowhere || message.number != head.number() + 1 ||
        post->previous != head.last() || post->jump != head.jump()) {
      // Once for all that come after it.
      if (head.number() != kNowhere) {
        places.Add(absl::DataLossError(absl::StrCat(
            reader.database().place(), ": there is no way from message ", message.number,
            " of room ", ToNumber(message.room), " to those before it")));
      }
      head = RoomHead(kNowhere, {});
      return absl::OkStatus();
    }
    head.Push(post->id);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return reader.CheckRooms([&](const absl::Status& room) { places.Add(room); });
}

void CheckSnapshot(const Journal& journal, std::uint64_t sequence, Places& places) {
  const auto reader = journal.ReadSnapshot(sequence);
  if (!reader.ok()) return places.Add(reader.status());
  std::string bytes;
  do {
    if (absl::Status status = (*reader)->Read(bytes); !status.ok()) return places.Add(status);
  } while (!bytes.empty());
}

}  // namespace

std::vector<std::string> SqliteJournal::FindDamage() const {
  Places places;
  const absl::Status status = WithReader([&](Reader& reader) {
    CheckPages(reader.database(), places);
    const absl::StatusOr<std::string> structure = reader.database().Text("PRAGMA quick_check(1)");
    if (!structure.ok()) {
      places.Add(structure.status());
    } else if (*structure != "ok") {
      places.Add(absl::DataLossError(absl::StrCat(reader.database().place(), ": ", *structure)));
    }
    return CheckMessages(reader, places);
  });
  places.Add(status);
  CheckRecords(*this, places);
  const absl::StatusOr<std::vector<std::uint64_t>> snapshots = Snapshots();
  if (!snapshots.ok()) {
    places.Add(snapshots.status());
  } else {
    for (const std::uint64_t sequence : *snapshots) CheckSnapshot(*this, sequence, places);
  }
  return places.Take();
}

}  // namespace journal

inline namespace v0 {

absl::StatusOr<std::vector<std::string>> FindJournalDamage(const std::string& directory,
                                                           const SqliteJournalOptions& options) {
  const auto journal =
      journal::SqliteJournal::Open(directory, {.create_if_missing = false, .vfs = options.vfs});
  if (absl::IsDataLoss(journal.status())) {
    return std::vector<std::string>{std::string(journal.status().message())};
  }
  if (!journal.ok()) return journal.status();
  return (*journal)->FindDamage();
}

}  // namespace v0
}  // namespace moyeo
