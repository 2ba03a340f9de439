// Where the texts of messages are: the state machine itself has only their numbers.

#ifndef MOYEO_SOCIETY_MESSAGE_STORE_H_
#define MOYEO_SOCIETY_MESSAGE_STORE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "moyeo/event.h"
#include "moyeo/types.h"

namespace moyeo::society {

struct StoredMessage {
  UserId author{};
  Timestamp time{};
  std::string text;

  friend bool operator==(const StoredMessage&, const StoredMessage&) = default;
};

class MessageStore {
 public:
  virtual ~MessageStore() = default;

  // Keeps what was posted, empties what was deleted or emptied, and forgets what was forgotten.
  // Other events do nothing. To take a run of events again comes to the same.
  void Take(const Event& event);

  // Nullopt if it was not posted. Of a deleted message the text is empty. An error says that the
  // storage cannot be read.
  virtual absl::StatusOr<std::optional<StoredMessage>> Find(MeetupId room,
                                                            MessageNumber number) const = 0;

 private:
  virtual void Put(MeetupId room, MessageNumber number, StoredMessage message) = 0;
  // Does nothing if there is no such message; like RemoveRoom.
  virtual void Empty(MeetupId room, MessageNumber number) = 0;
  virtual void RemoveRoom(MeetupId room) = 0;
};

// What the state knows to be there. DataLoss, with the place, if it is not.
absl::StatusOr<StoredMessage> TextOf(const MessageStore& texts, MeetupId room,
                                     MessageNumber number);

// Where every message is, and blank: for those who look the texts up afterwards.
class BlankMessageStore final : public MessageStore {
 public:
  absl::StatusOr<std::optional<StoredMessage>> Find(MeetupId, MessageNumber) const override {
    return StoredMessage();
  }

 private:
  void Put(MeetupId, MessageNumber, StoredMessage) override {}
  void Empty(MeetupId, MessageNumber) override {}
  void RemoveRoom(MeetupId) override {}
};

class MemoryMessageStore final : public MessageStore {
 public:
  absl::StatusOr<std::optional<StoredMessage>> Find(MeetupId room,
                                                    MessageNumber number) const override;

  // How many messages there are, empty ones included.
  std::size_t size() const;

 private:
  void Put(MeetupId room, MessageNumber number, StoredMessage message) override;
  void Empty(MeetupId room, MessageNumber number) override;
  void RemoveRoom(MeetupId room) override;

  std::map<MeetupId, std::map<MessageNumber, StoredMessage>> rooms_;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_MESSAGE_STORE_H_
