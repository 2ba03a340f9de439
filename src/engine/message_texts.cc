#include "engine/message_texts.h"

#include <string>
#include <variant>

namespace moyeo::engine {

absl::StatusOr<std::optional<society::StoredMessage>> MessageTexts::Find(
    MeetupId room, MessageNumber number) const {
  bool is_empty = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto change = pending_.rbegin(); change != pending_.rend(); ++change) {
      if (const auto* put = std::get_if<JournalMessage>(&*change)) {
        if (put->room != room || put->number != number) continue;
        return society::StoredMessage{
            .author = put->author, .time = put->time, .text = is_empty ? std::string() : put->text};
      }
      if (const auto* emptied = std::get_if<EmptiedMessage>(&*change)) {
        if (emptied->room == room && emptied->number == number) is_empty = true;
      } else if (std::get<RemovedRoom>(*change).room == room) {
        return std::nullopt;
      }
    }
  }
  absl::StatusOr<std::optional<JournalMessage>> found = journal_.FindMessage(room, number);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return std::nullopt;
  JournalMessage& message = **found;
  if (is_empty) message.text.clear();
  return society::StoredMessage{
      .author = message.author, .time = message.time, .text = std::move(message.text)};
}

void MessageTexts::Forget(std::size_t count) {
  const std::lock_guard lock(mutex_);
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
}

void MessageTexts::Put(MeetupId room, MessageNumber number, society::StoredMessage message) {
  Note(JournalMessage{.room = room,
                      .number = number,
                      .author = message.author,
                      .time = message.time,
                      .text = std::move(message.text)});
}

void MessageTexts::Empty(MeetupId room, MessageNumber number) {
  Note(EmptiedMessage{.room = room, .number = number});
}

void MessageTexts::RemoveRoom(MeetupId room) { Note(RemovedRoom{.room = room}); }

void MessageTexts::Note(MessageChange change) {
  changes_.push_back(change);
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(change));
}

}  // namespace moyeo::engine
