// What happens while it is being counted.

#ifndef MOYEO_EXAMPLES_CROWD_TALLY_H_
#define MOYEO_EXAMPLES_CROWD_TALLY_H_

#include <cstdint>

#include "examples/crowd/histogram.h"

namespace moyeo_crowd {

struct Tally {
  std::uint64_t moves = 0;       // sent
  std::uint64_t held_back = 0;   // moves not sent, since the one before was not through yet
  std::uint64_t deliveries = 0;  // `near` messages
  std::uint64_t deltas = 0;      // in them
  std::uint64_t bytes = 0;       // of all messages that came
  std::uint64_t events = 0;      // durable ones
  std::uint64_t unknown = 0;     // moves shown that nobody of the crowd has sent lately
  Histogram delay;               // from a neighbour's move being sent to the message that shows it
  Histogram late;                // how far past its interval each delivery came
  std::uint64_t missed = 0;      // deliveries late by more than an interval

  void Clear() { *this = Tally(); }
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_TALLY_H_
