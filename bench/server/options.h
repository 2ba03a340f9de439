// The command line of moyeo_bench_server.

#ifndef MOYEO_BENCH_SERVER_OPTIONS_H_
#define MOYEO_BENCH_SERVER_OPTIONS_H_

#include <string>
#include <variant>
#include <vector>

#include "bench/server/server_case.h"

namespace moyeo::bench {

struct ServerBenchOptions {
  std::vector<ServerCase> cases = {{1'000, 3'000},  {5'000, 3'000}, {10'000, 3'000},
                                   {20'000, 3'000}, {1'000, 250},   {5'000, 250}};
  double seconds = 60;  // of counting
  double settle_s = 10;
  std::string server;  // programs
  std::string crowd;
  std::string places;
  int server_core = 0;
  int crowd_core = 1;
  std::string out;  // empty: no file
  std::string svg;  // likewise
};

struct ExitCode {
  int value;
};

// What to do, or, after a message about wrong arguments or the help that was asked for, the code
// to end with.
std::variant<ServerBenchOptions, ExitCode> ParseServerBenchOptions(int argc, char** argv);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SERVER_OPTIONS_H_
