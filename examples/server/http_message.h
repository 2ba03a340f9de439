// Requests and responses, whichever library moves them.

#ifndef MOYEO_EXAMPLES_SERVER_HTTP_MESSAGE_H_
#define MOYEO_EXAMPLES_SERVER_HTTP_MESSAGE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace moyeo::server {

struct Request {
  std::string method;  // "GET"
  std::string target;  // path and query, as sent
  std::string body = {};

  // What the server looks at; nullopt where the header is not there.
  std::optional<std::string> authorization = std::nullopt;
  std::optional<std::string> accept_language = std::nullopt;
  std::optional<std::string> idempotency_key = std::nullopt;
  std::optional<std::string> if_none_match = std::nullopt;

  std::string address = {};  // the client's, as it is counted
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // others
  std::shared_ptr<const std::string> shared = nullptr;  // instead of the body, if not null

  std::string_view Body() const { return shared != nullptr ? *shared : body; }
};

// What a target says. The parts are decoded, and their bytes anything.
struct Target {
  std::vector<std::string> segments;  // "/a/b" is two; "/" is one that is empty
  std::vector<std::pair<std::string, std::string>> query;

  // The first of that name; nullopt if there is none.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// Nullopt if it does not begin with '/', or has a '%' without two hexadecimal digits.
std::optional<Target> ParseTarget(std::string_view text);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_HTTP_MESSAGE_H_
