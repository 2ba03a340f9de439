// The command line of moyeo_bench_society.

#ifndef MOYEO_BENCH_SOCIETY_OPTIONS_H_
#define MOYEO_BENCH_SOCIETY_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace moyeo::bench {

struct SocietyBenchOptions {
  std::size_t users = 1'000'000;
  std::size_t meetups = 100'000;
  std::size_t messages = 10'000'000;
  std::size_t rounds = 9;
  std::int64_t round_ms = 1'000;  // of a number of callers of a durable engine
  std::vector<std::size_t> callers = {1, 16, 256};
  std::uint64_t seed = 1;
  bool in_memory = true;
  bool durable = true;
  bool postgis = false;
  std::string out;  // empty: no file
};

struct ExitCode {
  int value;
};

// What to do, or, after a message about wrong arguments or the help that was asked for, the code
// to end with.
std::variant<SocietyBenchOptions, ExitCode> ParseSocietyBenchOptions(int argc, char** argv);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_OPTIONS_H_
