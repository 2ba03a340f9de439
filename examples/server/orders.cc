#include "orders.h"

#include <string>

#include "absl/status/status.h"
#include "json_text.h"
#include "moyeo/json.h"
#include "nlohmann/json.hpp"
#include "text.h"

namespace moyeo::server {
namespace {

// Without what JSON allows before and after.
std::string_view WithoutSpaces(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kSpaces);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(kSpaces) - from + 1);
}

}  // namespace

absl::StatusOr<std::string> WithFields(std::string_view body, std::string_view fields) {
  const std::string_view object = WithoutSpaces(body);
  if (object.empty()) return Concat("{", fields, "}");
  if (body.size() > kMostOrderBytes) return absl::InvalidArgumentError("body: too long");
  // Checked by itself: pieces of text that only fit together in the command must not get into it.
  if (object.front() != '{' || !nlohmann::json::accept(object)) {
    return absl::InvalidArgumentError("body: must be a JSON object");
  }
  const std::string_view members = WithoutSpaces(object.substr(1));
  const bool both = !fields.empty() && members != "}";
  return Concat("{", fields, both ? "," : "", members);
}

absl::StatusOr<Command> ReadOrder(std::string_view kind, std::string_view body, UserId actor,
                                  std::optional<RequestId> request_id, Timestamp now) {
  const auto object = WithFields(body, "");
  if (!object.ok()) return object.status();
  std::string text = Concat(R"({"time":)", now.time_since_epoch().count(), R"(,"actor":")",
                            ToNumber(actor), R"(","kind":)", Quoted(kind));
  if (request_id.has_value()) {
    Append(text, R"(,"request_id":")", ToNumber(*request_id), "\"");
  }
  Append(text, R"(,"body":)", *object, "}");
  return FromJson<Command>(text);
}

}  // namespace moyeo::server
