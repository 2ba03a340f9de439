#include "engine/message_texts.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace moyeo::engine {
namespace {

// Of one room. Calls take(view, message) for each that is there.
template <typename View, typename Take>
absl::StatusOr<std::optional<MessagePlace>> LookUp(const Journal& journal, MeetupId room,
                                                   std::span<View> views, Take take) {
  std::vector<MessageNumber> numbers;
  numbers.reserve(views.size());
  for (const View& view : views) numbers.push_back(view.number);
  absl::StatusOr<std::vector<std::optional<JournalMessage>>> found =
      journal.FindMessages(room, numbers);
  if (!found.ok()) return found.status();
  for (std::size_t i = 0; i < views.size(); ++i) {
    std::optional<JournalMessage>& message = (*found)[i];
    if (!message) return MessagePlace{.room = room, .number = numbers[i]};
    take(views[i], *message);
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<MessagePlace>> FillIn(const Journal& journal, MeetupId room,
                                                   std::vector<MessageView>& messages) {
  return LookUp(journal, room, std::span(messages), [](MessageView& view, JournalMessage& message) {
    view.time = message.time;
    view.deleted = view.deleted || message.text.empty();
    if (!view.deleted) view.text = std::move(message.text);
  });
}

absl::StatusOr<std::optional<MessagePlace>> FillIn(const Journal& journal,
                                                   std::vector<ExportedMessage>& messages) {
  for (auto begin = messages.begin(); begin != messages.end();) {
    const auto end = std::find_if(begin, messages.end(), [&](const ExportedMessage& message) {
      return message.meetup != begin->meetup;
    });
    absl::StatusOr<std::optional<MessagePlace>> missing =
        LookUp(journal, begin->meetup, std::span(begin, end),
               [](ExportedMessage& view, JournalMessage& message) {
                 view.time = message.time;
                 view.text = std::move(message.text);
               });
    if (!missing.ok() || missing->has_value()) return missing;
    begin = end;
  }
  std::erase_if(messages, [](const ExportedMessage& message) { return message.text.empty(); });
  return std::nullopt;
}

}  // namespace moyeo::engine
