// Attacks on users of every visibility, with many questions, and how near they came.
//
//   moyeo_soak_privacy [--questions N] [--victims N] [--seed N]
//
// Ends with 1 if an attack misses somebody exact, or learns more of somebody cloaked or hidden than
// it may.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "privacy/attacks.h"
#include "privacy/pursuit.h"
#include "privacy/trial.h"
#include "soak/numbers.h"

namespace moyeo::testing {
namespace {

constexpr std::chrono::seconds kMoreThanTtl{100};

struct Arguments {
  std::uint64_t questions = 10'000;
  std::uint64_t victims = 60;
  std::uint64_t seed = 0;
};

std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = std::random_device()();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (name == "--questions" && Parse(argv[i + 1], arguments.questions)) continue;
    if (name == "--victims" && Parse(argv[i + 1], arguments.victims)) continue;
    if (name == "--seed" && Parse(argv[i + 1], arguments.seed)) continue;
    return std::nullopt;
  }
  // Fewer than these are too few to find anybody, or to take a median of.
  if (arguments.questions < 200 || arguments.victims < 10) return std::nullopt;
  return arguments;
}

// What is wrong, said once.
class Verdict {
 public:
  void Check(bool is_right, const std::string& wrong) {
    if (is_right) return;
    std::cout << "WRONG: " << wrong << std::endl;
    is_right_ = false;
  }
  void Check(const std::optional<std::string>& told, const std::string& what) {
    if (told) Check(false, what + ": " + *told);
  }
  bool is_right() const { return is_right_; }

 private:
  bool is_right_ = true;
};

void AttackThoseWhoStay(const Attack& attack, const TrialOptions& options, Verdict& verdict) {
  const Errors exact = TryOut(attack, Visibility::kExact, options);
  const Errors cloaked = TryOut(attack, Visibility::kCloaked, options);
  TrialOptions returning = options;
  returning.between_reports = kMoreThanTtl;
  TrialOptions at_a_corner = returning;
  at_a_corner.spot = Spot::kAtACorner;
  const Errors corner = TryOut(attack, Visibility::kCloaked, at_a_corner);
  std::printf("%-18s %8.2f m %10.2f m %8.2f m %10.2f m %8.2f m\n", attack.name.c_str(),
              exact.MedianOfAttack(), cloaked.MedianOfAttack(), cloaked.MedianOfCenter(),
              corner.MedianOfAttack(), corner.MedianOfCenter());
  std::fflush(stdout);

  verdict.Check(exact.MedianOfAttack() < kFoundMeters, attack.name + " misses users who are exact");
  verdict.Check(IsNoNearerThanTheCenter(attack, options, cloaked),
                attack.name + " comes nearer than the centre");
  verdict.Check(IsNoNearerThanTheCenter(attack, at_a_corner, corner),
                attack.name + " comes nearer than the centre at corners");
  verdict.Check(TellApart(attack, Visibility::kCloaked, options), attack.name + " tells apart");
  verdict.Check(TellApart(attack, Visibility::kCloaked, returning),
                attack.name + " tells those apart who come and go");
  verdict.Check(TellFromNobody(attack, Visibility::kHidden, options),
                attack.name + " tells somebody hidden from nobody");
  verdict.Check(TellWhoHasFriends(attack, options), attack.name + " tells who has friends");
}

// No guess at a mover may be nearer than a third of what the centre is off.
void AttackMovers(const TrialOptions& options, Verdict& verdict) {
  constexpr double kMarginMeters = 60;  // an eighth of an edge
  const double interval_s = static_cast<double>(PresenceOptions().cloak_interval_ms) / 1'000;
  std::printf(
      "\nof movers, when they are shown in another cell: the border, beyond it, the line, the "
      "centre\n");
  for (const double speed : {0.3, 1.4, 8.0}) {
    const double beyond_m = kMarginMeters + speed * interval_s / 2;
    const auto beyond_the_border = [&](std::span<const Sighting> sightings) {
      return BeyondTheBorder(sightings, beyond_m);
    };
    std::printf("%-18.1f", speed);
    double center_m = 0;
    for (const Guess& guess :
         {Guess(AtTheBorder), Guess(beyond_the_border), Guess(OnAStraightLine)}) {
      const Errors errors = Pursue(guess, speed, {}, options).errors;
      center_m = errors.MedianOfCenter();
      std::printf(" %8.0f m", errors.MedianOfAttack());
      verdict.Check(errors.MedianOfAttack() > center_m / 3, "a mover is followed too closely");
    }
    std::printf(" %8.0f m\n", center_m);
  }
}

int Run(const Arguments& arguments) {
  std::cout << "from seed " << arguments.seed << ", " << arguments.questions
            << " questions about each of " << arguments.victims << " victims\n\n"
            << "median errors of guesses: exact; cloaked, and of the centre; at a corner, coming "
               "and going, and of the centre\n";
  const TrialOptions options{
      .victims = arguments.victims, .questions = arguments.questions, .seed = arguments.seed};
  Verdict verdict;
  for (const Attack& attack : Attacks()) AttackThoseWhoStay(attack, options, verdict);
  AttackMovers(options, verdict);
  if (!verdict.is_right()) return 1;
  std::cout << "nobody was found who did not want to be" << std::endl;
  return 0;
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  const auto arguments = moyeo::testing::ParseArguments(argc, argv);
  if (!arguments) {
    std::cerr << "usage: moyeo_soak_privacy [--questions N] [--victims N] [--seed N]\n"
                 "at least 200 questions and 10 victims\n";
    return 2;
  }
  return moyeo::testing::Run(*arguments);
}
