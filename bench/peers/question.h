// What an engine is asked.

#ifndef MOYEO_BENCH_PEERS_QUESTION_H_
#define MOYEO_BENCH_PEERS_QUESTION_H_

#include <cstddef>
#include <optional>

namespace moyeo::bench {

struct Question {
  std::optional<double> radius_m;    // nullopt: however far away
  std::optional<std::size_t> limit;  // nullopt: everybody within the radius

  // So that no engine has to say what it makes of a question for everybody on Earth.
  // REQUIRES: radius_m || limit
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_QUESTION_H_
