// What clients say on the stream, and the short answers to it.

#ifndef MOYEO_EXAMPLES_SERVER_STREAM_MESSAGES_H_
#define MOYEO_EXAMPLES_SERVER_STREAM_MESSAGES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "moyeo/command.h"
#include "moyeo/fence.h"
#include "moyeo/meetup.h"
#include "moyeo/types.h"

namespace moyeo::server {

struct Hello {
  std::string token;
  std::optional<std::uint64_t> after = std::nullopt;  // the last event seen
  std::optional<MapBox> meetups = std::nullopt;       // as with WatchMeetups
};

struct MoveTo {
  LatLng position;
};

struct Watch {
  std::uint64_t feed = 0;  // the client's own number for it
  double radius_m = 5'000;
  std::size_t limit = 50;
  std::int64_t interval_ms = 3'000;
  std::optional<LatLng> center = std::nullopt;  // nullopt: around the user
};

struct Unwatch {
  std::uint64_t feed = 0;
};

struct WatchMeetups {
  std::optional<MapBox> box = std::nullopt;
};

struct Order {
  std::string kind;  // as NameOf(CommandKind)
  std::string body;  // JSON
  std::optional<RequestId> request_id = std::nullopt;
};

struct StreamMessage {
  std::optional<std::string> id = std::nullopt;  // JSON, to be given back
  std::variant<Hello, MoveTo, Watch, Unwatch, WatchMeetups, Order> body;
};

// Ids that clients give their messages are strings of at most so many bytes.
inline constexpr std::size_t kMostIdBytes = 64;

// What they say has arrays and objects at most so deep in each other: more than any command has.
inline constexpr std::size_t kMostMessageDepth = 16;

// Bounds of what may be watched.
struct WatchLimits {
  double radius_m = 50'000;
  std::size_t limit = 200;
  std::int64_t least_interval_ms = 100;
};

// Reads what a client says. InvalidArgument, naming the field, for a message that is known but
// wrong; then `message.id` is what it has as its id. FailedPrecondition if it is no message at all:
// not JSON, too deep, not an object, or of no known type.
absl::Status ReadStreamMessage(std::string_view text, const WatchLimits& limits,
                               StreamMessage& message);

// The position of a message that is exactly {"type":"move","lat":37.5665,"lng":126.978}, numbers
// aside: most of what clients say, read without a tree. Nullopt for every other one, a
// move that is written otherwise, or wrong, too.
std::optional<LatLng> ReadPlainMove(std::string_view text);

// {"type":"error","code":...,"detail":...[,"id":...]}
std::string ErrorFrame(std::string_view code, std::string_view detail,
                       const std::optional<std::string>& id);
// {"type":"refused",...} likewise.
std::string RefusedFrame(std::string_view code, std::string_view detail,
                         const std::optional<std::string>& id);
// {"type":"done"[,"outcome":...][,"id":...]}. `outcome` is JSON, or empty.
std::string DoneFrame(std::string_view outcome, const std::optional<std::string>& id);
std::string WelcomeFrame(UserId user, std::uint64_t sequence, Timestamp time);
// `event` is JSON.
std::string EventFrame(std::string_view event);
// {"type":"fence","fence":...,"kind":...,"user":...,"time":...,"since":...}: not where the user is.
std::string FenceFrame(std::string_view fence, const FenceEvent& event, Timestamp time);

inline constexpr std::string_view kResyncFrame = R"({"type":"resync"})";

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_STREAM_MESSAGES_H_
