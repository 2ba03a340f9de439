// The command line of moyeo_bench_micro.

#ifndef MOYEO_BENCH_MICRO_OPTIONS_H_
#define MOYEO_BENCH_MICRO_OPTIONS_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace moyeo::bench {

struct MicroOptions {
  std::vector<std::int64_t> users = {100'000, 1'000'000};
  std::uint64_t seed = 1;
  std::string out;  // empty: no file
};

struct ExitCode {
  int value;
};

// What to do, after telling Google Benchmark its part of it; or, after a message about wrong
// arguments or the help that was asked for, the code to end with.
std::variant<MicroOptions, ExitCode> ParseMicroOptions(int argc, char** argv);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_MICRO_OPTIONS_H_
