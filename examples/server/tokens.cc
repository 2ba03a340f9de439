#include "tokens.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "jwt/jwt.hpp"
#include "numbers.h"

namespace moyeo::server {

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

absl::StatusOr<UserId> Tokens::Verify(std::string_view token, Timestamp now) const {
  if (token.size() > kMostTokenBytes) return absl::UnauthenticatedError("the token is too long");
  std::error_code error;
  const jwt::jwt_object decoded =
      jwt::decode(jwt::string_view(token.data(), token.size()), jwt::params::algorithms({"HS256"}),
                  error, jwt::params::secret(key_), jwt::params::verify(true));
  if (error) {
    if (error == jwt::VerificationErrc::TokenExpired) {
      return absl::UnauthenticatedError("the token has expired");
    }
    return absl::UnauthenticatedError("the token is not valid");
  }
  const auto& claims = decoded.payload().create_json_obj();
  const auto expires = claims.find("exp");
  if (expires == claims.end() || !expires->is_number_integer()) {
    return absl::UnauthenticatedError("the token must say when it expires");
  }
  const auto now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (expires->get<std::int64_t>() <= now_s) {
    return absl::UnauthenticatedError("the token has expired");
  }
  const auto subject = claims.find("sub");
  if (subject == claims.end() || !subject->is_string()) {
    return absl::UnauthenticatedError("the token must say whose it is");
  }
  const auto user = ParseId(subject->get_ref<const std::string&>());
  if (!user.has_value()) return absl::UnauthenticatedError("the token's subject is not a user");
  return UserId{*user};
}

}  // namespace moyeo::server
