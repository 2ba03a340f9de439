// The texts of messages, put into views that were made without.

#ifndef MOYEO_ENGINE_MESSAGE_TEXTS_H_
#define MOYEO_ENGINE_MESSAGE_TEXTS_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "moyeo/journal.h"
#include "moyeo/people.h"
#include "moyeo/room.h"

namespace moyeo::engine {

struct MessagePlace {
  MeetupId room{};
  MessageNumber number = 0;
};

// These look texts and times up, and give a message that is not there; nullopt if all are. What
// was deleted after the views had been made becomes deleted there, or goes.
absl::StatusOr<std::optional<MessagePlace>> FillIn(const Journal& journal, MeetupId room,
                                                   std::vector<MessageView>& messages);
// REQUIRES: they are by meetup
absl::StatusOr<std::optional<MessagePlace>> FillIn(const Journal& journal,
                                                   std::vector<ExportedMessage>& messages);

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_MESSAGE_TEXTS_H_
