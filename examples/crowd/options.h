// The command line of moyeo_crowd.

#ifndef MOYEO_EXAMPLES_CROWD_OPTIONS_H_
#define MOYEO_EXAMPLES_CROWD_OPTIONS_H_

#include <sys/types.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "examples/crowd/walkers.h"

namespace moyeo_crowd {

struct CrowdOptions {
  boost::asio::ip::tcp::endpoint server;
  WalkersOptions walkers;
  std::uint64_t first_user = 1'000'000'000;  // the others are numbered on from there
  std::size_t sources = 8;                   // loopback addresses

  std::int64_t move_ms = 3'000;      // between two moves of a user
  std::int64_t interval_ms = 3'000;  // between two deliveries to a user
  double radius_m = 5'000;
  std::size_t limit = 50;
  bool is_idle = false;  // everybody connects, and then says nothing

  double cloaked = 0;  // which part of the users is
  double hidden = 0;
  double friends = 0;  // which part is befriended with the one before

  // By a thousand users together, in a minute.
  double create_per_min = 0;
  double join_per_min = 0;
  double chat_per_min = 0;

  double settle_s = 5;    // from the last arrival until counting begins
  double seconds = 30;    // of counting; 0: until it is interrupted
  double arrive_s = 120;  // who has not arrived by then is not waited for
  std::optional<pid_t> server_pid;
};

struct Arguments {
  CrowdOptions crowd;
  std::string places;
  std::string city = "Seoul";
  bool is_world = false;
  std::string key_file;
  std::string out;  // empty: no file
};

struct ExitCode {
  int value;
};

// What to do, or, after a message about wrong arguments or the help that was asked for, the code to
// end with.
std::variant<Arguments, ExitCode> ParseArguments(int argc, char** argv);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_OPTIONS_H_
