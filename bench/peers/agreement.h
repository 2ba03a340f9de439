// Whether two engines gave the same answer.

#ifndef MOYEO_BENCH_PEERS_AGREEMENT_H_
#define MOYEO_BENCH_PEERS_AGREEMENT_H_

#include <optional>
#include <span>
#include <string>

#include "bench/peers/engine.h"
#include "moyeo/presence.h"

namespace moyeo::bench {

// How much two engines may differ about a distance of `distance_m`.
//
// The peers measure with squared chords between unit vectors: some 1e-15 of rounding, which is a
// few nanometres on the ground. A micrometre leaves room for that and is a ten-thousandth of the
// step between canonical positions. Near the antipode a chord hardly changes with the angle, and
// the same rounding is worth up to half a metre.
double ToleranceMeters(double distance_m);

// nullopt if `answer` is as good an answer to `question` as `expected`; otherwise how it is not.
//
// Both hold the same users with the same positions and times, in order of distance, but for the
// tolerance: who is at the very border of the radius, or as far as the last of a full answer, may
// be in only one of them, and users equally far away may change places.
std::optional<std::string> Disagreement(std::span<const Neighbor> expected,
                                        std::span<const Neighbor> answer, const Question& question);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_AGREEMENT_H_
