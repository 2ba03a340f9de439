#include "bench/peers/measure.h"

#include <algorithm>

#include "bench/support/machine.h"

namespace moyeo::bench {
namespace {

template <typename Work>
double NanosecondsOf(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// How many pieces an engine does off the clock, and how many on it.
struct Turn {
  std::size_t warm_up = 0;
  std::size_t timed = 0;

  std::size_t pieces() const { return warm_up + timed; }
};

// The dropped first round: nanoseconds per piece.
double Calibrate(Operation& operation, Engine& engine, std::size_t pieces,
                 const MeasureOptions& options) {
  if (operation.changes_engine()) {
    const double ns = NanosecondsOf([&] { operation.Run(engine, 0, pieces); });
    operation.Restore(engine);
    return ns / static_cast<double>(pieces);
  }
  // A question may take milliseconds: ask more of them only as long as there is time.
  double total_ns = 0;
  std::size_t done = 0;
  for (std::size_t end = 1; done < pieces && total_ns < static_cast<double>(options.block.count());
       end = std::min(pieces, 2 * end)) {
    total_ns += NanosecondsOf([&] { operation.Run(engine, done, end); });
    done = end;
  }
  return total_ns / static_cast<double>(done);
}

Turn PlanTurn(const Operation& operation, double ns_per_piece, const MeasureOptions& options) {
  constexpr std::size_t kLeastPieces = 8;
  const auto fit = static_cast<std::size_t>(static_cast<double>(options.block.count()) /
                                            std::max(1.0, ns_per_piece));
  std::size_t timed = std::max(fit, kLeastPieces);
  std::size_t warm_up = timed / 8;
  // Whole batches, so that no batch is split between the two.
  if (operation.changes_engine()) {
    timed = (timed + kBatch - 1) / kBatch * kBatch;
    warm_up = (warm_up + kBatch - 1) / kBatch * kBatch;
  }
  timed = std::min(timed, operation.max_pieces() * 7 / 8 + 1);
  warm_up = std::min(warm_up, operation.max_pieces() - std::min(operation.max_pieces(), timed));
  return {.warm_up = warm_up, .timed = timed};
}

std::vector<Turn> PlanTurns(Operation& operation, std::span<Engine* const> engines,
                            const MeasureOptions& options) {
  const std::size_t pieces = std::min(kBatch, operation.max_pieces());
  operation.Draw(pieces);
  std::vector<Turn> turns;
  for (Engine* engine : engines) {
    const double ns = Calibrate(operation, *engine, pieces, options);
    turns.push_back(PlanTurn(operation, ns, options));
  }
  if (operation.changes_engine()) {
    const auto fewer = [](const Turn& a, const Turn& b) { return a.pieces() < b.pieces(); };
    const Turn least = *std::min_element(turns.begin(), turns.end(), fewer);
    std::fill(turns.begin(), turns.end(), least);
  }
  return turns;
}

}  // namespace

std::vector<Built> MeasureBuild(std::span<const EngineKind> kinds, const Crowd& crowd, int rounds) {
  const auto size = static_cast<double>(crowd.size());
  std::vector<Built> built(kinds.size());
  std::vector<std::vector<double>> ns(kinds.size());
  for (int round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      built[i].engine.reset();
      const std::size_t heap_before = HeapBytes();
      const double total_ns = NanosecondsOf([&] {
        built[i].engine = kinds[i].make(Crowd::kTtlMs);
        crowd.ForEachBatch([&](auto users, auto positions, Timestamp seen) {
          built[i].engine->MoveBatch(users, positions, seen);
        });
      });
      const std::size_t bytes = std::max(HeapBytes() - heap_before, built[i].engine->OwnBytes());
      built[i].bytes_per_user = static_cast<double>(bytes) / size;
      if (round > 0) ns[i].push_back(total_ns / size);
    }
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) built[i].ns = Summarize(ns[i]);
  return built;
}

std::vector<Summary> Measure(Operation& operation, std::span<Engine* const> engines,
                             const MeasureOptions& options) {
  const std::vector<Turn> turns = PlanTurns(operation, engines, options);
  std::size_t pieces = 0;
  for (const Turn& turn : turns) pieces = std::max(pieces, turn.pieces());

  std::vector<std::vector<double>> ns(engines.size());
  for (int round = 0; round < options.rounds; ++round) {
    operation.Draw(pieces);
    for (std::size_t i = 0; i < engines.size(); ++i) {
      const Turn& turn = turns[i];
      operation.Run(*engines[i], 0, turn.warm_up);
      const double total_ns =
          NanosecondsOf([&] { operation.Run(*engines[i], turn.warm_up, turn.pieces()); });
      operation.Restore(*engines[i]);
      ns[i].push_back(total_ns / static_cast<double>(turn.timed));
    }
  }

  std::vector<Summary> summaries;
  summaries.reserve(ns.size());
  for (std::vector<double>& values : ns) summaries.push_back(Summarize(std::move(values)));
  return summaries;
}

}  // namespace moyeo::bench
