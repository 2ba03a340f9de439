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

struct Result {
  LatLng guess;
  std::uint64_t transcript;
};

// The attack in a world of its own, which the seed and the cell decide but for the victim.
Result Attempt(const Attack& attack, LatLng cell, std::uint64_t seed, Visibility visibility,
               const Path& path, std::size_t questions) {
  Random random(seed);
  World world(
      {.middle = cell, .crowd_seed = random.Bits(), .visibility = visibility, .path = path});
  Stranger stranger(world, questions);
  const LatLng guess = attack.guess(stranger, NearTo(cell, kAboutMeters, random));
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

double Errors::MedianGain() const {
  std::vector<double> gains;
  for (std::size_t i = 0; i < of_attack_m.size(); ++i) {
    gains.push_back(of_center_m[i] - of_attack_m[i]);
  }
  return Median(gains);
}

double Errors::MeanGain() const {
  const auto sum = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  return (sum(of_center_m) - sum(of_attack_m)) / static_cast<double>(of_attack_m.size());
}

Errors TryOut(const Attack& attack, Visibility visibility, const TrialOptions& options) {
  Errors errors;
  for (std::size_t i = 0; i < options.victims; ++i) {
    const std::uint64_t seed = options.seed + i;
    Random random(seed);
    const LatLng cell = SomeCell(random);
    const Home home(InCellOf(cell, random), kWaveringMeters, random.Bits());
    const Result result =
        Attempt(attack, cell, random.Bits(), visibility, home.path, options.questions);
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
    const LatLng at_the_edge = random.OneIn(2) ? NearBorderOf(cell, kWaveringMeters, random)
                                               : NearCornerOf(cell, kWaveringMeters, random);
    const std::uint64_t world_seed = random.Bits();
    const auto result = [&](LatLng first_report) {
      const Home home(first_report, kWaveringMeters, random.Bits());
      return Attempt(attack, cell, world_seed, visibility, home.path, options.questions);
    };
    const Result a = result(anywhere);
    const Result b = result(at_the_edge);
    if (a.transcript != b.transcript || a.guess != b.guess) {
      return InWords(seed, cell, anywhere, at_the_edge);
    }
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
    const Home home(place, kWaveringMeters, random.Bits());
    const std::uint64_t world_seed = random.Bits();
    const Result somebody =
        Attempt(attack, cell, world_seed, visibility, home.path, options.questions);
    const Result nobody = Attempt(attack, cell, world_seed, visibility, {}, options.questions);
    if (somebody.transcript != nobody.transcript || somebody.guess != nobody.guess) {
      return InWords(seed, cell, place, place);
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
