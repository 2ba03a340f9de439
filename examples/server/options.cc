#include "options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace moyeo::server {
namespace {

// --data-dir is MOYEO_DATA_DIR in the environment, and data-dir in the file.
std::string VariableOf(std::string_view name) {
  std::string variable = "MOYEO_";
  for (const char c : name) {
    variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return variable;
}

// "" if the variable is not set: CLI11 takes one for the other.
std::string Environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value == nullptr ? "" : value;
}

// CLI11 reads the file before the environment, which then fills what is still open: so what the
// environment says is left out of the file.
class FileBelowEnvironment final : public CLI::ConfigTOML {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> kept = CLI::ConfigTOML::from_config(input);
    std::erase_if(kept, [](const CLI::ConfigItem& item) {
      return !Environment(VariableOf(item.name)).empty();
    });
    return kept;
  }
};

template <typename Value>
CLI::Option* Add(CLI::App& app, const std::string& name, Value& value, const std::string& help) {
  CLI::Option* option = nullptr;
  if constexpr (std::is_same_v<Value, bool>) {
    option = app.add_flag("--" + name, value, help);
  } else {
    option = app.add_option("--" + name, value, help)->capture_default_str();
    if constexpr (!std::is_same_v<Value, std::vector<std::string>>) option->take_last();
  }
  return option->envname(VariableOf(name));
}

}  // namespace

