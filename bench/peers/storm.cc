#include "bench/peers/storm.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "bench/peers/table.h"
#include "moyeo/presence.h"

namespace moyeo::bench {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTtl{60'000};
constexpr milliseconds kSecond{1'000};
constexpr NearbyQuery kQuery{.radius_m = 5'000, .limit = 50, .filter = {}};

// Moves, and as many questions, in a second of simulated time: enough for fifty of either to be
// above the value that is looked for.
constexpr std::size_t kPieces = 50'000;
constexpr double kPercent = 99.9;

// What each of a number of calls took, in nanoseconds.
struct Latencies {
  std::vector<double> moves;
  std::vector<double> questions;
};

template <typename Work>
double NanosecondsOf(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

double Worst(std::vector<double>& ns) {
  std::sort(ns.begin(), ns.end());
  return Percentile(ns, kPercent);
}

// A refused call would be a quick one.
void CheckOk(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "moyeo refused: " << status << '\n';
  std::abort();
}

// Everybody is seen where they are, in the course of a second that begins at `begin`.
void SeeEverybody(const Crowd& crowd, Timestamp begin, PresenceIndex& index) {
  std::size_t seen = 0;
  crowd.ForEachBatch([&](auto users, auto positions, Timestamp) {
    const double part = static_cast<double>(seen) / static_cast<double>(crowd.size());
    const milliseconds after{static_cast<std::int64_t>(1e3 * part)};
    CheckOk(index.MoveBatch(users, positions, begin + after).status());
    seen += users.size();
  });
}

// A second from `begin`, in which people move and ask while the index is swept twice.
Latencies LiveASecond(Crowd& crowd, Timestamp begin, PresenceIndex& index) {
  const Sightings steps = crowd.Walk(kPieces);
  const std::vector<LatLng> centers = crowd.DrawPlaces(kPieces);
  constexpr std::size_t kSweptAtOnce = 8'192;
  const std::size_t sweeps = 2 * (crowd.size() / kSweptAtOnce + 1);

  Latencies latencies;
  std::vector<Neighbor> answer;
  std::size_t swept = 0;
  for (std::size_t i = 0; i < kPieces; ++i) {
    const Timestamp now = begin + milliseconds{static_cast<std::int64_t>(i * 1'000 / kPieces)};
    for (; swept * kPieces < i * sweeps; ++swept) index.Expire(now);
    latencies.moves.push_back(
        NanosecondsOf([&] { CheckOk(index.Move(steps.users[i], steps.positions[i], now)); }));
    latencies.questions.push_back(
        NanosecondsOf([&] { CheckOk(index.Nearby(centers[i], kQuery, now, answer)); }));
  }
  return latencies;
}

}  // namespace

void MeasureStorm(Crowd& crowd, const MeasureOptions& options, std::ostream& out,
                  std::vector<Result>& results) {
  constexpr std::string_view kNames[] = {"calm_move_p999", "storm_move_p999", "calm_nearest_p999",
                                         "storm_nearest_p999"};
  std::vector<double> ns[std::size(kNames)];
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < options.rounds; ++round) {
    PresenceIndex index({.ttl_ms = kTtl.count()});
    Timestamp now = crowd.now();
    SeeEverybody(crowd, now, index);
    Latencies calm = LiveASecond(crowd, now + kSecond, index);
    // Once more, for those who have moved in the calm not to outlive the others.
    now += 2 * kSecond;
    SeeEverybody(crowd, now, index);
    Latencies storm = LiveASecond(crowd, now + kTtl, index);
    ns[0].push_back(Worst(calm.moves));
    ns[1].push_back(Worst(storm.moves));
    ns[2].push_back(Worst(calm.questions));
    ns[3].push_back(Worst(storm.questions));
    if (std::chrono::steady_clock::now() - begin > options.building) break;
  }

  const std::string columns[] = {"moyeo"};
  out << "\n99.9th percentile of latencies, nobody and everybody of " << crowd.size()
      << " users expiring within a second\n";
  Table table(out, columns);
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    const std::optional<Summary> summary = Summarize(ns[i]);
    table.AddTimes(kNames[i], {&summary, 1});
    results.push_back({.engine = columns[0],
                       .operation = std::string(kNames[i]),
                       .users = crowd.size(),
                       .distribution = std::string(Name(crowd.distribution())),
                       .threads = 1,
                       .ns = *summary,
                       .bytes_per_user = 0});
  }
}

}  // namespace moyeo::bench
