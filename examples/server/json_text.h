// JSON text of strings and trees, whatever is in them.

#ifndef MOYEO_EXAMPLES_SERVER_JSON_TEXT_H_
#define MOYEO_EXAMPLES_SERVER_JSON_TEXT_H_

#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace moyeo::server {

// What is not UTF-8 becomes U+FFFD: to throw would be the default.
inline std::string JsonTextOf(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

inline std::string Quoted(std::string_view text) { return JsonTextOf(std::string(text)); }

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_JSON_TEXT_H_
