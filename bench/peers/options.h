// The command line of moyeo_bench_peers.

#ifndef MOYEO_BENCH_PEERS_OPTIONS_H_
#define MOYEO_BENCH_PEERS_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/peers/engine.h"
#include "bench/peers/floors.h"
#include "bench/peers/measure.h"
#include "bench/support/places.h"

namespace moyeo::bench {

struct PeersOptions {
  std::vector<EngineKind> engines;
  std::vector<std::string> notes;  // what is left out, for people to read
  std::vector<std::string> operations;
  std::vector<Distribution> distributions;
  std::vector<std::size_t> users;  // ascending
  std::vector<int> threads;        // ascending
  std::uint64_t seed = 1;
  std::string out;  // empty: no file
  std::string svg;  // likewise
  MeasureOptions measure;
  std::optional<FloorOptions> floors;  // nullopt: not wanted
};

struct ExitCode {
  int value;
};

// What to do, or, after a message about wrong arguments or the help that was asked for, the code
// to end with.
std::variant<PeersOptions, ExitCode> ParsePeersOptions(int argc, char** argv);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_OPTIONS_H_
