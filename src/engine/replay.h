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
#include "society/snapshot.h"
#include "society/society.h"

namespace moyeo::engine {

struct Replayed {
  society::Society society;
  std::uint64_t snapshot =
      0;                   // the sequence of the snapshot that it began with; 0 if there is none
  std::uint64_t last = 0;  // the sequence of the last command in it
  absl::Status damage;     // the DataLoss that ended it early; OK if none did
};

struct ReplayOptions {
  // Is told the events of each command, and may take them.
  std::function<void(std::vector<Event>&)> hear = [](std::vector<Event>&) {};

  // Is told of snapshots that are not good and are passed over.
  std::function<void(std::string_view)> log = [](std::string_view) {};

  // Asked now and then: true ends what goes on, with Cancelled.
  std::function<bool()> is_cancelled = [] { return false; };

  // The rules by which commands are applied. Snapshots may be of older ones: see
  // society::ReadSnapshot.
  std::uint32_t rules = society::kRulesVersion;
};

// The newest good snapshot, and the commands after it, which must be of the same rules: so before
// rules change, a snapshot is to be made.
//
// An error if there is nothing to begin with: snapshots, of which none is good, and no command of
// the beginning any more; if commands are of other rules; and what the journal says, unless it is
// of damaged commands: then `damage` says so, and the rest is as it was before them.
absl::StatusOr<Replayed> Replay(const Journal& journal, const ReplayOptions& options);

// Makes a snapshot of `replayed` and reads it back: an error if it does not lead to the same.
// `replayed.society` is empty then, so that there are never two in memory for this.
absl::Status WriteTo(Journal& journal, Replayed& replayed, const ReplayOptions& options);

}  // namespace moyeo::engine

#endif  // MOYEO_ENGINE_REPLAY_H_
