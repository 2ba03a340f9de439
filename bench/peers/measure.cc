#include "bench/peers/measure.h"

#include <algorithm>
#include <limits>

#include "bench/support/machine.h"

namespace moyeo::bench {
namespace {

// Long enough to find out how fast an engine is.
constexpr std::size_t kTrialPieces = 2 * kBatch;

constexpr std::size_t kLeastTimed = 8;

// One piece in so many is done off the clock, before the others: enough to touch most of what a
// million users take.
constexpr std::size_t kWarmUpShare = 3;

template <typename Work>
double NanosecondsOf(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// The measurements of one engine, round by round.
class Samples {
 public:
  // Runs `work`, which is `pieces` pieces.
  template <typename Work>
  double Add(Engine& engine, std::size_t pieces, Work work) {
    const std::optional<double> own_before = engine.OwnNanoseconds();
    const double ns = NanosecondsOf(work);
    const std::optional<double> own_after = engine.OwnNanoseconds();
    ns_.push_back(ns / static_cast<double>(pieces));
    if (own_before && own_after) {
      own_ns_.push_back((*own_after - *own_before) / static_cast<double>(pieces));
    }
    return ns;
  }

  void Clear() {
    ns_.clear();
    own_ns_.clear();
  }

  Times Summary() const {
    Times times{.ns = Summarize(ns_), .own_ns = std::nullopt};
    if (!own_ns_.empty()) times.own_ns = Summarize(own_ns_);
    return times;
  }

 private:
  std::vector<double> ns_;
  std::vector<double> own_ns_;
};

// How fast an engine is, in nanoseconds per piece.
struct Pace {
  double run = 0;
  double follow = 0;
};

std::size_t RoundUp(std::size_t value, std::size_t batch) {
  return (value + batch - 1) / batch * batch;
}

// The dropped first round. A question may take milliseconds: asks more of them only as long as
// there is time.
Pace Try(Operation& operation, const Contestant& contestant, std::size_t pieces,
         const MeasureOptions& options) {
  Pace pace;
  std::size_t done = 0;
  if (operation.Suits(contestant.kind)) {
    contestant.engine->Prepare();
    const std::size_t most = std::max<std::size_t>(1, pieces / 2);
    double total_ns = 0;
    for (std::size_t end = operation.batch();
         done < most && total_ns < static_cast<double>(options.block.count());
         end = std::min(most, 2 * end)) {
      total_ns += NanosecondsOf([&] { operation.Run(*contestant.engine, done, end); });
      done = end;
    }
    pace.run = total_ns / static_cast<double>(done);
  }
  if (done < pieces) {
    const double ns = NanosecondsOf([&] { operation.Follow(*contestant.engine, done, pieces); });
    pace.follow = ns / static_cast<double>(pieces - done);
  }
  operation.Restore(*contestant.engine);
  return pace;
}

std::size_t Fit(double ns_per_piece, std::chrono::nanoseconds time) {
  return static_cast<std::size_t>(static_cast<double>(time.count()) / std::max(1.0, ns_per_piece));
}

// How many pieces each engine does; 0 for those that the operation does not suit.
std::vector<std::size_t> PlanTurns(Operation& operation, std::span<const Contestant> contestants,
                                   const MeasureOptions& options) {
  const std::size_t trial = std::min(kTrialPieces, operation.max_pieces());
  operation.Draw(trial);
  std::size_t most = operation.max_pieces();
  std::vector<std::size_t> turns;
  for (const Contestant& contestant : contestants) {
    const Pace pace = Try(operation, contestant, trial, options);
    most = std::min(most, std::max(kTrialPieces, Fit(pace.follow, options.following)));
    const std::size_t timed = std::max(kLeastTimed, Fit(pace.run, options.block));
    turns.push_back(operation.Suits(contestant.kind) ? timed + timed / (kWarmUpShare - 1) : 0);
  }
  // At least a batch off the clock and one on it.
  const std::size_t batch = operation.batch();
  for (std::size_t& turn : turns) {
    if (turn > 0) turn = std::min(RoundUp(std::max(turn, 2 * batch), batch), most / batch * batch);
  }
  return turns;
}

// A first build that leaves no time for another is the only one, and counts.
bool HasTimeForAnother(double built_ns, double total_ns, const MeasureOptions& options) {
  return total_ns + built_ns <= static_cast<double>(options.building.count());
}

Contestant BuildOver(const EngineKind& kind, const Crowd& crowd, Samples& samples, double& ns) {
  Contestant contestant{.kind = kind, .engine = nullptr, .build = {}};
  const std::size_t heap_before = HeapBytes();
  contestant.engine = kind.make(Crowd::kTtlMs);
  Engine& engine = *contestant.engine;
  ns = samples.Add(engine, crowd.size(), [&] {
    crowd.ForEachBatch([&](auto users, auto positions, Timestamp seen) {
      engine.MoveBatch(users, positions, seen);
    });
    engine.Prepare();
  });
  const std::size_t bytes = std::max(HeapBytes() - heap_before, engine.OwnBytes());
  contestant.bytes_per_user = static_cast<double>(bytes) / static_cast<double>(crowd.size());
  return contestant;
}

}  // namespace

std::vector<Contestant> MeasureBuild(std::span<const EngineKind> kinds, const Crowd& crowd,
                                     const MeasureOptions& options) {
  std::vector<Contestant> contestants(kinds.size());
  std::vector<Samples> samples(kinds.size());
  std::vector<double> total_ns(kinds.size());
  std::vector<bool> is_done(kinds.size());
  for (int round = 0; round <= options.rounds; ++round) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (is_done[i]) continue;
      contestants[i].engine.reset();
      double ns = 0;
      contestants[i] = BuildOver(kinds[i], crowd, samples[i], ns);
      total_ns[i] += ns;
      is_done[i] = !HasTimeForAnother(ns, total_ns[i], options);
      if (round == 0 && !is_done[i]) samples[i].Clear();
    }
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) contestants[i].build = samples[i].Summary();
  return contestants;
}

std::vector<std::optional<Times>> Measure(Operation& operation,
                                          std::span<const Contestant> contestants,
                                          const MeasureOptions& options) {
  const std::vector<std::size_t> turns = PlanTurns(operation, contestants, options);
  const std::size_t pieces = *std::max_element(turns.begin(), turns.end());
  std::vector<Samples> samples(contestants.size());
  for (int round = 0; pieces > 0 && round < options.rounds; ++round) {
    operation.Draw(pieces);
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      Engine& engine = *contestants[i].engine;
      if (turns[i] > 0) {
        engine.Prepare();
        const std::size_t begin = RoundUp(turns[i] / kWarmUpShare, operation.batch());
        operation.Run(engine, 0, begin);
        samples[i].Add(engine, turns[i] - begin, [&] { operation.Run(engine, begin, turns[i]); });
      }
      operation.Follow(engine, turns[i], pieces);
      operation.Restore(engine);
    }
  }

  std::vector<std::optional<Times>> times(contestants.size());
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    if (turns[i] > 0) times[i] = samples[i].Summary();
  }
  return times;
}

}  // namespace moyeo::bench
