// Commands, as clients give them.

#ifndef MOYEO_EXAMPLES_SERVER_ORDERS_H_
#define MOYEO_EXAMPLES_SERVER_ORDERS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/types.h"

namespace moyeo::server {

// Bodies of commands are at most so long.
inline constexpr std::size_t kMostOrderBytes = 64 << 10;

// The command of that kind by `actor`, whose body is the JSON object `body`. InvalidArgument, with
// the place, if there is none: what it says of "body" is of the command's body.
absl::StatusOr<Command> ReadOrder(std::string_view kind, std::string_view body, UserId actor,
                                  std::optional<RequestId> request_id, Timestamp now);

// `fields`, the text of an object's members, put first in the object `body`: {"a":1} and "b":2 give
// {"b":2,"a":1}. InvalidArgument if `body` is no JSON object. An empty body counts as {}.
absl::StatusOr<std::string> WithFields(std::string_view body, std::string_view fields);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_ORDERS_H_
