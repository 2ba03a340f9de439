#include "bench/server/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <optional>

namespace moyeo::bench {
namespace {

// "1000:250"
std::optional<ServerCase> ParseCase(const std::string& text) {
  ServerCase parsed;
  const char* const end = text.data() + text.size();
  const auto sockets = std::from_chars(text.data(), end, parsed.sockets);
  if (sockets.ec != std::errc() || sockets.ptr == end || *sockets.ptr != ':') return std::nullopt;
  const auto interval = std::from_chars(sockets.ptr + 1, end, parsed.interval_ms);
  if (interval.ec != std::errc() || interval.ptr != end) return std::nullopt;
  if (parsed.sockets < 1 || parsed.sockets > 1'000'000) return std::nullopt;
  if (parsed.interval_ms < 1 || parsed.interval_ms > 3'600'000) return std::nullopt;
  return parsed;
}

}  // namespace

std::variant<ServerBenchOptions, ExitCode> ParseServerBenchOptions(int argc, char** argv) {
  constexpr int kUsageError = 2;
  constexpr double kQuickSeconds = 15;
  constexpr double kQuickSettle = 5;
  ServerBenchOptions options;
  bool quick = false;
  std::vector<std::string> cases;

  CLI::App app("The server on one core, and a crowd before it on another");
  app.add_flag("--quick", quick, "Count for a shorter time");
  app.add_option("--out", options.out, "Write the results to this file as JSON")->type_name("FILE");
  app.add_option("--svg", options.svg, "Draw the results into this file")->type_name("FILE");
  app.add_option("--cases", cases, "What to measure: sockets and milliseconds between deliveries")
      ->type_name("SOCKETS:MS")
      ->delimiter(',');
  CLI::Option* const seconds =
      app.add_option("--seconds", options.seconds, "How long to count in each case")
          ->check(CLI::Range(1.0, 3'600.0))
          ->capture_default_str();
  CLI::Option* const settle =
      app.add_option("--settle", options.settle_s, "How long to wait before that")
          ->check(CLI::Range(0.0, 3'600.0))
          ->capture_default_str();
  app.add_option("--server", options.server, "moyeo-server")->required()->type_name("PROGRAM");
  app.add_option("--crowd", options.crowd, "moyeo_crowd")->required()->type_name("PROGRAM");
  app.add_option("--places", options.places, "Table of places, as scripts/setup makes it")
      ->required()
      ->type_name("FILE");
  app.add_option("--server-core", options.server_core, "Where the server runs")
      ->check(CLI::Range(0, 1'023))
      ->capture_default_str();
  app.add_option("--crowd-core", options.crowd_core, "Where the crowd does")
      ->check(CLI::Range(0, 1'023))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (quick && seconds->empty()) options.seconds = kQuickSeconds;
  if (quick && settle->empty()) options.settle_s = kQuickSettle;
  if (!cases.empty()) options.cases.clear();
  for (const std::string& text : cases) {
    const auto parsed = ParseCase(text);
    if (!parsed) {
      std::cerr << "--cases: '" << text << "' is not like 1000:250\n";
      return ExitCode{kUsageError};
    }
    options.cases.push_back(*parsed);
  }
  return options;
}

}  // namespace moyeo::bench
