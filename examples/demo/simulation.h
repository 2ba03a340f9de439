// Drives a PresenceIndex as an application would, and measures it.

#ifndef MOYEO_EXAMPLES_DEMO_SIMULATION_H_
#define MOYEO_EXAMPLES_DEMO_SIMULATION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "crowd.h"
#include "moyeo/presence.h"

namespace moyeo_demo {

// Work done and the time that it took.
struct Pace {
  std::uint64_t count = 0;
  std::chrono::nanoseconds spent{0};

  double PerSecond() const;
};

// One thread that takes turns between two jobs: it moves the crowd, and it asks who is near. Both
// get the same share of time, and each is measured by itself.
class Simulation {
 public:
  // REQUIRES: `index` and `crowd` outlive the simulation.
  Simulation(moyeo::PresenceIndex& index, Crowd& crowd, std::uint64_t seed);

  // Everybody reports where they are.
  absl::Status Arrive();

  // Lets a simulated second pass, which takes the time that it takes.
  absl::Status Step();

  // The simulated clock.
  moyeo::Timestamp now() const { return now_; }

  const Pace& arrivals() const { return arrivals_; }
  const Pace& moves() const { return moves_; }  // with the sweeping of who expired
  const Pace& queries() const { return queries_; }

  // Of the latest queries. REQUIRES: Step was called.
  std::chrono::nanoseconds MedianQueryTime() const;

 private:
  absl::Status Move(std::span<const moyeo::UserId> users, std::span<const moyeo::LatLng> positions);
  absl::Status Ask();

  moyeo::PresenceIndex& index_;
  Crowd& crowd_;
  moyeo::Timestamp now_;

  std::mt19937_64 random_;
  std::vector<moyeo::Neighbor> answer_;

  Pace arrivals_;
  Pace moves_;
  Pace queries_;
  std::vector<std::chrono::nanoseconds> latest_query_times_;  // a ring
};

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_SIMULATION_H_
