#include "tokens.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "jwt/jwt.hpp"
#include "nlohmann/json.hpp"
#include "numbers.h"

namespace moyeo::server {
namespace {

// Three parts in base64url: libcpp-jwt reads past the end of what is not.
bool HasForm(std::string_view token) {
  int parts = 0;
  while (true) {
    const std::string_view part = token.substr(0, token.find('.'));
    const bool is_base64 = std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    });
    if (part.empty() || part.size() % 4 == 1 || !is_base64) return false;
    ++parts;
    if (part.size() == token.size()) return parts == 3;
    token.remove_prefix(part.size() + 1);
  }
}

constexpr std::int64_t kLatest_s = std::int64_t{1} << 52;

absl::StatusOr<Tokens::Verified> Refused(const char* why) {
  return absl::UnauthenticatedError(why);
}

absl::StatusOr<Tokens::Verified> SubjectOf(const nlohmann::json& claims, Timestamp now) {
  const auto expires = claims.find("exp");
  if (expires == claims.end() || !expires->is_number_integer()) {
    return Refused("the token must say when it expires");
  }
  const auto now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto expires_s = expires->get<std::int64_t>();
  if (expires_s <= now_s) return Refused("the token has expired");
  const auto subject = claims.find("sub");
  if (subject == claims.end() || !subject->is_string()) {
    return Refused("the token must say whose it is");
  }
  const auto user = ParseId(subject->get_ref<const std::string&>());
  if (!user.has_value()) return Refused("the token's subject is not a user");
  // What is too far away to be a time is never.
  const std::chrono::seconds end(std::min(expires_s, kLatest_s));
  return Tokens::Verified{.user = UserId{*user}, .expires = Timestamp(end)};
}

}  // namespace

Tokens::Tokens(std::string key, std::int64_t lifetime_ms)
    : key_(std::move(key)), lifetime_ms_(lifetime_ms) {}

Tokens::Issued Tokens::Issue(UserId user, Timestamp now) const {
  const auto expires =
      std::chrono::ceil<std::chrono::seconds>(now + std::chrono::milliseconds(lifetime_ms_));
  jwt::jwt_object token{jwt::params::algorithm("HS256"), jwt::params::secret(key_)};
  token.add_claim("sub", std::to_string(ToNumber(user)));
  token.add_claim("exp", expires.time_since_epoch().count());
  return {.token = token.signature(), .expires = expires};
}

absl::StatusOr<Tokens::Verified> Tokens::Verify(std::string_view token, Timestamp now) const {
  if (token.size() > kMostTokenBytes || !HasForm(token)) return Refused("the token is not valid");
  try {
    std::error_code error;
    const jwt::jwt_object decoded = jwt::decode(
        jwt::string_view(token.data(), token.size()), jwt::params::algorithms({"HS256"}), error,
        jwt::params::secret(key_), jwt::params::verify(true));
    if (error == jwt::VerificationErrc::TokenExpired) return Refused("the token has expired");
    if (error) return Refused("the token is not valid");
    return SubjectOf(decoded.payload().create_json_obj(), now);
  } catch (const nlohmann::json::exception&) {
    // It asks for members of what need not have any.
    return Refused("the token is not valid");
  }
}

}  // namespace moyeo::server
