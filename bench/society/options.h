// The command line of moyeo_bench_society.

#ifndef MOYEO_BENCH_SOCIETY_OPTIONS_H_
#define MOYEO_BENCH_SOCIETY_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace moyeo::bench {

struct SocietyBenchOptions {
  std::size_t users = 1'000'000;
  std::size_t meetups = 100'000;
  std::size_t rounds = 9;
  std::uint64_t seed = 1;
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
