// Simulated people before an engine on a disk that fails, and the auditor beside it.

#ifndef MOYEO_TESTS_DURABILITY_ENGINE_CRASHES_H_
#define MOYEO_TESTS_DURABILITY_ENGINE_CRASHES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "journal/crash_history.h"

namespace moyeo::testing {

// Each runs the history of a seed: commands one by one and several at once, snapshots, backups,
// openings. After a crash there must be what was acknowledged, and of the command, or of the batch,
// that was under way nothing or a beginning: the state has the hash of a state machine that was
// given just that, messages are those that the auditor knows, and all goes on from there. The first
// difference is given.

// Loses power, or ends the process, before every write, truncation, flush, creation and deletion.
std::optional<std::string> RunEngineCrashes(std::uint64_t seed, CrashCounts& counts);

// Runs it again and again, where each time another call of the disk fails, `stride` apart. After a
// command has failed, the engine must not answer anything.
std::optional<std::string> RunEngineFaults(std::uint64_t seed, std::size_t stride,
                                           CrashCounts& counts);

// Flips bits of what it leaves behind, `flips` in each file. What an engine makes of it is all
// there; or it says so, and serves some state that there has been, if asked to.
std::optional<std::string> RunEngineFlips(std::uint64_t seed, std::size_t flips,
                                          CrashCounts& counts);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_DURABILITY_ENGINE_CRASHES_H_
