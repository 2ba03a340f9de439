// Files that are served as they are.

#ifndef MOYEO_EXAMPLES_SERVER_STATIC_FILES_H_
#define MOYEO_EXAMPLES_SERVER_STATIC_FILES_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "http_message.h"

namespace moyeo::server {

inline constexpr std::size_t kMostFileBytes = std::size_t{64} << 20;

// Reads files, of which all who are being given the same share one copy: it is gone with the last
// response that has it.
//
// Safe to use from any thread.
class StaticFiles {
 public:
  // The file at these segments below `root`, index.html for a directory; nullopt if there is none,
  // or it is too long. Nothing outside of `root` is read but through links in it, and no file whose
  // name begins with a dot. 304 without a body if the client has it already.
  std::optional<Response> Serve(std::string_view root, std::span<const std::string> segments,
                                const std::optional<std::string>& if_none_match);

 private:
  // Null if it cannot be read. `tag`: of this very version of the file.
  std::shared_ptr<const std::string> Read(const std::string& path, const std::string& tag);

  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::weak_ptr<const std::string>> held_;  // by path and tag
};

// "text/html; charset=utf-8" for "index.html".
std::string_view TypeOf(std::string_view file);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_STATIC_FILES_H_
