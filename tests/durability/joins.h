// Everybody wants to join everything, and there are few seats.

#ifndef MOYEO_TESTS_DURABILITY_JOINS_H_
#define MOYEO_TESTS_DURABILITY_JOINS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "moyeo/engine.h"

namespace moyeo::testing {

struct JoinOptions {
  std::size_t joins = 1'000'000;  // about
  std::size_t threads = 8;
  std::uint64_t seed = 0;
};

struct JoinCounts {
  std::size_t joins = 0;
  std::size_t seats = 0;  // taken, without those of hosts
  std::size_t full = 0;   // refused

  std::string ToString() const;
};

// Of an engine in which nobody is registered yet. Round after round there are new meetups of few
// seats, and each user asks to join each of them, in an order of their own, all threads at once.
// At the end of a round every seat is taken, by somebody who was told so, and everybody else was
// told that it is full; and nobody was told so before somebody else began to ask for a seat and got
// it. The first difference is given.
std::optional<std::string> RunJoins(Engine& engine, const JoinOptions& options, JoinCounts& counts);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_DURABILITY_JOINS_H_
