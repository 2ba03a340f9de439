// The obvious slow twin of PresenceIndex: a list, and haversines in long double.

#ifndef MOYEO_TESTS_SUPPORT_ORACLE_H_
#define MOYEO_TESTS_SUPPORT_ORACLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::testing {

// By how much DistanceMeters may miss the true distance. The header promises a few nanometres; near
// the antipode neighbouring doubles are 4 nm apart.
inline constexpr double kToleranceMeters = 1e-8;

// The great-circle distance in metres from (lat_a, lng_a) to (lat_b, lng_b), degrees, without any
// rounding to canonical positions.
long double TrueDistanceMeters(long double lat_a, long double lng_a, long double lat_b,
                               long double lng_b);

// What was compared, and how often the rounding of a double decided.
struct Tally {
  std::size_t queries = 0;
  std::size_t neighbors = 0;
  std::size_t borderline = 0;  // in the answer or the twin's, not both, for rounding alone
  std::size_t ties = 0;        // likewise, at exactly the last one's distance

  Tally& operator+=(const Tally& other) {
    queries += other.queries;
    neighbors += other.neighbors;
    borderline += other.borderline;
    ties += other.ties;
    return *this;
  }
};

// Everything that PresenceIndex knows, by the rules of presence and none of its cleverness.
class Oracle {
 public:
  struct Held {
    std::int64_t lat_units;  // 1e-7 degrees
    std::int64_t lng_units;
    LatLng position;
    Timestamp last_seen;
    std::uint32_t attributes;
  };

  enum class Outcome { kApplied, kIgnored, kInvalid, kFull };

  explicit Oracle(const PresenceOptions& options) : options_(options) {}

  Outcome Move(UserId user, LatLng position, Timestamp seen,
               std::optional<std::uint32_t> attributes = std::nullopt);
  bool Remove(UserId user) { return users_.erase(user) == 1; }
  void Clear() { users_.clear(); }

  // Forgets everybody whose ttl has passed at `now`, and tells how many they were.
  std::size_t ForgetExpired(Timestamp now);

  std::size_t size() const { return users_.size(); }
  std::optional<Presence> Find(UserId user, Timestamp now) const;
  bool IsExpired(const Held& held, Timestamp now) const;

  // In order of id, the expired included.
  const std::map<UserId, Held>& users() const { return users_; }

 private:
  PresenceOptions options_;
  std::map<UserId, Held> users_;
};

// Everybody whom an oracle holds, measured from one centre, for many questions asked there.
class Survey {
 public:
  // REQUIRES: `center` is valid. The survey stays true until the oracle changes.
  Survey(const Oracle& oracle, LatLng center);

  // Compares `answer` with what the query at `now` should give; `asking` is left out, as
  // NearbyUser does. nullopt if they agree, else what is wrong, in words. They agree if
  //
  // - `answer` is, number by number, what the rules give when distances are DistanceMeters;
  // - no distance, answered or not, is further than kToleranceMeters from the true one;
  // - whoever is in `answer` but not among the truly nearest, or the reverse, is so close to the
  //   radius or to the last one's distance that this tolerance decides. Such cases are counted.
  std::optional<std::string> Difference(const NearbyQuery& query, Timestamp now,
                                        std::span<const Neighbor> answer, Tally& tally,
                                        std::optional<UserId> asking = std::nullopt) const;

  // The answer to the query, with DistanceMeters for distances.
  std::vector<Neighbor> Answer(const NearbyQuery& query, Timestamp now,
                               std::optional<UserId> asking = std::nullopt) const;

 private:
  struct Seen {
    UserId user;
    const Oracle::Held* held;
    double distance_m;  // DistanceMeters
    long double true_m;
  };

  bool Admits(const Seen& seen, const NearbyQuery& query, Timestamp now,
              std::optional<UserId> asking) const;

  const Oracle& oracle_;
  LatLng center_;
  std::vector<Seen> by_distance_;  // (distance_m, user)
  std::vector<Seen> by_truth_;     // (true_m, user)
  std::optional<std::string> wrong_distance_;
};

// A survey for one question.
std::optional<std::string> Difference(const Oracle& oracle, LatLng center, const NearbyQuery& query,
                                      Timestamp now, std::span<const Neighbor> answer, Tally& tally,
                                      std::optional<UserId> asking = std::nullopt);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_ORACLE_H_
