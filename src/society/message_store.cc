#include "society/message_store.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace moyeo::society {

void MessageStore::Take(const Event& event) {
  if (const auto* posted = std::get_if<MessagePosted>(&event.body)) {
    Put(posted->meetup, posted->number,
        {.author = posted->author, .time = event.time, .text = posted->text});
  } else if (const auto* deleted = std::get_if<MessageDeleted>(&event.body)) {
    Empty(deleted->meetup, deleted->number);
  } else if (const auto* emptied = std::get_if<MessagesEmptied>(&event.body)) {
    for (const MessageNumber number : emptied->numbers) Empty(emptied->meetup, number);
  } else if (const auto* forgotten = std::get_if<MeetupForgotten>(&event.body)) {
    RemoveRoom(forgotten->meetup);
  }
}

absl::StatusOr<StoredMessage> TextOf(const MessageStore& texts, MeetupId room,
                                     MessageNumber number) {
  absl::StatusOr<std::optional<StoredMessage>> stored = texts.Find(room, number);
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) return **std::move(stored);
  return absl::DataLossError(
      absl::StrCat("message ", number, " of meetup ", ToNumber(room), " is missing"));
}

absl::StatusOr<std::optional<StoredMessage>> MemoryMessageStore::Find(MeetupId room,
                                                                      MessageNumber number) const {
  const auto messages = rooms_.find(room);
  if (messages == rooms_.end()) return std::nullopt;
  const auto found = messages->second.find(number);
  if (found == messages->second.end()) return std::nullopt;
  return std::optional(found->second);
}

std::size_t MemoryMessageStore::size() const {
  std::size_t size = 0;
  for (const auto& [room, messages] : rooms_) size += messages.size();
  return size;
}

void MemoryMessageStore::Put(MeetupId room, MessageNumber number, StoredMessage message) {
  rooms_[room].insert_or_assign(number, std::move(message));
}

void MemoryMessageStore::Empty(MeetupId room, MessageNumber number) {
  const auto messages = rooms_.find(room);
  if (messages == rooms_.end()) return;
  const auto found = messages->second.find(number);
  // Not cleared but replaced, so that the memory of what was written goes too.
  if (found != messages->second.end()) found->second.text = std::string();
}

void MemoryMessageStore::RemoveRoom(MeetupId room) { rooms_.erase(room); }

}  // namespace moyeo::society
