// Whether two engines gave the same answer.

#ifndef MOYEO_BENCH_PEERS_AGREEMENT_H_
#define MOYEO_BENCH_PEERS_AGREEMENT_H_

#include <optional>
#include <span>
#include <string>

#include "bench/peers/question.h"
#include "moyeo/presence.h"

namespace moyeo::bench {

// How much two engines may differ about a user.
//
// The peers measure with squared chords between unit vectors: some 1e-15 of rounding, which is a
// few nanometres on the ground. A micrometre leaves room for that and is a ten-thousandth of the
// step between canonical positions.
struct Tolerance {
  double position_degrees = 5e-8;  // half a step of canonical coordinates
  double distance_m = 1e-6;

  // For users as far away as this. Near the antipode a chord hardly changes with the angle, and the
  // same rounding is worth up to half a metre.
  double MetersAt(double distance) const;
};

// nullopt if `answer` is as good an answer to `question` as `expected`; otherwise how it is not.
//
// Both hold the same users with the same positions and times, in order of distance, but for the
// tolerance: who is at the very border of the radius, or as far as the last of a full answer, may
// be in only one of them, and users equally far away may change places.
std::optional<std::string> Disagreement(std::span<const Neighbor> expected,
                                        std::span<const Neighbor> answer, const Question& question,
                                        const Tolerance& tolerance = {});

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_AGREEMENT_H_
