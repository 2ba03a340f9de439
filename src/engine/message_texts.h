// The texts of messages, those that are not durable yet included.

#ifndef MOYEO_ENGINE_MESSAGE_TEXTS_H_
#define MOYEO_ENGINE_MESSAGE_TEXTS_H_

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "moyeo/journal.h"
#include "society/message_store.h"

namespace moyeo::engine {

// What events say of messages becomes changes for the journal. Until the journal has them, they are
// kept here as well, so that whoever reads the state finds its texts.
//
// Find is for any thread; the rest for one at a time.
class MessageTexts final : public society::MessageStore {
 public:
  explicit MessageTexts(const Journal& journal) : journal_(journal) {}

  absl::StatusOr<std::optional<society::StoredMessage>> Find(MeetupId room,
                                                             MessageNumber number) const override;

  // What Take has come to since the last time.
  std::vector<MessageChange> Changes() { return std::exchange(changes_, {}); }

  // The journal has the next `count` of these changes.
  void Forget(std::size_t count);

 private:
  void Put(MeetupId room, MessageNumber number, society::StoredMessage message) override;
  void Empty(MeetupId room, MessageNumber number) override;
  void RemoveRoom(MeetupId room) override;
  void Note(MessageChange change);

  const Journal& journal_;
  std::vector<MessageChange> changes_;

  mutable std::mutex mutex_;
  // What the journal does not have yet, the oldest first.
  std::deque<MessageChange> pending_;
};

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_MESSAGE_TEXTS_H_
