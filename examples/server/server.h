// The server: sockets around the api and the hub.

#ifndef MOYEO_EXAMPLES_SERVER_SERVER_H_
#define MOYEO_EXAMPLES_SERVER_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "accounts.h"
#include "api.h"
#include "hub.h"
#include "moyeo/engine.h"
#include "outbox.h"
#include "rate.h"
#include "tokens.h"
#include "user_fences.h"
#include "user_rates.h"

namespace moyeo::server {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one

  // Files in PEM form; empty: no TLS.
  std::string tls_certificate;
  std::string tls_key;

  std::string web;         // what is served at /; empty: nothing
  std::string documents;   // where openapi.json and asyncapi.json are; empty: they are not served
  std::string swagger_ui;  // what shows them at /docs; empty: nothing

  // Addresses whose X-Forwarded-For is believed: limits by address are on what it says.
  std::vector<std::string> trusted_proxies;

  std::vector<std::string> cors_origins;   // may call from pages of theirs; "*": all
  std::vector<std::string> image_origins;  // of images that pages may show besides the server's own

  std::size_t most_connections = 100'000;
  std::size_t most_connections_per_address = 1'000;
  std::size_t most_header_bytes = 8 << 10;
  std::size_t most_body_bytes = 64 << 10;
  std::size_t most_frame_bytes = 64 << 10;
  std::size_t most_waiting = 10'000;                       // commands, and questions
  std::size_t most_waiting_bytes = std::size_t{64} << 20;  // of commands
  std::size_t threads = 2;                                 // that answer questions

  std::int64_t hello_ms = 5'000;
  std::int64_t request_ms = 15'000;  // for a request to come in, or a response to go out
  std::int64_t keep_alive_ms = 60'000;
  std::int64_t silence_ms = 120'000;  // of a client on the stream, pings unanswered
  std::int64_t stalled_ms = 10'000;   // of one that takes nothing
  std::int64_t tick_ms = 50;          // between looks at feeds that are due
  std::int64_t poll_ms = 50;          // between looks at what has come on the stream
  std::int64_t stop_ms = 5'000;       // for connections to end by themselves

  Rate messages{.per_second = 100, .burst = 500};
  UserRatesOptions rates;
  Outbox::Limits outbox;
  HubOptions hub;
  ApiOptions api;
  FenceLimits fences;
};

// Serves HTTP and the stream on one thread, with a few more for what waits for the disk.
class Server {
 public:
  // Everything must outlive the server; `accounts` may be null. Unavailable if the address cannot
  // be had, InvalidArgument if the certificate cannot be used, or what must be an IP address is
  // none.
  static absl::StatusOr<std::unique_ptr<Server>> Listen(Engine& engine, const Tokens& tokens,
                                                        Accounts* accounts,
                                                        const ServerOptions& options);
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  // Serves until Stop, or SIGTERM or SIGINT if `signals`; then takes nobody new, tells the others
  // and gives them options.stop_ms.
  //
  // Not OK, and nothing is served, if the engine tells nobody of events.
  absl::Status Run(bool signals);

  // From any thread.
  void Stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_SERVER_H_
