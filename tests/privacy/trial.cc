#include "privacy/trial.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/places.h"
#include "support/print.h"

namespace moyeo::testing {
namespace {

constexpr double kWaveringMeters = 5;
constexpr double kAboutMeters = 1'000;

LatLng At(Spot spot, LatLng cell, Random& random) {
  switch (spot) {
    case Spot::kAtABorder:
      return NearBorderOf(cell, kWaveringMeters, random);
    case Spot::kAtACorner:
      return NearCornerOf(cell, kWaveringMeters, random);
    case Spot::kAnywhere:
      break;
  }
  return InCellOf(cell, random);
}

struct Result {
  LatLng guess;
  std::uint64_t transcript;

  friend bool operator==(const Result&, const Result&) = default;
};

// A world of its own for an attack, which all but the victim's path decide for the stranger.
struct Setting {
  LatLng cell;
  std::uint64_t seed;
  Visibility visibility = Visibility::kCloaked;
  Path path;
  bool has_friends = false;
};

Result Attempt(const Attack& attack, const Setting& setting, std::size_t questions) {
  Random random(setting.seed);
  World world({.middle = setting.cell,
               .crowd_seed = random.Bits(),
               .visibility = setting.visibility,
               .path = setting.path});
  if (setting.has_friends) world.Befriend();
  Stranger stranger(world, questions);
  const LatLng guess = attack.guess(stranger, NearTo(setting.cell, kAboutMeters, random));
  return {guess, stranger.transcript()};
}

std::string InWords(std::uint64_t seed, LatLng cell, LatLng a, LatLng b) {
  return "seed " + std::to_string(seed) + ", cell of " + Describe(cell) + ", victims at " +
         Describe(a) + " and " + Describe(b);
}

}  // namespace

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double Errors::MedianOfAttack() const { return Median(of_attack_m); }
double Errors::MedianOfCenter() const { return Median(of_center_m); }

std::vector<double> Errors::Gains() const {
  std::vector<double> gains;
  for (std::size_t i = 0; i < of_attack_m.size(); ++i) {
    gains.push_back(of_center_m[i] - of_attack_m[i]);
  }
  return gains;
}

double Errors::MedianGain() const { return Median(Gains()); }

double Errors::MeanGain() const {
  const std::vector<double> gains = Gains();
  return std::accumulate(gains.begin(), gains.end(), 0.0) / static_cast<double>(gains.size());
}

double Errors::ChanceOfMeanGain() const {
  const std::vector<double> gains = Gains();
  const double mean = MeanGain();
  double squares = 0;
  for (const double gain : gains) squares += (gain - mean) * (gain - mean);
  const auto n = static_cast<double>(gains.size());
  return std::sqrt(squares / (n * (n - 1)));
}

std::size_t Errors::Found() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(of_attack_m, [](double error_m) { return error_m <= kFoundMeters; }));
}

bool IsNoNearerThanTheCenter(const Attack& attack, const TrialOptions& options,
                             const Errors& errors) {
  const bool guesses_wide =
      attack.halves &&
      options.between_reports > std::chrono::milliseconds(PresenceOptions().ttl_ms);
  if (!guesses_wide) {
    return errors.MedianGain() <= kResolutionMeters && errors.MeanGain() <= kResolutionMeters;
  }
  return errors.MeanGain() <= kResolutionMeters + 4 * errors.ChanceOfMeanGain() &&
         20 * errors.Found() <= errors.of_attack_m.size();
}

Errors TryOut(const Attack& attack, Visibility visibility, const TrialOptions& options) {
  Errors errors;
  for (std::size_t i = 0; i < options.victims; ++i) {
    Random random(options.seed + i);
    const LatLng cell = SomeCell(random);
    const Home home(At(options.spot, cell, random), kWaveringMeters, random.Bits());
    const Setting setting{.cell = cell,
                          .seed = random.Bits(),
                          .visibility = visibility,
                          .path = Seldom(home.path, options.between_reports)};
    const Result result = Attempt(attack, setting, options.questions);
    errors.of_attack_m.push_back(DistanceMeters(result.guess, home.place).value());
    errors.of_center_m.push_back(DistanceMeters(cell, home.place).value());
  }
  return errors;
}

std::optional<std::string> TellApart(const Attack& attack, Visibility visibility,
                                     const TrialOptions& options) {
  for (std::size_t i = 0; i < options.victims; ++i) {
    const std::uint64_t seed = options.seed + i;
    Random random(seed);
    const LatLng cell = SomeCell(random);
    const LatLng anywhere = InCellOf(cell, random);
    const LatLng at_the_edge =
        At(random.OneIn(2) ? Spot::kAtABorder : Spot::kAtACorner, cell, random);
    const std::uint64_t world_seed = random.Bits();
    const auto result = [&](LatLng first_report) {
      const Home home(first_report, kWaveringMeters, random.Bits());
      return Attempt(attack,
                     {.cell = cell,
                      .seed = world_seed,
                      .visibility = visibility,
                      .path = Seldom(home.path, options.between_reports)},
                     options.questions);
    };
    if (result(anywhere) != result(at_the_edge)) return InWords(seed, cell, anywhere, at_the_edge);
  }
  return std::nullopt;
}

std::optional<std::string> TellFromNobody(const Attack& attack, Visibility visibility,
                                          const TrialOptions& options) {
  for (std::size_t i = 0; i < options.victims; ++i) {
    const std::uint64_t seed = options.seed + i;
    Random random(seed);
    const LatLng cell = SomeCell(random);
    const LatLng place = InCellOf(cell, random);
    Setting setting{.cell = cell,
                    .seed = random.Bits(),
                    .visibility = visibility,
                    .path = Home(place, kWaveringMeters, random.Bits()).path};
    const Result somebody = Attempt(attack, setting, options.questions);
    setting.path = {};
    const Result nobody = Attempt(attack, setting, options.questions);
    if (somebody != nobody) return InWords(seed, cell, place, place);
  }
  return std::nullopt;
}

std::optional<std::string> TellWhoHasFriends(const Attack& attack, const TrialOptions& options) {
  for (std::size_t i = 0; i < options.victims; ++i) {
    const std::uint64_t seed = options.seed + i;
    Random random(seed);
    const LatLng cell = SomeCell(random);
    const LatLng place = InCellOf(cell, random);
    const std::uint64_t world_seed = random.Bits();
    const std::uint64_t home_seed = random.Bits();
    const auto result = [&](bool has_friends) {
      return Attempt(attack,
                     {.cell = cell,
                      .seed = world_seed,
                      .path = Home(place, kWaveringMeters, home_seed).path,
                      .has_friends = has_friends},
                     options.questions);
    };
    if (result(true) != result(false)) return InWords(seed, cell, place, place);
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
