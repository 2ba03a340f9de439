// What is measured.

#ifndef MOYEO_BENCH_PEERS_OPERATION_H_
#define MOYEO_BENCH_PEERS_OPERATION_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/peers/engine.h"
#include "bench/support/crowd.h"

namespace moyeo::bench {

// A kind of work, of which any number of pieces can be drawn: the same for every engine.
class Operation {
 public:
  explicit Operation(std::string_view name) : name_(name) {}
  virtual ~Operation() = default;

  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  const std::string& name() const { return name_; }

  // How many threads do it at once.
  virtual int threads() const { return 1; }

  // Whether engines of `kind` can do it at all.
  virtual bool Suits(const EngineKind& kind) const = 0;

  // How many pieces may be drawn at once.
  virtual std::size_t max_pieces() const { return std::size_t{1} << 20; }

  // Pieces are done in whole multiples of this.
  virtual std::size_t batch() const { return 1; }

  // Draws the next `pieces` pieces, in place of those before. Not timed.
  virtual void Draw(std::size_t pieces) = 0;

  // Does pieces [begin, end) of those drawn. This is what is timed.
  virtual void Run(Engine& engine, std::size_t begin, std::size_t end) = 0;

  // Makes the changes of pieces [begin, end) alone, as quickly as the engine can. Not timed: for an
  // engine that has no time for all pieces, or that the operation does not suit, to hold the same
  // users as the others.
  virtual void Follow(Engine& engine, std::size_t begin, std::size_t end) = 0;

  // Takes back what is not to last. Not timed.
  virtual void Restore(Engine&) {}

 private:
  const std::string name_;
};

// A question that is asked of random places.
struct QueryKind {
  std::string_view name;
  Question question;
  bool from_ocean = false;
};

inline constexpr std::size_t kBatch = Crowd::kBatch;

inline constexpr QueryKind kQueryKinds[] = {
    {"nearest_50_1km", {.radius_m = 1'000, .limit = 50}},
    {"nearest_50_5km", {.radius_m = 5'000, .limit = 50}},
    {"nearest_50_700km", {.radius_m = 700'000, .limit = 50}},
    {"all_500m", {.radius_m = 500, .limit = std::nullopt}},
    {"nearest_1", {.radius_m = std::nullopt, .limit = 1}},
    {"nearest_1_ocean", {.radius_m = std::nullopt, .limit = 1}, true},
};

// Places for `kind`, as many as asked for.
std::vector<LatLng> DrawCenters(const QueryKind& kind, Crowd& crowd, std::size_t count);

// Whether `kind` makes sense for `crowd`: only between cities is there an ocean.
bool Applies(const QueryKind& kind, const Crowd& crowd);

bool CanAnswer(const EngineKind& engine, const QueryKind& kind);

// Filling an empty engine with the whole crowd. Measured apart from the operations, for it makes
// the engines that they run on.
inline constexpr std::string_view kBuild = "build";

// A random user takes a step, under the name `name`; and the question of `kind`. `crowd` and `kind`
// must outlive them.
std::unique_ptr<Operation> MakeMove(std::string_view name, Crowd& crowd);
std::unique_ptr<Operation> MakeQuery(const QueryKind& kind, Crowd& crowd);

// The names of all that can be measured, in the order of the table's rows.
std::vector<std::string> OperationNames();

// Those that apply to `crowd`, which must outlive them, in the same order; without kBuild. Those of
// more threads than one follow.
std::vector<std::unique_ptr<Operation>> MakeOperations(Crowd& crowd, std::span<const int> threads);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_OPERATION_H_
