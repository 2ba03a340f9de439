// What events say of messages, as changes for the journal.

#ifndef MOYEO_ENGINE_MESSAGE_CHANGES_H_
#define MOYEO_ENGINE_MESSAGE_CHANGES_H_

#include <vector>

#include "moyeo/event.h"
#include "moyeo/journal.h"

namespace moyeo::engine {

// In the order of `events`; most change nothing.
std::vector<MessageChange> MessageChangesOf(const std::vector<Event>& events);

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_MESSAGE_CHANGES_H_
