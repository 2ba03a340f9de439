// Who is near whom, among a crowd of simulated users around the real places of the world.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "arguments.h"
#include "crowd.h"
#include "format.h"
#include "moyeo/presence.h"
#include "places.h"
#include "progress_line.h"
#include "simulation.h"
#include "spots.h"

namespace moyeo_demo {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

constexpr double kMostSeconds = 86'400;

struct Options {
  std::string places;
  CrowdOptions crowd;
  double walk_seconds = 10;
  std::vector<std::string> near;
};

void Declare(CLI::App& app, Options& options) {
  app.add_option("--places", options.places, "Table of places, as scripts/setup makes it")
      ->required()
      ->type_name("FILE");
  app.add_option("--near", options.near,
                 "Ask about this spot too: the name of a place, or LATITUDE,LONGITUDE in degrees; "
                 "may be given several times")
      ->type_name("SPOT")
      ->allow_extra_args(false);
  app.add_option("--users", options.crowd.users, "Size of the crowd")
      ->type_name("N")
      ->check([](const std::string& text) {
        return WhyNotWhole(text, 1, moyeo::PresenceOptions{}.max_users);
      })
      ->capture_default_str();
  app.add_option("--seconds", options.walk_seconds, "How long the crowd walks; 0 is a single step")
      ->type_name("S")
      ->check([](const std::string& text) { return WhyNotNumber(text, 0, kMostSeconds); })
      ->capture_default_str();
  app.add_option("--seed", options.crowd.seed, "The same seed gives the same crowd")
      ->type_name("N")
      ->check([](const std::string& text) {
        return WhyNotWhole(text, 0, std::numeric_limits<std::uint64_t>::max());
      })
      ->capture_default_str();
}

absl::Status Walk(Simulation& simulation, const moyeo::PresenceIndex& index, double seconds) {
  using std::chrono::milliseconds;
  ProgressLine progress(milliseconds(100), milliseconds(2'000));
  const SteadyClock::time_point start = SteadyClock::now();
  double elapsed_seconds = 0;
  do {
    if (absl::Status stepped = simulation.Step(); !stepped.ok()) return stepped;
    elapsed_seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
    if (!progress.IsDue()) continue;
    progress.Show(absl::StrFormat("%5.1f s   moves %9s   queries %9s   users present %s",
                                  elapsed_seconds, FormatRate(simulation.moves().PerSecond()),
                                  FormatRate(simulation.queries().PerSecond()),
                                  FormatCount(index.size())));
  } while (elapsed_seconds < seconds);
  return absl::OkStatus();
}

absl::Status PrintWhoIsNear(const Spot& spot, const moyeo::PresenceIndex& index, const Crowd& crowd,
                            moyeo::Timestamp now) {
  const SteadyClock::time_point start = SteadyClock::now();
  const absl::StatusOr<std::vector<moyeo::Neighbor>> nearest =
      index.Nearby(spot.center, {.limit = 5}, now);
  const std::chrono::nanoseconds spent = SteadyClock::now() - start;
  if (!nearest.ok()) return nearest.status();

  std::cout << absl::StrFormat("\n%s (%.4f, %.4f)   nearest %d found in %s\n", spot.label,
                               spot.center.lat, spot.center.lng, nearest->size(),
                               FormatMicroseconds(spent));
  std::cout << absl::StrFormat("  %12s  %10s  %-2s  %9s   %s\n", "user", "distance", "",
                               "last seen", "lives by");
  for (const moyeo::Neighbor& neighbor : *nearest) {
    const auto ago = std::chrono::floor<std::chrono::seconds>(now - neighbor.last_seen);
    std::cout << absl::StrFormat(
        "  %12s  %10s  %-2s  %9s   %s\n", FormatCount(static_cast<std::uint64_t>(neighbor.user)),
        FormatDistance(neighbor.distance_m), Compass(spot.center, neighbor.position),
        absl::StrCat(ago.count(), " s ago"), Label(crowd.HomeOf(neighbor.user)));
  }

  std::cout << "  within";
  const char* separator = " ";
  for (const double radius_m : {1'000.0, 5'000.0, 50'000.0}) {
    const absl::StatusOr<std::size_t> count = index.CountWithin(spot.center, radius_m, now);
    if (!count.ok()) return count.status();
    std::cout << std::exchange(separator, " · ")
              << absl::StrFormat("%.0f km: %s", radius_m / 1e3, FormatCount(*count));
  }
  std::cout << '\n';
  return absl::OkStatus();
}

void PrintThroughput(const Simulation& simulation) {
  std::cout << absl::StrFormat(
      "\nThroughput, one thread\n"
      "  moves       %10s   (%s in batches, sweeping included)\n"
      "  queries     %10s   (%s for the nearest 50 within 5 km)\n"
      "  one query   %10s   (median)\n",
      FormatRate(simulation.moves().PerSecond()), FormatCount(simulation.moves().count),
      FormatRate(simulation.queries().PerSecond()), FormatCount(simulation.queries().count),
      FormatMicroseconds(simulation.MedianQueryTime()));
}

// Bytes of memory that this process occupies, where the system tells (Linux does).
std::optional<std::size_t> ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t program_pages = 0;
  std::size_t resident_pages = 0;
  if (!(statm >> program_pages >> resident_pages)) return std::nullopt;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void PrintMemory(const moyeo::PresenceIndex& index) {
  const moyeo::PresenceMemoryUsage usage = index.MemoryUsage();
  const double bytes_per_user = static_cast<double>(usage.total()) /
                                static_cast<double>(std::max<std::size_t>(index.size(), 1));
  std::cout << absl::StrFormat(
      "\nMemory\n"
      "  users       %10s\n"
      "  cells       %10s\n"
      "  id map      %10s\n"
      "  the index   %10s   (%.1f bytes for each of %s users)\n",
      FormatMegabytes(usage.users), FormatMegabytes(usage.cells), FormatMegabytes(usage.id_map),
      FormatMegabytes(usage.total()), bytes_per_user, FormatCount(index.size()));
  if (const std::optional<std::size_t> resident = ResidentBytes()) {
    std::cout << absl::StrFormat("  the process %10s   (with the places and the simulated crowd)\n",
                                 FormatMegabytes(*resident));
  }
}

int Fail(const absl::Status& status, int exit_code) {
  std::cerr << "moyeo_demo: " << status.message() << '\n';
  return exit_code;
}

int Run(const Options& options) {
  const absl::StatusOr<std::vector<Place>> places = ReadPlaces(options.places);
  if (!places.ok()) return Fail(places.status(), kExitFailure);

  std::vector<Spot> spots = UsualSpots();
  for (const std::string& text : options.near) {
    absl::StatusOr<Spot> spot = ParseSpot(*places, text);
    if (!spot.ok()) return Fail(spot.status(), kExitUsage);
    spots.push_back(*std::move(spot));
  }

  const SteadyClock::time_point start = SteadyClock::now();
  Crowd crowd(*places, options.crowd);
  const double crowd_seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  std::cout << absl::StrFormat("A crowd of %s around %s places, made in %.2f s\n",
                               FormatCount(crowd.size()), FormatCount(places->size()),
                               crowd_seconds);

  moyeo::PresenceIndex index({.ttl_ms = 60'000});
  Simulation simulation(index, crowd, options.crowd.seed);
  if (const absl::Status arrived = simulation.Arrive(); !arrived.ok()) {
    return Fail(arrived, kExitFailure);
  }
  std::cout << absl::StrFormat("All of them arrive at %s; now they walk, leave and come back\n",
                               FormatRate(simulation.arrivals().PerSecond()));
  if (const absl::Status walked = Walk(simulation, index, options.walk_seconds); !walked.ok()) {
    return Fail(walked, kExitFailure);
  }

  for (const Spot& spot : spots) {
    const absl::Status printed = PrintWhoIsNear(spot, index, crowd, simulation.now());
    if (!printed.ok()) return Fail(printed, kExitFailure);
  }
  PrintThroughput(simulation);
  PrintMemory(index);
  std::cout << "\nPlaces and populations: GeoNames (https://www.geonames.org), CC BY 4.0\n"
            << std::flush;
  if (!std::cout) return Fail(absl::DataLossError("cannot write the output"), kExitFailure);
  return EXIT_SUCCESS;
}

int ParseAndRun(int argc, char** argv) {
  CLI::App app("Who is near whom, among a crowd around the real places of the world", "moyeo_demo");
  Options options;
  Declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : kExitUsage;
  }
  return Run(options);
}

}  // namespace
}  // namespace moyeo_demo

int main(int argc, char** argv) {
  try {
    return moyeo_demo::ParseAndRun(argc, argv);
  } catch (const std::exception& error) {  // a crowd too large for the memory, say
    std::fprintf(stderr, "moyeo_demo: %s\n", error.what());
    return moyeo_demo::kExitFailure;
  }
}
