// Random histories of a PresenceIndex by several threads at once.

#ifndef MOYEO_TESTS_SUPPORT_PARALLEL_HISTORY_H_
#define MOYEO_TESTS_SUPPORT_PARALLEL_HISTORY_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "moyeo/presence.h"
#include "support/chronicle.h"
#include "support/oracle.h"
#include "support/places.h"
#include "support/seeds.h"
#include "support/together.h"
#include "support/witness.h"

namespace moyeo::testing {

// What the users of a round are up to.
enum class Scene {
  kWander,   // everyday life: walks, flights, departures and returns
  kGather,   // everybody to one spot and back: leaves split, pile up and merge
  kCommute,  // between two places far from each other: each move leaves its cell
  kStorm,    // all vanish and appear again
  kExpire,   // time leaps, so that most are gone for every query and swept away
  kClear,    // somebody clears the index again and again
};
inline constexpr std::array kScenes = {Scene::kWander, Scene::kGather, Scene::kCommute,
                                       Scene::kStorm,  Scene::kExpire, Scene::kClear};
std::string Name(Scene scene);
void PrintTo(Scene scene, std::ostream* out);

struct ParallelHistoryOptions {
  std::size_t threads = 6;      // half of them change the index, and sweep it; the others ask
  std::size_t users = 2'000;    // how many different ones take part
  std::size_t questions = 200;  // of each thread that asks, in one round
  std::int64_t ttl_ms = 5'000;

  static constexpr std::size_t kMaxThreads = 2 * Chronicle::kMaxWriters;
};

// What was done and checked.
struct ParallelTally {
  std::size_t rounds = 0;
  std::size_t moves = 0;
  std::size_t sweeps = 0;
  std::size_t clears = 0;
  WitnessTally answers;  // beside the changes
  Tally at_rest;         // between the rounds, beside the slow twin

  ParallelTally& operator+=(const ParallelTally& other);
};

// What threads do follows from the seed, how they interleave does not. Each method returns nullopt
// if all that the index told can be true, else what cannot, in words; after that the history is
// over.
class ParallelHistory {
 public:
  // REQUIRES: 2 <= options.threads <= kMaxThreads
  ParallelHistory(std::uint64_t seed, const ParallelHistoryOptions& options);

  // All threads at once for one scene, which goes on until those who ask have asked. When they have
  // joined, their answers are judged, and the index is swept and compared with its slow twin. After
  // kRoundsToSettle rounds its memory grows no more.
  std::optional<std::string> Round(Scene scene);
  static constexpr std::size_t kRoundsToSettle = 6;

  // Forgets everybody, with no other thread. The memory must come back as far as it did before.
  std::optional<std::string> Clear();

  const PresenceIndex& index() const { return index_; }
  const Oracle& oracle() const { return oracle_; }  // at rest
  Timestamp now() const { return Timestamp(std::chrono::milliseconds(time_.load())); }
  const ParallelTally& tally() const { return tally_; }

 private:
  // A thread that changes the index.
  struct Writer {
    std::size_t number;
    Random random;
    std::vector<std::size_t> resting = {};   // who stay where they are in this round
    std::vector<std::size_t> restless = {};  // and who do not
    std::size_t next = 0;                    // of the restless
    std::size_t times_around = 0;            // all of them
    std::size_t moves = 0;
    std::size_t sweeps = 0;
    std::size_t clears = 0;
  };

  // A thread that asks, and what it was told.
  struct Asker {
    Random random;
    Witness witness;
    std::vector<Question> questions = {};
    std::vector<Answer> answers = {};
    std::vector<Neighbor> neighbors = {};         // of all answers
    std::vector<std::size_t> neighbor_ends = {};  // by answer
  };

  void Cast();
  void Write(Writer& writer, Scene scene);
  void Step(Writer& writer, Scene scene);
  void Wander(Writer& writer);
  void Gather(Writer& writer);
  void Commute(Writer& writer);
  void Storm(Writer& writer);
  void Expire(Writer& writer);
  void ClearBeside(Writer& writer);

  // The next few of the restless.
  std::span<const std::size_t> Next(Writer& writer, std::size_t count);
  void MoveOne(Writer& writer, std::size_t user, LatLng place);
  void MoveMany(Writer& writer, std::span<const std::size_t> users, std::span<const LatLng> places);
  void Remove(Writer& writer, std::size_t user);
  void Report(Writer& writer);
  void Sweep(Writer& writer);
  LatLng SomeStep(Writer& writer, std::size_t user);
  LatLng HomeOf(std::size_t user, bool is_second) const;

  void Ask(Asker& asker);
  void AskOne(Asker& asker, NearbyBatchResult& batch, std::vector<Neighbor>& answer);
  void Keep(Asker& asker, const Question& question, const Answer& answer,
            std::span<const Neighbor> neighbors);
  void Judge(Asker& asker);
  std::optional<std::string> Rest();
  std::optional<std::string> Settle();

  Random random_;
  const ParallelHistoryOptions options_;
  PresenceIndex index_;
  Chronicle chronicle_;
  Oracle oracle_;
  Complaints complaints_;
  ParallelTally tally_;
  std::size_t settled_bytes_ = 0;             // the most of a round until it was settled
  std::size_t settled_heap_bytes_ = 0;        // likewise, of the whole process
  std::optional<std::size_t> cleared_bytes_;  // what the first Clear left

  // Of the round.
  std::vector<Writer> writers_;
  std::vector<Asker> askers_;
  const Crowd* crowd_ = nullptr;
  LatLng spot_ = {};
  std::atomic<std::int64_t> time_;
  std::atomic<std::size_t> asking_ = 0;  // how many have not yet finished
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_PARALLEL_HISTORY_H_
