// What all connections share.

#ifndef MOYEO_EXAMPLES_SERVER_CONTEXT_H_
#define MOYEO_EXAMPLES_SERVER_CONTEXT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "api.h"
#include "client.h"
#include "command_queue.h"
#include "connections.h"
#include "http_message.h"
#include "hub.h"
#include "polled_socket.h"
#include "server.h"
#include "static_files.h"

namespace moyeo::server {

// A connection on the stream that is looked at every second.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void Look(Timestamp now) = 0;
  virtual void End(CloseCode code, std::string_view reason) = 0;
};

// A connection for requests.
class Requests {
 public:
  virtual ~Requests() = default;

  // Ends it if there is no request that has begun.
  virtual void EndIfIdle() = 0;
};

struct HttpFigures {
  std::uint64_t by_class[6] = {};  // responses 1xx to 5xx
  std::uint64_t refused_connections = 0;
};

struct Context {
  const ServerOptions& options;
  Api& api;
  Hub& hub;
  CommandQueue& commands;
  Connections& connections;
  StaticFiles& files;
  HttpFigures& figures;
  absl::flat_hash_set<Watched*>& streams;
  absl::flat_hash_set<Requests*>& requests;
  SocketPoll& poll;  // of the streams

  // See HubServices::elsewhere.
  std::function<bool(std::function<void()> work, std::function<void()> then)> elsewhere;

  // The same on the thread that passwords are hashed on, where each address has a few places.
  std::function<bool(const std::string& address, std::function<void()> work,
                     std::function<void()> then)>
      hash;

  std::function<bool()> stopping;
  std::function<bool()> ready;
  std::function<std::string()> metrics;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_CONTEXT_H_
