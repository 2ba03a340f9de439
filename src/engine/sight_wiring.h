// What presence must know of society: who is seen how, and by whom.

#ifndef MOYEO_ENGINE_SIGHT_WIRING_H_
#define MOYEO_ENGINE_SIGHT_WIRING_H_

#include "absl/status/status.h"
#include "moyeo/event.h"
#include "moyeo/presence.h"
#include "society/society.h"

namespace moyeo::engine {

// Tells an empty index how everybody is seen.
//
// ResourceExhausted if it has no room for all who are not cloaked.
absl::Status WireAll(const society::Society& society, PresenceIndex& index);

// Tells it what an event changes of that; most change nothing.
absl::Status Wire(const Event& event, PresenceIndex& index);

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_SIGHT_WIRING_H_
