// Messages as they are in journal.db: in the order in which they were posted, each with the way to
// those before it in its room.

#ifndef MOYEO_JOURNAL_POSTS_H_
#define MOYEO_JOURNAL_POSTS_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/database.h"
#include "journal/room_head.h"
#include "journal/room_heads.h"
#include "journal/rows.h"
#include "moyeo/journal.h"
#include "moyeo/types.h"

namespace moyeo::journal {

// Finds messages by room and number, by one connection.
class PostFinder {
 public:
  // The database must outlive it.
  static absl::StatusOr<PostFinder> Prepare(Database& database);

  // The room as journal.db has it: perhaps not of its latest messages. Nullopt if it has not.
  absl::StatusOr<std::optional<RoomHead>> SavedHead(MeetupId room);

  // Goes from the head of a room to its message `number`, or from where it was gone to last, if
  // that is of the same room and further on. DataLoss if there is no way, or the message is not as
  // it was written; those on the way need only lead on.
  // REQUIRES: 1 <= number <= head.number()
  absl::StatusOr<const Post*> GoTo(MeetupId room, const RoomHead& head, MessageNumber number);

  // From where to go next is not known: another transaction has begun.
  void StartAnew() { at_.reset(); }

 private:
  PostFinder(Statement select_post, Statement select_room)
      : select_post_(std::move(select_post)), select_room_(std::move(select_room)) {}

  absl::Status Read(MeetupId room, const PostPlace& place);

  Statement select_post_;
  Statement select_room_;
  std::optional<Post> at_;
  std::int64_t checksum_ = 0;  // that it should have
};

// Of which rooms messages are still to be removed.
class RemovedRooms {
 public:
  void Add(const RemovedRow& row) {
    std::uint64_t& last = last_[row.room];
    last = std::max(last, row.last);
  }

  bool Has(MeetupId room, std::uint64_t id) const {
    const auto found = last_.find(room);
    return found != last_.end() && id <= found->second;
  }

 private:
  absl::flat_hash_map<MeetupId, std::uint64_t> last_;
};

absl::StatusOr<RemovedRooms> ReadRemoved(Database& database);

// The heads of all rooms with messages after those that `meta` says the saved ones are of.
absl::Status ReadHeads(Database& database, const Meta& meta, RoomHeads& heads);

// Moves the messages of a journal of format 1, whose meta this is, into the tables of this format.
absl::Status UpgradeMessages(Database& database, const Meta& meta);

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_POSTS_H_
