// JSON text of strings and trees, whatever is in them.

#ifndef MOYEO_EXAMPLES_SERVER_JSON_TEXT_H_
#define MOYEO_EXAMPLES_SERVER_JSON_TEXT_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace moyeo::server {

// What is not UTF-8 becomes U+FFFD: to throw would be the default.
inline std::string JsonTextOf(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// How deep the arrays and objects of a JSON text are in each other, at most. A tree is read without
// recursion, but copied and written with it.
inline std::size_t DepthOf(std::string_view json) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

inline std::string Quoted(std::string_view text) { return JsonTextOf(std::string(text)); }

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_JSON_TEXT_H_
