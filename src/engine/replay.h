// From a journal to the society that it is of.

#ifndef MOYEO_ENGINE_REPLAY_H_
#define MOYEO_ENGINE_REPLAY_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/event.h"
#include "moyeo/journal.h"
#include "society/society.h"

namespace moyeo::engine {

struct Replayed {
  society::Society society;
  std::uint64_t snapshot =
      0;                   // the sequence of the snapshot that it began with; 0 if there is none
  std::uint64_t last = 0;  // the sequence of the last command in it
  absl::Status damage;     // what ended it early; OK if nothing did
};

// The newest good snapshot, and the commands after it. `hear` is called with the events of each.
// Snapshots that are not good are passed over, and `log` told.
//
// An error if there is nothing to begin with: snapshots, of which none is good, and no command of
// the beginning any more. Otherwise `damage` says why a command could not be replayed.
absl::StatusOr<Replayed> Replay(const Journal& journal,
                                const std::function<void(std::vector<Event>&)>& hear,
                                const std::function<void(std::string_view)>& log);

// Applies the commands after `replayed.last` up to `through`. What goes wrong becomes its damage.
void ReplayMore(const Journal& journal, std::uint64_t through,
                const std::function<void(std::vector<Event>&)>& hear, Replayed& replayed);

// Makes a snapshot of it.
absl::Status WriteTo(Journal& journal, const Replayed& replayed);

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_REPLAY_H_
