// Files that are served as they are.

#ifndef MOYEO_EXAMPLES_SERVER_STATIC_FILES_H_
#define MOYEO_EXAMPLES_SERVER_STATIC_FILES_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http_message.h"

namespace moyeo::server {

inline constexpr std::size_t kMostFileBytes = std::size_t{64} << 20;

// The file at these segments below `root`, index.html for a directory; nullopt if there is none, or
// it is too long. Nothing outside of `root` is read but through links in it, and no file whose name
// begins with a dot. 304 without a body if the client has it already.
std::optional<Response> ServeFile(std::string_view root, std::span<const std::string> segments,
                                  const std::optional<std::string>& if_none_match);

// "text/html; charset=utf-8" for "index.html".
std::string_view TypeOf(std::string_view file);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_STATIC_FILES_H_
