// A client on the stream, as the hub sees it.

#ifndef MOYEO_EXAMPLES_SERVER_CLIENT_H_
#define MOYEO_EXAMPLES_SERVER_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "moyeo/feed.h"
#include "moyeo/meetup.h"
#include "moyeo/types.h"
#include "outbox.h"
#include "rate.h"

namespace moyeo::server {

// Why the server ends a connection, as the codes of WebSocket close frames.
enum class CloseCode : std::uint16_t {
  kStopping = 1001,          // the server, or it cannot say who the client is
  kMalformed = 4400,         // what came is no message
  kNotAuthenticated = 4401,  // no good token, or not any more; or its user does not exist
  kNoHello = 4408,           // who it is has not been said in time
  kTooMuch = 4429,           // too many messages or connections, or too far behind
};

// A feed of a client.
struct ClientFeed {
  std::uint64_t number = 0;  // the client's
  FeedId feed{};
  bool fresh = true;   // has told nothing yet
  bool stale = false;  // has lost an update: shows all anew when the client has taken the rest
};

// One connection. The hub fills the outbox and keeps its books in the rest.
class Client : public std::enable_shared_from_this<Client> {
 public:
  // All must outlive the client.
  Client(const Outbox::Limits& limits, const Rate& message_rate)
      : outbox(limits), messages(message_rate) {}
  virtual ~Client() = default;

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // There is something in the outbox that was empty.
  virtual void Wake() = 0;

  // Ends the connection, once; what is in the outbox is not sent but for the frame under way and
  // the one before the close. Never calls the hub.
  virtual void Close(CloseCode code, std::string_view reason) = 0;

  enum class Stage : std::uint8_t {
    kNew,       // has not said hello
    kGreeting,  // has, and is being looked up
    kIn,        // was welcomed
    kClosed,
  };
  Stage stage = Stage::kNew;
  UserId user{};                  // once greeted
  Timestamp expires{};            // until when their token is good
  std::optional<MapBox> meetups;  // where listed and unlisted ones are of interest
  std::vector<ClientFeed> feeds;
  std::size_t commands_waiting = 0;
  Outbox outbox;
  Bucket messages;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_CLIENT_H_
