// The heads of rooms that journal.db does not have as they are now.

#ifndef MOYEO_JOURNAL_ROOM_HEADS_H_
#define MOYEO_JOURNAL_ROOM_HEADS_H_

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "journal/room_head.h"
#include "moyeo/types.h"

namespace moyeo::journal {

// What a transaction makes of rooms; nullopt: nothing is left of it.
using RoomChanges = absl::flat_hash_map<MeetupId, std::optional<RoomHead>>;

// Safe to use by several threads.
class RoomHeads {
 public:
  std::optional<RoomHead> Find(MeetupId room) const {
    const std::lock_guard lock(mutex_);
    const auto found = heads_.find(room);
    return found == heads_.end() ? std::nullopt : std::optional(found->second);
  }

  // After their transaction.
  void Take(RoomChanges&& changes) {
    const std::lock_guard lock(mutex_);
    for (auto& [room, head] : changes) {
      if (head) {
        heads_.insert_or_assign(room, *std::move(head));
      } else {
        heads_.erase(room);
      }
    }
  }

  // Ascending.
  std::vector<MeetupId> Rooms() const {
    std::vector<MeetupId> rooms;
    {
      const std::lock_guard lock(mutex_);
      rooms.reserve(heads_.size());
      for (const auto& [room, head] : heads_) rooms.push_back(room);
    }
    std::ranges::sort(rooms);
    return rooms;
  }

  // journal.db has the heads of rooms without messages after the one with this id.
  void AreSaved(std::uint64_t through) {
    const std::lock_guard lock(mutex_);
    absl::erase_if(heads_, [&](const auto& entry) { return entry.second.last() <= through; });
  }

 private:
  mutable std::mutex mutex_;
  absl::flat_hash_map<MeetupId, RoomHead> heads_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_ROOM_HEADS_H_
