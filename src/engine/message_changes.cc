#include "engine/message_changes.h"

#include <optional>
#include <utility>

#include "society/message_store.h"

namespace moyeo::engine {
namespace {

// A store that only takes note of what it is told.
class Notes final : public society::MessageStore {
 public:
  absl::StatusOr<std::optional<society::StoredMessage>> Find(MeetupId,
                                                             MessageNumber) const override {
    return std::nullopt;
  }

  std::vector<MessageChange> Take() { return std::move(changes_); }
  using society::MessageStore::Take;

 private:
  void Put(MeetupId room, MessageNumber number, society::StoredMessage message) override {
    changes_.emplace_back(JournalMessage{.room = room,
                                         .number = number,
                                         .author = message.author,
                                         .time = message.time,
                                         .text = std::move(message.text)});
  }
  void Empty(MeetupId room, MessageNumber number) override {
    changes_.emplace_back(EmptiedMessage{.room = room, .number = number});
  }
  void RemoveRoom(MeetupId room) override { changes_.emplace_back(RemovedRoom{.room = room}); }

  std::vector<MessageChange> changes_;
};

}  // namespace

std::vector<MessageChange> MessageChangesOf(const std::vector<Event>& events) {
  Notes notes;
  for (const Event& event : events) notes.Take(event);
  return notes.Take();
}

}  // namespace moyeo::engine
