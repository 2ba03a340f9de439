// Attacks on many victims, and what has come of them.

#ifndef MOYEO_TESTS_PRIVACY_TRIAL_H_
#define MOYEO_TESTS_PRIVACY_TRIAL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "privacy/attacks.h"
#include "privacy/world.h"

namespace moyeo::testing {

// Where in their cell victims are.
enum class Spot { kAnywhere, kAtABorder, kAtACorner };

struct TrialOptions {
  std::size_t victims = 60;
  std::size_t questions = 1'000;  // for each victim
  std::uint64_t seed = 0;
  Spot spot = Spot::kAnywhere;
  // How long it is from one report to the next; if more than the ttl, victims come and go.
  std::chrono::milliseconds between_reports = World::kBetweenReports;
};

// How far from the victims guesses were.
struct Errors {
  std::vector<double> of_attack_m;  // by victim; like the other
  std::vector<double> of_center_m;  // had the centre of the cell been guessed

  double MedianOfAttack() const;
  double MedianOfCenter() const;
  // By how much the attack was nearer than the centre, by victim.
  std::vector<double> Gains() const;
  double MedianGain() const;
  double MeanGain() const;
  // How far the mean is off by chance, mostly: its standard error.
  double ChanceOfMeanGain() const;
  // How many victims were found, within kFoundMeters.
  std::size_t Found() const;
};

// What an attack finds somebody within who is exact.
inline constexpr double kFoundMeters = 10;

// REQUIRES: !values.empty()
double Median(std::vector<double> values);

// What attacks find with this precision at best: positions are whole 1e-7 degrees.
inline constexpr double kResolutionMeters = 0.05;

// An attack on users who stay where they are, whose receivers waver by five metres.
Errors TryOut(const Attack& attack, Visibility visibility, const TrialOptions& options);

// The rule by which an attack has not come nearer than the centre: by median and mean of the gains,
// but for kResolutionMeters. Where victims come and go, attacks that halve guess far and wide, now
// nearer and now less: of those, the mean may gain four times its chance, and one victim in twenty
// may be found.
bool IsNoNearerThanTheCenter(const Attack& attack, const TrialOptions& options,
                             const Errors& errors);

// Tries the attack on pairs of users in one cell, one of them anywhere and the other at a border or
// a corner. nullopt if the stranger was answered the same about both, to the bit, and so can have
// learned no more than the cell; else a pair of whom it was not so, in words.
std::optional<std::string> TellApart(const Attack& attack, Visibility visibility,
                                     const TrialOptions& options);

// The same for a user and nobody.
std::optional<std::string> TellFromNobody(const Attack& attack, Visibility visibility,
                                          const TrialOptions& options);

// The same for a cloaked user whom the crowd sees exactly, and one whom nobody does.
std::optional<std::string> TellWhoHasFriends(const Attack& attack, const TrialOptions& options);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRIVACY_TRIAL_H_
