// What the program can be told: by flags, by the environment, and in a file.

#ifndef MOYEO_EXAMPLES_SERVER_OPTIONS_H_
#define MOYEO_EXAMPLES_SERVER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "server.h"

namespace moyeo::server {

struct ProgramOptions {
  std::string data;     // a directory; empty with `memory`
  bool memory = false;  // nothing lasts
  std::string key_file;
  std::int64_t token_hours = 24 * 7;
  std::string log_level = "info";
  bool log_json = false;
  ServerOptions server;
};

struct ParsedOptions {
  ProgramOptions options;
  std::optional<int> exit;  // there is nothing more to do: with this code
};

// Reads the flags, for what they leave open the environment, for what that leaves open the file
// that --config names. Help goes to `out`, and what is wrong to `err`.
ParsedOptions ParseOptions(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_OPTIONS_H_
