// Bearer tokens: who somebody says they are, signed.

#ifndef MOYEO_EXAMPLES_SERVER_TOKENS_H_
#define MOYEO_EXAMPLES_SERVER_TOKENS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "moyeo/types.h"

namespace moyeo::server {

// JSON Web Tokens (RFC 7519), signed with HS256 and nothing else. "sub" is the user as a decimal
// string, and "exp" must be there. Whoever has the key may issue them, another program too.
//
// Safe to use from any thread.
class Tokens {
 public:
  static constexpr std::size_t kLeastKeyBytes = 32;
  static constexpr std::size_t kMostTokenBytes = 4'096;

  // REQUIRES: key.size() >= kLeastKeyBytes, lifetime_ms > 0
  Tokens(std::string key, std::int64_t lifetime_ms);

  struct Issued {
    std::string token;
    Timestamp expires;  // a whole second
  };
  Issued Issue(UserId user, Timestamp now) const;

  struct Verified {
    UserId user;
    Timestamp expires;  // after `now`
  };
  // Unauthenticated, with a sentence that says why and nothing of the token.
  absl::StatusOr<Verified> Verify(std::string_view token, Timestamp now) const;

 private:
  std::string key_;
  std::int64_t lifetime_ms_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_TOKENS_H_
