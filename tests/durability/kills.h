// A process with an engine that is killed again and again.

#ifndef MOYEO_TESTS_DURABILITY_KILLS_H_
#define MOYEO_TESTS_DURABILITY_KILLS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace moyeo::testing {

struct KillCounts {
  std::size_t kills = 0;
  std::size_t records = 0;       // journaled by those who were killed
  std::size_t acknowledged = 0;  // messages and statuses of which a caller was told
  std::size_t snapshots = 0;     // found that were not there the time before

  std::string ToString() const;
};

// Starts moyeo_killed, kills it (SIGKILL) at a moment that follows from the seed, and so on, each
// time with what the one before has left behind. After each, all that was acknowledged is there;
// the records are those that were told; and the state has the hash of a state machine that was
// given all of them from the first on, whatever snapshot the engine began with. The first
// difference is given.
//
// The seed repeats the moments by how much was told, but not how threads interleave.
std::optional<std::string> RunKills(std::uint64_t seed, std::size_t kills, KillCounts& counts);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_DURABILITY_KILLS_H_
