// A journal with a town in it that has long been there.

#ifndef MOYEO_BENCH_SOCIETY_POPULATION_H_
#define MOYEO_BENCH_SOCIETY_POPULATION_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/society/town.h"
#include "moyeo/engine.h"

namespace moyeo::bench {

// Makes a journal in `directory` with a snapshot of the town as it was founded, after `messages`
// messages in its rooms, and with their texts. It begins there: with no command before the
// snapshot.
absl::Status MakePopulation(const std::string& directory, Town& town, std::size_t messages);

// The engine of such a journal. It makes snapshots only when it is told to.
absl::StatusOr<std::unique_ptr<Engine>> OpenPopulation(const std::string& directory);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_POPULATION_H_
