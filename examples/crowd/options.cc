#include "examples/crowd/options.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <limits>

#include "examples/crowd/address.h"
#include "examples/demo/arguments.h"
#include "moyeo/feed.h"
#include "moyeo/presence.h"

namespace moyeo_crowd {
namespace {

constexpr int kExitUsage = 2;

using Check = std::function<std::string(const std::string&)>;

Check Whole(std::uint64_t least, std::uint64_t most) {
  return [=](const std::string& text) { return moyeo_demo::WhyNotWhole(text, least, most); };
}

Check Number(double least, double most) {
  return [=](const std::string& text) { return moyeo_demo::WhyNotNumber(text, least, most); };
}

template <typename Value>
void Add(CLI::App& app, const std::string& name, const std::string& type, const Check& check,
         const std::string& description, Value& value) {
  app.add_option(name, value, description)->type_name(type)->check(check)->capture_default_str();
}

void Declare(CLI::App& app, std::string& server, Arguments& arguments) {
  CrowdOptions& crowd = arguments.crowd;
  app.add_option("--server", server, "Where the server is")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  app.add_option("--key-file", arguments.key_file,
                 "What the server's tokens are signed with: the crowd issues its own")
      ->required()
      ->type_name("FILE");
  app.add_option("--places", arguments.places, "Table of places, as scripts/setup makes it")
      ->required()
      ->type_name("FILE");
  CLI::Option* const city = app.add_option("--city", arguments.city, "Where everybody lives")
                                ->type_name("NAME")
                                ->capture_default_str();
  app.add_flag("--world", arguments.is_world, "They live in all places, by population")
      ->excludes(city);

  Add(app, "--users", "N", Whole(1, 1'000'000), "Size of the crowd", crowd.walkers.users);
  Add(app, "--first-user", "N", Whole(1, std::numeric_limits<std::uint32_t>::max()),
      "The first user's id; the others are numbered on from there", crowd.first_user);
  Add(app, "--seed", "N", Whole(0, std::numeric_limits<std::uint64_t>::max()),
      "The same seed gives the same walks", crowd.walkers.seed);
  Add(app, "--sources", "N", Whole(1, 250),
      "Loopback addresses to connect from, 127.0.0.2 first: each has some 28,000 ports",
      crowd.sources);

  Add(app, "--scatter", "M", Number(0, 1e6),
      "How far homes are scattered: the standard deviation in metres; 0: by population",
      crowd.walkers.scatter_m);
  Add(app, "--speed", "M/S", Number(0.1, 1'000), "How fast everybody walks",
      crowd.walkers.speed_mps);
  Add(app, "--move", "MS", Whole(10, 3'600'000), "Between two moves of a user", crowd.move_ms);
  Add(app, "--interval", "MS", Whole(1, moyeo::FeedOptions::kMaxIntervalMs),
      "Between two deliveries to a user", crowd.interval_ms);
  Add(app, "--radius", "M", Number(0, 2.1e7), "How far everybody looks", crowd.radius_m);
  Add(app, "--limit", "N", Whole(1, moyeo::FeedOptions::kMaxLimit),
      "How many of the nearest they see", crowd.limit);
  app.add_flag("--idle", crowd.is_idle, "Everybody connects, and then says nothing");

  Add(app, "--cloaked", "PART", Number(0, 1), "Which part of the users is cloaked", crowd.cloaked);
  Add(app, "--hidden", "PART", Number(0, 1), "Which part is hidden; the others are exact",
      crowd.hidden);
  Add(app, "--friends", "PART", Number(0, 1), "Which part is befriended with the user before",
      crowd.friends);
  const std::string suffix = ", by a thousand users in a minute";
  Add(app, "--create", "N", Number(0, 1e6), "Meetups created" + suffix, crowd.create_per_min);
  Add(app, "--join", "N", Number(0, 1e6), "Meetups joined" + suffix, crowd.join_per_min);
  Add(app, "--chat", "N", Number(0, 1e6), "Messages posted" + suffix, crowd.chat_per_min);

  Add(app, "--settle", "S", Number(0, 86'400), "From the last arrival until counting begins",
      crowd.settle_s);
  Add(app, "--seconds", "S", Number(0, 1e7), "How long is counted; 0: until it is interrupted",
      crowd.seconds);
  Add(app, "--arrive", "S", Number(1, 86'400), "Who has not arrived by then is not waited for",
      crowd.arrive_s);
  app.add_option("--server-pid", crowd.server_pid,
                 "The server's process, whose processor time and memory are to be told")
      ->type_name("PID")
      ->check(Whole(1, std::numeric_limits<std::int32_t>::max()));
  app.add_option("--out", arguments.out, "Write the summary to this file as JSON")
      ->type_name("FILE");
}

}  // namespace

std::variant<Arguments, ExitCode> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  std::string server = "127.0.0.1:8080";
  CLI::App app(
      "Simulated users who walk, meet and chat before a moyeo server. Of an option that is given "
      "several times, the last one counts.");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  Declare(app, server, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : kExitUsage};
  }
  const auto endpoint = ParseEndpoint(server);
  if (!endpoint.ok()) {
    std::cerr << "--server: " << endpoint.status().message() << '\n';
    return ExitCode{kExitUsage};
  }
  arguments.crowd.server = *endpoint;
  if (arguments.crowd.cloaked + arguments.crowd.hidden > 1) {
    std::cerr << "--cloaked and --hidden: together they are more than everybody\n";
    return ExitCode{kExitUsage};
  }
  return arguments;
}

}  // namespace moyeo_crowd
