// Prints what a simulated society has come to, so that two processes can be compared.
//
//   moyeo_simulated_history SEED COMMANDS

#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "simulation/simulation.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: moyeo_simulated_history SEED COMMANDS\n";
    return 2;
  }
  // As the surroundings want it, which must make no difference.
  std::setlocale(LC_ALL, "");
  const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t commands = std::strtoull(argv[2], nullptr, 10);
  moyeo::testing::Simulation simulation(seed, {.commands_per_question = 100});
  for (std::uint64_t i = 1; i <= commands; ++i) {
    if (const auto difference = simulation.Step()) {
      std::cout << *difference << '\n';
      return 1;
    }
    if (i % 1'000 == 0 || i == commands) {
      std::cout << i << " commands, " << simulation.society().sequence() << " events: state "
                << simulation.society().Hash() << ", history " << simulation.history() << '\n';
    }
  }
  return 0;
}
