#include "examples/crowd/token.h"

#include <jwt/jwt.hpp>

namespace moyeo_crowd {

std::string SignToken(moyeo::UserId user, const std::string& key,
                      std::chrono::system_clock::time_point expires) {
  using std::chrono::duration_cast;
  jwt::jwt_object token{jwt::params::algorithm("HS256"), jwt::params::secret(key)};
  token.add_claim("sub", std::to_string(moyeo::ToNumber(user)));
  token.add_claim("exp", duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count());
  return token.signature();
}

}  // namespace moyeo_crowd