ParsedOptions ParseOptions(int argc, const char* const* argv, std::ostream& out,
                           std::ostream& err) {
  ParsedOptions parsed;
  ProgramOptions& options = parsed.options;
  ServerOptions& server = options.server;
  double new_users_per_minute = 60;
  double moves_per_second = server.rates.moves.per_second;
  double requests_per_second = server.rates.requests.per_second;
  double messages_per_second = server.messages.per_second;

  CLI::App app(
      "moyeo over HTTP and WebSocket: /v1 and /v1/stream, described at /docs.\n"
      "What can be given as a flag can be given in the environment (--data as MOYEO_DATA) and in "
      "the "
      "file of --config too.\n"
      "A flag goes before the environment, and the environment before the file.",
      "moyeo-server");
  // Not by envname, which CLI11 looks at after it has read the file.
  const std::string file = Environment("MOYEO_CONFIG");
  const bool must_be = !file.empty();
  app.set_config("--config", file, "A file of lines like port = 8080; or MOYEO_CONFIG", must_be);
  app.allow_config_extras(CLI::config_extras_mode::error);  // a misspelt name would get lost
  app.config_formatter(std::make_shared<FileBelowEnvironment>());
  using CLI::PositiveNumber;
  using CLI::Range;

  auto* data = Add(app, "data", options.data, "A directory for all that lasts")->type_name("DIR");
  Add(app, "memory", options.memory, "Keep everything in memory alone: for trials")->excludes(data);
  Add(app, "address", server.address, "The IP address to listen on");
  Add(app, "port", server.port, "The port to listen on; 0: any free one");
  Add(app, "tls-certificate", server.tls_certificate, "A PEM file with the certificate chain")
      ->check(CLI::ExistingFile);
  Add(app, "tls-key", server.tls_key, "A PEM file with its key")->check(CLI::ExistingFile);
  app.get_option("--tls-certificate")->needs("--tls-key");
  app.get_option("--tls-key")->needs("--tls-certificate");
  Add(app, "web", server.web, "Files to serve at /")->check(CLI::ExistingDirectory);
  Add(app, "documents", server.documents, "Where openapi.json and asyncapi.json are")
      ->check(CLI::ExistingDirectory);
  Add(app, "swagger-ui", server.swagger_ui, "Where npm's swagger-ui-dist is, for /docs")
      ->check(CLI::ExistingDirectory);

  Add(app, "key-file", options.key_file,
      "The key of tokens, at least 32 bytes; else one is made in the directory of --data. If "
      "others sign with it too: --no-accounts")
      ->check(CLI::ExistingFile);
  Add(app, "token-hours", options.token_hours, "How long tokens are good")
      ->check(Range(1, 24 * 365));
  bool no_accounts = false;
  Add(app, "no-accounts", no_accounts, "No signing up and logging in: only tokens from elsewhere");
  Add(app, "guests", server.api.guests, "Anybody may come in as a new user, without an account");
  Add(app, "new-users-per-minute", new_users_per_minute,
      "Accounts and guests from one address; 0: as many as they like")
      ->check(CLI::NonNegativeNumber);

  Add(app, "trusted-proxy", server.trusted_proxies,
      "An address whose X-Forwarded-For is believed: connections of clients behind it are for it "
      "to limit");
  Add(app, "cors-origin", server.cors_origins, "A site whose pages may call; *: all");
  Add(app, "image-origin", server.image_origins,
      "A site whose images pages may show: that of the map's tiles");
  Add(app, "max-connections", server.most_connections, "In all")->check(PositiveNumber);
  Add(app, "max-connections-per-address", server.most_connections_per_address, "From one address")
      ->check(PositiveNumber);
  Add(app, "max-header-bytes", server.most_header_bytes, "Of a request")
      ->check(Range(1'024, 1 << 20));
  Add(app, "max-body-bytes", server.most_body_bytes, "Of a request")->check(Range(1'024, 1 << 16));
  Add(app, "max-frame-bytes", server.most_frame_bytes, "Of a message on the stream")
      ->check(Range(1'024, 1 << 16));
  Add(app, "max-queue-bytes", server.outbox.other_bytes,
      "Of events and answers that wait for a client on the stream")
      ->check(Range(1 << 16, 1 << 24));
  Add(app, "max-position-bytes", server.outbox.position_bytes,
      "Of changed positions that wait for one")
      ->check(Range(1 << 12, 1 << 24));
  Add(app, "moves-per-second", moves_per_second, "Of a user, on average")->check(PositiveNumber);
  Add(app, "requests-per-second", requests_per_second, "Of a user over HTTP, on average")
      ->check(PositiveNumber);
  Add(app, "messages-per-second", messages_per_second, "Of a client, on average")
      ->check(PositiveNumber);
  Add(app, "min-interval-ms", server.hub.watch.least_interval_ms, "Between deliveries of a feed")
      ->check(Range(1, 86'400'000));
  Add(app, "max-radius-m", server.hub.watch.radius_m, "Of a feed, and of who is near")
      ->check(PositiveNumber);
  Add(app, "max-neighbors", server.hub.watch.limit, "Of a feed")->check(Range(1, 10'000));

  Add(app, "max-fences", server.fences.fences_per_user, "Of a user")->check(Range(1, 1'000));
  Add(app, "max-fence-radius-m", server.fences.radius_m, "Of a fence")->check(PositiveNumber);

  Add(app, "hello-ms", server.hello_ms, "For a client on the stream to say who it is")
      ->check(PositiveNumber);
  Add(app, "request-ms", server.request_ms, "For a request, and for its response")
      ->check(PositiveNumber);
  Add(app, "keep-alive-ms", server.keep_alive_ms, "Between requests")->check(PositiveNumber);
  Add(app, "silence-ms", server.silence_ms, "Until a silent client on the stream is given up")
      ->check(PositiveNumber);
  Add(app, "stalled-ms", server.stalled_ms, "Until one is closed that takes nothing")
      ->check(PositiveNumber);
  Add(app, "tick-ms", server.tick_ms, "Between looks at what is to be delivered")
      ->check(Range(1, 10'000));
  Add(app, "poll-ms", server.poll_ms, "Between looks at what clients on the stream have said")
      ->check(Range(1, 1'000));
  Add(app, "stop-ms", server.stop_ms, "For connections to end when the server stops")
      ->check(CLI::NonNegativeNumber);
  Add(app, "threads", server.threads, "That answer questions")->check(Range(1, 256));
  Add(app, "log-level", options.log_level, "What is logged")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
  Add(app, "log-json", options.log_json, "Log a JSON object a line");

  try {
    app.parse(argc, argv);
    if (!options.memory && options.data.empty()) {
      throw CLI::RequiredError("--data DIR or --memory");
    }
  } catch (const CLI::ParseError& error) {
    const bool failed = app.exit(error, out, err) != 0;
    parsed.exit = failed ? 2 : EXIT_SUCCESS;
    return parsed;
  }
  server.api.accounts = !no_accounts;
  server.api.most_radius_m = server.hub.watch.radius_m;
  const auto average = [](double per_second) {
    return Rate{.per_second = per_second, .burst = std::max(1.0, 5 * per_second)};
  };
  server.rates.moves = average(moves_per_second);
  server.rates.requests = average(requests_per_second);
  server.messages = average(messages_per_second);
  const double unlimited = 1e18;
  const double new_users = new_users_per_minute > 0 ? new_users_per_minute : unlimited;
  server.api.attempts.new_users = {.per_second = new_users / 60, .burst = std::max(1.0, new_users)};
  return parsed;
}

}  // namespace moyeo::server
