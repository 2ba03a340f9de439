// Reads what the server tells most often, the `near` messages, without making a tree of them.

#ifndef MOYEO_EXAMPLES_CROWD_NEAR_SCANNER_H_
#define MOYEO_EXAMPLES_CROWD_NEAR_SCANNER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "examples/crowd/position_e7.h"

namespace moyeo_crowd {

// Somebody who came or moved.
struct Shown {
  std::uint64_t user = 0;
  PositionE7 position;
  double distance_m = 0;
  bool is_cloaked = false;  // an area is shown, not where they are

  friend bool operator==(const Shown&, const Shown&) = default;
};

// A message of the type `near`.
struct Near {
  std::int64_t feed = 0;
  std::int64_t time_ms = 0;
  bool is_reset = false;
  std::vector<Shown> enter;
  std::vector<Shown> move;
  std::vector<std::uint64_t> leave;

  friend bool operator==(const Near&, const Near&) = default;
};

// The text behind {"type":" of a message, without reading on: "near", "event"; empty if it begins
// otherwise.
std::string_view TypeOf(std::string_view message);

// Reads a message of the type `near` into `near`, whose memory is used again. False if it is not
// one: not the JSON that is expected, or positions that are not on the Earth; `near` then holds
// whatever was read so far. Fields that are not known are skipped.
bool ScanNear(std::string_view message, Near& near);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_NEAR_SCANNER_H_
