#include "simulation.h"

#include <algorithm>

#include "absl/status/statusor.h"

namespace moyeo_demo {
namespace {

using SteadyClock = std::chrono::steady_clock;

// As many moves as a busy server might collect before it hands them on.
constexpr std::size_t kBatch = 4'000;

constexpr std::size_t kQueryTimesKept = 1 << 16;

}  // namespace

double Pace::PerSecond() const {
  const double seconds = std::chrono::duration<double>(spent).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

Simulation::Simulation(moyeo::PresenceIndex& index, Crowd& crowd, std::uint64_t seed)
    : index_(index),
      crowd_(crowd),
      now_(std::chrono::sys_days(std::chrono::January / 1 / 2026)),
      random_(seed) {}

absl::Status Simulation::Arrive() {
  const SteadyClock::time_point start = SteadyClock::now();
  absl::Status moved = Move(crowd_.users(), crowd_.positions());
  arrivals_.spent += SteadyClock::now() - start;
  arrivals_.count += crowd_.size();
  return moved;
}

absl::Status Simulation::Step() {
  now_ += std::chrono::seconds(1);
  const Crowd::Reports& reports = crowd_.Step();

  const SteadyClock::time_point start = SteadyClock::now();
  if (absl::Status moved = Move(reports.users, reports.positions); !moved.ok()) return moved;
  for (const moyeo::UserId user : reports.signed_out) index_.Remove(user);
  moves_.spent += SteadyClock::now() - start;
  moves_.count += reports.users.size();

  do {
    if (absl::Status asked = Ask(); !asked.ok()) return asked;
  } while (queries_.spent < moves_.spent);
  return absl::OkStatus();
}

std::chrono::nanoseconds Simulation::MedianQueryTime() const {
  std::vector<std::chrono::nanoseconds> times = latest_query_times_;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

absl::Status Simulation::Move(std::span<const moyeo::UserId> users,
                              std::span<const moyeo::LatLng> positions) {
  for (std::size_t first = 0; first < users.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, users.size() - first);
    const absl::StatusOr<moyeo::MoveBatchResult> moved =
        index_.MoveBatch(users.subspan(first, count), positions.subspan(first, count), now_);
    if (!moved.ok()) return moved.status();
    if (!moved->refusals.empty()) return moved->refusals.front().why;
    // A little sweeping now and then keeps up with the users who left without a word.
    index_.Expire(now_);
  }
  return absl::OkStatus();
}

// Somebody, present or back after a while, wants to know who is around them.
absl::Status Simulation::Ask() {
  std::uniform_int_distribution<std::size_t> anybody(0, crowd_.size() - 1);
  const moyeo::LatLng center = crowd_.positions()[anybody(random_)];

  const SteadyClock::time_point start = SteadyClock::now();
  absl::Status asked = index_.Nearby(center, {.radius_m = 5'000, .limit = 50}, now_, answer_);
  const std::chrono::nanoseconds spent = SteadyClock::now() - start;

  if (latest_query_times_.size() < kQueryTimesKept) {
    latest_query_times_.push_back(spent);
  } else {
    latest_query_times_[queries_.count % kQueryTimesKept] = spent;
  }
  queries_.spent += spent;
  ++queries_.count;
  return asked;
}

}  // namespace moyeo_demo
