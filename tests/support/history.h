// Random histories of a PresenceIndex, told to its slow twin too.

#ifndef MOYEO_TESTS_SUPPORT_HISTORY_H_
#define MOYEO_TESTS_SUPPORT_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "moyeo/presence.h"
#include "support/oracle.h"
#include "support/places.h"
#include "support/seeds.h"

namespace moyeo::testing {

struct HistoryOptions {
  std::size_t users = 1'000;  // how many different ones take part
  PresenceOptions index = {.ttl_ms = 60'000};
};

// Everything random follows from the seed, so that a history can be repeated. Each method returns
// nullopt if index and twin agreed, else what differed, in words; after that the history is over.
class History {
 public:
  History(std::uint64_t seed, const HistoryOptions& options);

  // One change that users or hosts would make: moves, batches of moves, removals, sweeps, the
  // passing of time; some of them late, repeated, or with arguments at fault.
  std::optional<std::string> Change();

  // Everybody who takes part goes to a place of `crowd`, in batches.
  std::optional<std::string> Migrate(const Crowd& crowd);

  // Everybody is forgotten at once.
  std::optional<std::string> Clear();

  // Sweeps everything: the round that is under way to its end, and another one.
  std::optional<std::string> SweepAll();

  // Compares sizes, what is held about everybody, and the answers to `questions` random queries of
  // each kind.
  std::optional<std::string> Check(std::size_t questions);

  // The crowd whose places the moves of Change lead to.
  void Gather(const Crowd& crowd) { crowd_ = &crowd; }

  const PresenceIndex& index() const { return index_; }
  const Oracle& oracle() const { return oracle_; }
  Timestamp now() const { return now_; }
  const Tally& tally() const { return tally_; }
  std::size_t changes() const { return changes_; }

 private:
  std::optional<std::string> MoveOne();
  std::optional<std::string> MoveMany(std::size_t count);
  std::optional<std::string> MoveBatch(const std::vector<UserId>& users,
                                       const std::vector<LatLng>& positions, Timestamp seen,
                                       const std::vector<std::uint32_t>& attributes);
  std::optional<std::string> RemoveOne();
  std::optional<std::string> SweepSome();

  UserId SomeUser() { return random_.Pick(users_); }
  LatLng SomePlaceFor(UserId user);
  LatLng SomeCenter();
  Timestamp SomeTimeToSee();
  Timestamp SomeTimeToAsk();
  // `what` differed, after what and when.
  std::optional<std::string> At(const std::optional<std::string>& what) const;

  Random random_;
  HistoryOptions options_;
  PresenceIndex index_;
  Oracle oracle_;
  std::vector<UserId> users_;
  const Crowd* crowd_;
  Timestamp now_;
  Tally tally_;
  std::size_t changes_ = 0;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_HISTORY_H_
