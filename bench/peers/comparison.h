// Engines asked the same questions, to see that they are comparable at all.

#ifndef MOYEO_BENCH_PEERS_COMPARISON_H_
#define MOYEO_BENCH_PEERS_COMPARISON_H_

#include <ostream>
#include <span>

#include "bench/peers/measure.h"
#include "bench/support/crowd.h"

namespace moyeo::bench {

// Asks every engine a sample of each kind of question, now and at a time when many users have
// expired, and compares the answers with those of the first engine. False, after writing the first
// difference to `errors`, if there is one.
bool AnswersAgree(std::span<const Contestant> contestants, Crowd& crowd, std::ostream& errors);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_COMPARISON_H_
